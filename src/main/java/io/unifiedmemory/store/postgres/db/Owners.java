package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.util.Sha256;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The names of users as they lead every key of every table: 16 bytes whatever the length of the name, because an entry
 * of an index has a limit, and evenly spread, so that the rows can be distributed by them. Stateless.
 */
public final class Owners {

    private Owners() {}

    /** The first half of the SHA-256 of the user's name. */
    public static UUID of(String userId) {
        ByteBuffer hash = ByteBuffer.wrap(Sha256.of(userId));
        return new UUID(hash.getLong(), hash.getLong());
    }
}
