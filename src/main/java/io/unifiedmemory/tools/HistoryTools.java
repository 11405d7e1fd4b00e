package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.UnifiedMemory.Restored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code history} and {@code restore}: what a key held before, and its way back. */
final class HistoryTools {

    private static final int ABSENT_LIMIT = 10;

    private static final int MOST_CURSOR_BYTES = 8 * 1024;

    private static final String REVISION = "revision";

    private final UnifiedMemory memory;
    private final Fields fields;
    private final int maxChars;

    HistoryTools(UnifiedMemory memory, ToolOptions options) {
        this.memory = memory;
        fields = new Fields(options);
        maxChars = options.limits().maxReplyChars();
    }

    Tool history() {
        return Tool.named("history")
                .titled("Show earlier texts")
                .describedAs("Show what was replaced or deleted under a key, or without one under any.")
                .takes(fields.input()
                        .optional("key", fields.name(""))
                        .optional("limit", fields.limit(ABSENT_LIMIT))
                        .optional("cursor", Schema.string("")))
                .reads()
                .about(ToolScope.ONE_USER)
                .handledBy(this::history)
                .build();
    }

    private ToolResult history(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        String userId = fields.userId(arguments);
        int limit = fields.limit(arguments, ABSENT_LIMIT);
        Page page = arguments.has("key")
                ? page(arguments, userId, fields.keys(arguments, call), limit)
                : page(arguments, userId, null, limit);
        List<Revision> revisions = page.revisions();
        List<Map<String, Object>> shown = fitting(revisions.subList(0, Math.min(limit, revisions.size())));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("revisions", shown);
        if (page.more() || shown.size() < revisions.size()) {
            Position last = revisions.get(shown.size() - 1).position();
            result.put("next_cursor", HistoryCursor.of(last, userId, page.subject()));
        }
        if (!memory.historyOptions().isOn()) {
            result.put("note", "This server keeps no history (history.days is 0).");
        }
        return new ToolResult(result);
    }

    /** Revisions, and the first form of the key that was asked for; {@code more} where there is one behind the last. */
    private record Page(@Nullable String subject, List<Revision> revisions, boolean more) {}

    /** Of the first form of the key of which there are any; the cursor names the form of which it is. */
    private Page page(Arguments arguments, String userId, @Nullable List<String> keys, int limit) {
        String cursor = arguments.optionalText("cursor", MOST_CURSOR_BYTES);
        String subject = keys == null ? null : keys.get(0);
        Position after = cursor == null ? null : HistoryCursor.parse(cursor, userId, subject);
        if (keys == null) {
            return page(userId, subject, null, after, limit);
        }
        Page page = new Page(subject, List.of(), false);
        for (String key : after == null ? keys : List.of(after.key())) {
            page = page(userId, subject, key, after, limit);
            if (!page.revisions().isEmpty()) {
                break;
            }
        }
        return page;
    }

    private Page page(
            String userId, @Nullable String subject, @Nullable String key, @Nullable Position after, int limit) {
        List<Revision> revisions = memory.history(userId, key, after, limit, maxChars);
        boolean more = !revisions.isEmpty()
                && !memory.history(
                                userId, key, revisions.get(revisions.size() - 1).position(), 1, 1)
                        .isEmpty();
        return new Page(subject, revisions, more);
    }

    /** The first revisions, as many as fit into one reply; at least one, if there is any. */
    private List<Map<String, Object>> fitting(List<Revision> revisions) {
        List<Map<String, Object>> fitting = new ArrayList<>();
        long chars = 0;
        for (Revision revision : revisions) {
            Map<String, Object> json = json(revision);
            chars += Json.length(json);
            if (chars > Excerpt.room(maxChars) && !fitting.isEmpty()) {
                break;
            }
            fitting.add(json);
        }
        return fitting;
    }

    private Map<String, Object> json(Revision revision) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(REVISION, revision.number());
        json.put("ended_at", revision.endedAt().toString());
        json.put("how", revision.how().name().toLowerCase(Locale.ROOT));
        Map<String, Object> entry = EntryJson.of(revision.entry());
        entry.remove(AccessControl.USER_ID);
        json.putAll(entry);
        int room = Excerpt.room(maxChars);
        EntryJson.boundMetadata(json, revision.entry(), room / 2);
        String value = revision.entry().value();
        String part = Excerpt.of(value, room / 2, room / 2);
        if (part.length() < value.length()) {
            json.put("value", part);
            json.put("truncated", true);
            json.put("value_chars", value.length());
        }
        return json;
    }

    Tool restore() {
        return Tool.named("restore")
                .titled("Restore an earlier text")
                .describedAs(
                        "Bring back what a key held before it was deleted or replaced: the last, or that revision of"
                                + " its history.")
                .takes(fields.input().required("key", fields.name("")).optional(REVISION, Schema.integer(1, "")))
                .destroys()
                .about(ToolScope.ONE_USER)
                .handledBy(this::restore)
                .build();
    }

    private ToolResult restore(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        String userId = fields.userId(arguments);
        List<String> keys = fields.keys(arguments, call);
        Integer number =
                arguments.has(REVISION) ? (Integer) arguments.integer(REVISION, 1, Integer.MAX_VALUE, 1) : null;
        Restored restored = null;
        for (int i = 0; i < keys.size() && restored == null; i++) {
            restored = memory.restore(userId, keys.get(i), number, call.writer());
        }
        if (restored == null) {
            throw Arguments.rejected(
                    number == null
                            ? "nothing is known of what this key held before"
                            : "there is no revision " + number + " of this key; history names those that there are");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("restored", true);
        result.put(REVISION, restored.revision().number());
        result.put("value", Excerpt.of(restored.revision().entry().value(), maxChars / 2, maxChars / 2));
        result.put("durability", Fields.durability(restored.stored().report()));
        Fields.putReport(result, restored.stored().report());
        return new ToolResult(result);
    }
}
