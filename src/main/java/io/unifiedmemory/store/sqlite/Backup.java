package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.AtomicFile;
import io.unifiedmemory.memory.util.OwnerOnly;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.Origin;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteFailures;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.index.Erasure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the whole database as it was at one moment, in one file. The file gets its name only when it is complete,
 * checked and on the disk, so a file of this name is always a good one. Only its owner can read it.
 */
public final class Backup {

    private final Path source;
    private final Path target;
    private final Path partial;
    private final Path raw;

    private Backup(Path source, Path target) {
        this.source = source;
        this.target = target;
        partial = target.resolveSibling(target.getFileName() + ".partial");
        raw = target.resolveSibling(target.getFileName() + ".raw");
    }

    /**
     * Copies the whole database, as it is at one moment, into a new file, while other calls read and write.
     *
     * @throws BackendException when there is no database, the target exists or cannot be written, or the copy turns out
     *     to be damaged; then there is no target
     */
    public static void of(SqliteDatabase database, Path target) {
        new Backup(database.path(), target).make(database);
    }

    private void make(SqliteDatabase database) {
        if (!Files.exists(source)) {
            throw failure("there is no database " + source, "name the right one with --db", null);
        }
        if (Files.exists(target)) {
            throw failure(target + " is there already", "name another file", null);
        }
        try {
            create(partial);
            try {
                create(raw);
                database.read(handle -> {
                    handle.copyTo(raw);
                    return true;
                });
                clean();
                check();
                AtomicFile.moveIntoPlace(partial, target);
            } finally {
                Files.deleteIfExists(partial);
                Files.deleteIfExists(raw);
            }
        } catch (IOException e) {
            throw failure(target + " cannot be written: " + e, "check the folder, its rights and its free space", e);
        }
    }

    /** Creates the file before SQLite does, readable by its owner only. */
    private static void create(Path partial) throws IOException {
        try {
            OwnerOnly.createFile(partial);
        } catch (FileAlreadyExistsException e) {
            throw failure(
                    partial + " is there already", "another backup is writing it; delete it if that was broken off", e);
        }
    }

    /**
     * Removes the words of memories that were deleted a moment ago, and marks the file as a copy: it may be kept for
     * years.
     */
    private void clean() {
        try (Handle copy = Handle.open(SqliteOptions.of(raw), true, WaitListener.NONE)) {
            Erasure.eraseAtOnce(copy);
            Origin.note(copy, Origin.NOWHERE);
            copy.update("DELETE FROM lease"); // leases are rights to the original only
            copy.vacuumInto(partial);
        } catch (SQLException e) {
            throw SqliteFailures.of(e, source);
        }
    }

    private void check() {
        try (Handle copy = Handle.openUntouched(partial)) {
            String found = copy.text("PRAGMA quick_check(1)");
            if (!found.equals("ok")) {
                throw failure(source + " is damaged: " + found, SqliteFailures.RESCUE, null);
            }
        } catch (SQLException e) {
            throw SqliteFailures.of(e, partial);
        }
    }

    private static BackendException failure(String what, String hint, @Nullable Exception e) {
        return e == null
                ? new BackendException(Kind.REJECTED, what, hint)
                : new BackendException(Kind.REJECTED, what, hint, e);
    }
}
