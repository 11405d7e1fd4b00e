package io.unifiedmemory.memory;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Sha256;
import java.time.Instant;
import java.util.Arrays;

/**
 * Decides which of two writes of one key counts. The order is total and depends on the writes alone, so every node
 * comes to the same result in whatever order the writes arrive:
 *
 * <ol>
 *   <li>the newer version;
 *   <li>of one version the delete, not the store;
 *   <li>of two stores of one version the one with the later time of update, to the millisecond; a missing time is the
 *       earliest;
 *   <li>otherwise the one with the larger SHA-256 of value and metadata, as unsigned bytes.
 * </ol>
 *
 * <p>Two stores that are equal by this order have the same content. The time of creation plays no part: it
 * belongs to the key, not to the write. Expiry and writer play none either: a server of an earlier release keeps copies
 * without them, which must not count as another write for ever, see {@link #outdoes}.
 */
public final class WriteOrder {

    private WriteOrder() {}

    /** Compares two stores of one key. */
    public static int compare(MemoryEntry left, MemoryEntry right) {
        int byVersion = left.version().compareTo(right.version());
        if (byVersion != 0) {
            return byVersion;
        }
        int byTime = Long.compare(millis(left), millis(right));
        if (byTime != 0 || left.hasContentOf(right)) {
            return byTime;
        }
        return Arrays.compareUnsigned(contentHash(left), contentHash(right));
    }

    /** Whether a store replaces the memory that is held. */
    public static boolean isNewer(MemoryEntry candidate, MemoryEntry held) {
        return compare(candidate, held) > 0;
    }

    /**
     * Whether a copy of the very write that is held tells when the memory expires, and the one that is held does not,
     * because it was kept by a server of a release that knew no expiry.
     */
    private static boolean completes(MemoryEntry candidate, MemoryEntry held) {
        return candidate.expiresAt() != null && held.expiresAt() == null && compare(candidate, held) == 0;
    }

    /** Whether of two copies this one counts against the one that is held: it is the newer write, or tells more of it. */
    public static boolean outdoes(MemoryEntry candidate, MemoryEntry held) {
        return isNewer(candidate, held) || completes(candidate, held);
    }

    /** Of two copies the one that counts; the first where neither outdoes the other. */
    public static MemoryEntry newest(MemoryEntry first, MemoryEntry second) {
        return outdoes(second, first) ? second : first;
    }

    /** Whether a store counts against a delete of this version. */
    public static boolean outlives(MemoryEntry entry, HlcTimestamp deleted) {
        return deleted.equals(HlcTimestamp.NONE) || entry.version().isNewerThan(deleted);
    }

    /** Merges what two places know of a key. The merge is commutative, associative and idempotent. */
    public static Lookup newest(Lookup left, Lookup right) {
        if (left instanceof Lookup.Found a) {
            if (right instanceof Lookup.Found b) {
                return outdoes(b.entry(), a.entry()) ? b : a;
            }
            return right instanceof Lookup.Deleted b && !outlives(a.entry(), b.version()) ? b : a;
        }
        if (left instanceof Lookup.Deleted a) {
            if (right instanceof Lookup.Deleted b) {
                return b.version().isNewerThan(a.version()) ? b : a;
            }
            return right instanceof Lookup.Found b && outlives(b.entry(), a.version()) ? b : a;
        }
        return right;
    }

    private static long millis(MemoryEntry entry) {
        Instant time = entry.updatedAt();
        return time == null ? Long.MIN_VALUE : time.toEpochMilli();
    }

    private static byte[] contentHash(MemoryEntry entry) {
        return Sha256.of(Json.writeSorted(entry.metadata()), entry.value());
    }
}
