package io.unifiedmemory.unified.migration;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.Tombstones.Tombstone;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Sha256;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * What a store holds of a user, in short: two stores with the same digest hold the same. Immutable.
 *
 * @param memories how many
 * @param deletes how many are remembered
 * @param hash of all of them, whatever their order
 */
record UserDigest(long memories, long deletes, String hash) {

    private static final int HASH_BYTES = 32;

    static UserDigest of(PrimaryStore store, String userId) {
        byte[] all = new byte[HASH_BYTES];
        long memories = 0;
        String afterKey = null;
        Page page;
        do {
            page = store.list(new ListRequest(userId, afterKey, StoreMigration.PAGE));
            for (MemoryEntry entry : page.entries()) {
                add(all, hash(entry));
                afterKey = entry.key();
            }
            memories += page.entries().size();
        } while (page.more());
        long deletes = 0;
        Tombstone last = null;
        List<Tombstone> tombstones;
        do {
            tombstones = store.tombstones().list(userId, last, StoreMigration.PAGE);
            for (Tombstone one : tombstones) {
                add(all, hash(one));
                last = one;
            }
            deletes += tombstones.size();
        } while (tombstones.size() == StoreMigration.PAGE);
        return new UserDigest(memories, deletes, HexFormat.of().formatHex(all));
    }

    private static void add(byte[] all, byte[] one) {
        for (int i = 0; i < HASH_BYTES; i++) {
            all[i] ^= one[i];
        }
    }

    /** Texts may contain whatever stands between them, so the hash is over hashes of them. */
    private static byte[] hash(MemoryEntry entry) {
        return Sha256.of(List.of(
                Sha256.of(entry.key()),
                Sha256.of(entry.value()),
                Sha256.of(Json.writeSorted(entry.metadata())),
                Sha256.of(Objects.toString(entry.createdAt()) + " " + entry.updatedAt() + " "
                        + entry.version().stamp() + " " + entry.expiresAt() + " " + entry.writtenBy())));
    }

    private static byte[] hash(Tombstone one) {
        String key = one.key();
        return Sha256.of(List.of(
                key == null ? new byte[0] : Sha256.of(key),
                Sha256.of(Long.toString(one.version().stamp()))));
    }
}
