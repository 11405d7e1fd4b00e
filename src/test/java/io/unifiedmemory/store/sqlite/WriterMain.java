package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A process that stores memories one after the other and prints "ack" and the number of each that was acknowledged.
 * Begins when it is given a line; each further line it answers, before it stores the next memory, by "seen" and the
 * number of that. Arguments: database file, user, how many.
 */
public final class WriterMain {

    private WriterMain() {}

    public static void main(String[] arguments) throws Exception {
        SqliteOptions options =
                new SqliteOptions(Path.of(arguments[0]), Duration.ofMinutes(1), SqliteOptions.Synchronous.NORMAL);
        SqliteStore backend = new SqliteStore(new SqliteDatabase(options));
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        lines.readLine();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            if (lines.ready()) {
                lines.readLine();
                System.out.println("seen " + i);
            }
            if (!(backend.store(entry(arguments[1], i)) instanceof Lookup.Found)) {
                throw new AssertionError("not stored: " + i);
            }
            System.out.println("ack " + i);
        }
        backend.close();
    }

    public static MemoryEntry entry(String user, int number) {
        Instant time = Instant.ofEpochMilli(1_767_225_600_000L + number);
        String value = "memory number " + number + " of " + user;
        return new MemoryEntry(
                user,
                "key-" + number,
                value,
                Map.of("n", number),
                time,
                time,
                HlcTimestamp.atMillis(time.toEpochMilli()));
    }
}
