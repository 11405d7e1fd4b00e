package io.unifiedmemory.store.sqlite.db;

import java.sql.SQLException;

/**
 * Notes in the database which file it belongs to and when it was compared with each backend. A copy repeats what was
 * true when it was made: once the copy is in another file, or is marked as a copy, backends may hold newer data.
 */
public final class Origin {

    /** The name of no file: a copy carries it. */
    public static final String NOWHERE = "";

    private Origin() {}

    /** Notes that everything up to now was written and compared in this file. */
    public static void note(Handle handle, String file) throws SQLException {
        handle.update("UPDATE clock SET file = ?1", file);
        handle.update("UPDATE comparison SET file = ?1", file);
    }

    /**
     * Whether the database is now in another file than when it was compared with a backend, or created if it never was.
     */
    public static boolean isAnother(Handle handle, String backend, String file) throws SQLException {
        String sql =
                "SELECT coalesce((SELECT file FROM comparison WHERE backend = ?1), (SELECT file FROM clock)) <> ?2";
        return handle.number(sql, backend, file) != 0;
    }
}
