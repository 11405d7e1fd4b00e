package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.util.Pause;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.store.GeneratedText;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Measures the store on a PostgreSQL server of its own that writes to the disk, beside the least that the same driver and
 * server can do, and prints tables. Arguments: the numbers of memories, and the numbers of users, each separated by
 * commas.
 */
final class PostgresBenchmark {

    private static final Map<String, String> SETTINGS = Map.of(
            "shared_buffers", "512MB", "max_wal_size", "8GB", "checkpoint_timeout", "30min", "wal_compression", "off");
    private static final int ROUNDS = 3_000;
    private static final int WARM_UP = 3_000;
    private static final int BULK = 500;
    private static final int LIMIT = 10;
    private static final int CONNECTIONS = 64;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(12);
    private static final long THROUGHPUT_NANOS = TimeUnit.SECONDS.toNanos(6);
    private static final long START = 1_767_225_600_000L;

    private final PostgresServer server;
    private final io.unifiedmemory.harness.postgres.PostgresDatabase database;
    private final PostgresStore store;
    private final int entries;
    private final int users;
    private final Random random = new Random(1);
    /** Numbers new memories. */
    private final AtomicInteger next;

    private PostgresBenchmark(PostgresServer server, int entries, int users) {
        this.server = server;
        this.entries = entries;
        this.users = users;
        this.next = new AtomicInteger(entries);
        this.database = server.createDatabase();
        this.store = open();
    }

    public static void main(String[] arguments) throws Exception {
        try (PostgresServer server = PostgresServer.start(SETTINGS)) {
            System.out.println("Microseconds, p50 / p99; in turn with the floor of the same connection.\n");
            System.out.println(
                    "| memories | users | bytes/memory | load, per s | index done after s | insert and commit |"
                            + " store | select by key | retrieve | rare word | word in 1 % | ten words |");
            System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            List<String> throughput = new ArrayList<>();
            for (String entries : arguments[0].split(",", -1)) {
                for (String users : arguments[1].split(",", -1)) {
                    PostgresBenchmark benchmark =
                            new PostgresBenchmark(server, Integer.parseInt(entries), Integer.parseInt(users));
                    System.out.println(benchmark.latencies());
                    throughput.addAll(benchmark.throughput());
                    benchmark.end();
                }
            }
            System.out.println("\nCalls a second.\n");
            System.out.println(
                    "| memories | users | instances | connections | insert and commit | store | select by key"
                            + " | retrieve |");
            System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
            throughput.forEach(System.out::println);
        }
    }

    private PostgresStore open() {
        String address = "postgresql://" + database.host() + ":" + database.port() + "/" + database.name();
        return new PostgresStore(
                new PostgresDatabase(new PostgresOptions(
                        "jdbc:" + address,
                        address,
                        database.user(),
                        database.password(),
                        CONNECTIONS,
                        Duration.ofSeconds(30),
                        false)),
                null,
                QueryVectors.NONE);
    }

    private void end() {
        store.close();
        server.drop(database);
    }

    private String latencies() throws SQLException {
        double loadSeconds = seconds(this::load);
        double indexSeconds = seconds(this::awaitIndex);
        database.run("VACUUM ANALYZE");
        long bytes = database.count("SELECT pg_database_size(current_database())");
        try (Connection connection = database.connect()) {
            try (Floor floor = new Floor(connection)) {
                String[] writes = pair(floor::insert, i -> store.store(added()));
                awaitIndex();
                String[] reads = pair(floor::select, i -> store.retrieve(user(i), key(i)));
                return "| %,d | %,d | %,d | %,.0f | %.1f | %s | %s | %s | %s | %s | %s | %s |"
                        .formatted(
                                entries,
                                users,
                                bytes / entries,
                                entries / loadSeconds,
                                indexSeconds,
                                writes[0],
                                writes[1],
                                reads[0],
                                reads[1],
                                search(GeneratedText::rareWord),
                                search(i -> GeneratedText.wordOfOnePercent(random)),
                                search(i -> GeneratedText.question(i, random)));
            }
        }
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private void load() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        int parts = 4;
        for (int part = 0; part < parts; part++) {
            int first = part;
            threads.add(Async.run(() -> {
                for (int user = first; user < Math.min(users, entries); user += parts) {
                    load(user);
                }
            }));
        }
        threads.forEach(CompletableFuture::join);
    }

    private void load(int user) {
        for (int from = user; from < entries; from += BULK * users) {
            int first = from;
            store.commit(new Subject(user(user), null), tx -> {
                for (int i = first; i < Math.min(entries, first + (long) BULK * users); i += users) {
                    tx.store(entry(i));
                }
                return true;
            });
        }
    }

    /** Returns when no memory waits for the index. */
    private void awaitIndex() {
        while (database.count("SELECT count(*) FROM (SELECT 1 FROM unified_memory.pending LIMIT 1) p") > 0) {
            Pause.of(Duration.ofMillis(50));
        }
    }

    private String user(int number) {
        return "user " + number % users;
    }

    private static String key(int number) {
        return "note " + number;
    }

