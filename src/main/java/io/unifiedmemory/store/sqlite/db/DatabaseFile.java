package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.OwnerOnly;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database file and the folder that holds it: creates the file for its owner only, refuses a file that belongs to
 * another program, and recognises the file again.
 *
 * <p>Never opens an existing file except through SQLite: closing a file drops every lock that the process holds on it
 * ("How To Corrupt An SQLite Database File", section 2.2). Thread-safe.
 */
final class DatabaseFile {

    /** A file beside the database; its key is null where there is none, or the platform has no keys. */
    record Companion(Path path, @Nullable Object key) {

        static Companion at(Path path) {
            return new Companion(path, DatabaseFile.key(path));
        }
    }

    /** The identity of the open files, by their keys in the file system; a key is null where the platform has none. */
    record Identity(@Nullable Object main, Companion wal, Companion shm) {

        /** The name by which a later process recognises the database file. */
        String name() {
            return DatabaseFile.name(main);
        }
    }

    /** Where the paths of the open files lead by now. */
    enum Place {
        /** All paths lead to the open files. */
        SAME,
        /** The path of the database leads to nothing, to another file or to an emptied one. */
        GONE,
        /**
         * The path of the journal or its index leads to nothing: only processes that have the file open still reach the
         * contents.
         */
        JOURNAL_GONE,
        /** The path of the journal or its index leads to another file, and nobody can tell who writes to it. */
        JOURNAL_REPLACED
    }

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

    private static final String CHOOSE_ANOTHER = "choose another database file; this one was not changed";

    private final Path path;

    DatabaseFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /**
     * Creates the folder and an empty file if need be, readable by their owner only; refuses a file of another program.
     */
    void prepare() {
        // One at a time, so that no call in this process locks the new file before its creator has closed it.
        synchronized (DatabaseFile.class) {
            if (!Files.exists(path)) {
                create();
            }
        }
        if (!Files.isRegularFile(path)) {
            throw unusable("is not a file", "choose the path of a file for the database", null);
        }
        requireOurs();
        matchRights(companion("-wal"));
        matchRights(companion("-shm"));
    }

    /**
     * SQLite creates its journal with the permissions of the file; when those are extended, the journal's have to
     * follow.
     */
    private void matchRights(Path companion) {
        if (Files.isWritable(path) && Files.exists(companion) && !Files.isWritable(companion)) {
            try {
                Files.setPosixFilePermissions(companion, Files.getPosixFilePermissions(path));
            } catch (IOException | UnsupportedOperationException e) {
                LOG.warn("{} cannot be written and its rights cannot be changed: {}", companion, e.toString());
            }
        }
    }

    private void create() {
        try {
            Path folder = Objects.requireNonNull(path.getParent(), "the path of a file has a folder");
            if (!Files.isDirectory(folder)) {
                OwnerOnly.createFolders(folder);
            }
            OwnerOnly.createFile(path);
            LOG.debug("created {}", path);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("another process created {}", path);
        } catch (AccessDeniedException e) {
            throw unusable("cannot be created: no right to write to " + e.getFile(), "give this account that right", e);
        } catch (IOException e) {
            throw unusable("cannot be created: " + e, "check the path and the disk", e);
        }
    }

    /**
     * Refuses a file of another program. An empty file counts as ours. Its first transaction writes our mark into its
     * header, straight into the file. Only the journal tells whether the pages behind the header are sound, so the real
     * connection has to find that out.
     */
    private void requireOurs() {
        if (size(path) == 0) {
            return;
        }
        try (Handle header = Handle.openUntouched(path)) {
            if (header.number("PRAGMA application_id") != Migrations.APPLICATION_ID) {
                throw new BackendException(Kind.BROKEN, path + " is the database of another program", CHOOSE_ANOTHER);
            }
            Migrations.requireKnown(header.number("PRAGMA user_version"), path);
        } catch (SQLException e) {
            if (SqliteFailures.isNoDatabase(e)) {
                throw new BackendException(
                        Kind.BROKEN,
                        path + " is not an SQLite database",
                        CHOOSE_ANOTHER + "; if its beginning was overwritten, " + SqliteFailures.RESCUE,
                        e);
            }
            throw SqliteFailures.of(e, path);
        }
    }

    /**
     * The file system's identity of the file at the path now; null when there is no file, or the platform has no
     * identities.
     */
    @Nullable
    Object key() {
        return key(path);
    }

