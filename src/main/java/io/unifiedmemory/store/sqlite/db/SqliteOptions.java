package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.HistoryOptions;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the database file is opened.
 *
 * @param file the database file; it and its folder are created when they do not exist
 * @param busyTimeout how long a call waits for other calls and other processes that are writing, up to a day; then it
 *     fails as overloaded
 * @param synchronous what a committed write survives
 * @param history how much is kept of what memories held before
 */
public record SqliteOptions(Path file, Duration busyTimeout, Synchronous synchronous, HistoryOptions history) {

    /** What a committed write survives. */
    public enum Synchronous {
        /**
         * The end of the process at any moment. A power failure may undo the last writes, but never damages the file.
         */
        NORMAL,
        /** A power failure too; every write waits for the disk. */
        FULL
    }

    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    public SqliteOptions {
        if (busyTimeout.isNegative() || busyTimeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("the busy timeout is between 0 and 1 day, not " + busyTimeout);
        }
        file = file.toAbsolutePath().normalize();
    }

    /** A file that keeps nothing of what memories held before. */
    public SqliteOptions(Path file, Duration busyTimeout, Synchronous synchronous) {
        this(file, busyTimeout, synchronous, HistoryOptions.OFF);
    }

    /** The same with a history. */
    public SqliteOptions with(HistoryOptions kept) {
        return new SqliteOptions(file, busyTimeout, synchronous, kept);
    }

    /** The simplest ones for a file: no history, a busy timeout of 5 seconds, synchronous NORMAL. */
    public static SqliteOptions of(Path file) {
        return new SqliteOptions(file, Duration.ofSeconds(5), Synchronous.NORMAL);
    }
}
