package io.unifiedmemory.memory;

/**
 * A revision with what the store that kept it knew of its key, so that another store can tell whether the revision belongs to
 * what it holds. Immutable.
 *
 * @param current the version of the memory that the key held when the revision was read, or of the delete that was
 *     remembered; {@link HlcTimestamp#NONE} where there was neither
 */
public record KeptRevision(Revision revision, HlcTimestamp current) {

    /**
     * Whether the revision comes before what a store knows of its key. It does not where the store knows something newer than
     * was known where the revision was kept: a delete for good may be among that, after which nothing may come back.
     */
    public boolean comesBefore(Lookup known) {
        if (known instanceof Lookup.Found found) {
            return !found.entry().version().isNewerThan(current) && WriteOrder.isNewer(found.entry(), revision.entry());
        }
        if (known instanceof Lookup.Deleted deleted) {
            return !deleted.version().isNewerThan(current) && !WriteOrder.outlives(revision.entry(), deleted.version());
        }
        return true;
    }
}
