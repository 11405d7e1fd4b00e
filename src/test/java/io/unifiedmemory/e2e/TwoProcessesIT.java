package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Several clients start a server each on the same file; nothing that one of them acknowledged is lost. */
class TwoProcessesIT {

    private static final int WRITES = 1000;

    @TempDir
    private Path folder;

    @Test
    void twoProcessesWriteAThousandMemoriesEachAndNoneIsLost() {
        Home home = new Home(folder);
        Map<String, String> expected = new HashMap<>();
        try (McpProcess first = home.local().start();
                McpProcess second = home.local().start()) {
            first.initialize();
            second.initialize();
            for (int i = 0; i < WRITES; i++) {
                send(first, "first", i);
                send(second, "second", i);
                expected.put("first-" + i, "value of first-" + i);
                expected.put("second-" + i, "value of second-" + i);
            }
            for (int i = 0; i < WRITES; i++) {
                assertStored(first.replyTo("first-" + i));
                assertStored(second.replyTo("second-" + i));
            }
            assertThat(everything(first)).isEqualTo(expected);
            assertThat(everything(second)).isEqualTo(expected);
        }
    }

    @Test
    void aProcessThatIsKilledWhileBothWriteLosesNothingItAcknowledged() throws InterruptedException {
        Home home = new Home(folder);
        Map<String, String> acknowledged = new HashMap<>();
        try (McpProcess survivor = home.local().start()) {
            survivor.initialize();
            try (McpProcess doomed = home.local().start()) {
                doomed.initialize();
                Thread writer = new Thread(() -> writeUntilGone(doomed), "writer");
                writer.start();
                IntStream.range(0, WRITES).forEach(i -> send(survivor, "survivor", i));
                for (int i = 0; i < WRITES / 2; i++) {
                    assertStored(doomed.next());
                }
                doomed.kill();
                writer.join();
                acknowledged.putAll(acknowledgedBy(doomed, "doomed"));
            }
            for (int i = 0; i < WRITES; i++) {
                assertStored(survivor.replyTo("survivor-" + i));
            }
            acknowledged.putAll(acknowledgedBy(survivor, "survivor"));
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(WRITES + WRITES / 2);
            assertThat(everything(survivor)).containsAllEntriesOf(acknowledged);
        }
    }

    /** Keeps the pipe full, so that the kill hits a process in the middle of its writes. */
    private static void writeUntilGone(McpProcess doomed) {
        int sent = 0;
        while (doomed.handle().isAlive()) {
            try {
                send(doomed, "doomed", sent++);
            } catch (AssertionError e) {
                // The pipe broke: the process was killed, as intended.
                return;
            }
        }
    }

    private static Map<String, String> acknowledgedBy(McpProcess server, String writer) {
        Map<String, String> acknowledged = new HashMap<>();
        for (String line : server.lines()) {
            Matcher reply = Pattern.compile("\"id\":\"(" + writer + "-\\d+)\"").matcher(line);
            if (reply.find() && line.contains("\"stored\":true")) {
                acknowledged.put(reply.group(1), "value of " + reply.group(1));
            }
        }
        return acknowledged;
    }

    private static void send(McpProcess server, String writer, int i) {
        String key = writer + "-" + i;
        server.sendCall(key, "store", Map.of("user_id", "anna", "key", key, "value", "value of " + key));
    }

    private static void assertStored(JsonNode reply) {
        assertThat(reply.at("/result/structuredContent/stored").asBoolean())
                .as(reply.toString())
                .isTrue();
    }

    /** Every memory of the user, page by page. */
    private static Map<String, String> everything(McpProcess server) {
        Map<String, String> memories = new LinkedHashMap<>();
        Map<String, Object> request = new HashMap<>(Map.of("user_id", "anna", "limit", 1000));
        JsonNode page;
        do {
            page = server.ask("get_all", request);
            page.path("memories")
                    .properties()
                    .forEach(entry ->
                            memories.put(entry.getKey(), entry.getValue().asString()));
            request.put("cursor", page.path("next_cursor").asString(""));
        } while (!page.path("next_cursor").isMissingNode()
                && !page.path("next_cursor").isNull());
        assertThat(page.path("total").asInt()).isEqualTo(memories.size());
        return memories;
    }
}
