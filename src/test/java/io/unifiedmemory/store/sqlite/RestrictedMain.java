package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Runs where permission bits and limits bind, and prints what happens as "result" lines. Arguments: the scenario and a
 * folder.
 */
final class RestrictedMain {

    private final Path folder;
    private final Path file;
    private final SqliteStore backend;

    private RestrictedMain(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("memory.db");
        this.backend = new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)));
    }

    public static void main(String[] arguments) throws Exception {
        RestrictedMain main = new RestrictedMain(Path.of(arguments[1]));
        switch (arguments[0]) {
            case "file-read-only" -> main.fileReadOnly();
            case "file-turned-read-only" -> main.fileTurnedReadOnly();
            case "folder-read-only" -> main.folderReadOnly();
            case "file-unreadable" -> main.fileUnreadable();
            case "disk-full" -> main.diskFull();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        main.backend.close();
    }

    private void fileReadOnly() throws Exception {
        SqliteStore before = new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)));
        before.store(WriterMain.entry("user", 1));
        before.close();
        try (SqliteDatabase killed = new SqliteDatabase(SqliteOptions.of(file))) {
            // Without its search index, as a process that was killed leaves it.
            killed.write(tx -> new MemoryTable().store(tx, WriterMain.entry("user", 3)));
        }
        rights(file, "r--r--r--");
        report("retrieve", () -> backend.retrieve("user", "key-1"));
        report(
                "search",
                () -> backend.search(new SearchRequest("user", Query.of("memory"), 10))
                        .entries()
                        .size());
        store(2);
        report("retrieve", () -> backend.retrieve("user", "key-1"));
        rights(file, "rw-------");
        store(2);
    }

    private void fileTurnedReadOnly() throws Exception {
        store(1);
        rights(file, "r--r--r--");
        report("retrieve", () -> backend.retrieve("user", "key-1"));
        report("check", backend::check);
        rights(file, "rw-------");
        store(2);
        report("retrieve", () -> backend.retrieve("user", "key-1"));
    }

    private void folderReadOnly() throws Exception {
        rights(folder, "r-x------");
        store(1);
        rights(folder, "rwx------");
        store(1);
    }

    private void fileUnreadable() throws Exception {
        Files.createFile(file);
        rights(file, "---------");
        store(1);
        rights(file, "rw-------");
        store(1);
    }

    /**
     * Acknowledges until the process may not write more, then shows what still works, and that all does without the
     * limit. The indexer may empty the journal into the file at any time, and make room for a while: then it is filled
     * again.
     */
    private void diskFull() throws Exception {
        int acknowledged = 0;
        boolean up = true;
        for (int rounds = 0; up && rounds < 20; rounds++) {
            String failure = "";
            while (failure.isEmpty()) {
                try {
                    backend.store(large(acknowledged));
                    acknowledged++;
                } catch (BackendException e) {
                    failure = e.kind() + " " + e.describe();
                }
            }
            up = backend.check().up();
            if (!up) {
                System.out.println("result full: " + failure);
            }
        }
        int held = 0;
        for (int i = 0; i < acknowledged; i++) {
            held += backend.retrieve("user", "key-" + i) instanceof Lookup.Found ? 1 : 0;
        }
        System.out.println("result acknowledged: " + acknowledged);
        System.out.println("result held: " + held);
        System.out.println("result up: " + up);
        long self = ProcessHandle.current().pid();
        new ProcessBuilder("prlimit", "--pid", String.valueOf(self), "--fsize=unlimited")
                .inheritIO()
                .start()
                .waitFor();
        System.out.println("result up: " + backend.check().up());
        report("store", () -> backend.store(large(1_000_000)));
    }

    private static MemoryEntry large(int number) {
        MemoryEntry entry = WriterMain.entry("user", number);
        return new MemoryEntry(
                entry.userId(),
                entry.key(),
                entry.value().repeat(100),
                entry.metadata(),
                entry.createdAt(),
                entry.updatedAt(),
                entry.version());
    }

    private interface Call {
        Object run();
    }

    private void store(int number) {
        report("store", () -> backend.store(WriterMain.entry("user", number)));
    }

    private static void report(String what, Call call) {
        try {
            System.out.println("result " + what + ": " + call.run());
        } catch (BackendException e) {
            System.out.println("result " + what + ": " + e.kind() + " " + e.describe());
        }
    }

    private static void rights(Path path, String rights) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }
}
