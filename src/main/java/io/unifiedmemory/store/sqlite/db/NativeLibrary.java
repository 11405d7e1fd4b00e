package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.util.AtomicFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Keeps SQLite's native library outside the jar. The driver would unpack it into the temporary folder at every start,
 * and leave it there when the process is killed; this class keeps one copy for all starts.
 */
public final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    /** Where the driver looks first. */
    private static final String FOLDER = "org.sqlite.lib.path";

    /** The folder that the driver unpacks to, and searches for files that killed processes left behind. */
    private static final String TEMPORARY = "org.sqlite.tmpdir";

    private NativeLibrary() {}

    /**
     * Makes the driver use the copy in a folder below {@code cache}, which is created if need be. If the folder cannot
     * be written, the library is loaded at once from a file that is deleted again when this returns. Call before the
     * first database is opened.
     *
     * @param version the version of the driver: each has its own library
     */
    public static void keepIn(Path cache, String version) {
        if (System.getProperty(FOLDER) != null) {
            return;
        }
        Path folder = folder(cache, version);
        Path library = folder.resolve(LibraryLoaderUtil.getNativeLibName());
        try {
            if (!isWhole(library)) {
                Files.createDirectories(folder);
                unpack(library);
            }
            use(folder);
        } catch (IOException e) {
            LOG.debug("{} cannot be made ({}), SQLite is unpacked at every start", library, e.toString());
            loadFromTemporaryFile();
        }
    }

    /**
     * Deletes the copy that {@link #keepIn} keeps in {@code cache}. Running processes continue to use it; the next
     * start creates it again.
     *
     * @throws IOException when the copy exists and cannot be deleted, as on Windows while it is used
     */
    public static void removeFrom(Path cache, String version) throws IOException {
        Path folder = folder(cache, version);
        Files.deleteIfExists(folder.resolve(LibraryLoaderUtil.getNativeLibName()));
        Files.deleteIfExists(folder);
    }

    /**
     * Whether a copy is complete. A copy that a full disk cut short, or that somebody wrote into, would crash the
     * process. Reading it would take longer than the rest of the start, so its modification time encodes its size; any
     * change to the copy changes that time.
     */
    private static boolean isWhole(Path library) throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(library, BasicFileAttributes.class);
            return now.isRegularFile() && now.lastModifiedTime().toInstant().equals(timeOf(now.size()));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** A size as a time in even seconds, which every file system keeps. */
    private static Instant timeOf(long size) {
        return Instant.ofEpochSecond(1_000_000_000 + 2 * size);
    }

    private static Path folder(Path cache, String version) {
        String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
        return cache.resolve(("sqlite-" + version + "-" + platform).replace(' ', '-'));
    }

    /** Loads the driver and its library, which the first database would wait for otherwise. May run on any thread. */
    public static void load() {
        try {
            SQLiteJDBCLoader.initialize();
            new SQLiteConfig().toProperties();
        } catch (Exception e) {
            LOG.debug("SQLite could not be loaded beforehand; opening the database says why", e);
        }
    }

    /**
     * Loads the library, if need be from the temporary folder, which is the driver's own way: the cache may be on a
     * file system that permits no execution. Call this before the driver tries, which it does only once.
     */
    static void require() throws SQLException {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            LOG.debug("SQLite cannot be loaded from {}", System.getProperty(FOLDER), e);
            System.clearProperty(FOLDER);
            System.clearProperty(TEMPORARY);
            loadFromTheDriversFolder();
        }
    }

    private static void loadFromTheDriversFolder() throws SQLException {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new SQLException("SQLite cannot be loaded", e);
        }
    }

    private static void use(Path folder) {
        System.setProperty(FOLDER, folder.toString());
        System.setProperty(TEMPORARY, folder.toString());
    }

    /** Unpacks the library so that another process never loads a partial one. */
    private static void unpack(Path library) throws IOException {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + library.getFileName();
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException("there is no SQLite for this platform in the jar: " + resource);
            }
            AtomicFile.write(library, fresh -> {
                try (OutputStream out = Files.newOutputStream(fresh)) {
                    in.transferTo(out);
                }
                Files.setLastModifiedTime(fresh, FileTime.from(timeOf(Files.size(fresh))));
            });
        }
    }

    private static void loadFromTemporaryFile() {
        try {
            Path folder = Files.createTempDirectory("unified-memory");
            Path library = folder.resolve(LibraryLoaderUtil.getNativeLibName());
            try {
                unpack(library);
                use(folder);
                load();
            } finally {
                // On Windows a loaded library cannot be deleted: it stays until the system clears the folder.
                Files.deleteIfExists(library);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            LOG.debug("SQLite's library cannot be unpacked; opening the database says why", e);
            System.clearProperty(FOLDER);
            System.clearProperty(TEMPORARY);
        }
    }
}
