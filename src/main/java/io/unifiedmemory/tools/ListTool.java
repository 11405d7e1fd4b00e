package io.unifiedmemory.tools;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.reads.Listing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code get_all}: many memories at once, as many as an agent's context can take. */
final class ListTool {

    private static final int LIST_LIMIT = 100;

    /** Around a key and a value in JSON, which do not count. */
    private static final int QUOTES = 4;

    private static final int MAX_CURSOR_BYTES = 16 * 1024;

    private final UnifiedMemory memory;
    private final int maxChars;
    private final boolean hasPage;
    private final Fields fields;

    ListTool(UnifiedMemory memory, ToolOptions options) {
        this.memory = memory;
        maxChars = options.limits().maxReplyChars();
        hasPage = options.apps();
        fields = new Fields(options);
    }

    Tool getAll() {
        return Tool.named("get_all")
                .titled("List all memories")
                .describedAs("List everything that is remembered about a user, by key. Prefer search when you look for"
                        + " something.")
                .takes(fields.input()
                        .optional("limit", fields.limit(LIST_LIMIT))
                        .optional("cursor", Schema.string(""))
                        .optional("tags", Fields.tags()))
                .returns(Schema.object()
                        .required("memories", Schema.anyObject(""))
                        .optional("total", Schema.integer(""))
                        .and(Fields.completeness())
                        .optional("next_cursor", Schema.string("")))
                .reads()
                .about(ToolScope.ONE_USER)
                .onPage(hasPage)
                .handledBy(this::getAll)
                .build();
    }

    private ToolResult getAll(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        String userId = fields.userId(arguments);
        int limit = fields.limit(arguments, LIST_LIMIT);
        String text = arguments.optionalText("cursor", MAX_CURSOR_BYTES);
        ListCursor cursor = text == null ? null : ListCursor.parse(text, userId);
        String afterKey = cursor == null ? null : cursor.afterKey();

        SearchFilter filter = SearchFilter.tagged(fields.tags(arguments));
        Listing listing = memory.list(new ListRequest(userId, afterKey, limit, maxChars), filter);
        List<MemoryEntry> listed = listing.page().entries();
        List<MemoryEntry> entries = listed.subList(0, fitting(listed));
        Long total = cursor == null ? listing.page().total() : filter.isNone() ? (Long) cursor.total() : null;
        boolean replica = call.isOfReplica();
        Map<String, Object> result = new LinkedHashMap<>();
        putMemories(result, entries, replica);
        putSources(result, entries, listing.sources());
        if (total != null) {
            result.put("total", total);
        }
        Fields.putCompleteness(result, listing.problems());
        String next =
                entries.size() < listed.size() ? entries.get(entries.size() - 1).key() : listing.next();
        if (next != null) {
            result.put("next_cursor", new ListCursor(userId, total == null ? 0 : total, next).toString());
        }
        return ToolResult.answering(call, result, () -> ReplicaCodec.entries(entries));
    }

    private static void putSources(Map<String, Object> result, List<MemoryEntry> entries, Map<String, String> sources) {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (MemoryEntry entry : entries) {
            if (sources.containsKey(entry.key())) {
                shown.put(entry.key(), sources.get(entry.key()));
            }
        }
        if (!shown.isEmpty()) {
            result.put("sources", shown);
        }
    }

    /** How many of the first entries fit into one reply; at least one, if there is any. */
    private int fitting(List<MemoryEntry> entries) {
        long chars = 0;
        for (int i = 0; i < entries.size(); i++) {
            MemoryEntry entry = entries.get(i);
            chars += Json.length(entry.key()) + Json.length(entry.value()) - QUOTES;
            if (chars > maxChars) {
                return Math.max(1, i);
            }
        }
        return entries.size();
    }

    /** Puts the texts. A single memory too large for a reply is shown in part, unless the caller wants it exactly. */
    private void putMemories(Map<String, Object> result, List<MemoryEntry> entries, boolean exact) {
        Map<String, Object> memories = new LinkedHashMap<>();
        Map<String, Object> cut = new LinkedHashMap<>();
        int room = Excerpt.room(maxChars);
        for (MemoryEntry entry : entries) {
            boolean whole = exact || Json.length(entry.key()) + Json.length(entry.value()) - QUOTES <= maxChars;
            memories.put(entry.key(), whole ? entry.value() : Excerpt.of(entry.value(), room, room));
            if (!whole) {
                cut.put(entry.key(), entry.value().length());
            }
        }
        result.put("memories", memories);
        if (!cut.isEmpty()) {
            result.put("truncated", cut);
        }
    }
}
