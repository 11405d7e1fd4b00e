package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    @Test
    void aNameIsMeasuredInCodePointsAsItsSchemaIs() {
        assertThat(arguments("key", "🍵".repeat(3)).name("key", 3)).hasSize(6);
        assertThatThrownBy(() -> arguments("key", "🍵".repeat(4)).name("key", 3))
                .isInstanceOf(ToolFailure.class)
                .hasMessage("key must have 1 to 3 characters, not 4");
    }

    @Test
    void aWholeNumberMayBeWrittenWithAPoint() {
        assertThat(arguments("limit", 5.0).integer("limit", 1, 10)).isEqualTo(5);
        assertThat(arguments("limit", new BigDecimal("1e1")).integer("limit", 1, 10))
                .isEqualTo(10);
        assertThatThrownBy(() -> arguments("limit", 5.5).integer("limit", 1, 10))
                .hasMessage("limit must be a whole number from 1 to 10, not the value 5.5");
        assertThatThrownBy(() -> arguments("limit", 1e300).integer("limit", 1, 10))
                .hasMessageContaining("limit must be from 1 to 10");
        assertThatThrownBy(() -> arguments("limit", "5").integer("limit", 1, 10))
                .hasMessageContaining("not the string");
    }

    @Test
    void aTimeThatNoMemoryCanHaveIsRefused() {
        assertThat(write("9999-12-31T23:59:59Z")).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
        assertThatThrownBy(() -> write("+1000000000-12-31T23:59:59Z"))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining("one of the years 1 to 9999");
    }

    @Test
    void aWriterThatIsNoTextIsRefused() {
        Map<String, Object> write = Map.of("version", "1", "written_by", "a\ud800");
        ToolCall one = new ToolCall(Map.of(), Map.of("io.unifiedmemory/write", write), Principal.LOCAL);
        ToolCall many = new ToolCall(Map.of(), Map.of("io.unifiedmemory/writes", List.of(write)), Principal.LOCAL);
        assertThatThrownBy(one::elsewhere).isInstanceOf(ToolFailure.class).hasMessageContaining("written_by");
        assertThatThrownBy(many::eachElsewhere).isInstanceOf(ToolFailure.class).hasMessageContaining("written_by");
    }

    private static Object write(String updatedAt) {
        Map<String, Object> meta = Map.of("io.unifiedmemory/write", Map.of("version", "1", "updated_at", updatedAt));
        ReplicaCodec.Write write = new ToolCall(Map.of(), meta, Principal.LOCAL).elsewhere();
        return Objects.requireNonNull(Objects.requireNonNull(write).updatedAt());
    }

    private static Arguments arguments(String field, Object value) {
        return Arguments.of(new ToolCall(Map.of(field, value), Map.of(), Principal.LOCAL, Progress.NONE));
    }
}