    /**
     * The number by which a file system recognises a file, even after the machine was restarted. The number of the
     * device, which is part of the key too, may then be another one.
     */
    static String name(@Nullable Object key) {
        String text = String.valueOf(key);
        int number = text.indexOf("ino=");
        return number < 0 ? text : text.substring(number);
    }

    /** The identity of an open file with the journal that is beside it now. */
    Identity identity(@Nullable Object key) {
        return new Identity(key, Companion.at(companion("-wal")), Companion.at(companion("-shm")));
    }

    /** Checks where the paths of an open file lead now; SQLite itself would notice late or never. */
    Place place(Identity identity) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (now.size() == 0 || !Objects.equals(now.fileKey(), identity.main())) {
                return Place.GONE;
            }
        } catch (IOException e) {
            return Place.GONE;
        }
        Place wal = place(identity.wal());
        Place shm = place(identity.shm());
        return wal == Place.JOURNAL_REPLACED || shm == Place.SAME ? wal : shm;
    }

    /** An empty file in place of the journal holds nothing that another process wrote. */
    private static Place place(Companion open) {
        if (open.key() == null) {
            return Place.SAME;
        }
        try {
            BasicFileAttributes now = Files.readAttributes(open.path(), BasicFileAttributes.class);
            if (open.key().equals(now.fileKey())) {
                return Place.SAME;
            }
            return now.size() == 0 ? Place.JOURNAL_GONE : Place.JOURNAL_REPLACED;
        } catch (IOException e) {
            return Place.JOURNAL_GONE;
        }
    }

    /** Whether the journal or its index is missing, because nobody has the file open or somebody has deleted it. */
    boolean lacksJournal() {
        return size(path) > 0 && !(Files.exists(companion("-wal")) && Files.exists(companion("-shm")));
    }

    /** Removes the empty file that SQLite makes where a deleted journal was, so that the journal counts as missing. */
    void removeEmptyJournal(Identity identity) {
        Companion wal = identity.wal();
        try {
            if (Files.exists(wal.path()) && place(wal) == Place.JOURNAL_GONE) {
                Files.delete(wal.path());
            }
        } catch (IOException e) {
            LOG.warn("{} is not in use and cannot be deleted: {}", wal.path(), e.toString());
        }
    }

    /** Creates an empty file beside the database that nobody else uses, readable by its owner only. */
    Path createBeside(String suffix) throws IOException {
        Path beside = path.resolveSibling(path.getFileName() + suffix + System.currentTimeMillis());
        OwnerOnly.createFile(beside);
        return beside;
    }

    /**
     * Renames the journal that a deleted or replaced file left behind: SQLite would take it for the journal of the file
     * which is there now, and damage that.
     */
    void setAsideLeftOversOf(Identity gone) {
        setAside(companion("-wal"), gone.wal().key());
        setAside(companion("-shm"), gone.shm().key());
    }

    private static void setAside(Path leftOver, @Nullable Object key) {
        if (key == null || !key.equals(key(leftOver))) {
            return;
        }
        Path aside = leftOver.resolveSibling(leftOver.getFileName() + ".left-over-" + System.currentTimeMillis());
        try {
            Files.move(leftOver, aside);
            LOG.warn("{} belonged to a database file that is gone; it is now {}", leftOver, aside);
        } catch (IOException e) {
            if (!key.equals(key(leftOver))) {
                LOG.debug("{} was set aside by somebody else", leftOver);
                return;
            }
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    leftOver + " belongs to a database file that is gone and cannot be moved: " + e,
                    "stop the programs that use it and move it away",
                    e);
        }
    }

    /** The size on disk in bytes with the journal; 0 when there is no file. */
    long bytes() {
        return size(path) + size(companion("-wal"));
    }

    /** The bytes that this account may still write on the disk; null when nobody can tell. */
    @Nullable
    Long freeBytes() {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            return null;
        }
    }

    /** SQLite keeps its journal beside the file itself, not beside a link to it. */
    private Path companion(String suffix) {
        Path real = path;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            LOG.trace("{} does not exist", path);
        }
        return real.resolveSibling(real.getFileName() + suffix);
    }

    private static @Nullable Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private BackendException unusable(String what, String hint, @Nullable Throwable cause) {
        return new BackendException(Kind.UNAVAILABLE, "the database file " + path + " " + what, hint, cause);
    }
}
