package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.unified.MemoryOptions;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourcesTest {

    private static final Path FILE = Path.of("/etc/memory.json");

    private final Map<Setting, String> flags = new EnumMap<>(Setting.class);
    private final Map<String, String> environment = new HashMap<>();
    private final Map<Setting, Object> settings = new EnumMap<>(Setting.class);

    @Test
    void aFlagWinsOverAVariableOverTheFileOverTheDefault() {
        assertThat(sources().integer(Setting.MAX_LIMIT)).isEqualTo(Setting.MAX_LIMIT.absent());
        assertThat(sources().origin(Setting.MAX_LIMIT)).isEqualTo("the default");
        settings.put(Setting.MAX_LIMIT, 3);
        assertThat(sources().integer(Setting.MAX_LIMIT)).isEqualTo(3);
        assertThat(sources().origin(Setting.MAX_LIMIT)).isEqualTo("/etc/memory.json");
        environment.put("UNIFIED_MEMORY_MAX_LIMIT", " 2\n");
        assertThat(sources().integer(Setting.MAX_LIMIT)).isEqualTo(2);
        assertThat(sources().origin(Setting.MAX_LIMIT)).isEqualTo("UNIFIED_MEMORY_MAX_LIMIT");
        flags.put(Setting.MAX_LIMIT, "1");
        assertThat(sources().integer(Setting.MAX_LIMIT)).isEqualTo(1);
        assertThat(sources().origin(Setting.MAX_LIMIT)).isEqualTo("--max-limit");
    }

    @Test
    void everyKindOfValueHasItsType() {
        flags.put(Setting.HTTP_SSE, "false");
        flags.put(Setting.READ, "freshest");
        flags.put(Setting.HTTP_ALLOWED_HOSTS, "A.example, ,b.example");
        flags.put(Setting.DATABASE, "/data/memory.db");
        assertThat(sources().flag(Setting.HTTP_SSE)).isFalse();
        assertThat(sources().choice(Setting.READ, MemoryOptions.Read.class)).isEqualTo(MemoryOptions.Read.FRESHEST);
        assertThat(sources().list(Setting.HTTP_ALLOWED_HOSTS)).isEqualTo(Set.of("a.example", "b.example"));
        assertThat(sources().path(Setting.DATABASE)).isEqualTo(Path.of("/data/memory.db"));
        assertThat(sources().text(Setting.LOG_LEVEL)).isEqualTo("warn");
    }

    @Test
    void whatIsNotGivenIsNullOrNothing() {
        assertThat(sources().optionalText(Setting.DEFAULT_USER)).isNull();
        assertThat(sources().path(Setting.DATABASE)).isNull();
        assertThat(sources().list(Setting.HTTP_ALLOWED_ORIGINS)).isEmpty();
    }

    @Test
    void whatIsWrongIsBlamedOnTheOptionWithWhereItWasSet() {
        settings.put(Setting.MAX_LIMIT, "many");
        assertThatThrownBy(() -> sources().integer(Setting.MAX_LIMIT))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("limits.maxLimit must be a whole number")
                .hasMessageEndingWith("(from /etc/memory.json)");
    }

    @Test
    void whatAReaderRefusesIsBlamedOnTheOptionWithWhereItWasSet() {
        environment.put("UNIFIED_MEMORY_HTTP_ADDRESS", "nowhere");
        assertThatThrownBy(() -> sources().read(Setting.HTTP_ADDRESS, text -> {
                    throw new IllegalArgumentException(text + " is no address");
                }))
                .isInstanceOf(ConfigException.class)
                .hasMessage("http.address: nowhere is no address (from UNIFIED_MEMORY_HTTP_ADDRESS)");
        assertThat(sources().<Integer>read(Setting.HTTP_ADDRESS, String::length))
                .isEqualTo(7);
    }

    private Sources sources() {
        return new Sources(flags, environment, new FilePaths(environment, "/home/me"))
                .with(new ConfigFile(settings, Map.of(), Map.of(), Map.of()), FILE);
    }
}
