package io.unifiedmemory.memory;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One memory of one user. Immutable; {@code metadata} is an unmodifiable copy that keeps its order (its nested values
 * are not copied and must not be changed).
 *
 * @param userId whose memory it is
 * @param key the name under which the user keeps it, unique for the user
 * @param value the remembered text, may be empty
 * @param metadata a JSON object, may be empty
 * @param createdAt when the key was first stored, to the millisecond; null where another program wrote the entry and
 *     did not say
 * @param updatedAt when the value was last stored, to the millisecond; null likewise
 * @param version orders this write among all writes of the key; {@link HlcTimestamp#NONE} where another program wrote
 *     it
 */
public record MemoryEntry(
        String userId,
        String key,
        String value,
        Map<String, Object> metadata,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        HlcTimestamp version) {

    public MemoryEntry {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** The same memory under another form of its key. */
    public MemoryEntry withKey(String newKey) {
        return new MemoryEntry(userId, newKey, value, metadata, createdAt, updatedAt, version);
    }

    /** The same memory as the write of another version, made at the same time. */
    public MemoryEntry withVersion(HlcTimestamp newVersion) {
        return new MemoryEntry(userId, key, value, metadata, createdAt, updatedAt, newVersion);
    }

    /** The same memory as a first store of its key, with that version and at that time. */
    public MemoryEntry writtenAt(Instant time, HlcTimestamp newVersion) {
        return new MemoryEntry(userId, key, value, metadata, time, time, newVersion);
    }

    /**
     * The same memory with the time at which its key was first stored, which is never later than the time of the value.
     */
    public MemoryEntry withCreatedAt(@Nullable Instant newCreatedAt) {
        boolean isLater = newCreatedAt != null && updatedAt != null && newCreatedAt.isAfter(updatedAt);
        return new MemoryEntry(userId, key, value, metadata, isLater ? updatedAt : newCreatedAt, updatedAt, version);
    }

    /**
     * Whether another program wrote the memory. Such a memory has no version, so a remembered delete says nothing about
     * it: it may have been written since.
     */
    public boolean isForeign() {
        return version.equals(HlcTimestamp.NONE);
    }

    /** Whether both remember the same text and metadata, whenever they were written. */
    public boolean hasContentOf(MemoryEntry other) {
        return value.equals(other.value) && metadata.equals(other.metadata);
    }
}
