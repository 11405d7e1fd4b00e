package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code search} accepts and answers, over a real database file. */
class SearchToolTest extends ToolsOnSqlite<SearchToolTest.Ticking> {

    private static final Instant NOON = Instant.parse("2026-05-10T12:00:00Z");

    SearchToolTest() {
        super(new Ticking());
    }

    /** A later millisecond at each look: what is stored in the one in which a search begins may count as older. */
    static final class Ticking extends Clock {

        private final AtomicLong millis = new AtomicLong(System.currentTimeMillis());

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.incrementAndGet());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private String text(Object... arguments) {
        return String.valueOf(tools.call("search", new ToolCall(arguments(arguments), Map.of(), Principal.LOCAL))
                .text());
    }

    private static Map<String, Object> arguments(Object... namesAndValues) {
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", "u"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return arguments;
    }

    @Test
    void aModelIsGivenLittleToRead() {
        put("tea", "green,\nno sugar", Map.of("tag", "x"), 0);
        put("milk", "sugar too", Map.of(), 0);

        assertThat(text("query", "sugar"))
                .isEqualTo("- milk: sugar too [2026-05-10]\n- tea: green,\n  no sugar [2026-05-10] {\"tag\":\"x\"}\n");
        assertThat(text("query", "zebra")).isEqualTo("nothing found\n");
        assertThat(text("query", "sugar", "limit", 1, "colour", "red"))
                .matches("- milk: sugar too \\[2026-05-10\\]\nnext_cursor: \\S+\nignored_arguments: colour\n");
    }

    @Test
    void anotherInstanceIsGivenItsJson() {
        put("tea", "green", Map.of(), 0);

        assertThat(tools.call(
                                "search",
                                new ToolCall(
                                        Map.of("user_id", "u", "query", "green"),
                                        ReplicaCodec.detail(),
                                        Principal.LOCAL))
                        .text())
                .isNull();
    }

    @Test
    void tagsNarrowASearch() {
        put("both", "sugar", Map.of("tags", List.of("red", "green")), 0);
        put("one", "sugar", Map.of("tags", "red"), 0);
        put("none", "sugar", Map.of(), 0);

        assertThat(keys(search("query", "sugar", "tags", List.of("red")))).containsExactlyInAnyOrder("both", "one");
        assertThat(keys(search("tags", List.of("red", "green")))).containsExactly("both");
        assertThat(keys(search("metadata", Map.of("tags", "green")))).containsExactly("both");
        String cursor = search("tags", "red", "limit", 1).path("next_cursor").asString();
        assertThatThrownBy(() -> search("tags", "green", "limit", 1, "cursor", cursor))
                .hasMessageContaining("cursor belongs to another search");
    }

    @Test
    void theSimplestCallStaysSimple() {
        put("tea", "green, no sugar", Map.of(), 0);

        JsonNode reply = search("query", "sugar");

        assertThat(reply.path("results")).hasSize(1);
        assertThat(reply.at("/results/0/key").asString()).isEqualTo("tea");
        assertThat(reply.at("/results/0/value").asString()).isEqualTo("green, no sugar");
        assertThat(reply.at("/results/0/backends").toString()).isEqualTo("[\"sqlite\"]");
        assertThat(reply.at("/results/0/matched").toString())
                .isEqualTo("{\"fields\":[\"value\"],\"words\":[\"sugar\"]}");
        assertThat(reply.path("complete").asBoolean()).isTrue();
        assertThat(reply.has("next_cursor")).isFalse();
        assertThat(reply.has("note")).isFalse();
    }

    @Test
    void filtersAreCombined() {
        put("diary/1", "tea in the garden", Map.of("who", "Ada", "n", 1), 0);
        put("diary/2", "tea in the house", Map.of("who", "Ada", "n", 2), 86_400);
        put("diary/3", "tea in the street", Map.of("who", "Bob", "n", 2), 2 * 86_400);
        put("notes/1", "tea in the house", Map.of("who", "Ada", "n", 2), 86_400);
        put("diary/4", "coffee", Map.of("who", "Ada", "n", 2), 86_400);

        assertThat(keys(search("query", "tea", "key_prefix", "diary/", "metadata", Map.of("who", "Ada", "n", 2))))
                .containsExactly("diary/2");
        assertThat(keys(search("query", "tea", "order", "recency", "key_prefix", "diary/")))
                .containsExactly("diary/3", "diary/2", "diary/1");
        assertThat(keys(search("order", "recency", "since", "2026-05-11", "until", "2026-05-11")))
                .containsExactlyInAnyOrder("diary/2", "notes/1", "diary/4");
        assertThat(keys(search("query", "tea", "since", "2026-05-11T12:00:01Z")))
                .containsExactly("diary/3");
        assertThat(keys(search("query", "tea", "until", "2026-05-11T14:00:00+02:00")))
                .containsExactly("diary/1");
        assertThat(keys(search("until", "2026-05-10T12:00:01"))).containsExactly("diary/1");
    }

