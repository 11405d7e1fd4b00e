package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.BatchWrite;
import io.unifiedmemory.unified.writes.OnConflict;
import io.unifiedmemory.unified.writes.StoredBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code store_many}: what {@code store} does, for many memories of one user in one call. Each stands for itself: one that
 * is refused keeps no other out.
 */
final class StoreManyTool {

    static final String MEMORIES = "memories";

    /** Memories of one call: more would keep other writers waiting for too long. */
    static final int MOST = 500;

    /** The report has the reason, which not every caller may see. */
    private static final String INTERRUPTED = "the database failed before it was stored: store it again";

    private static final String REFUSED = "refused";

    private final UnifiedMemory memory;
    private final Fields fields;
    private final MemoryTools single;
    private final Map<String, Object> item;

    StoreManyTool(UnifiedMemory memory, ToolOptions options, MemoryTools single) {
        this.memory = memory;
        this.fields = new Fields(options);
        this.single = single;
        this.item = single.memoryFields(Schema.object()).open();
    }

    Tool tool() {
        return Tool.named("store_many")
                .titled("Store many memories")
                .describedAs("store for up to " + MOST + " memories at once")
                .takes(fields.input()
                        .required(
                                MEMORIES,
                                Schema.arrayOf(Schema.anyObject(""), "Each with the other arguments of store")))
                .destroys()
                .about(ToolScope.ONE_USER)
                .handledBy(this::handle)
                .build();
    }

    /**
     * One memory of the call.
     *
     * @param store null where it was refused
     * @param reason why; null where it was not
     */
    private record Item(
            BatchWrite.@Nullable Store store, @Nullable String reason) {}

    private ToolResult handle(ToolCall call) {
        String userId = fields.userId(Arguments.of(call));
        List<Item> items = items(call, userId);
        List<BatchWrite.Store> stores = new ArrayList<>();
        for (Item each : items) {
            if (each.store != null) {
                stores.add(each.store);
            }
        }
        StoredBatch stored = stores.isEmpty() ? StoredBatch.EMPTY : memory.storeAll(userId, stores);
        List<String> outcomes = new ArrayList<>();
        List<Map<String, Object>> refused = new ArrayList<>();
        List<@Nullable Lookup> held = new ArrayList<>();
        List<@Nullable MemoryEntry> sent = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < items.size(); i++) {
            Item each = items.get(i);
            sent.add(each.store == null ? null : each.store.entry());
            boolean made = each.store != null && next < stored.outcomes().size();
            if (made) {
                outcomes.add(word(stored.outcomes().get(next)));
                held.add(stored.held().get(next));
            } else {
                outcomes.add(REFUSED);
                held.add(null);
                String reason = each.reason == null ? INTERRUPTED : each.reason;
                refused.add(Map.of("index", i, "reason", Fields.bounded(reason)));
            }
            next += each.store == null ? 0 : 1;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("outcomes", outcomes);
        if (!refused.isEmpty()) {
            result.put(REFUSED, refused);
        }
        result.put("durability", Fields.durability(stored.report()));
        Fields.putReport(result, stored.report());
        return ToolResult.answering(call, result, () -> ReplicaCodec.lookups(held, sent));
    }

    private static String word(BatchOutcome outcome) {
        return switch (outcome) {
            case NEW -> "stored";
            case NEWER -> "updated";
            case EQUAL, OLDER, SKIPPED -> "unchanged";
        };
    }

    private List<Item> items(ToolCall call, String userId) {
        List<?> sent = list(call);
        List<ReplicaCodec.Write> elsewhere = call.eachElsewhere();
        if (elsewhere != null && elsewhere.size() != sent.size()) {
            throw Arguments.rejected("_meta tells of " + elsewhere.size() + " writes, and there are " + sent.size());
        }
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            items.add(item(call, userId, sent.get(i), elsewhere == null ? null : elsewhere.get(i)));
        }
        return items;
    }

    private static List<?> list(ToolCall call) {
        Object sent = call.arguments().get(MEMORIES);
        if (!(sent instanceof List<?> list)) {
            throw Arguments.rejected(
                    sent == null
                            ? MEMORIES + " is required"
                            : MEMORIES + " must be an array of objects, not " + Arguments.shown(sent));
        }
        if (list.isEmpty() || list.size() > MOST) {
            throw Arguments.rejected(MEMORIES + " must have 1 to " + MOST + " elements, not " + list.size()
                    + "; nothing was stored" + (list.isEmpty() ? "" : ": send them in several calls"));
        }
        return list;
    }

    private Item item(ToolCall call, String userId, @Nullable Object sent, ReplicaCodec.@Nullable Write elsewhere) {
        if (!(sent instanceof Map<?, ?> object)) {
            return new Item(null, "must be an object with key and value");
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        object.forEach((name, value) -> arguments.put(String.valueOf(name), value));
        try {
            ToolCall one = Intake.of(item, call.about(arguments));
            requireKnown(one);
            MemoryEntry entry = single.entry(userId, one, elsewhere);
            return new Item(
                    new BatchWrite.Store(entry, true, elsewhere == null ? OnConflict.OVERWRITE : OnConflict.NEWEST),
                    null);
        } catch (ToolFailure e) {
            return new Item(null, String.valueOf(e.getMessage()));
        }
    }

    /** What a memory says beside its fields would be lost without a word. */
    private static void requireKnown(ToolCall one) {
        List<String> unknown = UnknownArguments.worthSaying(one.unknown());
        if (unknown != null) {
            throw Arguments.rejected("has unknown fields: " + Texts.oneLine(String.join(", ", unknown)));
        }
    }
}
