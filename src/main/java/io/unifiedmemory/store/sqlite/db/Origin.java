package io.unifiedmemory.store.sqlite.db;

import java.sql.SQLException;

/**
 * In which file the database was made and when it was compared with each backend. A copy says what was true when it was
 * made: once it lies in another file, or is marked as a copy, others may know better.
 */
public final class Origin {

    /** Of no file: what a copy says. */
    public static final String NOWHERE = "";

    private Origin() {}

    /** Notes that everything up to now was written and compared in this file. */
    public static void note(Handle handle, String file) throws SQLException {
        handle.update("UPDATE clock SET file = ?1", file);
        handle.update("UPDATE comparison SET file = ?1", file);
    }

    /** Whether it is another file than the one that was compared with a backend, or was made when it never was. */
    public static boolean isAnother(Handle handle, String backend, String file) throws SQLException {
        String sql =
                "SELECT coalesce((SELECT file FROM comparison WHERE backend = ?1), (SELECT file FROM clock)) <> ?2";
        return handle.number(sql, backend, file) != 0;
    }
}
