package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Translates SQLite's result codes (sqlite.org/rescode.html): what each means to the caller, and what a person can do.
 */
public final class SqliteFailures {

    /** The codes that SQLite reports when it cannot open or map the index of the journal. */
    private static final Set<SQLiteErrorCode> NO_SHARED_MEMORY = Set.of(
            SQLiteErrorCode.SQLITE_IOERR_SHMOPEN,
            SQLiteErrorCode.SQLITE_IOERR_SHMMAP,
            SQLiteErrorCode.SQLITE_IOERR_SHMLOCK);

    /** The remedy for a damaged file. */
    public static final String RESCUE = "let the command rescue FILE read what can be read of it into a new file";

    private SqliteFailures() {}

    /** Whether the file is not a database. */
    static boolean isNoDatabase(SQLException e) {
        return primaryCode(e) == SQLiteErrorCode.SQLITE_NOTADB;
    }

    /** Whether SQLite itself could not be loaded. */
    static boolean isNoLibrary(SQLException e) {
        return e.getCause() instanceof NativeLibraryNotFoundException;
    }

    /** Whether permission to write was missing. */
    static boolean isReadOnly(SQLException e) {
        return primaryCode(e) == SQLiteErrorCode.SQLITE_READONLY;
    }

    /**
     * Whether the disk was full, which leaves the connection sound. The connection must stay open: a process that opens
     * the file again may lack the space for the index of the journal, and then nothing can be read.
     */
    static boolean isFull(SQLException e) {
        return primaryCode(e) == SQLiteErrorCode.SQLITE_FULL
                || e.getErrorCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE.code;
    }

    /** Whether other processes were using the file. */
    static boolean isBusy(SQLException e) {
        return switch (primaryCode(e)) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL -> true;
            default -> false;
        };
    }

    public static BackendException of(SQLException e, Path file) {
        if (Thread.currentThread().isInterrupted()) {
            return interrupted(e);
        }
        if (isNoLibrary(e)) {
            return new BackendException(
                    Kind.UNAVAILABLE,
                    "SQLite's native library cannot be loaded from the cache folder nor from the temporary folder "
                            + System.getProperty("java.io.tmpdir"),
                    "nothing can be run from a file system that is mounted with noexec: name a folder elsewhere with the"
                            + " environment variable UNIFIED_MEMORY_CACHE (or java -Djava.io.tmpdir=FOLDER)",
                    e);
        }
        // The exception carries the primary code, which says less than the extended one.
        if (e instanceof SQLiteException failure && NO_SHARED_MEMORY.contains(failure.getResultCode())) {
            return failure(
                    Kind.UNAVAILABLE,
                    "the file system of " + file + " cannot share memory between processes, as some network and virtual"
                            + " ones cannot",
                    "put the database on a local disk: --db FILE or the variable UNIFIED_MEMORY_DB",
                    e);
        }
        return switch (primaryCode(e)) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL ->
                failure(
                        Kind.OVERLOADED,
                        "another program kept " + file + " locked",
                        "try again; if it lasts, close other programs that use this file",
                        e);
            case SQLITE_FULL -> failure(Kind.UNAVAILABLE, "no space is left for " + file, "free space on that disk", e);
            case SQLITE_READONLY ->
                failure(
                        Kind.UNAVAILABLE,
                        file + " can only be read",
                        "give this account the right to write to the file and its folder",
                        e);
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                failure(
                        Kind.UNAVAILABLE,
                        file + " cannot be opened",
                        "give this account the right to read and write the file and its folder",
                        e);
            case SQLITE_IOERR ->
                failure(
                        Kind.UNAVAILABLE,
                        "reading or writing " + file + " failed",
                        "check the disk and its free space",
                        e);
            case SQLITE_NOMEM -> failure(Kind.OVERLOADED, "SQLite has no memory left", "try again later", e);
            case SQLITE_TOOBIG -> failure(Kind.REJECTED, "the text is too large for SQLite", "store less", e);
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT ->
                failure(Kind.BROKEN, file + " is damaged", "restore a backup, or " + RESCUE, e);
            default ->
                failure(Kind.BROKEN, "SQLite failed on " + file, "please report this with the words of the error", e);
        };
    }

    /** The failure of a call whose thread was interrupted; the interrupt status is set. */
    static BackendException interrupted(Throwable cause) {
        return new BackendException(Kind.TIMED_OUT, "the call was interrupted", "", cause);
    }

    private static BackendException failure(Kind kind, String what, String hint, SQLException cause) {
        return new BackendException(kind, what + ": " + cause.getMessage(), hint, cause);
    }

    private static SQLiteErrorCode primaryCode(SQLException e) {
        return SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xFF);
    }
}
