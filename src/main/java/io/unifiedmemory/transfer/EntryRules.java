package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a memory has to keep to, wherever it comes from. Immutable. */
record EntryRules(Limits limits) {

    /** Says why a memory cannot be stored, in words that follow its place; null when it can be. */
    @Nullable
    String fault(MemoryEntry entry) {
        String fault = fault("user_id", entry.userId());
        if (fault == null) {
            fault = fault("key", entry.key());
        }
        if (fault == null) {
            fault = tooLong("value", entry.value(), limits.maxValueBytes());
        }
        if (fault == null && !entry.metadata().isEmpty()) {
            fault = tooLong("metadata", Json.write(entry.metadata()), limits.maxMetadataBytes());
        }
        if (fault == null && entry.writtenBy() != null) {
            String unicode = Names.unicodeFault(entry.writtenBy());
            fault = unicode == null ? null : "written_by " + unicode;
        }
        return fault;
    }

    /** Says why a text cannot be a user id or a key; null when it can be. */
    @Nullable
    String fault(String field, String name) {
        String fault = Names.fault(name, limits.maxNameChars());
        return fault == null ? null : field + " " + fault;
    }

    private static @Nullable String tooLong(String field, String text, int maxBytes) {
        String fault = Names.unicodeFault(text);
        if (fault != null) {
            return field + " " + fault;
        }
        // No character takes more than 3 bytes per UTF-16 unit: most texts need no encoding to be measured.
        int bytes = text.length() > maxBytes / 3 ? text.getBytes(StandardCharsets.UTF_8).length : 0;
        return bytes > maxBytes ? field + " must have at most " + maxBytes + " bytes in UTF-8, not " + bytes : null;
    }
}
