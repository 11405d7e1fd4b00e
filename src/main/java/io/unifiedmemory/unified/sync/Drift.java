package io.unifiedmemory.unified.sync;

/**
 * How far one backend and the local database had drifted apart. What was found is mended, unless it was only looked at.
 *
 * @param compared how many memories were held against each other
 * @param owedThere how many the backend lacked or had in an older version
 * @param deletedThere how many it still had that were deleted here
 * @param takenHere how many the local database lacked or had in an older version, or still had though deleted there
 */
public record Drift(long compared, long owedThere, long deletedThere, long takenHere) {

    /** Nothing was compared. */
    static final Drift NONE = new Drift(0, 0, 0, 0);

    Drift plus(Drift other) {
        return new Drift(
                compared + other.compared,
                owedThere + other.owedThere,
                deletedThere + other.deletedThere,
                takenHere + other.takenHere);
    }

    /** How many differed. */
    public long count() {
        return owedThere + deletedThere + takenHere;
    }

    /** Whether both sides were the same. */
    public boolean isNone() {
        return count() == 0;
    }
}
