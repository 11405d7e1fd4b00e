package io.unifiedmemory.harness.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Where the programs of PostgreSQL are: the folder that {@value #FOLDER} names in the environment, such as
 * {@code /usr/lib/postgresql/15/bin}, or else those of a test library, unpacked once into the folder for temporary files.
 */
final class PostgresBinaries {

    private static final String FOLDER = "POSTGRES_BIN";
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    private PostgresBinaries() {}

    /** The folder of {@code initdb} and {@code postgres}. */
    static Path folder() {
        String given = System.getenv(FOLDER);
        Path folder = given == null || given.isBlank() ? unpacked() : Path.of(given);
        for (String program : Set.of("initdb", "postgres")) {
            if (!Files.isExecutable(folder.resolve(program))) {
                throw new IllegalStateException("there is no program " + program + " in " + folder
                        + (given == null ? "; delete the folder above it" : ", which " + FOLDER + " names"));
            }
        }
        return folder;
    }

    /** The folder bears the length of the archive, which is another for another version. */
    private static Path unpacked() {
        try (InputStream archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null || !System.getProperty("os.arch").equals("amd64")) {
                throw new IllegalStateException("the tests bring PostgreSQL for Linux on x86-64 alone; elsewhere set "
                        + FOLDER + " to the folder of its programs");
            }
            Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            Path home = Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "unified-memory-postgres-" + archive.available() + "-of-" + uid);
            if (!Files.exists(home)) {
                unpack(archive, home);
            }
            if (!Files.getAttribute(home, "unix:uid").equals(uid)) {
                throw new IllegalStateException(home + " belongs to another user, who may have put anything there");
            }
            return home.resolve("bin");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another process may do the same at the same time: who is first has put it there whole. */
    private static void unpack(InputStream archive, Path home) throws IOException {
        Path part = Files.createTempDirectory(home.getParent(), home.getFileName() + "-part");
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, part.resolve(entry.getName()));
            }
        }
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            Folders.delete(part);
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private static void write(InputStream content, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, target);
        boolean program = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