    @Test
    void aWrongArgumentIsExplained() {
        assertRejected(
                "since must be a time like 2026-01-31T18:30:00Z or a date like 2026-01-31 (UTC), of the years"
                        + " 1 to 9999, not the string \"yesterday\"",
                "since",
                "yesterday");
        assertRejected("not the value 5", "until", 5);
        assertRejected("not the string \"2026-13-01\"", "until", "2026-13-01");
        assertRejected("order must be relevance or recency, not the string \"newest\"", "order", "newest");
        assertRejected("metadata must be a JSON object", "metadata", "who=Ada");
        assertRejected("key_prefix must have 1 to 512 characters, not 0", "key_prefix", " ");
        assertRejected("since must be before until", "since", "2026-05-12", "until", "2026-05-11");
        assertRejected("unknown argument \"quary\"; did you mean query?", "quary", "tea");
        assertRejected("cursor must be a next_cursor", "cursor", "nonsense");
        assertRejected("cursor must be a next_cursor", "cursor", "%%%");
    }

    @Test
    void aCursorBelongsToItsSearch() {
        for (int i = 0; i < 5; i++) {
            put("k" + i, "tea", Map.of("a", 1, "b", 2), i);
        }
        String cursor = search("query", "tea", "limit", 2, "metadata", Map.of("a", 1, "b", 2))
                .path("next_cursor")
                .asString();

        assertRejected("cursor belongs to another search", "query", "coffee", "cursor", cursor);
        assertRejected("cursor belongs to another search", "query", "tea", "cursor", cursor);
        Map<String, Object> turned = new HashMap<>();
        turned.put("b", 2);
        turned.put("a", 1);
        assertThat(keys(search("query", "tea", "limit", 3, "metadata", turned, "cursor", cursor)))
                .hasSize(3);
    }

    @Test
    void pagesByRelevanceNeitherRepeatNorSkipWhileMemoriesAreWritten() {
        assertPagesAreExact("relevance", "tea");
    }

    @Test
    void pagesByRecencyNeitherRepeatNorSkipWhileMemoriesAreWritten() {
        assertPagesAreExact("recency", "tea");
        assertPagesAreExact("recency", null);
    }

