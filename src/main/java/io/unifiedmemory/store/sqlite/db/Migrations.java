package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The schema, as the steps that lead to it. {@code PRAGMA user_version} counts the steps that a file has taken. A
 * released step is never changed, not even in a comment; a new step is added at the end.
 */
final class Migrations {

    /** "UMem": marks the header of a file as one of ours. */
    static final int APPLICATION_ID = 0x554D_656D;

    /** The folder of the resources. */
    private static final String FOLDER = "migrations/";

    /** The resources of the steps, in order. The text of each begins with a description. */
    private static final List<String> NAMES = List.of(
            "001-memories.sql",
            "002-outbox-by-memory.sql",
            "003-first-index-goes.sql",
            "004-time-of-deletes.sql",
            "005-search-index.sql",
            "006-pending-list.sql",
            "007-clock-and-erasure.sql",
            "008-origin.sql",
            "009-analysis.sql",
            "010-vectors.sql",
            "011-expiry.sql",
            "012-history.sql");

    /** How many steps lead to the newest schema. */
    static final int NEWEST = NAMES.size();

    /** The first schema that notes whether the file is the original. */
    private static final int WITH_ORIGIN = 8;

    /** The texts; null until a file needs them, which an up-to-date file does not. */
    private static @Nullable List<String> steps;

    private Migrations() {}

    /**
     * Migrates a file to the newest schema; when several processes do so at once, one of them does the work. All steps
     * are one transaction: a new file has no write-ahead log yet, so each transaction would wait for the disk three
     * times.
     *
     * @param name the name of the open file, by which the next process recognises it
     */
    static void apply(Handle handle, Path file, String name) throws SQLException {
        long version = userVersion(handle);
        if (version < NEWEST) {
            List<String> texts = steps();
            version = handle.write(tx -> takeSteps(tx, texts, name));
        }
        requireKnown(version, file);
    }

    private static long takeSteps(Handle tx, List<String> texts, String name) throws SQLException {
        long before = userVersion(tx);
        long taken = before;
        for (; taken < NEWEST; taken++) {
            tx.script(texts.get((int) taken) + "PRAGMA user_version = " + (taken + 1));
        }
        if (before < WITH_ORIGIN) {
            Origin.note(tx, name);
        }
        return taken;
    }

    /** Returns the text of each step. */
    static synchronized List<String> steps() {
        if (steps == null) {
            try {
                steps = read();
            } catch (IOException e) {
                throw new BackendException(
                        Kind.BROKEN,
                        "the steps to the newest schema cannot be read from the program's jar: " + e.getMessage(),
                        "install the program again; the database was not changed",
                        e);
            }
        }
        return steps;
    }

    private static List<String> read() throws IOException {
        JarFile jar = jar();
        List<String> texts = new ArrayList<>();
        for (String name : NAMES) {
            try (InputStream in = open(jar, FOLDER + name)) {
                texts.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return List.copyOf(texts);
    }

    /**
     * The jar that the program runs from, if it does: looking up nine resources one by one would cost the first write
     * of a new file some 2 ms. The class loader has the jar open, so it stays open.
     */
    private static @Nullable JarFile jar() throws IOException {
        URL first = Migrations.class.getResource(FOLDER + NAMES.get(0));
        return first != null && first.openConnection() instanceof JarURLConnection connection
                ? connection.getJarFile()
                : null;
    }

    private static InputStream open(@Nullable JarFile jar, String name) throws IOException {
        InputStream in;
        if (jar == null) {
            in = Migrations.class.getResourceAsStream(name);
        } else {
            ZipEntry entry = jar.getEntry(Migrations.class.getPackageName().replace('.', '/') + "/" + name);
            in = entry == null ? null : jar.getInputStream(entry);
        }
        if (in == null) {
            throw new FileNotFoundException(name + " is not there");
        }
        return in;
    }

    /** Refuses a file that a newer version of the program has migrated. */
    static void requireKnown(long userVersion, Path file) {
        if (userVersion > NEWEST) {
            throw new BackendException(
                    Kind.BROKEN,
                    "the database " + file + " was written by a newer version of this program (schema " + userVersion
                            + ", known are schemas up to " + NEWEST + ")",
                    "update this program, or choose another database file; the file was not changed");
        }
    }

    private static long userVersion(Handle handle) throws SQLException {
        return handle.number("PRAGMA user_version");
    }
}
