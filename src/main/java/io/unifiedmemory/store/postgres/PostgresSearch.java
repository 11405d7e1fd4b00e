package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Searches one user's memories. Thread-safe. */
final class PostgresSearch {

    /** Rows of the most recently updated memories that are read at a time. */
    private static final int ROWS = 200;

    private final PostgresDatabase database;

    PostgresSearch(PostgresDatabase database) {
        this.database = database;
    }

    Hits search(SearchRequest request) {
        return Hits.of(request, newest(request));
    }

    private List<MemoryEntry> newest(SearchRequest request) {
        UUID owner = Owners.of(request.userId());
        long maxChars = Runtime.getRuntime().maxMemory() / 8;
        return database.run(session -> {
            List<MemoryEntry> entries = new ArrayList<>();
            long chars = 0;
            session.beginSnapshot();
            for (int offset = 0; ; offset += ROWS) {
                List<Row> rows = session.run(MemoryTable.newest(owner, ROWS, offset))
                        .get(0)
                        .rows();
                for (Row row : rows) {
                    MemoryEntry entry = MemoryRow.readable(row, 1, request.userId());
                    if (entry != null && request.filter().accepts(entry)) {
                        chars += entry.key().length() + entry.value().length();
                        if (chars > maxChars) {
                            throw tooLarge(request, entries.size());
                        }
                        entries.add(entry);
                    }
                    if (entries.size() == request.limit()) {
                        break;
                    }
                }
                if (rows.size() < ROWS || entries.size() == request.limit()) {
                    session.commit(List.of());
                    return entries;
                }
            }
        });
    }

    private static BackendException tooLarge(SearchRequest request, int fit) {
        return new BackendException(
                Kind.REJECTED,
                "the newest " + request.limit() + " memories are too large to be searched at once: the first " + fit
                        + " fit into memory",
                "ask for fewer, narrow the search down, or use get_all");
    }
}
