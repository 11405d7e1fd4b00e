package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.Async;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command {@code backup}, beside a server that is written to. */
class BackupIT {

    private static final int BEFORE = 200;

    @TempDir
    private Path folder;

    @Test
    void aBackupMadeWhileWritesGoOnHoldsEverythingAcknowledgedBeforeAndRestores() throws Exception {
        Path database = folder.resolve("memory.db");
        Path copy = folder.resolve("copy.db");
        try (HttpProcess server = HttpProcess.start(database);
                HttpSession session = HttpSession.open(server.mcp(), null)) {
            AtomicInteger stored = new AtomicInteger();
            AtomicBoolean enough = new AtomicBoolean();
            CountDownLatch underWay = new CountDownLatch(BEFORE);
            CompletableFuture<Void> writer = Async.run(() -> {
                while (!enough.get()) {
                    int next = stored.get();
                    JsonNode reply =
                            session.tool("store", Map.of("user_id", "anna", "key", "k" + next, "value", "v" + next));
                    assertThat(reply.at("/result/isError").asBoolean(false))
                            .as(reply.toString())
                            .isFalse();
                    stored.incrementAndGet();
                    underWay.countDown();
                }
            });
            underWay.await();
            int before = stored.get();
            Launch.Finished backup = backup(database, copy);
            int after = stored.get();
            enough.set(true);
            writer.join();
            assertThat(backup.exitCode()).as(backup.stderr()).isZero();
            assertThat(after).as("writes went on meanwhile").isGreaterThan(before);

            Path restored = Files.copy(copy, folder.resolve("restored.db"));
            for (int key : new int[] {0, before / 2, before - 1}) {
                Launch.Finished read = Launch.jar(
                                "call",
                                "retrieve",
                                "{\"user_id\":\"anna\",\"key\":\"k" + key + "\"}",
                                "--db",
                                restored.toString())
                        .run();
                assertThat(read.stdout()).contains("\"v" + key + "\"");
            }
        }
        assertThat(folder.resolve("copy.db.partial")).doesNotExist();
        Launch.Finished again = backup(database, copy);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.stderr()).contains("is there already");
        Launch.Finished nothing = backup(folder.resolve("none.db"), folder.resolve("other.db"));
        assertThat(nothing.exitCode()).isEqualTo(1);
        assertThat(folder.resolve("none.db")).doesNotExist();
    }

    private static Launch.Finished backup(Path database, Path target) {
        return Launch.jar("backup", target.toString(), "--db", database.toString())
                .run();
    }
}
