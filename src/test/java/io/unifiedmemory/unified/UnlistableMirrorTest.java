package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backend that keeps exact copies and cannot say which: it is told each memory by its key. */
class UnlistableMirrorTest {

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final GraphLikeBackend upstream = new GraphLikeBackend();
    private Machine machine;

    @BeforeEach
    void open() {
        upstream.capabilities.remove(Capability.LIST);
        machine = new Machine(folder.resolve("memory.db"), upstream, clock, Keeps.MEMORIES);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void aStoreReachesIt() {
        assertThat(machine.store("k", "v").durability()).isEqualTo(Durability.REPLICATED);
        assertThat(upstream.ours).containsOnlyKeys("k");
    }

    @Test
    void aDeleteOfEverythingReachesItAsDeletesOfEach() {
        machine.store("a", "v");
        machine.store("b", "v");

        assertThat(machine.memory.deleteAll("u", null).report().outcomes()).containsEntry("up", Outcome.QUEUED);
        assertThat(machine.listed()).isEmpty();
        machine.settle();

        assertThat(upstream.ours).isEmpty();
        assertThat(machine.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    /** What it can do shows only when it is connected, which a delete may come before. */
    @ParameterizedTest
    @EnumSource(MemoryOptions.Wait.class)
    void aDeleteOfEverythingBeforeItWasEverConnectedReachesItAllTheSame(MemoryOptions.Wait waits) {
        machine.store("a", "v");
        machine.store("b", "v");
        restartUnconnected(waits);

        assertThat(machine.memory.deleteAll("u", null).report().outcomes()).containsEntry("up", Outcome.QUEUED);
        machine.settle();

        assertThat(upstream.ours).isEmpty();
        assertThat(machine.table.outboxAdmin().page("up", null, 10))
                .as("dead letters too")
                .isEmpty();
    }

    @Test
    void aCleanupBeforeItWasEverConnectedTakesTheOldOnesAlone() {
        machine.store("old", "v");
        clock.advance(Duration.ofDays(10));
        machine.store("new", "v");
        restartUnconnected(MemoryOptions.Wait.ALL);

        machine.memory.expire("u", clock.instant().minus(Duration.ofDays(5)), null);
        machine.settle();

        assertThat(upstream.ours).containsOnlyKeys("new");
        assertThat(machine.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    /** A knowledge graph has what other programs wrote, too, of which nothing is known here. */
    @Test
    void aDeleteOfEverythingTakesAllFromAServerThatProvesToList() {
        machine.store("a", "v");
        upstream.capabilities.add(Capability.LIST);
        upstream.write("u", "foreign", "v");
        restartUnconnected(MemoryOptions.Wait.ALL);

        assertThat(machine.memory.deleteAll("u", null).report().outcomes()).containsEntry("up", Outcome.DELETED);

        assertThat(upstream.ours).isEmpty();
        assertThat(upstream.foreign).isEmpty();
        assertThat(machine.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    private void restartUnconnected(MemoryOptions.Wait waits) {
        machine.close();
        upstream.connected = false;
        machine = new Machine(folder.resolve("memory.db"), upstream, clock, Keeps.MEMORIES, waits);
    }

    @Test
    void aCleanupTakesTheOldOnesFromItAndNoOthers() {
        machine.store("old", "v");
        clock.advance(Duration.ofDays(10));
        machine.store("new", "v");

        machine.memory.expire("u", clock.instant().minus(Duration.ofDays(5)), null);
        machine.settle();

        assertThat(upstream.ours).containsOnlyKeys("new");
    }

    @Test
    void whatItLostIsPutBackWhenAPersonAsksForAComparison() {
        machine.store("a", "v");
        machine.store("b", "v");
        upstream.ours.remove("a");

        machine.settle();

        assertThat(upstream.ours).containsOnlyKeys("a", "b");
    }
}
