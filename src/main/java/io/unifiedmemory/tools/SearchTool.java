package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.reads.SearchResult;
import io.unifiedmemory.unified.reads.SearchResult.FusedHit;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code search}: what an agent looks for, within as much as its context can take. */
final class SearchTool {

    static final String KEY_PREFIX = "key_prefix";

    private static final int ABSENT_LIMIT = 10;
    private static final int MAX_QUERY_BYTES = 16 * 1024;
    private static final int MAX_CURSOR_BYTES = 32 * 1024;

    /** Characters of a reply around its results, without its cursor. */
    private static final int FRAME = 500;

    /** The first is meant when none is given. */
    private static final List<String> ORDERS = List.of("relevance", "recency");

    private final UnifiedMemory memory;
    private final Limits limits;
    private final boolean hasPage;
    private final Clock clock;
    private final Fields fields;
    private final @Nullable ZoneId usualZone;

    SearchTool(UnifiedMemory memory, ToolOptions options, Clock clock) {
        this.memory = memory;
        this.clock = clock;
        limits = options.limits();
        hasPage = options.apps();
        fields = new Fields(options);
        usualZone = options.zone();
    }

    Tool search() {
        return Tool.named("search")
                .titled("Search memories")
                .describedAs(
                        "Find what is remembered about a user: ask in plain words, as you would ask a person. Use it before"
                                + " you answer a question that may depend on what the user said or did earlier. Other forms of"
                                + " the words and typos are found too. Without a query the most recent memories come first.")
                .takes(input())
                .returns(output())
                .reads()
                .about(ToolScope.ONE_USER)
                .onPage(hasPage)
                .handledBy(this::search)
                .build();
    }

    private ObjectSchema input() {
        return fields.inputOfPerson()
                .optional("query", Schema.string(""))
                .optional("limit", fields.limit(ABSENT_LIMIT))
                .optional("cursor", Schema.string("next_cursor of the previous page, with the same other arguments"))
                .optional("time_zone", Schema.string("Of \"today\" in the query: Europe/Berlin"))
                .optional("order", Schema.withDefault(Schema.oneOf(ORDERS, ""), ORDERS.get(0)))
                .optional("since", Schema.string("Updated then or later: an ISO-8601 time or date, UTC"))
                .optional("until", Schema.string("Updated before this time, or by the end of this date"))
                .optional("metadata", Schema.anyObject("Only memories with these fields in their metadata"))
                .optional("tags", Fields.tags())
                .optional(KEY_PREFIX, Schema.text(limits.maxNameChars(), ""));
    }

    private static ObjectSchema output() {
        return Schema.object()
                .required("results", Schema.arrayOf(Schema.anyObject(""), ""))
                .and(Fields.completeness())
                .optional("next_cursor", Schema.string(""));
    }

    private ToolResult search(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        SearchRequest request = request(arguments);
        String cursor = arguments.optionalText("cursor", MAX_CURSOR_BYTES);
        SearchCursor seen = cursor == null ? SearchCursor.atStart(request, clock) : SearchCursor.parse(cursor, request);
        boolean replica = call.isOfReplica();
        SearchResult found = memory.search(request, seen);
        int room = Math.max(limits.maxReplyChars() - FRAME - seen.length(), limits.maxReplyChars() / 2);
        SearchReply reply = new SearchReply(
                limits.maxReplyChars(),
                room,
                request.query() == null ? null : new Highlighter(Query.of(request.query())),
                replica);
        return answer(call, found, reply.fitting(found.hits()), seen);
    }

    private SearchRequest request(Arguments arguments) {
        String userId = fields.userId(arguments);
        String query = arguments.optionalText("query", MAX_QUERY_BYTES);
        Instant since = arguments.time("since", Times.Day.BEGIN);
        Instant until = arguments.time("until", Times.Day.END);
        if (since != null && until != null && !since.isBefore(until)) {
            throw Arguments.rejected("since must be before until, but " + since + " is not before " + until);
        }
        SearchFilter filter = new SearchFilter(
                since,
                until,
                arguments.object("metadata", limits.maxMetadataBytes()),
                arguments.has(KEY_PREFIX) ? fields.name(arguments, KEY_PREFIX) : null,
                fields.tags(arguments));
        SearchOrder order =
                SearchOrder.valueOf(arguments.choice("order", ORDERS).toUpperCase(Locale.ROOT));
        ZoneId named = arguments.zone("time_zone");
        ZoneId zone = named == null ? usualZone : named;
        Query understood = query == null || query.isBlank()
                ? null
                : Query.of(query, clock.instant(), () -> zone == null ? ZoneId.systemDefault() : zone);
        return new SearchRequest(userId, understood, fields.limit(arguments, ABSENT_LIMIT), order, filter);
    }

    private static ToolResult answer(
            ToolCall call, SearchResult found, List<Map<String, Object>> results, SearchCursor seen) {
        List<MemoryEntry> shown =
                found.hits().stream().limit(results.size()).map(FusedHit::entry).toList();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("results", results);
        Fields.putCompleteness(result, found.problems());
        List<String> notes = new ArrayList<>(found.notes());
        int left = found.hits().size() - results.size();
        if (left > 0 || found.more()) {
            putRest(result, notes, left, next(found, shown, seen));
        }
        if (!notes.isEmpty()) {
            result.put("note", String.join(" ", notes));
        }
        ToolResult answer = ToolResult.answering(call, result, () -> ReplicaCodec.versions(shown));
        return call.isOfReplica() ? answer : answer.withText(SearchText.of(result));
    }

    private static SearchCursor next(SearchResult found, List<MemoryEntry> shown, SearchCursor seen) {
        SearchCursor next = seen.after(shown);
        List<MemoryEntry> left = Stream.concat(
                        found.hits().stream().skip(shown.size()).map(FusedHit::entry), found.rest().stream())
                .toList();
        boolean closes = found.closing() && left.stream().allMatch(seen::maybeNew);
        return closes ? next.closingWith(left) : next;
    }

    /** Says that there are more results, and how to get at them. */
    private static void putRest(Map<String, Object> result, List<String> notes, int left, SearchCursor next) {
        if (next.isFull()) {
            notes.add("There are more results, but one search shows at most " + SearchCursor.MOST_SHOWN
                    + "; narrow it down with query, since, until, metadata, tags or key_prefix.");
            return;
        }
        if (left > 0) {
            notes.add(left + " more results did not fit into this reply; use next_cursor to get them.");
        }
        result.put("next_cursor", next.toString());
    }
}
