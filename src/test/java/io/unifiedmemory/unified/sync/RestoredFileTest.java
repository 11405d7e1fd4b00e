package io.unifiedmemory.unified.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.Backup;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.FaultyBackend;
import io.unifiedmemory.unified.GraphLikeBackend;
import io.unifiedmemory.unified.Health;
import io.unifiedmemory.unified.Machine;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.MovableClock;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.CircuitBreaker;
import io.unifiedmemory.unified.calls.FanOut;
import io.unifiedmemory.unified.clock.HybridLogicalClock;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database file that is put back from a copy is not taken for the whole truth, and is compared at once. */
class RestoredFileTest {

    /** How the file is copied, and how it is put back. */
    enum Way {
        BACKUP_INTO_ANOTHER_FILE,
        BACKUP_INTO_THE_SAME_FILE,
        BACKUP_WHILE_OPEN,
        COPY_INTO_ANOTHER_FILE,
        COPY_WHILE_OPEN;

        boolean isBackup() {
            return name().startsWith("BACKUP");
        }

        boolean isWhileOpen() {
            return name().endsWith("OPEN");
        }
    }

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private FaultyBackend upstream = new FaultyBackend(new GraphLikeBackend());

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        executor.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void theUpstreamIsAskedTooUntilItIsCompared(Way way) throws IOException {
        Machine machine = restored(way);

        assertThat(machine.text("tea")).isEqualTo("new tea");
        assertThat(machine.text("doomed")).isEqualTo("none");
        assertThat(machine.memory.retrieve("u", "tea").problems()).isEmpty();
        assertThat(listProblems(machine)).containsOnlyKeys("sqlite");
        assertThat(searchProblems(machine).get("sqlite")).contains("restored", "up");
        assertThat(detail(machine)).contains("restored");
        assertThat(machine.memory.health().status()).isEqualTo(Health.Status.OK);

        machine.settle();

        assertThat(machine.listed()).containsExactly("added tea", "new spare tea", "new tea");
        assertThat(listProblems(machine)).isEmpty();
        assertThat(searchProblems(machine)).isEmpty();
        assertThat(detail(machine)).doesNotContain("restored");
        upstream.fail(10_000, Kind.UNAVAILABLE);
        assertThat(machine.memory.retrieve("u", "tea").problems()).isEmpty();
        assertThat(machine.text("tea")).isEqualTo("new tea");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReadWhileTheUpstreamIsDownIsNotComplete(Way way) throws IOException {
        Machine machine = restored(way);
        upstream.fail(10_000, Kind.UNAVAILABLE);

        assertThat(machine.text("tea")).isEqualTo("old tea");
        assertThat(machine.memory.retrieve("u", "tea").problems()).containsOnlyKeys("up", "sqlite");
        assertThat(listProblems(machine)).containsKeys("up", "sqlite");
        assertThat(searchProblems(machine)).containsKeys("up", "sqlite");
        // Also of another process, which finds the file like that.
        assertThat(open().memory.retrieve("u", "tea").problems()).containsOnlyKeys("up", "sqlite");

        upstream.recover();
        machine.memory.health();
        assertThat(machine.text("tea")).isEqualTo("new tea");
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(60)
    void theComparisonBeginsAsSoonAsTheUpstreamAnswers(Way way) throws IOException {
        Machine machine = restored(way);
        upstream.fail(3, Kind.UNAVAILABLE);
        machine.memory.start();

        while (!listProblems(machine).isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(machine.listed()).containsExactly("added tea", "new spare tea", "new tea");
    }

    @Test
    void aFileThatWasNotPutBackIsTheWholeTruth() throws IOException {
        Machine machine = openWithPeer();
        machine.store("tea", "old tea");
        machine.settle();
        machine.close();
        upstream.fail(10_000, Kind.UNAVAILABLE);
        clock.advance(Duration.ofDays(1));

        assertThat(open().memory.retrieve("u", "tea").problems()).isEmpty();
        Path neverCompared = folder.resolve("new.db");
        Machine fresh = open(neverCompared);
        fresh.store("tea", "tea");
        assertThat(fresh.memory.retrieve("u", "tea").problems()).isEmpty();
        fresh.close();
        assertThat(open(neverCompared).memory.retrieve("u", "tea").problems()).isEmpty();
    }

    @Test
    void aBackupOfAFileThatWasNeverComparedIsNoWholeTruthEither() throws IOException {
        Machine machine = openWithPeer();
        machine.store("tea", "old tea");
        machine.backup(backup());
        clock.advance(Duration.ofMinutes(1));
        machine.store("tea", "new tea");
        machine.close();
        putBack(Way.BACKUP_INTO_THE_SAME_FILE);

        assertThat(open().text("tea")).isEqualTo("new tea");
    }

    @Test
    void aBackupThatIsPutBackTwiceIsNoticedTwice() throws IOException {
        Machine machine = restored(Way.BACKUP_INTO_THE_SAME_FILE);
        machine.settle();
        machine.close();
        clock.advance(Duration.ofMinutes(1));
        putBack(Way.BACKUP_INTO_THE_SAME_FILE);

        machine = open();
        assertThat(machine.text("tea")).isEqualTo("new tea");
        assertThat(listProblems(machine)).containsOnlyKeys("sqlite");
    }

    @Test
    void whatOnlyTheOutboxHoldsIsNotTheWholeTruthEither() throws IOException {
        Machine machine = openWithPeer(Keeps.NO_MEMORIES);
        upstream.fail(1, Kind.UNAVAILABLE);
        machine.store("tea", "old tea");
        machine.backup(backup());
        upstream.recover();
        clock.advance(Duration.ofMinutes(1));
        machine.store("tea", "new tea");
        machine.close();
        putBack(Way.BACKUP_INTO_ANOTHER_FILE);

        assertThat(open(file(), Keeps.NO_MEMORIES).text("tea")).isEqualTo("new tea");
        upstream.fail(10_000, Kind.UNAVAILABLE);
        assertThat(open(file(), Keeps.NO_MEMORIES).memory.retrieve("u", "tea").problems())
                .containsOnlyKeys("up", "sqlite");
    }

    @Test
    void whatWasDeletedFromAGraphAfterTheCopyWasMadeIsNotPutBackThere() throws IOException {
        GraphLikeBackend graph = new GraphLikeBackend();
        upstream = new FaultyBackend(graph);
        Machine machine = open();
        machine.store("kept", "kept tea");
        machine.settle();
        clock.advance(Duration.ofMinutes(1));
        machine.store("doomed", "doomed tea");
        machine.backup(backup());
        clock.advance(Duration.ofMinutes(1));
        machine.delete("doomed");
        machine.close();
        putBack(Way.BACKUP_INTO_ANOTHER_FILE);

        assertThat(relay().compareOne()).isTrue();

        assertThat(graph.ours).containsOnlyKeys("kept");
        machine = open();
        machine.store("added", "added tea");
        assertThat(listProblems(machine)).as("compared").isEmpty();
        clock.advance(Duration.ofHours(7));
        assertThat(relay().compareOne()).isTrue();
        assertThat(graph.ours).as("later, too").containsOnlyKeys("added", "kept");
    }

    /** What it confirms before the first comparison does not say that it was given everything once. */
    @Test
    void aGraphThatIsAddedToAFileThatWasPutBackGetsEverything() throws IOException {
        GraphLikeBackend graph = new GraphLikeBackend();
        upstream = new FaultyBackend(graph);
        SqliteDatabase alone = new SqliteDatabase(SqliteOptions.of(file()));
        try (SqliteStore table = new SqliteStore(alone)) {
            HlcTimestamp version = HlcTimestamp.atMillis(clock.millis());
            table.store(
                    new MemoryEntry("u", "before", "before tea", Map.of(), clock.instant(), clock.instant(), version));
            Backup.of(alone, backup());
        }
        putBack(Way.BACKUP_INTO_ANOTHER_FILE);
        Machine machine = open();
        machine.store("first", "first tea");
        assertThat(graph.ours).containsOnlyKeys("first");

        assertThat(relay().compareOne()).isTrue();
        relay().deliverAll();

        assertThat(graph.ours).containsOnlyKeys("before", "first");
    }

    @Test
    void ofTwoProcessesThatFindTheFilePutBackOneCompares() throws IOException {
        restored(Way.COPY_INTO_ANOTHER_FILE);
        Relay one = relay();
        Relay two = relay();

        assertThat(one.compareOne()).isTrue();
        assertThat(two.compareOne()).isFalse();
        clock.advance(Relay.COMPARING.plusSeconds(1));
        assertThat(two.compareOne()).isFalse();
    }

    @Test
    void anOldStateOfTheSameFileIsComparedSoonByOneProcess() throws IOException {
        Machine machine = changed(false);
        machine.close();
        clock.advance(Duration.ofMinutes(10));
        overwrite(backup());
        Relay one = relay();
        Relay two = relay();

        assertThat(one.upkeep()).as("not at once").isFalse();
        assertThat(two.upkeep()).isFalse();
        clock.advance(Duration.ofMinutes(1));
        assertThat(one.compareOne()).as("at the next look").isTrue();
        assertThat(two.compareOne()).isFalse();
        clock.advance(Relay.RECONCILE_AGAIN.plusSeconds(1));
        assertThat(two.compareOne()).isFalse();
        assertThat(open().text("tea")).isEqualTo("new tea");
    }

    @Test
    void aFileThatIsInUseIsNotComparedBecauseAProcessStarts() {
        Machine machine = openWithPeer();
        machine.settle();
        clock.advance(Duration.ofHours(1));
        machine.store("tea", "tea");
        clock.advance(Duration.ofMinutes(1));
        Relay another = relay();

        assertThat(another.upkeep()).isFalse();
        assertThat(another.compareOne()).isFalse();
    }

    /** A machine whose file says "old tea" and has "doomed", while the upstream knows better and more. */
    private Machine restored(Way way) throws IOException {
        Machine machine = changed(way.isBackup());
        if (!way.isWhileOpen()) {
            machine.close();
        }
        putBack(way);
        return way.isWhileOpen() ? afterNoticing(machine) : open();
    }

    /** Until it is noticed, and by the very read that notices it, the text is right. */
    private static Machine afterNoticing(Machine machine) {
        long before = machine.table.comparisons().incarnation();
        do {
            assertThat(machine.text("spare")).isEqualTo("new spare tea");
        } while (machine.table.comparisons().incarnation() == before);
        return machine;
    }

    private Machine changed(boolean byCommand) throws IOException {
        Machine machine = openWithPeer();
        machine.store("tea", "old tea");
        machine.store("spare", "old spare tea");
        machine.store("doomed", "doomed tea");
        machine.settle();
        clock.advance(Duration.ofMinutes(1));
        machine.store("other", "as of the copy");
        machine.delete("other");
        if (byCommand) {
            machine.backup(backup());
        } else {
            machine.close();
            Files.copy(file(), backup());
            machine = open();
        }
        clock.advance(Duration.ofMinutes(1));
        machine.store("tea", "new tea");
        machine.store("spare", "new spare tea");
        machine.delete("doomed");
        machine.store("added", "added tea");
        return machine;
    }

    private void putBack(Way way) throws IOException {
        if (way == Way.BACKUP_INTO_THE_SAME_FILE) {
            overwrite(backup());
            return;
        }
        // Beside the file while that is there: else the new one might get its number.
        Path beside = Files.copy(backup(), folder.resolve("beside.db"));
        Files.move(beside, file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void overwrite(Path copy) throws IOException {
        Files.write(file(), Files.readAllBytes(copy));
    }

    private Path file() {
        return folder.resolve("memory.db");
    }

    private Path backup() {
        return folder.resolve("backup.db");
    }

    private Machine openWithPeer() {
        return openWithPeer(Keeps.MEMORIES);
    }

    private Machine openWithPeer(Keeps keeps) {
        SqliteStore shared = new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("shared.db"))));
        upstream = new FaultyBackend(shared);
        upstream.share();
        opened.add(shared);
        return open(file(), keeps);
    }

    private Machine open() {
        return open(file());
    }

    private Machine open(Path file) {
        return open(file, Keeps.MEMORIES);
    }

    private Machine open(Path file, Keeps keeps) {
        Machine machine = new Machine(file, upstream, clock, keeps);
        opened.add(machine);
        return machine;
    }

    private static Map<String, String> listProblems(Machine machine) {
        return machine.memory.list(new ListRequest("u", null, 100)).problems();
    }

    private static Map<String, String> searchProblems(Machine machine) {
        return machine.memory
                .search(new SearchRequest("u", Query.of("tea"), 100), AlreadyShown.NOTHING)
                .problems();
    }

    private static String detail(Machine machine) {
        return Objects.requireNonNull(machine.memory.health().backends().get("sqlite"))
                .detail();
    }

    /** That of another process on the file. */
    private Relay relay() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file()));
        opened.add(database);
        SqliteStore table = new SqliteStore(database, clock);
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary(
                        "sqlite", table, BackendOptions.LOCAL, BackendObserver.NONE, RestoredFileTest::breaker),
                BackendHandle.replica(
                        "up",
                        upstream,
                        new BackendOptions(true, 2, Machine.TIMEOUT, 0),
                        BackendObserver.NONE,
                        RestoredFileTest::breaker)));
        HybridLogicalClock versions = new HybridLogicalClock(clock, table.highWater());
        Backends backends = new Backends(handles, new FanOut(executor, handle -> {}), table, versions, clock);
        return new Relay(
                backends,
                new Delivery(backends, new ConcurrentChangeCheck(backends)),
                new Reconciler(backends, table.users(), Set.of()),
                new RestoredFile(handles, table),
                new Sweeper(handles, table, expired -> {}, Duration.ofDays(30), clock));
    }

    private static CircuitBreaker breaker(BackendHandle handle) {
        return new CircuitBreaker((delay, task) -> {}, () -> false, () -> {});
    }
}