    private void assertPagesAreExact(String order, @Nullable String query) {
        Random random = new Random(7);
        String user = order + query;
        List<String> originals = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            originals.add("k" + i);
            memory.replicate(entry(user, "k" + i, "tea " + "leaf ".repeat(random.nextInt(9)), i));
        }
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", user, "order", order, "limit", 7));
        if (query != null) {
            arguments.put("query", query);
        }
        List<String> seen = new ArrayList<>();
        JsonNode page;
        do {
            page = call(arguments);
            seen.addAll(keys(page));
            arguments.put("cursor", page.path("next_cursor").asString(""));
            for (int i = 0; i < 9; i++) {
                memory.store(user, "new " + random.nextInt(1_000_000), "tea tea tea", Map.of());
                memory.replicate(entry(user, "k" + random.nextInt(60), "tea again " + i, 1_000_000L + seen.size() + i));
            }
        } while (page.has("next_cursor") && seen.size() < 500);

        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen.subList(0, 60)).as("what is new comes last").hasSameElementsAs(originals);
        assertThat(seen).as("and holds up nobody for ever").hasSizeLessThan(200);
    }

    @Test
    void nothingIsHiddenWhateverTheClockDoesBetweenPages() {
        for (String query : Arrays.asList("tea", null)) {
            for (String order : List.of("relevance", "recency")) {
                for (int minutes : List.of(0, 1, 4, 90, -1, -4, -90)) {
                    assertNothingIsHidden(query, order, Duration.ofMinutes(minutes));
                }
            }
        }
    }

    /** Memories of clocks that are behind and ahead, while others are really stored between the pages. */
    private void assertNothingIsHidden(@Nullable String query, String order, Duration first) {
        Duration jump = first;
        String user = query + order + first;
        List<String> originals = new ArrayList<>();
        long now = clock.millis();
        for (int i = 0; i < 20; i++) {
            Instant created = Instant.ofEpochMilli(now).plus(Duration.ofMinutes(i - 10L));
            originals.add("k" + i);
            memory.replicate(
                    new MemoryEntry(user, "k" + i, "tea", Map.of(), created, created, HlcTimestamp.atMillis(now + i)));
        }
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", user, "order", order, "limit", 3));
        if (query != null) {
            arguments.put("query", query);
        }
        List<String> seen = new ArrayList<>();
        JsonNode page;
        do {
            page = call(arguments);
            assertThat(page.path("complete").asBoolean()).isTrue();
            seen.addAll(keys(page));
            arguments.put("cursor", page.path("next_cursor").asString(""));
            jump = jump.negated(); // there and back, so that it never is days off
            clock.millis.addAndGet(jump.toMillis());
            for (int i = 0; i < 4; i++) {
                memory.store(user, "new " + seen.size() + "/" + i, "tea", Map.of());
            }
        } while (page.has("next_cursor") && seen.size() < 500);

        assertThat(seen).as(user).doesNotHaveDuplicates().containsAll(originals);
        assertThat(seen).as("the search ends").hasSizeLessThan(100);
    }

    @Test
    void aSearchThatEndsGoesOnWithWhatItNamed() {
        Instant ahead = Instant.ofEpochMilli(clock.millis()).plusSeconds(180);
        for (int i = 0; i < 9; i++) {
            memory.replicate(new MemoryEntry(
                    "u", "k" + i, "tea", Map.of(), ahead, ahead, HlcTimestamp.atMillis(NOON.toEpochMilli() + i)));
        }
        String second = search("limit", 2).path("next_cursor").asString();
        JsonNode page = search("limit", 2, "cursor", second);
        memory.delete("u", keys(page).get(0), null);
        memory.delete("u", "k0", null);
        memory.store("u", "new", "tea", Map.of());

        JsonNode last = search("limit", 9, "cursor", page.path("next_cursor").asString());

        assertThat(keys(last)).containsExactly("k4", "k3", "k2", "k1");
        assertThat(last.has("next_cursor")).isFalse();
        assertRejected(
                "cursor belongs to another search",
                "query",
                "tea",
                "cursor",
                page.path("next_cursor").asString());
    }

    @Test
    void aLongValueIsCutToWhatSurroundsTheMatchAndARetrieveGivesTheWhole() {
        String value =
                "filler ".repeat(2000) + "then the heron\n\n  stood in the \uD83D\uDE00 reeds " + "more ".repeat(2000);
        put("long", value, Map.of(), 0);

        JsonNode hit = search("query", "heron reeds").at("/results/0");

        assertThat(hit.path("truncated").asBoolean()).isTrue();
        assertThat(hit.path("value_chars").asInt()).isEqualTo(value.length());
        assertThat(hit.path("value").asString())
                .startsWith("…")
                .endsWith("…")
                .contains("then the heron\n\n  stood in the \uD83D\uDE00 reeds")
                .hasSizeLessThan(1000);
        assertThat(hit.at("/matched/snippet").asString())
                .contains("then the «heron» stood in the \uD83D\uDE00 «reeds» more")
                .hasSizeLessThan(240);
    }

    @Test
    void aValueOfSomeLengthStaysExactAndHasASnippet() {
        String value = "Herons stand in shallow water. ".repeat(20) + "One was fishing by the old mill.";
        put("k", value, Map.of("place", "the old mill"), 0);

        JsonNode hit = search("query", "fished at the mill").at("/results/0");

        assertThat(hit.path("value").asString()).isEqualTo(value);
        assertThat(hit.has("truncated")).isFalse();
        assertThat(hit.at("/matched/snippet").asString()).contains("One was «fishing» by the old «mill».");
        assertThat(hit.at("/matched/fields").toString()).isEqualTo("[\"value\",\"metadata.place\"]");
        assertThat(hit.at("/matched/words").toString()).isEqualTo("[\"fishing\",\"mill\"]");
    }

    @Test
    void theWholeReplyIsBoundedAndWhatDidNotFitFollows() {
        Map<String, Object> large = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            large.put("field " + i, "\u0001".repeat(100));
        }
        for (int i = 0; i < 40; i++) {
            put("k" + i, "tea " + "\\\"\u0001".repeat(3000), large, i);
        }
        List<String> seen = new ArrayList<>();
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", "u", "query", "tea", "limit", 40));
        JsonNode page;
        do {
            page = call(arguments);
            seen.addAll(keys(page));
            assertThat(page.toString()).hasSizeLessThan(Limits.DEFAULT.maxReplyChars());
            assertThat(page.at("/results/0/metadata_chars").asInt()).isGreaterThan(30_000);
            assertThat(page.at("/results/0/truncated").asBoolean()).isTrue();
            if (page.has("next_cursor")) {
                assertThat(page.path("note").asString()).contains("did not fit into this reply");
            }
            arguments.put("cursor", page.path("next_cursor").asString(""));
        } while (page.has("next_cursor"));
        assertThat(seen).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void anotherInstanceOfThisServerGetsExactValues() {
        String value = "tea " + "filler ".repeat(5000);
        put("long", value, Map.of("m", "x".repeat(20_000)), 0);
        ToolResult result = tools.call(
                "search",
                new ToolCall(
                        Map.of("user_id", "u", "query", "tea"),
                        Map.of("io.unifiedmemory/detail", true),
                        Principal.LOCAL));

        JsonNode hit = json(result).at("/results/0");

        assertThat(hit.path("value").asString()).isEqualTo(value);
        assertThat(hit.at("/metadata/m").asString()).hasSize(20_000);
        assertThat(hit.has("truncated")).isFalse();
        assertThat(hit.has("matched")).isFalse();
    }

    @Test
    void aSearchThatShowedAllItCanSaysHowToGoOn() {
        for (int i = 0; i < SearchCursor.MOST_SHOWN + 500; i++) {
            memory.replicate(entry("u", "k" + i, "tea", i));
        }
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", "u", "limit", 1000));
        List<String> seen = new ArrayList<>();
        JsonNode page;
        do {
            page = call(arguments);
            seen.addAll(keys(page));
            arguments.put("cursor", page.path("next_cursor").asString(""));
        } while (page.has("next_cursor"));
        assertThat(seen)
                .hasSizeBetween(SearchCursor.MOST_SHOWN, SearchCursor.MOST_SHOWN + 499)
                .doesNotHaveDuplicates();
        assertThat(page.path("note").asString()).contains("at most 2000").contains("narrow it down");
    }

    private void assertRejected(String message, Object... namesAndValues) {
        assertThatThrownBy(() -> search(namesAndValues))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining(message);
    }

    /** In Berlin the eleventh has begun. */
    @Test
    void yesterdayIsThatOfTheTimeZone() {
        Clock lateOnTheTenth = Clock.fixed(Instant.parse("2026-05-10T23:30:00Z"), ZoneOffset.UTC);
        put("tenth", "Did paint the fence.", Map.of("date", "2026-05-10"), 0);
        put("ninth", "Did paint the fence.", Map.of("date", "2026-05-09"), 1);
        String query = "what did we paint yesterday";

        tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, lateOnTheTenth);
        assertThat(keys(search("query", query, "time_zone", "UTC"))).containsExactly("ninth", "tenth");
        assertThat(keys(search("query", query, "time_zone", "Europe/Berlin"))).containsExactly("tenth", "ninth");
        assertThat(keys(search("query", query, "time_zone", "+02:00"))).containsExactly("tenth", "ninth");
        assertRejected("time_zone must be a time zone such as Europe/Berlin", "query", query, "time_zone", "Berlin");

        tools = ToolBoxes.of(
                memory,
                new ToolOptions(Limits.DEFAULT, null, false, false, true, true, ZoneId.of("Europe/Berlin")),
                lateOnTheTenth);
        assertThat(keys(search("query", query))).containsExactly("tenth", "ninth");
        assertThat(keys(search("query", query, "time_zone", "UTC"))).containsExactly("ninth", "tenth");
    }

    private void put(String key, String value, Map<String, Object> metadata, long seconds) {
        Instant time = NOON.plusSeconds(seconds);
        memory.replicate(
                new MemoryEntry("u", key, value, metadata, time, time, HlcTimestamp.atMillis(time.toEpochMilli())));
    }

    private static MemoryEntry entry(String user, String key, String value, long seconds) {
        Instant time = NOON.plusSeconds(seconds);
        return new MemoryEntry(user, key, value, Map.of(), NOON, time, HlcTimestamp.atMillis(time.toEpochMilli()));
    }

    private JsonNode search(Object... namesAndValues) {
        return call(arguments(namesAndValues));
    }

    private JsonNode call(Map<String, Object> arguments) {
        return json(tools.call("search", new ToolCall(arguments, Map.of(), Principal.LOCAL)));
    }

    private static JsonNode json(ToolResult result) {
        return Json.mapper().readTree(Json.write(result.structured()));
    }

    private static List<String> keys(JsonNode reply) {
        List<String> keys = new ArrayList<>();
        Objects.requireNonNull(reply.path("results"))
                .forEach(hit -> keys.add(hit.path("key").asString()));
        return keys;
    }
}
