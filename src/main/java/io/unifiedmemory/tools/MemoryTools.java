package io.unifiedmemory.tools;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.writes.Deleted;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Stored;
import io.unifiedmemory.unified.writes.WriteReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code store} and {@code delete}: one memory at a time. */
final class MemoryTools {

    /** Characters of a replaced text, and of its metadata, that a reply shows. */
    private static final int MOST_OF_REPLACED = 200;

    private static final String PERMANENTLY = "permanently";

    private static final String EXPIRES_IN = "expires_in";

    private final UnifiedMemory memory;
    private final Limits limits;
    private final Fields fields;
    private final boolean confirms;
    private final Clock clock;

    MemoryTools(UnifiedMemory memory, ToolOptions options, Clock clock) {
        this.clock = clock;
        this.memory = memory;
        limits = options.limits();
        fields = new Fields(options);
        confirms = options.confirmDeleteAll();
    }

    Tool store() {
        return Tool.named("store")
                .titled("Store a memory")
                .describedAs(
                        "Remember a preference, a fact, a decision or a result about a user beyond this conversation. A"
                                + " text that was stored under the same key is replaced. Pick a short key that you would find"
                                + " again, such as \"favourite-colour\" or \"project-x/deadline\". To look for what is known use search.")
                .takes(memoryFields(fields.inputOfPerson()))
                .returns(storeResult())
                .destroys()
                .about(ToolScope.ONE_USER)
                .handledBy(this::handleStore)
                .build();
    }

    /** Adds the arguments that make a memory. */
    ObjectSchema memoryFields(ObjectSchema arguments) {
        return arguments
                .required("key", fields.name("One key holds one text"))
                .required("value", Schema.string("A text that makes sense on its own"))
                .optional(
                        "metadata",
                        Schema.anyObject("Anything structured to keep with it, such as source, tags or a date"))
                .optional(EntryJson.EXPIRES_AT, Schema.string(""))
                .optional(EXPIRES_IN, Schema.string("Such as 12h or 7d: then forget it"));
    }

    private static ObjectSchema storeResult() {
        return Schema.object()
                .required("stored", Schema.bool(""))
                .required("durability", Fields.durability())
                .and(Fields.writeReport());
    }

    private ToolResult handleStore(ToolCall call) {
        ReplicaCodec.Write elsewhere = call.elsewhere();
        MemoryEntry entry = entry(fields.userId(Arguments.of(call)), call, elsewhere);
        Supplier<List<SimilarMemory>> similar =
                call.isOfReplica() ? List::of : memory.knownHere().similar(entry);
        Stored stored = elsewhere == null
                ? memory.store(
                        entry.userId(),
                        entry.key(),
                        entry.value(),
                        entry.metadata(),
                        entry.expiresAt(),
                        entry.writtenBy())
                : memory.replicate(entry);
        return stored(stored, similar, entry, call);
    }

    /**
     * The memory that the arguments of a call make.
     *
     * @param elsewhere what another instance says of the write; null for a new one, which has no version yet
     */
    MemoryEntry entry(String userId, ToolCall call, ReplicaCodec.@Nullable Write elsewhere) {
        Arguments arguments = Arguments.of(call);
        String key = fields.keys(arguments, call).get(0);
        String value = arguments.text("value", limits.maxValueBytes());
        Map<String, Object> metadata = arguments.object("metadata", limits.maxMetadataBytes());
        return elsewhere == null
                ? new MemoryEntry(
                        userId, key, value, metadata, null, null, HlcTimestamp.NONE, expiry(arguments), call.writer())
                : new MemoryEntry(
                        userId,
                        key,
                        value,
                        metadata,
                        elsewhere.createdAt(),
                        elsewhere.updatedAt(),
                        elsewhere.version(),
                        elsewhere.expiresAt(),
                        elsewhere.writtenBy());
    }

    /** When a memory expires; null when it does not. */
    private @Nullable Instant expiry(Arguments arguments) {
        Instant at = arguments.time(EntryJson.EXPIRES_AT, Times.Day.END);
        Duration in = arguments.duration(EXPIRES_IN);
        if (at != null && in != null) {
            throw Arguments.rejected("expires_at and expires_in exclude each other; give one of them");
        }
        Instant now = clock.instant();
        Instant given = in == null ? at : now.plus(in);
        Instant expiry = given == null ? null : given.truncatedTo(ChronoUnit.MILLIS);
        if (expiry != null && !expiry.isAfter(now)) {
            throw Arguments.rejected("expires_at must be in the future, and " + expiry + " is not");
        }
        return expiry;
    }

