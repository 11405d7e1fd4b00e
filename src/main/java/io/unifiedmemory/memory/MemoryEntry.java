package io.unifiedmemory.memory;

import io.unifiedmemory.memory.util.Texts;
import java.time.Clock;
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
 * @param expiresAt from when on the memory is hidden, to the millisecond, and deleted some time later; null when it
 *     does not expire. It belongs to the write, so a new write without it ends it
 * @param writtenBy who made the write, as the server that took it knows: a client and, over HTTP, a caller. At most
 *     {@value #MOST_WRITER_CHARS} characters; null when it is not known
 */
public record MemoryEntry(
        String userId,
        String key,
        String value,
        Map<String, Object> metadata,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        HlcTimestamp version,
        @Nullable Instant expiresAt,
        @Nullable String writtenBy) {

    private static final int MOST_WRITER_CHARS = 200;

    public MemoryEntry {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        writtenBy = writtenBy == null || writtenBy.isEmpty() ? null : Texts.shortened(writtenBy, MOST_WRITER_CHARS);
    }

    /** A memory that does not expire, of which nobody knows who wrote it. */
    public MemoryEntry(
            String userId,
            String key,
            String value,
            Map<String, Object> metadata,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            HlcTimestamp version) {
        this(userId, key, value, metadata, createdAt, updatedAt, version, null, null);
    }

    /** The same memory under another form of its key. */
    public MemoryEntry withKey(String newKey) {
        return new MemoryEntry(userId, newKey, value, metadata, createdAt, updatedAt, version, expiresAt, writtenBy);
    }

    /** The same memory with another text. */
    public MemoryEntry withValue(String newValue) {
        return new MemoryEntry(userId, key, newValue, metadata, createdAt, updatedAt, version, expiresAt, writtenBy);
    }

    /** The same memory with other metadata. */
    public MemoryEntry withMetadata(Map<String, Object> newMetadata) {
        return new MemoryEntry(userId, key, value, newMetadata, createdAt, updatedAt, version, expiresAt, writtenBy);
    }

    /** The same memory with its expiry and its writer. */
    public MemoryEntry with(@Nullable Instant newExpiresAt, @Nullable String newWrittenBy) {
        return new MemoryEntry(userId, key, value, metadata, createdAt, updatedAt, version, newExpiresAt, newWrittenBy);
    }

    /** The same memory as the write of another version, made at the same time. */
    public MemoryEntry withVersion(HlcTimestamp newVersion) {
        return new MemoryEntry(userId, key, value, metadata, createdAt, updatedAt, newVersion, expiresAt, writtenBy);
    }

    /** The same memory as a first store of its key, with that version and at that time. */
    public MemoryEntry writtenAt(Instant time, HlcTimestamp newVersion) {
        return new MemoryEntry(userId, key, value, metadata, time, time, newVersion, expiresAt, writtenBy);
    }

    /**
     * The same memory with the time at which its key was first stored, which is never later than the time of the value.
     */
    public MemoryEntry withCreatedAt(@Nullable Instant newCreatedAt) {
        boolean isLater = newCreatedAt != null && updatedAt != null && newCreatedAt.isAfter(updatedAt);
        return new MemoryEntry(
                userId,
                key,
                value,
                metadata,
                isLater ? updatedAt : newCreatedAt,
                updatedAt,
                version,
                expiresAt,
                writtenBy);
    }

    /**
     * Whether another program wrote the memory. Such a memory has no version, so a remembered delete says nothing about
     * it: it may have been written since.
     */
    public boolean isForeign() {
        return version.equals(HlcTimestamp.NONE);
    }

    /** Whether the memory has expired, so that no read may show it. */
    public boolean isExpired(Clock clock) {
        return expiresAt != null && expiresAt.toEpochMilli() <= clock.millis();
    }

    /** Whether both remember the same text and metadata, whenever they were written. */
    public boolean hasContentOf(MemoryEntry other) {
        return value.equals(other.value) && metadata.equals(other.metadata);
    }
}
