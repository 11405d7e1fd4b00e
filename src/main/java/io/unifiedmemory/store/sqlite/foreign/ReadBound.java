package io.unifiedmemory.store.sqlite.foreign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.ProgressHandler;

/**
 * Ends the reading of a database that has no end: pages that are made by hand may lead to the same page again and again. A
 * sound file holds no more than it has bytes. For one thread.
 */
final class ReadBound extends ProgressHandler {

    /** Of SQLite's virtual machine, between two looks. */
    private static final int STEPS = 10_000;

    /** What opens the smallest database, hundreds of times. */
    private static final long FIRST_STEPS = 10_000_000;

    /** A row of a sound table takes fewer than 10 for each of its bytes, whatever its columns are. */
    private static final long STEPS_OF_A_BYTE = 30;

    private static final int STOP = 1;

    private final long bytes;
    private long taken;
    private long steps;

    private ReadBound(long bytes) {
        this.bytes = bytes;
    }

    /** A bound for what is in a file and in the log beside it. */
    static ReadBound of(Path file) throws IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return new ReadBound(Files.size(file) + (Files.exists(log) ? Files.size(log) : 0));
    }

    /** Bounds whatever a connection runs from now on. */
    void hold(Connection connection) throws SQLException {
        setHandler(connection, STEPS, this);
    }

    /** Counts what was read; says whether the file can hold that. */
    boolean isExceededWith(long size) {
        taken += size;
        return isExceeded();
    }

    boolean isExceeded() {
        return taken > bytes || steps > FIRST_STEPS + STEPS_OF_A_BYTE * bytes;
    }

    /** What there is to say then. */
    String exceeded() {
        return "it gives more than its " + bytes + " bytes can hold";
    }

    /** Also ends when whoever reads is interrupted. */
    @Override
    protected int progress() {
        steps += STEPS;
        return isExceeded() || Thread.currentThread().isInterrupted() ? STOP : 0;
    }
}
