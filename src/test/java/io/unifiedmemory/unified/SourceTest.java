package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Listing;
import io.unifiedmemory.unified.reads.SearchResult.FusedHit;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Outcome;
import io.unifiedmemory.unified.writes.WriteReport;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that is only searched and listed. */
class SourceTest {

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final GraphLikeBackend source = new GraphLikeBackend();
    private Machine machine;

    @BeforeEach
    void open() {
        source.capabilities.remove(Capability.KEEP);
        machine = new Machine(folder.resolve("memory.db"), source, clock, Keeps.MEMORIES);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void nothingIsStoredThereOrOwedToItAndTheReplySaysSo() {
        WriteReport report = machine.store("k", "v");

        assertThat(report.durability()).isEqualTo(Durability.LOCAL);
        assertThat(report.outcomes())
                .containsExactlyInAnyOrderEntriesOf(Map.of("sqlite", Outcome.STORED, "up", Outcome.SOURCE));
        assertThat(report.errors()).isEmpty();
        assertThat(source.ours).isEmpty();
        assertThat(machine.table.outboxAdmin().page("up", null, 10)).isEmpty();
        assertThat(machine.memory.health().backends())
                .hasEntrySatisfying("up", up -> assertThat(up.role()).isEqualTo(Health.Role.SOURCE));
    }

    @Test
    void noDeleteReachesIt() {
        source.write("u", "k", "by another program");
        machine.store("k", "ours");

        assertThat(machine.delete("k").outcomes()).containsEntry("up", Outcome.SOURCE);
        machine.memory.deleteAll("u", null);
        machine.memory.expire("u", clock.instant(), HlcTimestamp.NONE);
        machine.settle();

        assertThat(source.foreign).containsOnlyKeys("k");
    }

    @Test
    void itsHitsStandBesideOursUnderTheSameKeyAndAreMarked() {
        source.write("u", "k", "tea, says another program");
        machine.store("k", "tea, say we");

        assertThat(machine.memory
                        .search(new SearchRequest("u", Query.of("tea"), 10), AlreadyShown.NOTHING)
                        .hits())
                .extracting(hit -> hit.entry().value(), FusedHit::ofSource)
                .containsExactlyInAnyOrder(tuple("tea, say we", false), tuple("tea, says another program", true));
    }

    @Test
    void itsEntriesInAListAreMarkedAndGiveWayToOurs() {
        source.write("u", "k", "by another program");
        source.write("u", "theirs", "by another program");
        machine.store("k", "ours");

        Listing all = machine.memory.list(new ListRequest("u", null, 10));

        assertThat(all.page().entries())
                .extracting(MemoryEntry::key, MemoryEntry::value)
                .containsExactly(tuple("k", "ours"), tuple("theirs", "by another program"));
        assertThat(all.sources()).isEqualTo(Map.of("theirs", "up"));
    }

    @Test
    void aReadByKeyDoesNotAskIt() {
        source.write("u", "k", "by another program");

        assertThat(machine.memory.retrieve("u", "k").lookup()).isEqualTo(Lookup.MISSING);
        assertThat(machine.memory.retrieve("u", "k").problems()).isEmpty();
    }
}
