package io.unifiedmemory.store.sqlite.db;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Notes in the file that text has left its tables and still has to be erased from the file itself, so that the erasure
 * happens even after a kill. Stateless.
 */
public final class ErasureNote {

    /**
     * Stored as a lease that nobody asks for. It is a counter, so that a note that is added during an erasure is not
     * lost.
     */
    static final String NOTE = "INSERT INTO lease (name, holder, until) VALUES ('erasure', '', 1)"
            + " ON CONFLICT DO UPDATE SET until = until + 1";

    private static final String NOTED = "SELECT until FROM lease WHERE name = 'erasure'";

    private static final String DONE = "DELETE FROM lease WHERE name = 'erasure' AND until = ?1";

    private ErasureNote() {}

    /** Adds a note. Call this in the transaction that removes text from the tables. */
    public static void note(Handle tx) throws SQLException {
        tx.update(NOTE);
    }

    /** The number of notes since the last erasure; 0 when there is nothing to erase. */
    public static long noted(Handle handle) throws SQLException {
        try (ResultSet row = handle.query(NOTED)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /**
     * Clears the notes after an erasure.
     *
     * @param noted what {@link #noted} returned before the erasure
     * @return whether nothing was noted meanwhile
     */
    public static boolean done(Handle tx, long noted) throws SQLException {
        return tx.update(DONE, noted) > 0;
    }
}
