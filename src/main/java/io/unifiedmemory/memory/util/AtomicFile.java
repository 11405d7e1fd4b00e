package io.unifiedmemory.memory.util;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are replaced in one step: whoever reads meanwhile sees the old content or the new one, and so does whoever
 * reads after a crash. The new content is written beside the file, forced to the disk, and moved into place.
 */
public final class AtomicFile {

    /** Writes what a file is to hold. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes it.
         *
         * @param fresh an empty file that only its owner can read; its rights and times stay when it is moved into place
         */
        void writeTo(Path fresh) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Makes a file or replaces it.
     *
     * @param file in a folder that exists; a symbolic link would be replaced itself
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

    /** The last step alone, for a file that another program has written: forces it to the disk and gives it its name. */
    public static void moveIntoPlace(Path fresh, Path file) throws IOException {
        // Windows forces only what is open for writing; a JVM makes its archives read-only.
        OpenOption access = Files.isWritable(fresh) ? StandardOpenOption.WRITE : StandardOpenOption.READ;
        try (FileChannel written = FileChannel.open(fresh, access)) {
            written.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
