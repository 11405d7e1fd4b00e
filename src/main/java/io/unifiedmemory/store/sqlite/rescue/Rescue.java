package io.unifiedmemory.store.sqlite.rescue;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.MemoryTable;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.Origin;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads what can be read of a damaged database into a new one: memories, remembered deletes and outbox entries. The
 * damaged file is only read. Where the way to a row's table is lost, the row is recognised by its shape. A row that is
 * found twice counts once, the newest, and a memory that is older than its remembered delete stays deleted.
 *
 * @param memories the number of memories in the new file
 * @param deletes the number of deletes that it remembers
 * @param owed the number of writes that upstreams have not confirmed
 * @param lost memories of which only the key was found, each as its key and its user
 * @param unreadablePages the number of pages with something that could not be read
 */
public record Rescue(long memories, long deletes, long owed, List<String> lost, int unreadablePages) {

    /** The number of rows written in one transaction. */
    private static final int BATCH = 1_000;

    /** The least value of a version since 1970-04; times in milliseconds, in rows of the same shape, are less. */
    private static final long LEAST_VERSION = 1L << 49;

    private static final Set<String> SCOPES = Set.of("KEY", "AGE", "USER");

    private static final String DELETE = "INSERT INTO tombstone (user_id, key, version, made) VALUES (?1, ?2, ?3, ?4)"
            + " ON CONFLICT DO UPDATE SET version = max(version, excluded.version), made = max(made, excluded.made)";

    private static final String DELETE_ALL = "INSERT INTO user_tombstone (user_id, version) VALUES (?1, ?2)"
            + " ON CONFLICT DO UPDATE SET version = max(version, excluded.version)";

    private static final String OWE = "INSERT INTO outbox (user_id, scope, key, backend, operation, version, payload,"
            + " attempts, due_at, dead, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO UPDATE"
            + " SET operation = excluded.operation, version = excluded.version, payload = excluded.payload"
            + " WHERE excluded.version > version";

    /** Keeps the confirmations: a memory that a backend had received and now lacks was deleted there since. */
    private static final String CONFIRMED =
            "INSERT INTO confirmation (backend, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)";

    private static final String NEWEST = "UPDATE clock SET newest = max(newest, (SELECT max(v) FROM ("
            + "SELECT coalesce(max(version), 0) AS v FROM memory UNION ALL SELECT coalesce(max(made), 0) FROM tombstone"
            + " UNION ALL SELECT coalesce(max(version), 0) FROM user_tombstone"
            + " UNION ALL SELECT coalesce(max(version), 0) FROM outbox)))";

