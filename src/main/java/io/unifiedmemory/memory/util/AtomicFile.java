package io.unifiedmemory.memory.util;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are replaced in one step: a reader sees the old content or the new one, even after a crash. The new
 * content is written beside the file, forced to the disk, and moved into place.
 */
public final class AtomicFile {

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the content.
         *
         * @param fresh an empty file that only its owner can read; its rights and times stay when it is moved into
         *     place
         */
        void writeTo(Path fresh) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Creates or replaces a file.
     *
     * @param file a file in a folder that exists; a symbolic link itself would be replaced
     */
    public static void write(Path file, Content content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(folder, file.getFileName() + ".", ".new", OwnerOnly.rightsOfFile(file));
        try {
            content.writeTo(fresh);
            moveIntoPlace(fresh, file);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Forces a file that another program has written to the disk, and moves it into place. */
    public static void moveIntoPlace(Path fresh, Path file) throws IOException {
        // Windows can force only a file that is open for writing, and a JVM makes its archives read-only.
        OpenOption access = Files.isWritable(fresh) ? StandardOpenOption.WRITE : StandardOpenOption.READ;
        try (FileChannel written = FileChannel.open(fresh, access)) {
            written.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
