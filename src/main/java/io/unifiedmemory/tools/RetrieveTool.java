package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.reads.Retrieval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code retrieve}: the memory under one key, a long one in parts that an agent's context can take. */
final class RetrieveTool {

    private static final String OFFSET = "offset";
    private static final String MAX_CHARS = "max_chars";

    private final UnifiedMemory memory;
    private final Limits limits;
    private final Fields fields;
    private final NearKeys nearKeys;

    RetrieveTool(UnifiedMemory memory, ToolOptions options) {
        this.memory = memory;
        limits = options.limits();
        fields = new Fields(options);
        nearKeys = new NearKeys(memory.knownHere());
    }

    Tool retrieve() {
        return Tool.named("retrieve")
                .titled("Retrieve a memory")
                .describedAs(
                        "Read the one memory under exactly this key; use search when you do not know the key. A very long"
                                + " text comes in parts.")
                .takes(fields.input()
                        .required("key", fields.name(""))
                        .optional(OFFSET, Schema.integer(0, "next_offset of the previous part"))
                        .optional(MAX_CHARS, Schema.integer(1, limits.maxReplyChars(), "")))
                .returns(Schema.object()
                        .required("found", Schema.bool(""))
                        .optional("entry", Schema.anyObject(""))
                        .optional("source", Schema.string(""))
                        .and(Fields.completeness()))
                .reads()
                .about(ToolScope.ONE_USER)
                .handledBy(this::retrieve)
                .build();
    }

    private ToolResult retrieve(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        String userId = fields.userId(arguments);
        List<String> keys = fields.keys(arguments, call);
        int offset = arguments.integer(OFFSET, 0, Integer.MAX_VALUE, 0);
        int most = arguments.integer(MAX_CHARS, 1, limits.maxReplyChars(), limits.maxReplyChars());
        boolean replica = call.isOfReplica();
        Retrieval retrieval = found(userId, keys);
        Map<String, Object> result = new LinkedHashMap<>();
        if (retrieval.lookup() instanceof Lookup.Found found && retrieval.source() != null) {
            result.put("found", true);
            if (replica) {
                result.put("entry", EntryJson.of(found.entry()));
            } else {
                putPart(result, found.entry(), offset, most);
            }
            result.put("source", retrieval.source());
        } else {
            result.put("found", false);
            List<String> near = replica ? List.of() : nearKeys.of(userId, keys.get(0));
            if (!near.isEmpty()) {
                result.put("near_keys", near);
            }
        }
        Fields.putCompleteness(result, retrieval.problems());
        return ToolResult.answering(call, result, () -> ReplicaCodec.lookup(retrieval.lookup(), false));
    }

    /** The memory under the first form of the key that has one. */
    private Retrieval found(String userId, List<String> keys) {
        Retrieval first = memory.retrieve(userId, keys.get(0));
        for (int i = 1; i < keys.size() && !(first.lookup() instanceof Lookup.Found); i++) {
            Retrieval next = memory.retrieve(userId, keys.get(i));
            boolean better =
                    next.lookup() instanceof Lookup.Found || first.problems().isEmpty();
            first = better ? next : first;
        }
        return first;
    }

    /** Puts as much of the memory as fits into one reply, and says what is missing. */
    private void putPart(Map<String, Object> result, MemoryEntry entry, int offset, int most) {
        Map<String, Object> json = EntryJson.of(entry);
        int room = Excerpt.room(limits.maxReplyChars());
        StringBuilder note = new StringBuilder();
        long metadataChars = EntryJson.boundMetadata(json, entry, room / 2);
        String value = entry.value();
        int from = Texts.boundary(value, offset);
        String part = Excerpt.of(value.substring(from), most, (int) (room - Math.min(metadataChars, room / 2)));
        int end = from + part.length();
        if (part.length() < value.length()) {
            json.put("value", part);
            json.put("truncated", true);
            json.put("value_chars", value.length());
            note.append("This is the text from character ")
                    .append(from)
                    .append(" up to ")
                    .append(end);
            note.append(" of ").append(value.length()).append('.');
        }
        if (metadataChars > room / 2) {
            note.append(note.isEmpty() ? "" : " ");
            note.append("The metadata is too long for a reply: only fields that fit are shown.");
        }
        result.put("entry", json);
        if (end < value.length()) {
            result.put("next_offset", end);
            note.append(" Call retrieve again with this next_offset as offset to read on.");
        }
        if (!note.isEmpty()) {
            result.put("note", note.toString());
        }
    }
}
