package io.unifiedmemory.unified.sync;

/**
 * The differences between one backend and the store of record. They have been repaired, unless the comparison was a dry
 * run.
 *
 * @param compared how many memories were compared
 * @param owedThere how many memories the backend lacked or had in an older version
 * @param deletedThere how many memories the backend still had that were deleted here
 * @param takenHere how many memories the store of record lacked or had in an older version, or still had although they
 *     were deleted there
 */
public record Drift(long compared, long owedThere, long deletedThere, long takenHere) {

    /** The drift before anything was compared. */
    static final Drift NONE = new Drift(0, 0, 0, 0);

    Drift plus(Drift other) {
        return new Drift(
                compared + other.compared,
                owedThere + other.owedThere,
                deletedThere + other.deletedThere,
                takenHere + other.takenHere);
    }

    /** The number of differences. */
    public long count() {
        return owedThere + deletedThere + takenHere;
    }

    /** Whether both sides were the same. */
    public boolean isNone() {
        return count() == 0;
    }
}
