package io.unifiedmemory.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A file system of a few megabytes that can be filled to the last byte and emptied again. Thread-safe. */
final class SmallDisk implements AutoCloseable {

    private static final String SIZE = "48m";
    private static final int[] CHUNKS = {1 << 16, 1 << 12, 1};

    private final Path folder;

    /** Mounts the disk on an empty folder, which only root may do. */
    SmallDisk(Path folder) {
        this.folder = folder;
        run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "unified-memory-chaos", folder.toString());
    }

    private static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("a disk that runs full needs a file system of its own, and "
                        + String.join(" ", command) + " failed: " + said.strip()
                        + "; run this as root, or by: unshare --user --map-root-user --mount");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Takes all that is free. The write-ahead log of the database is truncated first, as an idle spell does, because
     * the room that it has got already would do for a long time.
     */
    synchronized void fill(Path database) {
        truncateLog(database);
        for (int chunk : CHUNKS) {
            writeUntilFull(new byte[chunk]);
        }
    }

    private void writeUntilFull(byte[] chunk) {
        try (OutputStream out = Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (Files.exists(folder)) {
                out.write(chunk);
            }
        } catch (IOException e) {
            // Full, but for less than a chunk.
            return;
        }
    }

    private static void truncateLog(Path database) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            // Somebody writes just now: the log stays as long as it is.
            return;
        }
    }

    /** Gives back what {@link #fill} took. */
    synchronized void free() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isFull() {
        return Files.exists(filler());
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    @Override
    public void close() {
        run("umount", "--lazy", folder.toString());
    }
}
