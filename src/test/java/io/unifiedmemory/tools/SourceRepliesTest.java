package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What replies say of a backend that is only searched and listed, beside one that keeps copies. */
class SourceRepliesTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        InMemoryBackend source = new InMemoryBackend(Set.of(Capability.SEARCH, Capability.LIST));
        source.store(new MemoryEntry("anna", "theirs", "drinks tea", Map.of(), null, null, new HlcTimestamp(1)));
        memory.close();
        memory = ToolBoxes.onSqlite(folder)
                .replica("mirror", new InMemoryBackend(), BackendOptions.UPSTREAM)
                .replica("mem0", source, BackendOptions.UPSTREAM)
                .build();
        tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void aStoreSaysThatNothingIsStoredThere() {
        JsonNode stored = call("store", Map.of("user_id", "anna", "key", "k", "value", "green tea"));

        assertThat(stored.path("durability").asString()).isEqualTo("replicated");
        assertThat(stored.at("/backends/mirror").asString()).isEqualTo("stored");
        assertThat(stored.at("/backends/mem0").asString()).isEqualTo("source");
    }

    @Test
    void healthSaysWhatEachIs() {
        JsonNode backends = call("health", Map.of()).path("backends");

        assertThat(backends.at("/sqlite/role").asString()).isEqualTo("store");
        assertThat(backends.at("/mirror/role").asString()).isEqualTo("mirror");
        assertThat(backends.at("/mem0/role").asString()).isEqualTo("source");
    }

    @Test
    void aSearchAndAListMarkWhatIsFromThere() {
        call("store", Map.of("user_id", "anna", "key", "k", "value", "green tea"));

        JsonNode results =
                call("search", Map.of("user_id", "anna", "query", "tea")).path("results");
        JsonNode all = call("get_all", Map.of("user_id", "anna"));

        assertThat(results.valueStream())
                .hasSize(2)
                .allSatisfy(hit -> assertThat(hit.path("source").asBoolean(false))
                        .isEqualTo(hit.path("key").asString().equals("theirs")));
        assertThat(all.path("memories").size()).isEqualTo(2);
        assertThat(all.path("sources")).isEqualTo(Json.mapper().valueToTree(Map.of("theirs", "mem0")));
        assertThat(call("get_all", Map.of("user_id", "ben")).has("sources")).isFalse();
    }

    private JsonNode call(String tool, Map<String, Object> arguments) {
        Principal caller = new Principal("test", UserSet.ALL, Scope.READ_WRITE);
        return Json.mapper()
                .valueToTree(tools.call(tool, new ToolCall(arguments, Map.of(), caller))
                        .structured());
    }
}
