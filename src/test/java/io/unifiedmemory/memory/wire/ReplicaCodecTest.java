package io.unifiedmemory.memory.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.wire.ReplicaCodec.Write;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers of different releases speak to each other, so the samples here never change; new fields get samples of their
 * own.
 */
class ReplicaCodecTest {

    private static final HlcTimestamp VERSION = new HlcTimestamp(115_000_000_000_000_001L);
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.006Z");
    private static final Instant UPDATED = Instant.parse("2026-11-26T00:00:00Z");
    private static final MemoryEntry FULL =
            new MemoryEntry("ada", "tea", "green", Map.of("tags", List.of("drink")), CREATED, UPDATED, VERSION);
    private static final MemoryEntry BARE =
            new MemoryEntry("ada", "cup", "blue", Map.of(), null, null, HlcTimestamp.NONE);

    @Test
    void whatAReplicaAsksFor() {
        Map<String, Object> meta = frozen(ReplicaCodec.detail(), "{\"io.unifiedmemory/detail\":true}");
        assertThat(ReplicaCodec.wantsDetail(meta)).isTrue();
        assertThat(ReplicaCodec.readWrite(meta)).isNull();
        assertThat(ReplicaCodec.wantsDetail(Map.of("progressToken", 1))).isFalse();
    }

    @Test
    void aStoreThatWasMadeElsewhere() {
        Map<String, Object> meta = frozen(
                ReplicaCodec.write(Write.of(FULL)),
                "{\"io.unifiedmemory/write\":{\"version\":\"115000000000000001\",\"created_at\":\"2026-01-02T03:04:05.006Z\","
                        + "\"updated_at\":\"2026-11-26T00:00:00Z\"}}");
        assertThat(ReplicaCodec.readWrite(meta)).isEqualTo(new Write(VERSION, CREATED, UPDATED, null));
        assertThat(ReplicaCodec.wantsDetail(meta)).isTrue();
    }

    @Test
    void aDeleteAndAnExpiryThatWereMadeElsewhere() {
        Map<String, Object> delete = frozen(
                ReplicaCodec.write(Write.of(VERSION)),
                "{\"io.unifiedmemory/write\":{\"version\":\"115000000000000001\"}}");
        assertThat(ReplicaCodec.readWrite(delete)).isEqualTo(Write.of(VERSION));
        Write expiry = new Write(VERSION, null, null, UPDATED);
        Map<String, Object> cleanup = frozen(
                ReplicaCodec.write(expiry),
                "{\"io.unifiedmemory/write\":{\"version\":\"115000000000000001\",\"cutoff\":\"2026-11-26T00:00:00Z\"}}");
        assertThat(ReplicaCodec.readWrite(cleanup)).isEqualTo(expiry);
    }

    @Test
    void whatIsKnownOfAKey() {
        Map<String, Object> known = frozen(
                ReplicaCodec.lookup(new Lookup.Found(FULL), false),
                "{\"io.unifiedmemory/lookup\":{\"version\":\"115000000000000001\",\"created_at\":\"2026-01-02T03:04:05.006Z\","
                        + "\"updated_at\":\"2026-11-26T00:00:00Z\"}}");
        MemoryEntry sent = FULL.withVersion(HlcTimestamp.NONE);
        assertThat(ReplicaCodec.readLookup(known, sent)).isEqualTo(new Lookup.Found(FULL));
        assertThatThrownBy(() -> ReplicaCodec.readLookup(known, null)).hasMessage("a version without an entry");

        Map<String, Object> other = frozen(
                ReplicaCodec.lookup(new Lookup.Found(FULL), true),
                "{\"io.unifiedmemory/lookup\":{\"version\":\"115000000000000001\",\"created_at\":\"2026-01-02T03:04:05.006Z\","
                        + "\"updated_at\":\"2026-11-26T00:00:00Z\",\"value\":\"green\",\"metadata\":{\"tags\":[\"drink\"]}}}");
        MemoryEntry lost = new MemoryEntry("ada", "tea", "black", Map.of(), null, null, HlcTimestamp.NONE);
        assertThat(ReplicaCodec.readLookup(other, lost)).isEqualTo(new Lookup.Found(FULL));
    }

    @Test
    void thatAKeyWasDeletedOrIsUnknown() {
        Map<String, Object> deleted = frozen(
                ReplicaCodec.lookup(new Lookup.Deleted(VERSION), true),
                "{\"io.unifiedmemory/lookup\":{\"deleted\":\"115000000000000001\"}}");
        assertThat(ReplicaCodec.readLookup(deleted, null)).isEqualTo(new Lookup.Deleted(VERSION));
        Map<String, Object> missing = frozen(ReplicaCodec.lookup(Lookup.MISSING, true), "{}");
        assertThat(ReplicaCodec.readLookup(missing, null)).isEqualTo(Lookup.MISSING);
    }

    @Test
    void theVersionsOfHits() {
        Map<String, Object> meta = frozen(
                ReplicaCodec.versions(List.of(FULL, BARE)),
                "{\"io.unifiedmemory/versions\":{\"tea\":\"115000000000000001\",\"cup\":\"0\"}}");
        assertThat(ReplicaCodec.readVersions(meta)).isEqualTo(Map.of("tea", VERSION, "cup", HlcTimestamp.NONE));
    }

