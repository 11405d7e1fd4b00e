package io.unifiedmemory.tools;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.unified.Listing;
import io.unifiedmemory.unified.SearchResult;
import io.unifiedmemory.unified.SearchResult.Hit;
import io.unifiedmemory.unified.UnifiedMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code search} and {@code get_all}: many memories at once, as many as an agent's context can take. */
final class SearchTools {

    private static final int SEARCH_LIMIT = 10;
    private static final int LIST_LIMIT = 100;
    private static final int MAX_OFFSET = 100_000;
    private static final int MAX_QUERY_BYTES = 16 * 1024;
    private static final char SEARCH_CURSOR = 's';
    private static final char LIST_CURSOR = 'l';

    private final UnifiedMemory memory;
    private final int maxChars;
    private final Fields fields;

    SearchTools(UnifiedMemory memory, ToolOptions options) {
        this.memory = memory;
        maxChars = options.limits().maxReplyChars();
        fields = new Fields(options);
    }

    Tool search() {
        return new Tool(
                "search",
                "Search memories",
                "Find what is remembered about a user by words, part of a word or phrase in the key or the text. Use it"
                        + " before you answer a question that may depend on what the user said or did earlier. Without"
                        + " a query the most recent memories come first.",
                fields.input(
                        "query?", Schema.string("What to look for, in plain words"),
                        "limit?", fields.limit(SEARCH_LIMIT),
                        "cursor?", Fields.cursor()),
                Schema.object(
                        "results",
                                Schema.arrayOf(
                                        EntryJson.schema(
                                                "score",
                                                Schema.number("Higher fits better; comparable within one reply"),
                                                "backends",
                                                Schema.arrayOf(Schema.string(""), "The backends that found it")),
                                        "Best first"),
                        "complete", Fields.complete(),
                        "problems?", Fields.problems(),
                        "next_cursor?", Schema.string("Present when there are more results")),
                true,
                false,
                true,
                Reach.ONE_USER,
                this::search);
    }

    private ToolResult search(ToolCall call) {
        Arguments arguments = Arguments.of(call, "user_id", "query", "limit", "cursor");
        String userId = fields.userId(arguments);
        String query = arguments.optionalText("query", MAX_QUERY_BYTES);
        int limit = fields.limit(arguments, SEARCH_LIMIT);
        int offset = offset(arguments);
        boolean blank = query == null || query.isBlank();
        return found(memory.search(userId, blank ? null : query, offset, limit), offset, call);
    }

    private ToolResult found(SearchResult found, int offset, ToolCall call) {
        List<Hit> hits = found.hits().subList(0, fitting(entriesOf(found.hits())));
        List<Map<String, Object>> results = new ArrayList<>();
        for (Hit hit : hits) {
            Map<String, Object> json = EntryJson.of(hit.entry());
            json.put("score", hit.score());
            json.put("backends", hit.backends());
            results.add(json);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("results", results);
        Fields.putCompleteness(result, found.problems());
        Fields.putProblems(result, found.problems());
        if (found.more() || hits.size() < found.hits().size()) {
            result.put("next_cursor", Cursor.encode(SEARCH_CURSOR, Integer.toString(offset + hits.size())));
        }
        return ReplicaMeta.wantsDetail(call.meta())
                ? new ToolResult(result, ReplicaMeta.versions(entriesOf(hits)))
                : new ToolResult(result);
    }

    private static int offset(Arguments arguments) {
        String cursor = arguments.optionalText("cursor", MAX_QUERY_BYTES);
        if (cursor == null) {
            return 0;
        }
        try {
            int offset = Integer.parseInt(Cursor.decode(SEARCH_CURSOR, cursor));
            if (offset >= 0 && offset <= MAX_OFFSET) {
                return offset;
            }
        } catch (NumberFormatException e) {
            throw Cursor.foreign(e);
        }
        throw Cursor.foreign(null);
    }

    private static List<MemoryEntry> entriesOf(List<Hit> hits) {
        return hits.stream().map(Hit::entry).toList();
    }

    Tool getAll() {
        return new Tool(
                "get_all",
                "List all memories",
                "List everything that is remembered about a user, page by page in the order of the keys. Prefer search"
                        + " when you look for something.",
                fields.input("limit?", fields.limit(LIST_LIMIT), "cursor?", Fields.cursor()),
                Schema.object(
                        "memories", Schema.mapOf(Schema.string(""), "The text under each key"),
                        "total", Schema.integer(0, "How many memories the user has"),
                        "complete", Fields.complete(),
                        "problems?", Fields.problems(),
                        "next_cursor?", Schema.string("Present when there are more memories")),
                true,
                false,
                true,
                Reach.ONE_USER,
                this::getAll);
    }

    private ToolResult getAll(ToolCall call) {
        Arguments arguments = Arguments.of(call, "user_id", "limit", "cursor");
        String userId = fields.userId(arguments);
        int limit = fields.limit(arguments, LIST_LIMIT);
        String cursor = arguments.optionalText("cursor", MAX_QUERY_BYTES);
        String afterKey = cursor == null ? null : Cursor.decode(LIST_CURSOR, cursor);

        Listing listing = memory.list(new ListRequest(userId, afterKey, limit));
        List<MemoryEntry> listed = listing.page().entries();
        List<MemoryEntry> entries = listed.subList(0, fitting(listed));
        Map<String, Object> memories = new LinkedHashMap<>();
        entries.forEach(entry -> memories.put(entry.key(), entry.value()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("memories", memories);
        result.put("total", listing.page().total());
        Fields.putCompleteness(result, listing.problems());
        Fields.putProblems(result, listing.problems());
        if (!entries.isEmpty() && (listing.page().more() || entries.size() < listed.size())) {
            String last = entries.get(entries.size() - 1).key();
            result.put("next_cursor", Cursor.encode(LIST_CURSOR, last));
        }
        return ReplicaMeta.wantsDetail(call.meta())
                ? new ToolResult(result, ReplicaMeta.entries(entries))
                : new ToolResult(result);
    }

    /** How many of the first entries fit into one reply; at least one, if there is any. */
    private int fitting(List<MemoryEntry> entries) {
        long chars = 0;
        for (int i = 0; i < entries.size(); i++) {
            MemoryEntry entry = entries.get(i);
            chars += entry.key().length() + entry.value().length();
            if (chars > maxChars) {
                return Math.max(1, i);
            }
        }
        return entries.size();
    }
}