    private ToolResult stored(Stored stored, Supplier<List<SimilarMemory>> similar, MemoryEntry sent, ToolCall call) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("stored", true);
        result.put("durability", Fields.durability(stored.report()));
        Fields.putReport(result, stored.report());
        if (!call.isOfReplica()) {
            putReplaced(result, stored.held());
            putSimilarKeys(result, stored.held());
            putSimilarTexts(result, stored.held(), similar);
        }
        return ToolResult.answering(call, result, () -> ReplicaCodec.lookup(stored.held(), sent));
    }

    /** Puts the beginning of what is gone now, so that a mistake shows at once. What had expired is shown to nobody. */
    private void putReplaced(Map<String, Object> result, Lookup held) {
        if (!(held instanceof Lookup.Found found)
                || found.replaced() == null
                || found.replaced().hasContentOf(found.entry())
                || found.replaced().isExpired(clock)) {
            return;
        }
        MemoryEntry before = found.replaced();
        Map<String, Object> shown = new LinkedHashMap<>();
        String value = before.value();
        shown.put("value", Texts.shortened(value, MOST_OF_REPLACED));
        if (value.length() > MOST_OF_REPLACED) {
            shown.put("value_chars", value.length());
        }
        if (!before.metadata().isEmpty()) {
            shown.put("metadata", before.metadata());
            EntryJson.boundMetadata(shown, before, MOST_OF_REPLACED);
        }
        EntryJson.putTimes(shown, before);
        result.put("replaced", true);
        result.put("previous", shown);
        if (found.entry().metadata().isEmpty() && !before.metadata().isEmpty()) {
            result.put("metadata_dropped", true);
        }
    }

    /** Points out keys that differ from a new one only in case, which nobody means to tell apart. */
    private static void putSimilarKeys(Map<String, Object> result, Lookup held) {
        if (held instanceof Lookup.Found found && !found.similar().isEmpty()) {
            result.put("similar_keys", found.similar());
        }
    }

    /** Points out what says nearly the same under another key, so that it is brought up to date rather than piled up. */
    private static void putSimilarTexts(
            Map<String, Object> result, Lookup held, Supplier<List<SimilarMemory>> similar) {
        if (held instanceof Lookup.Found found && found.replaced() == null) {
            List<Map<String, Object>> shown = new ArrayList<>();
            for (SimilarMemory one : similar.get()) {
                Map<String, Object> named = new LinkedHashMap<>();
                named.put("key", one.entry().key());
                named.put("score", Math.round(100 * one.likeness()) / 100.0);
                shown.add(named);
            }
            if (!shown.isEmpty()) {
                result.put("similar", shown);
            }
        }
    }

    Tool delete() {
        return Tool.named("delete")
                .titled("Delete memories")
                .describedAs("Forget one memory, in every backend; restore can bring it back for some time, unless"
                        + " permanently: true. With all: true instead of a key it forgets everything about the user; do"
                        + " that only when asked to.")
                .takes(fields.input()
                        .optional("key", fields.name(""))
                        .optional("all", Schema.bool(""))
                        .optional(PERMANENTLY, Schema.bool("")))
                .returns(Schema.object()
                        .required("deleted", Schema.bool(""))
                        .required("count", Schema.integer(""))
                        .required("durability", Fields.durability())
                        .and(Fields.writeReport()))
                .destroys()
                .about(ToolScope.ONE_USER)
                .handledBy(this::delete)
                .build();
    }

    private ToolResult delete(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        String userId = fields.userId(arguments);
        ReplicaCodec.Write write = call.elsewhere();
        HlcTimestamp elsewhere = write == null ? null : write.version();
        boolean all = arguments.flag("all");
        boolean permanently = arguments.flag(PERMANENTLY);
        UnknownArguments.refuseSparing(call.unknown(), all);
        if (all == arguments.has("key")) {
            throw Arguments.rejected(
                    all
                            ? "key and all: true exclude each other; give one of them"
                            : "key must have 1 to " + limits.maxNameChars()
                                    + " characters, not 0 (to forget everything about the user give all: true"
                                    + " instead)");
        }
        if (all && write == null) {
            requireConsent(call, userId, permanently);
        }
        Deleted deleted = all
                ? memory.deleteAll(userId, elsewhere, permanently)
                : delete(userId, fields.keys(arguments, call), elsewhere, permanently);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("deleted", deleted.removal().count() > 0);
        result.put("count", deleted.removal().count());
        putWayBack(result, deleted, permanently);
        result.put("durability", Fields.durability(deleted.report()));
        Fields.putReport(result, deleted.report());
        return ToolResult.answering(call, result, () -> ReplicaCodec.removal(deleted.removal()));
    }

    /**
     * Puts until when what is deleted now can be restored, and how much of it where that is not all; or that nothing of it
     * can. A delete that the store of record has yet to make says nothing of that.
     */
    private void putWayBack(Map<String, Object> result, Deleted deleted, boolean permanently) {
        HistoryOptions history = memory.historyOptions();
        long kept = deleted.removal().kept();
        if (permanently || !history.isOn()) {
            result.put(PERMANENTLY, true);
        } else if (deleted.report().durability() != Durability.UNPROTECTED) {
            if (kept > 0) {
                result.put(
                        "restorable_until",
                        clock.instant()
                                .plus(history.retention())
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString());
            }
            if (kept < deleted.removal().count()) {
                result.put("restorable", kept);
            }
        }
    }

    /** A model may misunderstand what it was told to forget. */
    private void requireConsent(ToolCall call, String userId, boolean permanently) {
        HistoryOptions history = memory.historyOptions();
        String wayBack = permanently || !history.isOn()
                ? "This cannot be undone."
                : "The newest, up to " + (history.maxBytes() >> 20) + " MB of text in all, can be restored for "
                        + history.retention().toDays() + " days.";
        if (confirms
                && call.person().mayIt("Forget every memory of " + userId + ", in every backend? " + wayBack)
                        == Person.Answer.NO) {
            throw Arguments.rejected("the person was asked and did not agree; nothing was deleted");
        }
    }

    /** In every form of its key, so that none of them shows up when the others are gone. */
    private Deleted delete(String userId, List<String> keys, @Nullable HlcTimestamp elsewhere, boolean permanently) {
        Deleted deleted = memory.delete(userId, keys.get(0), elsewhere, permanently);
        for (String other : keys.subList(1, keys.size())) {
            Deleted more = memory.delete(userId, other, elsewhere, permanently);
            long count = deleted.removal().count() + more.removal().count();
            WriteReport report = more.report().errors().isEmpty() ? deleted.report() : more.report();
            boolean spared = deleted.removal().spared() || more.removal().spared();
            long kept = deleted.removal().kept() + more.removal().kept();
            deleted = new Deleted(new Removal(count, deleted.removal().survivor(), spared, kept), report);
        }
        return deleted;
    }
}