    @Test
    void whatThePageOfAListingLeavesOut() {
        Map<String, Object> meta = frozen(
                ReplicaCodec.entries(List.of(FULL, BARE)),
                "{\"io.unifiedmemory/entries\":{\"tea\":{\"version\":\"115000000000000001\","
                        + "\"created_at\":\"2026-01-02T03:04:05.006Z\",\"updated_at\":\"2026-11-26T00:00:00Z\","
                        + "\"metadata\":{\"tags\":[\"drink\"]}},\"cup\":{\"version\":\"0\",\"metadata\":{}}}}");
        Map<String, ReplicaCodec.Detail> details = ReplicaCodec.readEntries(meta);
        assertThat(Objects.requireNonNull(details.get("tea")).entry("ada", "tea", "green"))
                .isEqualTo(FULL);
        assertThat(Objects.requireNonNull(details.get("cup")).entry("ada", "cup", "blue"))
                .isEqualTo(BARE);
    }

    @Test
    void whatADeleteTookAway() {
        Removal all = new Removal(3, HlcTimestamp.NONE, false);
        assertThat(ReplicaCodec.readRemoval(frozen(
                        ReplicaCodec.removal(all), "{\"io.unifiedmemory/removal\":{\"count\":3,\"survivor\":\"0\"}}")))
                .isEqualTo(all);
        Removal some = new Removal(0, VERSION, true);
        assertThat(ReplicaCodec.readRemoval(frozen(
                        ReplicaCodec.removal(some),
                        "{\"io.unifiedmemory/removal\":{\"count\":0,\"survivor\":\"115000000000000001\","
                                + "\"spared\":true}}")))
                .isEqualTo(some);
    }

    @Test
    void whichDatabaseAnswers() {
        assertThat(ReplicaCodec.readDatabase(
                        frozen(ReplicaCodec.database("f-1"), "{\"io.unifiedmemory/database\":\"f-1\"}")))
                .isEqualTo("f-1");
        assertThat(ReplicaCodec.readDatabase(Map.of())).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfFailure(Kind kind) {
        Map<String, Object> meta = overTheWire(ReplicaCodec.error(kind));
        assertThat(ReplicaCodec.readError(meta)).isEqualTo(kind);
    }

    @Test
    void aFailureWithoutAKindIsARefusal() {
        frozen(ReplicaCodec.error(Kind.TIMED_OUT), "{\"io.unifiedmemory/error\":\"timed_out\"}");
        assertThat(ReplicaCodec.readError(Map.of())).isEqualTo(Kind.REJECTED);
        assertThatThrownBy(() -> ReplicaCodec.readError(Map.of("io.unifiedmemory/error", "tired")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFieldOfALaterReleaseIsBorne() {
        String later = "{\"io.unifiedmemory/write\":{\"version\":\"7\",\"author\":\"ada\"},\"io.unifiedmemory/new\":1}";
        assertThat(ReplicaCodec.readWrite(Json.parseObject(later))).isEqualTo(Write.of(new HlcTimestamp(7)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"version\":\"soon\"}",
                "{\"version\":\"-1\"}",
                "{\"version\":\"9223372036854775807\"}",
                "{\"version\":\"1\",\"updated_at\":\"yesterday\"}",
                "{\"version\":\"1\",\"cutoff\":5}"
            })
    void aMalformedWriteIsRefused(String write) {
        assertThatThrownBy(() -> ReplicaCodec.readWrite(Json.parseObject("{\"io.unifiedmemory/write\":" + write + "}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("_meta io.unifiedmemory/write is malformed: the ");
    }

    @Test
    void whatAReplyLacksIsNamed() {
        assertThatThrownBy(() -> ReplicaCodec.readVersions(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no _meta io.unifiedmemory/versions");
        assertThatThrownBy(() -> ReplicaCodec.readEntries(Map.of())).hasMessage("no _meta io.unifiedmemory/entries");
        assertThatThrownBy(() -> ReplicaCodec.readEntries(
                        Json.parseObject("{\"io.unifiedmemory/entries\":{\"k\":{\"version\":\"1\"}}}")))
                .hasMessage("a memory without its details");
        assertThatThrownBy(() -> ReplicaCodec.readRemoval(
                        Json.parseObject("{\"io.unifiedmemory/removal\":{\"survivor\":\"0\"}}")))
                .hasMessage("no count of what was removed");
    }

    /** Holds what is written to a text, and returns what the other side reads. */
    private static Map<String, Object> frozen(Map<String, Object> written, String sample) {
        assertThat(Json.write(written)).isEqualTo(sample);
        return overTheWire(written);
    }

    private static Map<String, Object> overTheWire(Map<String, Object> meta) {
        return Json.parseObject(Json.write(meta));
    }

    /** Whatever another instance may write. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-01T01:00:00+01:00",
                "2026-01-01T00:00:00.000000000Z",
                "2026-01-01t00:00:00z",
                "2025-12-31T24:00:00Z"
            })
    void aTimeIsWrittenInOneSpellingHoweverItWasRead(String text) {
        Map<String, Object> read = Map.of("version", "65536", "created_at", text, "updated_at", text);
        String field = ReplicaCodec.write(Write.of(new HlcTimestamp(65536)))
                .keySet()
                .iterator()
                .next();

        Write write = Objects.requireNonNull(ReplicaCodec.readWrite(Map.of(field, read)));

        assertThat(write.createdAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(ReplicaCodec.write(write).get(field))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("created_at", "2026-01-01T00:00:00Z");
    }
}
