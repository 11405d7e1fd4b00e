package io.unifiedmemory.store.sqlite.db;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Notes in the file that text has left its tables and has to be erased from the file itself, so that it is done after a
 * kill as well. Stateless.
 */
public final class ErasureNote {

    /** Among the leases, as one that nobody asks for; counts, so that what is noted meanwhile is not taken for done. */
    static final String NOTE = "INSERT INTO lease (name, holder, until) VALUES ('erasure', '', 1)"
            + " ON CONFLICT DO UPDATE SET until = until + 1";

    private static final String NOTED = "SELECT until FROM lease WHERE name = 'erasure'";

    private static final String DONE = "DELETE FROM lease WHERE name = 'erasure' AND until = ?1";

    private ErasureNote() {}

    /** To be called in the transaction that takes text out of the tables. */
    public static void note(Handle tx) throws SQLException {
        tx.update(NOTE);
    }

    /** How often something was noted since it was last done; 0 when there is nothing to do. */
    public static long noted(Handle handle) throws SQLException {
        try (ResultSet row = handle.query(NOTED)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /**
     * Notes that everything was erased.
     *
     * @param noted what {@link #noted} said before
     * @return whether nothing was noted meanwhile
     */
    public static boolean done(Handle tx, long noted) throws SQLException {
        return tx.update(DONE, noted) > 0;
    }
}
