package io.unifiedmemory.store.sqlite.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.unifiedmemory.harness.Async;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.spi.WaitListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Transactions, waiting, interruption. */
class SqliteDatabaseTest {

    private static final String ADD = "INSERT INTO user_tombstone (user_id, version) VALUES (?1, 1)";
    private static final String COUNT = "SELECT count(*) FROM user_tombstone";
    private static final String ENDLESS =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    private static final long PATIENCE_SECONDS = 60;
    private static final int FAILING_WRITES = 300;

    @TempDir
    Path folder;

    private SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(Path.of("unused")));

    @BeforeEach
    void open() {
        database = database(Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private SqliteDatabase database(Duration busyTimeout) {
        return database(busyTimeout, WaitListener.NONE);
    }

    private SqliteDatabase database(Duration busyTimeout, WaitListener waits) {
        return new SqliteDatabase(
                new SqliteOptions(folder.resolve("memory.db"), busyTimeout, SqliteOptions.Synchronous.NORMAL), waits);
    }

    @Test
    void aTransactionThatThrowsLeavesNothing() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> database.<Integer>write(tx -> {
                    tx.update(ADD, "a");
                    throw new IllegalStateException("the work's own");
                }));
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> database.<Integer>write(tx -> {
                    tx.update(ADD, "a");
                    return tx.update(ADD, "a");
                }));

        assertThat(count()).isZero();
        database.<Integer>write(tx -> tx.update(ADD, "a"));
        assertThat(count()).isEqualTo(1);
    }

    /** The last session takes the journal with it when it is closed, which is no sign that somebody deleted it. */
    @Test
    void workThatFailsIsNotTriedAgainWhereTheFileIsInPlace() {
        AtomicInteger tries = new AtomicInteger();
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> database.<Integer>write(tx -> {
                    tries.incrementAndGet();
                    tx.update(ADD, "a");
                    return tx.update(ADD, "a");
                }));

        assertThat(tries).hasValue(1);
    }

    /** As on a full disk, where each write fails: what it closes looks to others as if somebody deleted the journal. */
    @Test
    void writesThatFailDisturbNobodyElse() {
        database.<Integer>write(tx -> tx.update(ADD, "a"));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger tries = new AtomicInteger();
        CompletableFuture<Void> looks = Async.run(() -> {
            while (!done.get()) {
                database.look();
            }
        });
        CompletableFuture<Void> reads = Async.run(() -> {
            while (!done.get()) {
                assertThat(count()).isEqualTo(1);
            }
        });
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(SqliteDatabase.class);
        logger.addAppender(log);
        try {
            for (int i = 0; i < FAILING_WRITES; i++) {
                assertThatExceptionOfType(BackendException.class)
                        .isThrownBy(() -> database.<Integer>write(tx -> {
                            tries.incrementAndGet();
                            return tx.update("INSERT INTO user_tombstone (user_id, version) VALUES ('a', 2)");
                        }));
            }
            done.set(true);
            CompletableFuture.allOf(looks, reads)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();

            assertThat(log.list).isEmpty();
        } finally {
            done.set(true);
            logger.detachAppender(log);
        }
        assertThat(tries).hasValue(FAILING_WRITES);
    }

    /** Where nothing can be opened anew, because there is no room for the index of the journal, reads must go on. */
    @Test
    void aFullDiskClosesNothing() throws IOException {
        database.<Integer>write(tx -> tx.update(ADD, "a"));
        Object before = keyOfJournalIndex();
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(BackendException.class)
                    .isThrownBy(() -> database.<Integer>write(tx -> {
                        tx.number("PRAGMA max_page_count = 1");
                        return tx.update(ADD, "b".repeat(100_000));
                    }))
                    .withMessageContaining("no space is left");
            assertThat(count()).isEqualTo(1);
        }

        assertThat(keyOfJournalIndex()).isEqualTo(before);
        database.<Integer>write(tx -> {
            tx.number("PRAGMA max_page_count = 100000");
            return tx.update(ADD, "b".repeat(100_000));
        });
        assertThat(count()).isEqualTo(2);
    }

    private Object keyOfJournalIndex() throws IOException {
        return Files.readAttributes(folder.resolve("memory.db-shm"), BasicFileAttributes.class)
                .fileKey();
    }

    @Test
    void aReadCannotWrite() {
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> database.<Integer>read(session -> session.update(ADD, "a")));

        assertThat(count()).isZero();
    }

    @Test
    void readersNeverWaitForAWriter() {
        database.<Integer>write(tx -> tx.update(ADD, "before"));

        long seen = database.<Long>write(tx -> {
            tx.update(ADD, "within");
            return Async.supply(this::count)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        });

        assertThat(seen).isEqualTo(1);
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void anotherProcessThatKeepsTheLockMakesWritesOverloadedAndReadsGoOn() {
        try (SqliteDatabase impatient = database(Duration.ofMillis(50))) {
            impatient.<Long>read(session -> session.number(COUNT));
            database.<Integer>write(tx -> {
                assertThatExceptionOfType(BackendException.class)
                        .isThrownBy(() -> impatient.<Integer>write(other -> other.update(ADD, "a")))
                        .satisfies(failure -> {
                            assertThat(failure.kind()).isEqualTo(Kind.OVERLOADED);
                            assertThat(failure.hint()).isNotBlank();
                        });
                return (int) (long) impatient.<Long>read(session -> session.number(COUNT));
            });

            impatient.<Integer>write(other -> other.update(ADD, "a"));
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void aWriterWaitsForAnotherProcessAsLongAsTheTimeoutAllows() throws Exception {
        try (SqliteDatabase patient = database(Duration.ofSeconds(PATIENCE_SECONDS))) {
            patient.<Long>read(session -> session.number(COUNT));
            CompletableFuture<Integer> waiting = new CompletableFuture<>();
            database.<Integer>write(tx -> {
                Thread writer =
                        new Thread(() -> waiting.complete(patient.<Integer>write(other -> other.update(ADD, "b"))));
                writer.setDaemon(true);
                writer.start();
                awaitState(writer, Thread.State.TIMED_WAITING);
                return tx.update(ADD, "a");
            });

            assertThat(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(count()).isEqualTo(2);
        }
    }

    @Test
    void aWaitForAnotherProcessStopsOnInterrupt() {
        try (SqliteDatabase patient = database(Duration.ofHours(1))) {
            patient.<Long>read(session -> session.number(COUNT));
            database.<Integer>write(tx -> {
                assertStopsOnInterrupt(Thread.State.TIMED_WAITING, begun -> {
                    begun.countDown();
                    patient.<Integer>write(other -> other.update(ADD, "b"));
                });
                return tx.update(ADD, "a");
            });

            patient.<Integer>write(other -> other.update(ADD, "c"));
            assertThat(count()).isEqualTo(2);
        }
    }

    @Test
    void aWaitForAnotherThreadStopsOnInterrupt() {
        try (SqliteDatabase patient = database(Duration.ofHours(1))) {
            patient.<Integer>write(tx -> {
                assertStopsOnInterrupt(Thread.State.TIMED_WAITING, begun -> {
                    begun.countDown();
                    patient.<Integer>write(other -> other.update(ADD, "b"));
                });
                return tx.update(ADD, "a");
            });
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void anEndlessQueryStopsOnInterrupt() {
        database.<Integer>write(tx -> tx.update(ADD, "a"));

        assertStopsOnInterrupt(
                Thread.State.RUNNABLE,
                begun -> database.<Long>read(session -> {
                    begun.countDown();
                    return session.number(ENDLESS);
                }));
        assertStopsOnInterrupt(
                Thread.State.RUNNABLE,
                begun -> database.<Long>write(tx -> {
                    tx.update(ADD, "b");
                    begun.countDown();
                    return tx.number(ENDLESS);
                }));

        assertThat(count()).isEqualTo(1);
        database.<Integer>write(tx -> tx.update(ADD, "c"));
    }

    /** Interrupts the call when it has begun and its thread is in the state; it has to fail with the status set. */
    private static void assertStopsOnInterrupt(Thread.State state, Consumer<CountDownLatch> call) {
        CompletableFuture<Kind> end = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                call.accept(begun);
                end.completeExceptionally(new AssertionError("the call returned"));
            } catch (BackendException e) {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                end.complete(e.kind());
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        try {
            assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        awaitState(thread, state);

        thread.interrupt();

        assertThat(end.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join()).isEqualTo(Kind.TIMED_OUT);
    }

    private static void awaitState(Thread thread, Thread.State state) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (thread.getState() != state) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void manyReadersShareTheSessions() throws Exception {
        database.<Integer>write(tx -> tx.update(ADD, "a"));

        List<CompletableFuture<Long>> reads =
                IntStream.range(0, 200).mapToObj(i -> Async.supply(this::count)).toList();

        for (CompletableFuture<Long> read : reads) {
            assertThat(read.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void closeWaitsForTheCallInFlight() throws Exception {
        CountDownLatch closing = new CountDownLatch(1);
        int written = database.<Integer>write(tx -> {
            Thread closer = new Thread(() -> {
                database.close();
                closing.countDown();
            });
            closer.start();
            awaitState(closer, Thread.State.TIMED_WAITING);
            return tx.update(ADD, "a");
        });

        assertThat(written).isEqualTo(1);
        assertThat(closing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.toFile().list()).containsExactly("memory.db");
        try (SqliteDatabase again = database(Duration.ofSeconds(5))) {
            assertThat(again.<Long>read(session -> session.number(COUNT))).isEqualTo(1);
        }
    }

    @Test
    void whatAnotherErrorOfSqliteSaysIsPassedOn() {
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> database.<Long>read(session -> session.number("SELECT no_such_thing")))
                .withMessageContaining("no_such_thing")
                .withCauseInstanceOf(SQLException.class);
        assertThat(count()).isZero();
    }

    @Test
    @Timeout(PATIENCE_SECONDS)
    void aWriteThatWaitsForAnotherProcessOrAnotherThreadSaysSo() throws Exception {
        CountDownLatch waiting = new CountDownLatch(2);
        WaitListener listener = () -> {
            waiting.countDown();
            return System.nanoTime();
        };
        try (SqliteDatabase waits = database(Duration.ofDays(1), listener)) {
            CompletableFuture<Void> both = database.write(tx -> {
                CompletableFuture<Void> started = CompletableFuture.allOf(
                        Async.run(() -> waits.<Integer>write(other -> other.update(ADD, "a"))),
                        Async.run(() -> waits.<Integer>write(other -> other.update(ADD, "b"))));
                awaitUninterruptibly(waiting);
                return started;
            });
            both.join();
        }
        assertThat(count()).isEqualTo(2);
    }

    @Test
    @Timeout(PATIENCE_SECONDS)
    void whatACallHasWaitedBeforeCounts() {
        Duration day = Duration.ofDays(1);
        try (SqliteDatabase tired = database(day, () -> System.nanoTime() - day.toNanos())) {
            tired.<Long>read(session -> session.number(COUNT));
            database.<Integer>write(tx -> {
                assertThatExceptionOfType(BackendException.class)
                        .as("another process writes")
                        .isThrownBy(() -> tired.<Integer>write(other -> other.update(ADD, "a")))
                        .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.OVERLOADED));
                return 0;
            });
            tired.<Integer>write(tx -> {
                CompletableFuture<Integer> second =
                        Async.supply(() -> tired.<Integer>write(other -> other.update(ADD, "b")));
                assertThatExceptionOfType(CompletionException.class)
                        .as("another thread writes")
                        .isThrownBy(second::join)
                        .withMessageContaining("other calls keep the database busy");
                return 0;
            });
        }
        assertThat(count()).isZero();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Test
    void fullSynchronousIsPassedToSqlite() {
        try (SqliteDatabase full = new SqliteDatabase(new SqliteOptions(
                folder.resolve("memory.db"), Duration.ofSeconds(5), SqliteOptions.Synchronous.FULL))) {
            assertThat(full.<Long>write(tx -> tx.number("PRAGMA synchronous"))).isEqualTo(2);
            assertThat(database.<Long>write(tx -> tx.number("PRAGMA synchronous")))
                    .isEqualTo(1);
        }
    }

    @Test
    void aBusyTimeoutIsWithinADay() {
        assertThatIllegalArgumentException().isThrownBy(() -> database(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> database(Duration.ofDays(2)));
    }

    private long count() {
        return database.<Long>read(session -> session.number(COUNT));
    }
}
