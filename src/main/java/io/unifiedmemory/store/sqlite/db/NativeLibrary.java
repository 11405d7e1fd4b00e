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
 * SQLite's native library outside the jar. The driver would unpack it into the temporary folder at every start, and leave
 * it there when the process is killed; this keeps one copy for all starts.
 */
public final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    /** Where the driver looks first. */
    private static final String FOLDER = "org.sqlite.lib.path";

    /** Where the driver unpacks to, and which it searches for what was left behind. */
    private static final String TEMPORARY = "org.sqlite.tmpdir";

    private NativeLibrary() {}

    /**
     * Makes the driver use the copy in a folder below {@code cache}, which is made if need be. Where that cannot be
     * written, the library is loaded at once from a file that is gone again when this returns. Call before the first
     * database is opened.
     *
     * @param version of the driver: each has its own library
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
     * Deletes the copy that {@link #keepIn} keeps in {@code cache}. Whoever uses it goes on doing so; the next start makes
     * it anew.
     *
     * @throws IOException when it is there and cannot be deleted, as on Windows while it is used
     */
    public static void removeFrom(Path cache, String version) throws IOException {
        Path folder = folder(cache, version);
        Files.deleteIfExists(folder.resolve(LibraryLoaderUtil.getNativeLibName()));
        Files.deleteIfExists(folder);
    }

    /**
     * A copy that a full disk cut short, or that somebody wrote into, would take the process down. Reading it would take
     * longer than all the rest, so its time says what its size has to be; whatever changes it changes that time.
     */
    private static boolean isWhole(Path library) throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(library, BasicFileAttributes.class);
            return now.isRegularFile() && now.lastModifiedTime().toInstant().equals(timeOf(now.size()));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** In even seconds, which every file system keeps. */
    private static Instant timeOf(long size) {
        return Instant.ofEpochSecond(1_000_000_000 + 2 * size);
    }

    private static Path folder(Path cache, String version) {
        String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
        return cache.resolve(("sqlite-" + version + "-" + platform).replace(' ', '-'));
    }

    /** Loads the driver and its library, which the first database would wait for otherwise. May run beside anything. */
    public static void load() {
        try {
            SQLiteJDBCLoader.initialize();
            new SQLiteConfig().toProperties();
        } catch (Exception e) {
            LOG.debug("SQLite could not be loaded beforehand; opening the database says why", e);
        }
    }

    /**
     * Loads the library, if need be from the temporary folder, which is the driver's own way: the other may be on a file
     * system from which nothing may be run. To be called before the driver tries, which does so once only.
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

    /** Another process never loads half a library. */
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
                // Where a loaded library cannot be deleted (Windows), it stays until the system clears the folder.
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
