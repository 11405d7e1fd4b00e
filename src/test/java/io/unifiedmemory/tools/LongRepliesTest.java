package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reply is bounded, says what it leaves out, and can be read on; and keys that look the same are one. */
class LongRepliesTest {

    private static final Map<String, Object> PEER = Map.of("io.unifiedmemory/detail", true);
    private static final int MOST = Limits.DEFAULT.maxReplyChars();

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        memory.close();
        memory = ToolBoxes.onSqlite(folder).build();
        tools = ToolBoxes.of(memory, new ToolOptions(Limits.DEFAULT, "me", false, false), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain words ", "\"\\\"", "\u0001", "🍵", "👨‍👩‍👧", "e\u0301"})
    void aLongTextIsReadInParts(String unit) {
        String value = unit.repeat(300_000 / unit.length());
        memory.store("me", "k", value, Map.of("source", "x"));

        StringBuilder read = new StringBuilder();
        Object offset = 0;
        int parts = 0;
        while (offset != null) {
            Map<String, Object> reply = call("retrieve", Map.of("key", "k", "offset", offset));
            assertThat(Json.length(reply)).isLessThanOrEqualTo(MOST);
            Map<String, Object> entry = object(reply, "entry");
            String part = (String) Objects.requireNonNull(entry.get("value"));
            assertThat(Texts.unpairedSurrogate(part)).isNegative();
            assertThat(entry).containsEntry("truncated", true);
            assertThat(entry).containsEntry("value_chars", value.length());
            assertThat((String) reply.get("note")).contains("of " + value.length());
            read.append(part);
            offset = reply.get("next_offset");
            parts++;
        }

        assertThat(read).hasToString(value);
        assertThat(parts).isLessThan(60);
    }

    @Test
    void aPartMayBeAsSmallAsIsAskedFor() {
        memory.store("me", "k", "ab🍵cd", Map.of());

        assertThat(part(0, 3)).containsEntry("value", "ab");
        assertThat(part(2, 1)).containsEntry("value", "🍵");
        assertThat(part(3, 9)).containsEntry("value", "🍵cd");
        assertThat(part(99, 9)).containsEntry("value", "").containsEntry("value_chars", 6);
        assertThat(part(0, 6)).containsEntry("value", "ab🍵cd").doesNotContainKey("truncated");
    }

    @Test
    void aListingShowsALongTextInPartAndSaysSo() {
        memory.store("me", "long", "x".repeat(300_000), Map.of());
        memory.store("me", "short", "y", Map.of());

        Map<String, Object> page = call("get_all", Map.of());

        assertThat(Json.length(page)).isLessThanOrEqualTo(MOST);
        assertThat(page).containsEntry("truncated", Map.of("long", 300_000)).containsKey("next_cursor");
        assertThat(call("get_all", Map.of("cursor", Objects.requireNonNull(page.get("next_cursor")))))
                .containsEntry("memories", Map.of("short", "y"))
                .doesNotContainKey("truncated");
    }

    @Test
    void anotherInstanceGetsEverythingWhole() {
        String value = "🍵".repeat(250_000);
        Map<String, Object> metadata = Map.of("pad", "x".repeat(60_000));
        memory.store("me", "k", value, metadata);

        ToolResult read = tools.call("retrieve", new ToolCall(Map.of("key", "k"), PEER, Principal.LOCAL));
        ToolResult listed = tools.call("get_all", new ToolCall(Map.of(), PEER, Principal.LOCAL));

        assertThat(object(read.structured(), "entry"))
                .containsEntry("value", value)
                .containsEntry("metadata", metadata);
        assertThat(object(listed.structured(), "memories")).containsEntry("k", value);
    }

    @Test
    void longMetadataIsShownAsFarAsItFits() {
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of("source", "x"));
        metadata.put("pad", "x".repeat(60_000));
        memory.store("me", "k", "v", metadata);

        Map<String, Object> reply = call("retrieve", Map.of("key", "k"));

        assertThat(Json.length(reply)).isLessThanOrEqualTo(MOST);
        assertThat(object(reply, "entry"))
                .containsEntry("metadata", Map.of("source", "x"))
                .containsEntry("truncated", true)
                .containsEntry("metadata_chars", Json.length(metadata));
        assertThat((String) reply.get("note")).contains("metadata");
    }

    @Test
    void manyMatchingFieldsDoNotFillASearch() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = 0; i < 4000; i++) {
            metadata.put("field" + i, "tea");
        }
        memory.store("me", "k", "tea", metadata);

        assertThat(Json.length(call("search", Map.of("query", "tea")))).isLessThan(5000);
    }

    @Test
    void whatAnUpstreamSaysIsCut() {
        memory.close();
        InMemoryBackend gossip = new InMemoryBackend();
        String endless = "🍵".repeat(100_000);
        BackendException failure = new BackendException(BackendException.Kind.UNAVAILABLE, endless, "");
        assertThat(failure.describe().length()).isLessThan(2100);
        assertThat(Texts.unpairedSurrogate(failure.describe())).isNegative();
        assertThat(Arguments.rejected(endless).getMessage()).hasSizeLessThan(2100);
        assertThat(Fields.bounded("a" + endless)).hasSizeLessThan(700).endsWith("🍵...");
        gossip.close();
    }

    @Test
    void aKeyHasOneForm() {
        call("store", Map.of("key", "  Zoe\u0308 ", "value", "v"));

        assertThat(object(call("get_all", Map.of()), "memories")).containsOnlyKeys("Zoë");
        for (String form : new String[] {"Zoë", "Zoe\u0308", " Zoë", "Zoë\u00a0"}) {
            assertThat(call("retrieve", Map.of("key", form))).containsEntry("found", true);
        }
        assertThat(call("retrieve", Map.of("key", "Zoe"))).containsEntry("found", false);
        assertThat(call("delete", Map.of("key", "Zoe\u0308"))).containsEntry("count", 1L);
        assertThat(call("retrieve", Map.of("key", "Zoë"))).containsEntry("found", false);
    }

    @Test
    void aUserHasOneForm() {
        call("store", Map.of("user_id", " zoe\u0308 ", "key", "k", "value", "v"));

        assertThat(call("get_all", Map.of("user_id", "zoë"))).containsEntry("total", 1L);
        assertThatThrownBy(() -> call("get_all", Map.of("user_id", " ")))
                .isInstanceOf(ToolFailure.class)
                .hasMessage("user_id must have 1 to 512 characters, not 0");
        ToolBox withoutUser = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());
        assertThatThrownBy(() -> withoutUser.call("get_all", new ToolCall(Map.of(), Map.of(), Principal.LOCAL)))
                .hasMessageStartingWith("user_id is required (no default user is configured");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zoe\u0308", "Zoë"})
    void whatWasKeptUnderAnotherFormBeforeIsFoundAndDeleted(String sent) {
        memory.store("me", "Zoe\u0308", "old", Map.of());

        assertThat(object(call("retrieve", Map.of("key", sent)), "entry")).containsEntry("value", "old");
        call("store", Map.of("key", sent, "value", "new"));
        assertThat(object(call("retrieve", Map.of("key", sent)), "entry")).containsEntry("value", "new");
        assertThat(call("delete", Map.of("key", sent))).containsEntry("count", 2L);
        assertThat(call("retrieve", Map.of("key", sent))).containsEntry("found", false);
    }

    @Test
    void aStoreSaysWhatItReplaced() {
        assertThat(call("store", Map.of("key", "k", "value", "old " + "🍵".repeat(200), "metadata", Map.of("n", 1))))
                .doesNotContainKeys("replaced", "previous", "metadata_dropped");

        Map<String, Object> reply = call("store", Map.of("key", "k", "value", "new"));

        assertThat(reply).containsEntry("replaced", true).containsEntry("metadata_dropped", true);
        assertThat(object(reply, "previous"))
                .containsEntry("value", "old " + "🍵".repeat(98) + "...")
                .containsEntry("value_chars", 404)
                .containsEntry("metadata", Map.of("n", 1))
                .containsKeys("created_at", "updated_at");
        assertThat(call("store", Map.of("key", "k", "value", "new"))).doesNotContainKey("replaced");
        assertThat(call("store", Map.of("key", "k", "value", "newer", "metadata", Map.of("n", 2))))
                .containsEntry("replaced", true)
                .doesNotContainKey("metadata_dropped");
        call("delete", Map.of("key", "k"));
        assertThat(call("store", Map.of("key", "k", "value", "again"))).doesNotContainKey("replaced");
    }

    @Test
    void anotherInstanceKeepsTheKeysThatItHas() {
        String decomposed = "Zoe\u0308";
        Map<String, Object> write = Map.of("io.unifiedmemory/write", Map.of("version", "65536000"));
        tools.call(
                "store",
                new ToolCall(Map.of("user_id", "me", "key", decomposed, "value", "v"), write, Principal.LOCAL));

        assertThat(object(call("get_all", Map.of()), "memories")).containsOnlyKeys(decomposed);
    }

    private Map<String, Object> part(int offset, int most) {
        return object(call("retrieve", Map.of("key", "k", "offset", offset, "max_chars", most)), "entry");
    }

    private Map<String, Object> call(String tool, Map<String, Object> arguments) {
        return tools.call(tool, new ToolCall(arguments, Map.of(), Principal.LOCAL))
                .structured();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> json, String field) {
        return (Map<String, Object>) Objects.requireNonNull(json.get(field));
    }
}
