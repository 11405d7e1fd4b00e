package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Sha256;

/**
 * Tells a memory that stands in a file as it was exported from one that somebody has edited there: that one is a new write, not
 * the one of its version. Stateless.
 */
final class Checksum {

    private static final int CHARS = 12;

    private Checksum() {}

    static String of(MemoryEntry entry) {
        String expiry = entry.expiresAt() == null ? "" : entry.expiresAt().toString();
        return Sha256.hex(entry.value() + Json.writeSorted(entry.metadata()) + expiry)
                .substring(0, CHARS);
    }

    /** The memory with its version where its checksum is right; otherwise what somebody wrote under its key. */
    static Item item(String place, MemoryEntry entry, String checksum) {
        return of(entry).equals(checksum) ? new Item.Memory(place, entry) : edited(place, entry);
    }

    /** What somebody wrote under the key of a memory, nobody knows when. */
    static Item edited(String place, MemoryEntry entry) {
        return new Item.Foreign(
                place, entry.userId(), entry.key(), entry.value(), entry.metadata(), null, null, entry.expiresAt());
    }
}
