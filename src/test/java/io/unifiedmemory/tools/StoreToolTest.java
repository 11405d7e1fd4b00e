package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.MovableClock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What {@code store} makes of an expiry, and whom it notes as the writer. */
class StoreToolTest extends ToolsOnSqlite<MovableClock> {

    private static final Principal TOKEN = new Principal("token:laptop", UserSet.ALL, Scope.READ_WRITE);

    StoreToolTest() {
        super(new MovableClock());
    }

    private JsonNode store(Object... namesAndValues) {
        return call("store", Principal.LOCAL, null, namesAndValues);
    }

    private JsonNode call(String tool, Principal caller, @Nullable String client, Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>(Map.of("user_id", "u"));
        if (!tool.equals("search")) {
            arguments.put("key", "k");
        }
        if (tool.equals("store")) {
            arguments.put("value", "v" + clock.millis());
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        ToolCall call = new ToolCall(arguments, Map.of(), caller, Progress.NONE, Person.NOBODY, client);
        return Json.mapper().readTree(Json.write(tools.call(tool, call).structured()));
    }

    private JsonNode entry() {
        return call("retrieve", Principal.LOCAL, null).path("entry");
    }

    @ParameterizedTest
    @CsvSource({
        "expires_in, 30m, 2026-05-01T12:30:00Z",
        "expires_in, 12 h, 2026-05-02T00:00:00Z",
        "expires_in, 7d, 2026-05-08T12:00:00Z",
        "expires_in, 2w, 2026-05-15T12:00:00Z",
        "expires_at, 2026-05-01T12:00:00.0019Z, 2026-05-01T12:00:00.001Z",
        "expires_at, 2026-05-01, 2026-05-02T00:00:00Z",
    })
    void anExpiryIsAMomentOrATimeFromNow(String argument, String given, String expected) {
        store(argument, given);
        assertThat(entry().path("expires_at").asString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "expires_in, 0d, a number of minutes",
        "expires_in, -1d, a number of minutes",
        "expires_in, 7, a number of minutes",
        "expires_in, 9999999d, a number of minutes",
        "expires_at, tomorrow, a time like",
        "expires_at, 2026-05-01T12:00:00Z, must be in the future",
        "expires_at, 2026-05-01T12:00:00.0001Z, must be in the future",
        "expires_at, 2026-04-30, must be in the future",
    })
    void whatIsNoneIsRefusedAndNothingIsWritten(String argument, String given, String reason) {
        assertThatThrownBy(() -> store(argument, given))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining(argument)
                .hasMessageContaining(reason);
        assertThat(entry().isMissingNode()).isTrue();
    }

    @Test
    void oneOfTheTwoIsGiven() {
        assertThatThrownBy(() -> store("expires_in", "7d", "expires_at", "2027-01-01"))
                .hasMessageContaining("exclude each other");
    }

    @Test
    void whatHasExpiredIsNotShownAsReplaced() {
        store("expires_in", "1m");
        clock.advance(Duration.ofSeconds(59));
        assertThat(store("expires_in", "1m").path("replaced").asBoolean()).isTrue();
        clock.advance(Duration.ofMinutes(1));
        assertThat(store().has("previous")).isFalse();
    }

    @Test
    void theServerSaysWhoWroteIt() {
        store("written_by", "somebody else");
        assertThat(entry().has("written_by")).isFalse();
        call("store", Principal.LOCAL, "claude-code 2.1");
        assertThat(entry().path("written_by").asString()).isEqualTo("claude-code 2.1");
        call("store", TOKEN, "cursor 1");
        assertThat(entry().path("written_by").asString()).isEqualTo("cursor 1 (token:laptop)");
        call("store", TOKEN, null);
        assertThat(entry().path("written_by").asString()).isEqualTo("token:laptop");
        call("store", Principal.LOCAL, "a\u202eb\n" + "x".repeat(1000));
        assertThat(entry().path("written_by").asString()).startsWith("a b x").hasSizeLessThan(110);
        assertThat(List.copyOf(call("search", Principal.LOCAL, null)
                        .path("results")
                        .path(0)
                        .propertyNames()))
                .contains("written_by");
    }
}
