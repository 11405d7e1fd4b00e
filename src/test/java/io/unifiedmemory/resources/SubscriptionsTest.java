package io.unifiedmemory.resources;

import static io.unifiedmemory.resources.MemoryFile.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a client hears of changes of what it watches, and of nothing else. */
class SubscriptionsTest {

    private static final String URI = "memory://alice/k";

    @TempDir
    private Path folder;

    private final Queue<Runnable> looks = new ArrayDeque<>();
    private final List<String> updated = new ArrayList<>();
    private UnifiedMemory memory;
    private UnifiedMemory other;
    private Resources resources;
    private Subscriptions subscriptions;

    @BeforeEach
    void open() {
        memory = MemoryFile.open(folder);
        other = MemoryFile.open(folder);
        resources = new Resources(
                memory,
                MemoryFile.options(null),
                new ChangeWatch(memory.knownHere(), (delay, look) -> looks.add(look)));
        subscriptions = resources.subscriptions(ALICE, updated::add);
    }

    @AfterEach
    void close() {
        resources.close();
        other.close();
        memory.close();
    }

    private void look() {
        looks.remove().run();
    }

    @Test
    void everyKindOfChangeByAnyProcessIsReportedOnce() {
        subscriptions.add(URI);

        memory.store("alice", "k", "new", Map.of());
        look();
        assertThat(updated).containsExactly(URI);
        look();
        assertThat(updated).hasSize(1);
        other.store("alice", "k", "changed elsewhere", Map.of());
        look();
        assertThat(updated).hasSize(2);
        other.delete("alice", "k", null);
        look();
        assertThat(updated).hasSize(3);
        look();
        assertThat(updated).hasSize(3);
    }

    @Test
    void nothingElseIsReported() {
        memory.store("alice", "k", "before", Map.of());
        subscriptions.add(URI);

        memory.store("alice", "k2", "v", Map.of());
        memory.store("bob", "k", "v", Map.of());
        look();

        assertThat(updated).isEmpty();
    }

    @Test
    void theAddressIsReportedAsTheClientWroteIt() {
        subscriptions.add("memory://alice/a/b");

        memory.store("alice", "a/b", "v", Map.of());
        look();

        assertThat(updated).containsExactly("memory://alice/a/b");
    }

    @Test
    void nobodyWatchesWhatHeMayNotSee() {
        assertThatThrownBy(() -> subscriptions.add("memory://bob/k")).isInstanceOf(ResourceNotFoundException.class);
        assertThat(looks).isEmpty();
    }

    @Test
    void whileNobodyWatchesNothingRuns() {
        assertThat(looks).isEmpty();
        subscriptions.add(URI);
        subscriptions.add(URI);
        subscriptions.add("memory://alice/k2");
        assertThat(looks).hasSize(1);
        subscriptions.remove(URI);
        look();
        assertThat(looks).hasSize(1);
        subscriptions.close();
        look();
        assertThat(looks).isEmpty();

        subscriptions.add(URI); // of a client that has gone
        assertThat(looks).isEmpty();
    }

    @Test
    void aClientThatUnsubscribesHearsNothingMore() {
        subscriptions.add(URI);
        memory.store("alice", "k", "new", Map.of());
        subscriptions.remove(URI);
        subscriptions.remove("memory://alice/never");
        look();

        assertThat(updated).isEmpty();
    }

    @Test
    void oneClientThatFailsDoesNotKeepOthersFromHearing() {
        resources
                .subscriptions(ALICE, uri -> {
                    throw new IllegalStateException("gone");
                })
                .add(URI);
        subscriptions.add(URI);
        memory.store("alice", "k", "new", Map.of());
        look();

        assertThat(updated).containsExactly(URI);
    }

    @Test
    void aClientMayWatchSoManyAndNoMore() {
        for (int i = 0; i < Subscriptions.MOST; i++) {
            subscriptions.add("memory://alice/" + i);
        }

        assertThatThrownBy(() -> subscriptions.add("memory://alice/more")).isInstanceOf(ToolFailure.class);
        subscriptions.remove("memory://alice/1");
        subscriptions.add("memory://alice/more");
    }

    @Test
    void aThreadOfItsOwnLooks() throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        try (Resources running = new Resources(memory, MemoryFile.options(null));
                Subscriptions watching = running.subscriptions(ALICE, uri -> heard.countDown())) {
            watching.add(URI);
            other.store("alice", "k", "v", Map.of());

            assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
