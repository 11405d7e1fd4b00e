package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.store.OutboxPayload;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The memories that only the outbox holds: stored while SQLite was disabled, by this process or by another that runs
 * beside it, and not confirmed by every backend yet. Reads merge them with those of the table, which nearly always is
 * all there is. Stateless.
 */
final class OutboxTexts {

    private static final String KEYS = "SELECT DISTINCT key FROM outbox INDEXED BY outbox_text"
            + " WHERE user_id = ?1 AND operation = 'STORE'" + OutboxPayload.CARRYING;

    private static final String NUMBER = "SELECT coalesce((SELECT id FROM memory WHERE user_id = ?1 AND key = ?2), 0)";

    private final MemoryTable memories;

    OutboxTexts(MemoryTable memories) {
        this.memories = memories;
    }

    /** The memories of a user that count besides what the tables say. */
    List<MemoryEntry> of(Handle handle, String userId) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (ResultSet rows = handle.query(KEYS, userId)) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        List<MemoryEntry> texts = new ArrayList<>();
        for (String key : keys) {
            if (memories.find(handle, userId, key) instanceof Lookup.Found found) {
                texts.add(found.entry());
            }
        }
        return texts;
    }

    /** A page of the table, merged with the memories that belong on it. */
    Page onPage(Handle handle, Page page, ListRequest request) throws SQLException {
        List<MemoryEntry> texts = of(handle, request.userId());
        if (texts.isEmpty()) {
            return page;
        }
        String after = request.afterKey();
        String end = page.end();
        Map<String, MemoryEntry> byKey = new TreeMap<>(KeyOrder.COMPARATOR);
        page.entries().forEach(entry -> byKey.put(entry.key(), entry));
        texts.stream()
                .filter(entry -> after == null || KeyOrder.isBehind(after, entry))
                .filter(entry -> end == null || !KeyOrder.isBehind(end, entry))
                .forEach(entry -> byKey.put(entry.key(), entry));
        List<MemoryEntry> fitting = new ArrayList<>();
        long chars = 0;
        for (MemoryEntry entry : byKey.values()) {
            chars += entry.key().length() + entry.value().length();
            if (fitting.size() == request.limit() || (chars > request.maxChars() && !fitting.isEmpty())) {
                break;
            }
            fitting.add(entry);
        }
        Long total = page.total();
        for (MemoryEntry text : texts) {
            total = total == null || number(handle, text) > 0 ? total : Long.valueOf(total + 1);
        }
        return new Page(fitting, page.more() || fitting.size() < byKey.size(), total);
    }

    /**
     * The memories of a user by id: the id of an older text in the table that the memory replaces, or an unused one.
     */
    Map<Long, MemoryEntry> byNumber(Handle handle, String userId) throws SQLException {
        Map<Long, MemoryEntry> byNumber = new LinkedHashMap<>();
        for (MemoryEntry text : of(handle, userId)) {
            long number = number(handle, text);
            byNumber.put(number > 0 ? number : -1L - byNumber.size(), text);
        }
        return byNumber;
    }

    /** The newest memories of the table, merged with those that are as new. */
    List<MemoryEntry> amongNewest(Handle handle, List<MemoryEntry> newest, SearchRequest request) throws SQLException {
        List<MemoryEntry> texts = of(handle, request.userId());
        if (texts.isEmpty()) {
            return newest;
        }
        List<String> keys = texts.stream().map(MemoryEntry::key).toList();
        return Stream.concat(
                        newest.stream().filter(entry -> !keys.contains(entry.key())),
                        texts.stream().filter(request.filter()::accepts))
                .sorted(SearchOrder.NEWEST_FIRST)
                .limit(request.limit())
                .toList();
    }

    private static long number(Handle handle, MemoryEntry text) throws SQLException {
        return handle.number(NUMBER, text.userId(), text.key());
    }
}