    /**
     * Creates the new file. Servers that use the damaged one have to end first.
     *
     * @throws BackendException when there is nothing to read, nothing can be read of it, or the new file exists or
     *     cannot be written; then there is no new file
     */
    public static Rescue of(Path damaged, Path target) {
        if (!Files.isRegularFile(damaged)) {
            throw new BackendException(
                    Kind.REJECTED, "there is no database " + damaged, "name the right one with --db");
        }
        for (Path made : files(target)) {
            if (Files.exists(made)) {
                throw new BackendException(Kind.REJECTED, made + " is there already", "name another file");
            }
        }
        Rescue rescue = null;
        try (DamagedPages pages = DamagedPages.open(damaged, companion(damaged))) {
            DamagedTrees trees = new DamagedTrees(pages);
            try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(target))) {
                Rescue done = read(trees, database);
                rescue = done.memories + done.deletes + done.owed > 0 ? done : null;
            }
            if (rescue == null) {
                throw new BackendException(
                        Kind.REJECTED, "no memory can be read in " + damaged, "restore a backup of it");
            }
            return rescue;
        } catch (IOException e) {
            throw new BackendException(
                    Kind.UNAVAILABLE, damaged + " cannot be read: " + e, "check its rights and the disk", e);
        } finally {
            if (rescue == null) {
                delete(target);
            }
        }
    }

    private static Path companion(Path damaged) throws IOException {
        Path real = damaged.toRealPath();
        return real.resolveSibling(real.getFileName() + "-wal");
    }

    /** The new file and the files that SQLite creates beside it. */
    private static List<Path> files(Path target) {
        return Stream.of("", "-wal", "-shm")
                .map(suffix -> target.resolveSibling(target.getFileName() + suffix))
                .toList();
    }

    private static void delete(Path target) {
        try {
            for (Path made : files(target)) {
                Files.deleteIfExists(made);
            }
        } catch (IOException e) {
            throw new BackendException(Kind.UNAVAILABLE, target + " cannot be deleted: " + e, "delete it", e);
        }
    }

    /** Reads deletes first, so that no memory comes back that is older than its delete. */
    private static Rescue read(DamagedTrees trees, SqliteDatabase database) {
        MemoryTable memories = new MemoryTable();
        copy(
                trees,
                database,
                Rescue::isDelete,
                (tx, row) -> tx.update(DELETE, row.get(0), row.get(1), row.get(2), row.get(row.size() - 1)));
        copy(trees, database, Rescue::isDeleteOfAll, (tx, row) -> tx.update(DELETE_ALL, row.toArray()));
        copy(
                trees,
                database,
                Rescue::isOwed,
                (tx, row) -> tx.update(OWE, row.subList(0, 11).toArray()));
        copy(trees, database, Rescue::isMemory, (tx, row) -> memories.store(tx, entry(row)));
        Set<String> lost = new TreeSet<>();
        trees.forEach((name, row) -> {
            List<@Nullable Object> columns = row.columns();
            if (name.equals("sqlite_autoindex_memory_1") && isKey(columns)) {
                String userId = String.valueOf(columns.get(0));
                String key = String.valueOf(columns.get(1));
                if (database.read(handle -> memories.find(handle, userId, key)) == Lookup.MISSING) {
                    lost.add(key + " of " + userId);
                }
            }
        });
        copy(trees, database, Rescue::isConfirmation, (tx, row) -> tx.update(CONFIRMED, row.toArray()));
        database.<Integer>write(tx -> {
            Origin.note(tx, Origin.NOWHERE); // backends may still hold what is lost here
            return tx.update(NEWEST);
        });
        return database.read(handle -> new Rescue(
                handle.number("SELECT count(*) FROM memory"),
                handle.number("SELECT (SELECT count(*) FROM tombstone) + (SELECT count(*) FROM user_tombstone)"),
                handle.number("SELECT count(*) FROM outbox"),
                List.copyOf(lost),
                trees.unreadable()));
    }

    private interface Writer {
        void write(Handle tx, List<@Nullable Object> row) throws SQLException;
    }

    private static void copy(DamagedTrees trees, SqliteDatabase database, Predicate<Found> wanted, Writer writer) {
        List<List<@Nullable Object>> batch = new ArrayList<>();
        trees.forEach((name, row) -> {
            if (wanted.test(new Found(name, row.columns()))) {
                batch.add(row.columns());
            }
            if (batch.size() == BATCH) {
                write(database, batch, writer);
            }
        });
        write(database, batch, writer);
    }

    private static void write(SqliteDatabase database, List<List<@Nullable Object>> batch, Writer writer) {
        database.<Integer>write(tx -> {
            for (List<@Nullable Object> row : batch) {
                writer.write(tx, row);
            }
            return batch.size();
        });
        batch.clear();
    }

    /** A row with the name of its table, which is empty when it is unknown. */
    private record Found(String table, List<@Nullable Object> columns) {

        boolean mayBeOf(String name) {
            return table.isEmpty() || table.equals(name);
        }

        boolean has(String shape) {
            if (columns.size() != shape.length()) {
                return false;
            }
            for (int i = 0; i < shape.length(); i++) {
                Object column = columns.get(i);
                boolean fits = switch (shape.charAt(i)) {
                    case 't' -> column instanceof String;
                    case 'T' -> column == null || column instanceof String;
                    case 'n' -> column instanceof Long;
                    case 'N' -> column == null || column instanceof Long;
                    default -> column == null;
                };
                if (!fits) {
                    return false;
                }
            }
            return true;
        }

        long number(int column) {
            return columns.get(column) instanceof Long number ? number : 0;
        }
    }

    private static boolean isMemory(Found row) {
        return row.mayBeOf("memory")
                && (row.has("-ttttNNn") || row.has("-ttttNNnNTN"))
                && row.number(7) > 0
                && isJson(row.columns().get(4));
    }

    private static boolean isJson(@Nullable Object metadata) {
        try {
            Json.parseObject(String.valueOf(metadata));
            return true;
        } catch (JacksonException | ClassCastException e) {
            return false;
        }
    }

    private static boolean isDelete(Found row) {
        boolean shaped = row.mayBeOf("tombstone") && row.has("ttnn");
        boolean ofFirstSchema = row.table().equals("tombstone") && row.has("ttn");
        return (shaped || ofFirstSchema) && row.number(2) > 0;
    }

    private static boolean isDeleteOfAll(Found row) {
        boolean known = row.table().equals("user_tombstone");
        return row.mayBeOf("user_tombstone") && row.has("tn") && row.number(1) >= (known ? 1 : LEAST_VERSION);
    }

    private static boolean isOwed(Found row) {
        boolean shaped = row.has("tttttnTnnnTn") || row.has("tttttnTnnnT");
        return row.mayBeOf("outbox")
                && shaped
                && SCOPES.contains(String.valueOf(row.columns().get(1)));
    }

    /**
     * Whether a row is a confirmation; only the table's name tells, because rows of other tables have the same shape.
     */
    private static boolean isConfirmation(Found row) {
        return row.table().equals("confirmation") && row.has("tn");
    }

    private static boolean isKey(List<@Nullable Object> columns) {
        return columns.size() == 3 && columns.get(0) instanceof String && columns.get(1) instanceof String;
    }

    private static MemoryEntry entry(List<@Nullable Object> row) {
        boolean isStamped = row.size() > 10 && Objects.equals(row.get(10), row.get(7));
        return new MemoryEntry(
                String.valueOf(row.get(1)),
                String.valueOf(row.get(2)),
                String.valueOf(row.get(3)),
                Json.parseObject(String.valueOf(row.get(4))),
                instant(row.get(5)),
                instant(row.get(6)),
                new HlcTimestamp(row.get(7) instanceof Long version ? version : 0),
                isStamped ? instant(row.get(8)) : null,
                isStamped && row.get(9) instanceof String writer ? writer : null);
    }

    private static @Nullable Instant instant(@Nullable Object millis) {
        return millis instanceof Long number ? Instant.ofEpochMilli(number) : null;
    }
}
