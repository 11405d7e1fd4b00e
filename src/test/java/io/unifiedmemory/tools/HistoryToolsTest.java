package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.MovableClock;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code history}, {@code restore}, and what {@code delete} says of the way back. */
class HistoryToolsTest extends ToolsOnSqlite<MovableClock> {

    HistoryToolsTest() {
        super(new MovableClock());
    }

    @BeforeEach
    @Override
    void open() {
        open(HistoryOptions.DEFAULT);
    }

    private void open(HistoryOptions history) {
        SqliteOptions options = SqliteOptions.of(folder.resolve("memory.db")).with(history);
        open(UnifiedMemory.builder()
                .primary("sqlite", new SqliteStore(new SqliteDatabase(options), clock), BackendOptions.LOCAL));
    }

    private JsonNode call(String tool, Object... namesAndValues) {
        return call(tool, Principal.LOCAL, namesAndValues);
    }

    private JsonNode call(String tool, Principal caller, Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>(Map.of("user_id", "u"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        clock.advance(Duration.ofSeconds(1));
        ToolCall call = new ToolCall(arguments, Map.of(), caller, Progress.NONE, Person.NOBODY, "test 1");
        return Json.mapper().readTree(Json.write(tools.call(tool, call).structured()));
    }

    private static List<String> told(JsonNode history) {
        List<String> told = new ArrayList<>();
        history.path("revisions")
                .forEach(one -> told.add(one.path("key").asString() + " "
                        + one.path("revision").asInt() + " " + one.path("value").asString() + " "
                        + one.path("how").asString()));
        return told;
    }

    private String value(String key) {
        return call("retrieve", "key", key).path("entry").path("value").asString("");
    }

    @Test
    void aDeletedMemoryIsRestoredWithAllThatItHad() {
        call("store", "key", "tea", "value", "Assam", "metadata", Map.of("a", 1));
        call("store", "key", "tea", "value", "Darjeeling", "metadata", Map.of("a", 2), "expires_in", "1w");
        JsonNode deleted = call("delete", "key", "tea");
        assertThat(deleted.path("restorable_until").asString())
                .isEqualTo(clock.instant().plus(Duration.ofDays(30)).toString());
        assertThat(deleted.has("permanently")).isFalse();
        assertThat(value("tea")).isEmpty();

        JsonNode history = call("history", "key", "tea");
        assertThat(told(history)).containsExactly("tea 2 Darjeeling deleted", "tea 1 Assam replaced");
        JsonNode newest = history.path("revisions").path(0);
        assertThat(newest.path("metadata").path("a").asInt()).isEqualTo(2);
        assertThat(newest.path("written_by").asString()).isEqualTo("test 1");
        assertThat(newest.path("ended_at").asString()).isNotEmpty();
        assertThat(newest.has("user_id")).isFalse();

        JsonNode restored = call("restore", "key", "tea");
        assertThat(restored.path("restored").asBoolean()).isTrue();
        assertThat(restored.path("revision").asInt()).isEqualTo(2);
        assertThat(restored.path("durability").asString()).isEqualTo("local");
        JsonNode entry = call("retrieve", "key", "tea").path("entry");
        assertThat(entry.path("value").asString()).isEqualTo("Darjeeling");
        assertThat(entry.path("metadata").path("a").asInt()).isEqualTo(2);
        assertThat(entry.has("expires_at")).isTrue();

        call("restore", "key", "tea", "revision", 1);
        assertThat(value("tea")).isEqualTo("Assam");
        assertThat(told(call("history", "key", "tea")))
                .containsExactly("tea 3 Darjeeling replaced", "tea 2 Darjeeling deleted", "tea 1 Assam replaced");
    }

    @Test
    void anExpiryThatHasPassedIsNotRestored() {
        call("store", "key", "tea", "value", "Assam", "expires_in", "1m");
        clock.advance(Duration.ofMinutes(2));
        call("delete", "key", "tea");
        assertThat(told(call("history", "key", "tea"))).containsExactly("tea 1 Assam expired");

        call("restore", "key", "tea");
        JsonNode entry = call("retrieve", "key", "tea").path("entry");
        assertThat(entry.path("value").asString()).isEqualTo("Assam");
        assertThat(entry.has("expires_at")).isFalse();
    }

    @Test
    void aDeleteSaysHowMuchOfItCanBeRestored() {
        open(new HistoryOptions(Duration.ofDays(30), 50, 1000));
        assertThat(call("delete", "key", "nothing").has("restorable_until")).isFalse();
        for (int i = 0; i < 10; i++) {
            call("store", "key", "key " + i, "value", "x".repeat(188));
        }
        JsonNode deleted = call("delete", "all", true);
        assertThat(deleted.path("count").asInt()).isEqualTo(10);
        assertThat(deleted.path("restorable").asInt()).isEqualTo(5);
        assertThat(deleted.has("restorable_until")).isTrue();
        for (int i = 5; i < 10; i++) {
            call("restore", "key", "key " + i);
        }
        assertThatThrownBy(() -> call("restore", "key", "key 4")).hasMessageContaining("nothing is known");
        assertThat(call("delete", "all", true).has("restorable")).isFalse();

        call("store", "key", "large", "value", "x".repeat(1000));
        deleted = call("delete", "key", "large");
        assertThat(deleted.path("restorable").asInt(-1)).isZero();
        assertThat(deleted.has("restorable_until")).isFalse();
        assertThat(deleted.has("permanently")).isFalse();
    }

    @Test
    void whatIsDeletedPermanentlyHasNoHistory() {
        call("store", "key", "tea", "value", "Assam");
        call("store", "key", "tea", "value", "Darjeeling");
        call("store", "key", "coffee", "value", "none");
        call("delete", "key", "coffee");
        JsonNode deleted = call("delete", "key", "tea", "permanently", true);
        assertThat(deleted.path("permanently").asBoolean()).isTrue();
        assertThat(deleted.has("restorable_until")).isFalse();
        assertThat(told(call("history"))).containsExactly("coffee 1 none deleted");
        assertThatThrownBy(() -> call("restore", "key", "tea")).hasMessageContaining("nothing is known");

        call("delete", "key", "coffee", "permanently", true);
        assertThat(told(call("history"))).isEmpty();
        call("store", "key", "tea", "value", "Assam");
        call("delete", "key", "tea");
        call("delete", "all", true);
        assertThat(told(call("history"))).containsExactly("tea 1 Assam deleted");
        call("delete", "all", true, "permanently", true);
        assertThat(told(call("history"))).isEmpty();
    }

    @Test
    void revisionsOfAllKeysComePageByPage() {
        for (int i = 0; i < 25; i++) {
            call("store", "key", "key " + i % 5, "value", "value " + i);
        }
        List<String> whole = told(call("history", "limit", 100));
        assertThat(whole).hasSize(20).startsWith("key 4 4 value 19 replaced", "key 3 4 value 18 replaced");
        List<String> walked = new ArrayList<>();
        JsonNode page = call("history", "limit", 6);
        walked.addAll(told(page));
        while (page.has("next_cursor")) {
            page = call(
                    "history", "limit", 6, "cursor", page.path("next_cursor").asString());
            assertThat(told(page)).isNotEmpty();
            walked.addAll(told(page));
        }
        assertThat(walked).isEqualTo(whole);

        String cursor = call("history", "limit", 6).path("next_cursor").asString();
        assertThatThrownBy(() -> call("history", "key", "key 1", "cursor", cursor))
                .hasMessageContaining("another user or key");
    }

    @Test
    void aKeyThatIsKeptInAnotherFormIsListedToItsEnd() {
        String composed = "caf\u00E9";
        String decomposed = "cafe\u0301";
        for (int i = 0; i < 5; i++) {
            memory.store("u", decomposed, "value " + i, Map.of());
            clock.advance(Duration.ofSeconds(1));
        }
        for (String form : List.of(decomposed, composed)) {
            List<Integer> walked = new ArrayList<>();
            JsonNode page = call("history", "key", form, "limit", 2);
            while (true) {
                page.path("revisions")
                        .forEach(one -> walked.add(one.path("revision").asInt()));
                if (!page.has("next_cursor")) {
                    break;
                }
                String cursor = page.path("next_cursor").asString();
                page = call("history", "key", form, "limit", 2, "cursor", cursor);
            }
            assertThat(walked).as(form).containsExactly(4, 3, 2, 1);
        }
    }

    @Test
    void longTextsAreShownInPartAndComeBackWhole() {
        String text = "tea and coffee \u00E9\uD83D\uDE00\n".repeat(10_000);
        for (int i = 0; i < 3; i++) {
            call("store", "key", "long", "value", text + i);
        }
        call("delete", "key", "long");
        JsonNode page = call("history", "key", "long");
        int seen = 0;
        while (true) {
            assertThat(Json.write(page).length())
                    .isLessThan(ToolOptions.DEFAULT.limits().maxReplyChars());
            for (JsonNode one : page.path("revisions")) {
                assertThat(one.path("truncated").asBoolean()).isTrue();
                assertThat(one.path("value_chars").asInt()).isEqualTo(text.length() + 1);
                seen++;
            }
            if (!page.has("next_cursor")) {
                break;
            }
            page = call(
                    "history", "key", "long", "cursor", page.path("next_cursor").asString());
        }
        assertThat(seen).isEqualTo(3);
        call("restore", "key", "long");
        assertThat(((Lookup.Found) memory.retrieve("u", "long").lookup())
                        .entry()
                        .value())
                .isEqualTo(text + 2);
    }

    @Test
    void whoMayOnlyReadSeesTheHistoryAndRestoresNothing() {
        call("store", "key", "tea", "value", "Assam");
        call("delete", "key", "tea");
        Principal reader = new Principal("reader", UserSet.ALL, Scope.READ);
        assertThat(told(call("history", reader, "key", "tea"))).hasSize(1);
        assertThatThrownBy(() -> call("restore", reader, "key", "tea")).isInstanceOf(ToolFailure.class);
        Principal other = new Principal("other", UserSet.of(Set.of("somebody")), Scope.READ_WRITE);
        assertThatThrownBy(() -> call("history", other, "key", "tea")).isInstanceOf(ToolFailure.class);
        assertThatThrownBy(() -> call("restore", other, "key", "tea")).isInstanceOf(ToolFailure.class);
        assertThat(value("tea")).isEmpty();
    }

    @Test
    void aServerThatKeepsNoHistorySaysSo() {
        call("store", "key", "tea", "value", "Assam");
        call("store", "key", "tea", "value", "Darjeeling");
        open(HistoryOptions.OFF);
        assertThat(call("delete", "key", "tea").path("permanently").asBoolean()).isTrue();
        assertThat(call("history").path("note").asString()).contains("history.days");
        assertThat(told(call("history", "key", "tea"))).isEmpty();
        assertThatThrownBy(() -> call("restore", "key", "tea")).hasMessageContaining("nothing is known");
        open(HistoryOptions.DEFAULT);
        assertThat(told(call("history", "key", "tea"))).isEmpty();
    }
}
