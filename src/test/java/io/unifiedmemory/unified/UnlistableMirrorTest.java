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
