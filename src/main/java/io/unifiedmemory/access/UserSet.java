package io.unifiedmemory.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of user ids, or all ids. Immutable. Ids are compared character by character: no case folding, no normalization,
 * because an issuer of tokens may distinguish ids that differ only in that.
 *
 * @param all whether every id is in the set
 * @param ids the ids in the set; empty when all are
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

    /** A set of these users, at least one. */
    public static UserSet of(Set<String> ids) {
        return new UserSet(false, ids);
    }

    public boolean contains(String userId) {
        return all || ids.contains(userId);
    }

    /** The id if the set has exactly one; otherwise null. */
    public @Nullable String only() {
        return ids.size() == 1 ? ids.iterator().next() : null;
    }
}
