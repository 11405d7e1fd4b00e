package io.unifiedmemory.memory.util;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files and folders that only their owner can read, from the moment they exist. Where the file system knows no such rights
 * (Windows) they have those of the folder that they are in.
 */
public final class OwnerOnly {

    private OwnerOnly() {}

    /**
     * Makes an empty file.
     *
     * @throws FileAlreadyExistsException when it exists
     */
    public static void createFile(Path file) throws IOException {
        Files.createFile(file, rightsOfFile(file));
    }

    /** Makes a folder and those above it, as far as they do not exist. */
    public static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, rights(folder, "rwx------"));
    }

    /** What to create a file with. */
    public static FileAttribute<?>[] rightsOfFile(Path file) {
        return rights(file, "rw-------");
    }

    /** Whether the file system keeps rights of owner, group and others. */
    public static boolean isPosix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] rights(Path path, String rights) {
        return isPosix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }
}
