package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a reader found at one place of a file. Immutable. */
public sealed interface Item {

    /** Where in the file, for a person: {@code line 12}, or the name of a file with what is in it. */
    String place();

    /** A memory that this program wrote, with its version and times, which stay as they are. */
    record Memory(String place, MemoryEntry entry) implements Item {}

    /** A delete that this program remembered. */
    record Delete(String place, String userId, String key, HlcTimestamp version) implements Item {}

    /** A delete of all memories of a user that this program remembered. */
    record DeleteAll(String place, String userId, HlcTimestamp version) implements Item {}

    /** What a key held before, as this program kept it. */
    record Past(String place, KeptRevision kept) implements Item {}

    /**
     * A memory of another program.
     *
     * @param userId whose it is; null where the file names no users
     * @param key what it is called there; what no key can be is made one
     * @param metadata whatever else the program keeps with it
     * @param createdAt when it was first written; null where the file does not say
     * @param updatedAt when it was last written; null likewise
     * @param expiresAt from when on nobody is shown it; null for never
     */
    record Foreign(
            String place,
            @Nullable String userId,
            String key,
            String value,
            Map<String, Object> metadata,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            @Nullable Instant expiresAt)
            implements Item {

        /** A memory that does not expire. */
        public Foreign(
                String place,
                @Nullable String userId,
                String key,
                String value,
                Map<String, Object> metadata,
                @Nullable Instant createdAt,
                @Nullable Instant updatedAt) {
            this(place, userId, key, value, metadata, createdAt, updatedAt, null);
        }
    }

    /** Something that cannot be read or stored, and is missing afterwards. */
    record Unreadable(String place, String reason) implements Item {}

    /** Something that is no memory, or was changed on its way. The same remark may be made of many places. */
    record Remark(String place, String what) implements Item {}
}
