package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.UserDirectory;
import io.unifiedmemory.memory.Version;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Memories in a local SQLite file, with every capability. An acknowledged write survives the end of the process at any
 * moment. Thread-safe.
 *
 * <p>A time of creation that is unknown becomes known with the next store that has one. Text that is no valid Unicode
 * is rejected.
 */
public final class SqliteBackend implements MemoryBackend, UserDirectory {

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    /** Characters of keys and values after which a page ends early. */
    private static final long MAX_PAGE_CHARS = 8L * 1024 * 1024;

    private final SqliteDatabase database;
    private final SearchIndex index = new SearchIndex();
    private final SqliteSearch search = new SqliteSearch(index);
    private final MemoryTable memories = new MemoryTable(index);

    /** Touches nothing. Closing the backend closes the database. */
    public SqliteBackend(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public String type() {
        return "sqlite";
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return database.write(tx -> memories.store(tx, entry));
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return database.read(session -> memories.find(session, userId, key));
    }

    /** A query without any text is no query. */
    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        String query = request.query();
        return database.read(session -> query == null || query.isEmpty()
                ? memories.newest(session, request)
                : search.search(session, request, query));
    }

    @Override
    public Page list(ListRequest request) {
        return database.read(session -> memories.list(session, request, MAX_PAGE_CHARS));
    }

    @Override
    public Removal delete(String userId, String key, Version version) {
        return database.write(tx -> memories.delete(tx, userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, Version version) {
        return database.write(tx -> memories.deleteAll(tx, userId, version));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, Version version) {
        return database.write(tx -> memories.expire(tx, userId, cutoff, version));
    }

    /** Up means that memories can be found and the file can be written: it takes the write lock for a moment. */
    @Override
    public BackendStatus check() {
        try {
            String library = database.write(tx -> {
                memories.find(tx, "", "");
                try (ResultSet row = tx.query("SELECT sqlite_version()")) {
                    return row.getString(1);
                }
            });
            return new BackendStatus(true, "SQLite " + library + ", " + database.path());
        } catch (BackendException e) {
            return new BackendStatus(false, e.describe());
        }
    }

    @Override
    public List<String> users(@Nullable String after, int limit) {
        return database.read(session -> memories.users(session, after == null ? "" : after, limit));
    }

    @Override
    public void close() {
        database.close();
    }
}
