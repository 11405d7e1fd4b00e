package io.unifiedmemory.memory.util;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files and folders that only their owner can read, from the moment they exist. On a file system without POSIX
 * permissions (Windows) they inherit those of their folder.
 */
public final class OwnerOnly {

    private OwnerOnly() {}

    /**
     * Creates an empty file.
     *
     * @throws FileAlreadyExistsException when the file exists
     */
    public static void createFile(Path file) throws IOException {
        Files.createFile(file, rightsOfFile(file));
    }

    /** Creates a folder and its missing parents. */
    public static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, rights(folder, "rwx------"));
    }

    /** The attributes to create a file with. */
    public static FileAttribute<?>[] rightsOfFile(Path file) {
        return rights(file, "rw-------");
    }

    /** Whether the file system keeps permissions of owner, group and others. */
    public static boolean isPosix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] rights(Path path, String rights) {
        return isPosix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }
}
