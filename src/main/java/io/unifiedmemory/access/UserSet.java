package io.unifiedmemory.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Some user ids, or all there are and will be. Immutable. Ids are compared character by character: no case folding, no
 * normalization, because an issuer of tokens may keep apart what differs in one.
 *
 * @param all whether every id is in it
 * @param ids the ids that are in it; empty when all are
 */
public record UserSet(boolean all, Set<String> ids) {

    /** Every user. */
    public static final UserSet ALL = new UserSet(true, Set.of());

    public UserSet {
        ids = Set.copyOf(ids);
        if (all == !ids.isEmpty()) {
            throw new IllegalArgumentException("either all users or at least one by its id");
        }
    }

    /** These users, at least one. */
    public static UserSet of(Set<String> ids) {
        return new UserSet(false, ids);
    }

    public boolean contains(String userId) {
        return all || ids.contains(userId);
    }

    /** The id if there is exactly one; otherwise null. */
    public @Nullable String only() {
        return ids.size() == 1 ? ids.iterator().next() : null;
    }
}
