package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.MovableClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code store_many} makes of each of its memories. */
class StoreManyToolTest extends ToolsOnSqlite<MovableClock> {

    StoreManyToolTest() {
        super(new MovableClock());
    }

    private JsonNode call(String tool, Principal caller, Map<String, Object> arguments) {
        ToolCall call = new ToolCall(arguments, Map.of(), caller, Progress.NONE, Person.NOBODY, "editor 1");
        return Json.mapper().readTree(Json.write(tools.call(tool, call).structured()));
    }

    private JsonNode storeMany(Object memories) {
        return call("store_many", Principal.LOCAL, Map.of("user_id", "u", "memories", memories));
    }

    private JsonNode entry(String key) {
        return call("retrieve", Principal.LOCAL, Map.of("user_id", "u", "key", key))
                .path("entry");
    }

    private static Map<String, Object> of(String key, String value) {
        return Map.of("key", key, "value", value);
    }

    private static List<String> outcomes(JsonNode reply) {
        return reply.path("outcomes").valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void eachMemoryHasItsOwnOutcome() {
        storeMany(List.of(of("same", "as before"), of("other", "old")));
        JsonNode reply = storeMany(List.of(
                of("new", "1"),
                of("same", "as before"),
                of("other", "2"),
                of("", "no key"),
                Map.of("key", "no value"),
                "text",
                Map.of("key", "k", "value", "v", "metadata", "none"),
                Map.of("key", "k", "value", "v", "vlaue", "w"),
                Map.of("key", "k", "value", "v", "colour", "red"),
                Map.of("key", "k", "value", "v", "expires_in", "0d"),
                of("large", "x".repeat((1 << 20) + 1)),
                of("last", "3")));

        assertThat(outcomes(reply))
                .containsExactly(
                        "stored",
                        "unchanged",
                        "updated",
                        "refused",
                        "refused",
                        "refused",
                        "refused",
                        "refused",
                        "refused",
                        "refused",
                        "refused",
                        "stored");
        List<String> reasons = reply.path("refused")
                .valueStream()
                .map(each ->
                        each.path("index").asInt() + " " + each.path("reason").asString())
                .toList();
        assertThat(reasons.get(0)).startsWith("3 key must have 1 to 512 characters");
        assertThat(reasons.get(1)).startsWith("4 value is required");
        assertThat(reasons.get(2)).isEqualTo("5 must be an object with key and value");
        assertThat(reasons.get(3)).startsWith("6 metadata must be a JSON object");
        assertThat(reasons.get(4)).startsWith("7 unknown argument \"vlaue\"; did you mean value?");
        assertThat(reasons.get(5)).isEqualTo("8 has unknown fields: colour");
        assertThat(reasons.get(6)).startsWith("9 expires_in must be a number of minutes");
        assertThat(reasons.get(7)).startsWith("10 value must have at most 1048576 bytes");
        assertThat(reply.path("durability").asString()).isEqualTo("local");
        assertThat(entry("new").path("value").asString()).isEqualTo("1");
        assertThat(entry("other").path("value").asString()).isEqualTo("2");
        assertThat(entry("last").path("value").asString()).isEqualTo("3");
        assertThat(entry("k").isMissingNode()).isTrue();
    }

    @Test
    void whatStoreTakesIsTakenHere() {
        JsonNode reply = storeMany(
                "[{\"key\":\" Te\\u0301a \",\"value\":\"green\",\"metadata\":\"{\\\"tags\\\":[\\\"a\\\"]}\",\"expires_in\":\"7d\"}]");
        assertThat(outcomes(reply)).containsExactly("stored");
        JsonNode stored = entry("T\u00E9a");
        assertThat(stored.path("metadata").path("tags").path(0).asString()).isEqualTo("a");
        assertThat(stored.path("expires_at").asString()).isEqualTo("2026-05-08T12:00:00Z");
        assertThat(stored.path("written_by").asString()).isEqualTo("editor 1");

        Map<String, Object> longer =
                Map.of("key", "T\u00E9a", "value", "green", "metadata", Map.of("tags", List.of("a")));
        assertThat(outcomes(storeMany(List.of(longer))))
                .as("it does not expire any more, so something changes")
                .containsExactly("updated");
        assertThat(entry("T\u00E9a").path("expires_at").isMissingNode()).isTrue();
    }

    @Test
    void theLastOfSeveralMemoriesWithOneKeyStays() {
        assertThat(outcomes(storeMany(List.of(of("k", "1"), of("k", "2"), of("k", "2"), of("k", "3")))))
                .containsExactly("stored", "updated", "unchanged", "updated");
        assertThat(entry("k").path("value").asString()).isEqualTo("3");
    }

    @Test
    void tooManyOrNoneAreRefusedAsAWhole() {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            many.add(of("k" + i, "v"));
        }
        assertThatThrownBy(() -> storeMany(many))
                .isInstanceOf(ToolFailure.class)
                .hasMessage(
                        "memories must have 1 to 500 elements, not 501; nothing was stored: send them in several calls");
        assertThat(entry("k0").isMissingNode()).isTrue();
        assertThat(outcomes(storeMany(many.subList(1, 501)))).hasSize(500).containsOnly("stored");
        assertThatThrownBy(() -> storeMany(List.of())).hasMessageContaining("1 to 500 elements, not 0");
        assertThatThrownBy(() -> storeMany(Map.of("key", "k", "value", "v")))
                .hasMessageContaining("an array of objects");
    }

    @Test
    void onlyWhoMayWriteForTheUserMayStore() {
        Principal reader = new Principal("token:r", UserSet.ALL, Scope.READ);
        Principal other = new Principal("token:o", UserSet.of(Set.of("other")), Scope.READ_WRITE);
        for (Principal caller : List.of(reader, other)) {
            assertThatThrownBy(() ->
                            call("store_many", caller, Map.of("user_id", "u", "memories", List.of(of("k", "v")))))
                    .isInstanceOf(ToolFailure.class);
        }
        assertThat(entry("k").isMissingNode()).isTrue();
        assertThat(tools.isOffered("store_many", reader)).isFalse();
    }

    /** Another instance sends versions beside the call, and learns what is held instead of what it sent. */
    @Test
    void whatIsNewerHereStaysAndComesBack() {
        storeMany(List.of(of("k", "newer")));
        ToolCall call = new ToolCall(
                Map.of("user_id", "u", "memories", List.of(of("k", "older"), of("n", "new"), of("", "bad"))),
                Map.of(
                        "io.unifiedmemory/writes",
                        List.of(Map.of("version", "7"), Map.of("version", "8"), Map.of("version", "9"))),
                Principal.LOCAL);
        ToolResult result = tools.call("store_many", call);
        JsonNode meta = Json.mapper().readTree(Json.write(result.meta())).path("io.unifiedmemory/lookups");
        assertThat(meta.at("/0/value").asString()).isEqualTo("newer");
        assertThat(meta.at("/1/version").asString()).isEqualTo("8");
        assertThat(meta.at("/1/value").isMissingNode()).isTrue();
        assertThat(meta.at("/2").isEmpty()).isTrue();
        assertThat(entry("k").path("value").asString()).isEqualTo("newer");
        assertThatThrownBy(() -> tools.call(
                        "store_many",
                        new ToolCall(
                                Map.of("user_id", "u", "memories", List.of(of("k", "v"))),
                                Map.of("io.unifiedmemory/writes", List.of()),
                                Principal.LOCAL)))
                .hasMessageContaining("_meta tells of 0 writes");
    }
}