    private MemoryEntry entry(int number) {
        Instant time = Instant.ofEpochMilli(START + number);
        return new MemoryEntry(
                user(number),
                key(number),
                GeneratedText.value(number),
                Map.of(),
                time,
                time,
                HlcTimestamp.atMillis(START + number));
    }

    private MemoryEntry added() {
        return entry(next.getAndIncrement());
    }

    private String search(IntFunction<String> query) {
        return pair(i -> {}, i -> store.search(new SearchRequest(user(i), Query.of(query.apply(i)), LIMIT)))[1];
    }

    /** Two kinds of calls in turn, without those that warm up. */
    private String[] pair(IntConsumer one, IntConsumer other) {
        long[][] nanos = new long[2][ROUNDS];
        long begin = System.nanoTime();
        int measured = 0;
        for (int i = 0; measured < ROUNDS && (measured < 10 || System.nanoTime() - begin < LONGEST_NANOS); i++) {
            int number = (int) (7_919L * i % entries);
            long start = System.nanoTime();
            one.accept(number);
            long middle = System.nanoTime();
            other.accept(number);
            if (i >= WARM_UP || start - begin > LONGEST_NANOS / 2) {
                nanos[0][measured] = middle - start;
                nanos[1][measured++] = System.nanoTime() - middle;
            }
        }
        return new String[] {quantiles(nanos[0], measured), quantiles(nanos[1], measured)};
    }

    private static String quantiles(long[] nanos, int measured) {
        Arrays.sort(nanos, 0, measured);
        return "%,d / %,d".formatted(nanos[measured / 2] / 1_000, nanos[measured * 99 / 100] / 1_000);
    }

    private List<String> throughput() {
        List<String> rows = new ArrayList<>();
        for (int instances : new int[] {1, 3}) {
            List<PostgresStore> stores = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                stores.add(open());
            }
            for (int threads : new int[] {1, 8, CONNECTIONS}) {
                if (threads >= instances) {
                    rows.add("| %,d | %,d | %d | %d | %,d | %,d | %,d | %,d |"
                            .formatted(
                                    entries,
                                    users,
                                    instances,
                                    threads,
                                    floorPerSecond(threads, Floor::insert),
                                    perSecond(stores, threads, (each, i) -> each.store(added())),
                                    floorPerSecond(threads, Floor::select),
                                    perSecond(stores, threads, (each, i) -> each.retrieve(user(i), key(i)))));
                }
            }
            stores.forEach(PostgresStore::close);
        }
        return rows;
    }

    /** A call of a store for the memory of a number. */
    @FunctionalInterface
    private interface StoreCall {
        void run(PostgresStore store, int number);
    }

    /** What the driver alone does for a number. */
    @FunctionalInterface
    private interface FloorCall {
        void run(Floor floor, int number);
    }

    private long perSecond(List<PostgresStore> stores, int threads, StoreCall call) {
        return perSecond(threads, thread -> i -> call.run(stores.get(thread % stores.size()), i));
    }

    private long floorPerSecond(int threads, FloorCall call) {
        List<Floor> floors = new ArrayList<>();
        try {
            for (int i = 0; i < threads; i++) {
                floors.add(new Floor(database.connect()));
            }
            return perSecond(threads, thread -> i -> call.run(floors.get(thread), i));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            floors.forEach(Floor::close);
        }
    }

    private long perSecond(int threads, IntFunction<IntConsumer> calls) {
        LongAdder done = new LongAdder();
        long warm = System.nanoTime() + THROUGHPUT_NANOS / 3;
        long end = warm + THROUGHPUT_NANOS;
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            IntConsumer call = calls.apply(thread);
            Random own = new Random(thread);
            running.add(Async.run(() -> {
                for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                    call.accept(own.nextInt(entries));
                    if (now >= warm) {
                        done.increment();
                    }
                }
            }));
        }
        running.forEach(CompletableFuture::join);
        return done.sum() * TimeUnit.SECONDS.toNanos(1) / THROUGHPUT_NANOS;
    }

    /** One row written and committed, and one row read by its key, over a connection of its own. */
    private final class Floor implements AutoCloseable {

        private static final AtomicInteger NUMBER = new AtomicInteger();

        private final Connection connection;
        private final PreparedStatement insert;
        private final PreparedStatement select;

        Floor(Connection connection) throws SQLException {
            this.connection = connection;
            connection
                    .createStatement()
                    .execute("CREATE TABLE IF NOT EXISTS bare (id bigint PRIMARY KEY, value text NOT NULL)");
            insert = connection.prepareStatement("INSERT INTO bare VALUES (?, ?)");
            select = connection.prepareStatement("SELECT value FROM unified_memory.memory WHERE owner = ? AND key = ?");
        }

        void insert(int number) {
            try {
                insert.setLong(1, NUMBER.getAndIncrement());
                insert.setString(2, GeneratedText.value(number));
                insert.executeUpdate();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        void select(int number) {
            try {
                select.setObject(1, io.unifiedmemory.store.postgres.db.Owners.of(user(number)));
                select.setString(2, key(number));
                if (!select.executeQuery().next()) {
                    throw new IllegalStateException("memory " + number + " is missing");
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
