package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens that all servers on one store of record accept. The store keeps no secret, and does not know what a
 * token grants: that is in its text. Thread-safe. Every method throws {@link BackendException} when the store fails.
 */
public interface SharedTokens {

    /**
     * A token.
     *
     * @param id finds it
     * @param text the token without its secret; null for one that was revoked
     * @param usedMillis when it was last used, as far as that was noted, in milliseconds since the epoch; null when no
     *     use is known
     */
    record Row(String id, @Nullable String text, @Nullable Long usedMillis) {}

    /** All tokens, the oldest first; the one that was revoked last among them, so that it is known that there were some. */
    List<Row> rows();

    /**
     * Adds a token.
     *
     * @param name no two have the same, unless it is empty
     * @param text the token without its secret
     * @return false when there is one of this name
     */
    boolean add(String id, String name, String text, long createdMillis);

    /** Revokes a token; returns false when there is none, or it was revoked before. */
    boolean revoke(String id);

    /** Notes that a token was used. */
    void noteUse(String id, long millis);
}
