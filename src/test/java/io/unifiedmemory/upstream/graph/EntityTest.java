package io.unifiedmemory.upstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntityTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123Z");

    @Test
    void keepsWhatTheGraphCannotSay() {
        MemoryEntry entry = new MemoryEntry(
                "al/ice",
                "k\n\"",
                "line 1\nline 2",
                Map.of("n", new BigDecimal("1.50"), "deep", Map.of("list", List.of(1, true))),
                NOON,
                NOON.plusMillis(1),
                HlcTimestamp.atMillis(32_000_000_000_000L).next());
        String envelope = Envelope.of(entry, false).text();

        Entity entity = ours("al/ice", "k\n\"", entry.value(), envelope);

        assertThat(entity.memory()).isEqualTo(entry);
        assertThat(envelope).doesNotContain("\n");
    }

    @Test
    void theNewerOfTwoPairsCounts() {
        Entity entity = ours("u", "k", "new", envelope("new", 2), "old", envelope("old", 1));

        assertThat(valueOf(entity)).isEqualTo("new");
        assertThat(entity.ours()).hasSize(4);
    }

    @Test
    void anEnvelopeWhoseValueIsGoneCountsNotEvenIfItIsNewer() {
        Entity entity = ours("u", "k", "old", envelope("old", 1), envelope("new", 2));

        assertThat(valueOf(entity)).isEqualTo("old");
        assertThat(entity.version()).isEqualTo(new HlcTimestamp(2));
    }

    @Test
    void aValueMayReadLikeAnEnvelope() {
        String old = envelope("old", 1);
        String forged = envelope("other's text", 99);

        assertThat(valueOf(ours("u", "k", old, envelope(old, 2)))).isEqualTo(old);
        assertThat(valueOf(ours("u", "k", "other's text", forged, envelope(forged, 2))))
                .isEqualTo(forged);
    }

    @Test
    void whatOthersAddedIsNotOurs() {
        Entity entity = ours("u", "k", "v", "added by hand", envelope("v", 1));

        assertThat(valueOf(entity)).isEqualTo("v");
        assertThat(entity.ours()).doesNotContain("added by hand");
        assertThat(entity.isOursAlone()).isFalse();
        assertThat(ours("u", "k", "v", envelope("v", 1)).isOursAlone()).isTrue();
    }

    @Test
    void aTextThatOthersWroteFirstStaysTheirs() {
        Entity entity = ours("u", "k", "v", Envelope.of(entry("v", 1), true).text());

        assertThat(valueOf(entity)).isEqualTo("v");
        assertThat(entity.ours()).doesNotContain("v");
        assertThat(entity.isOursAlone()).isFalse();
    }

    @Test
    void anEnvelopeInAnotherEntityMeansNothing() {
        Entity copy = new Entity("u/copy", "person", List.of("v", envelope("v", 1)));

        assertThat(copy.memory()).isNull();
        assertThat(copy.isForeign()).isTrue();
    }

    @Test
    void aDamagedMemoryOfOursIsNotTakenForSomebodyElses() {
        assertThat(ours("u", "k", "edited by hand", envelope("v", 1)).isForeign())
                .isFalse();
        assertThat(ours("u", "k", "its envelope is gone").isForeign()).isFalse();
        assertThat(new Entity("Alice", "person", List.of()).isForeign()).isTrue();
    }

    @Test
    void readsNothingIntoTextsThatOnlyBeginLikeAnEnvelope() {
        String good = envelope("v", 1);
        for (String text : List.of(
                "{\"unified_memory\":1}",
                "{\"unified_memory\":",
                good.replace("\"version\":\"1\"", "\"version\":1"),
                good.replace("\"version\":\"1\"", "\"version\":\"-1\""),
                good.replace("\"unified_memory\":1", "\"unified_memory\":2"),
                good.replace("2026-11-22", "yesterday"))) {
            assertThat(Envelope.parse(text)).as(text).isNull();
        }
        assertThat(Envelope.parse(good)).isNotNull();
    }

    private static Entity ours(String userId, String key, String... observations) {
        return new Entity(EntityName.of(userId, key), Entity.OUR_TYPE, Arrays.asList(observations));
    }

    private static String valueOf(Entity entity) {
        MemoryEntry memory = entity.memory();
        return memory == null ? "(none)" : memory.value();
    }

    private static String envelope(String value, long version) {
        return Envelope.of(entry(value, version), false).text();
    }

    private static MemoryEntry entry(String value, long version) {
        return new MemoryEntry("u", "k", value, Map.of(), NOON, NOON, new HlcTimestamp(version));
    }
}
