package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on one file. */
class SeveralProcessesTest {

    private static final int ENTRIES = 1000;

    @TempDir
    Path folder;

    @Test
    void processesThatWriteIntoOneNewFileAtOnceLoseNothing() throws Exception {
        Path file = folder.resolve("memory.db");
        try (ChildJvm one = writer(file, "one", ENTRIES);
                ChildJvm two = writer(file, "two", ENTRIES);
                SqliteStore own = backend(file)) {
            one.writeLine("go");
            two.writeLine("go");
            for (int i = 0; i < ENTRIES; i++) {
                own.store(WriterMain.entry("own", i));
            }
            assertThat(acknowledged(one)).isEqualTo(ENTRIES);
            assertThat(acknowledged(two)).isEqualTo(ENTRIES);

            for (String user : List.of("one", "two", "own")) {
                assertThat(own.list(new ListRequest(user, null, 1)).total()).isEqualTo(ENTRIES);
                assertHolds(own, user, ENTRIES);
            }
        }
    }

    @Test
    void manyProcessesMayCreateTheFileAtTheSameMoment() throws Exception {
        for (int round = 0; round < 3; round++) {
            Path file = folder.resolve("new-" + round).resolve("memory.db");
            List<ChildJvm> children =
                    List.of(writer(file, "a", 1), writer(file, "b", 1), writer(file, "c", 1), writer(file, "d", 1));
            try {
                for (ChildJvm child : children) {
                    child.writeLine("go");
                }
                for (ChildJvm child : children) {
                    assertThat(acknowledged(child)).isEqualTo(1);
                }
            } finally {
                children.forEach(ChildJvm::close);
            }
            try (SqliteStore own = backend(file)) {
                for (String user : List.of("a", "b", "c", "d")) {
                    assertHolds(own, user, 1);
                }
            }
        }
    }

    @Test
    void whatWasAcknowledgedBeforeAKillIsThere() throws Exception {
        Path file = folder.resolve("memory.db");
        int number = 0;
        for (int atLeast : new int[] {1, 40, 333}) {
            String user = "killed-" + number++;
            try (ChildJvm child = writer(file, user, Integer.MAX_VALUE)) {
                child.writeLine("go");
                for (int i = 0; i < atLeast; i++) {
                    child.await("ack ");
                }
                child.kill();
                int acknowledged = atLeast + wholeLines(child.awaitEnd());
                assertThat(child.exitCode()).isNotZero();

                try (SqliteStore own = backend(file)) {
                    assertHolds(own, user, acknowledged);
                    assertThat(own.search(new SearchRequest(user, Query.of("number 0 of"), 1))
                                    .entries())
                            .containsExactly(WriterMain.entry(user, 0));
                }
            }
        }
    }

    /** Acknowledgements after the last one that was waited for; the very last line may be half a one. */
    private static int wholeLines(List<String> lines) {
        int count = (int) lines.stream().filter(line -> line.startsWith("ack ")).count();
        return Math.max(0, count - 1);
    }

    private static int acknowledged(ChildJvm child) throws Exception {
        List<String> lines = child.awaitEnd();
        assertThat(child.exitCode()).as(() -> String.join("\n", lines)).isZero();
        return (int) lines.stream().filter(line -> line.startsWith("ack ")).count();
    }

    private static ChildJvm writer(Path file, String user, int count) throws Exception {
        ChildJvm child = ChildJvm.start(List.of(), WriterMain.class, file.toString(), user, String.valueOf(count));
        child.await("ready");
        return child;
    }

    private static void assertHolds(SqliteStore backend, String user, int count) {
        for (int i = 0; i < count; i++) {
            MemoryEntry entry = WriterMain.entry(user, i);
            assertThat(backend.retrieve(user, entry.key())).isEqualTo(new Lookup.Found(entry));
        }
    }

    private static SqliteStore backend(Path file) {
        return new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)));
    }
}
