package io.unifiedmemory.e2e;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * {@code scripts/http-benchmark [CALLS]}: ping, retrieve and store by 1, 8 and 64 clients over Streamable HTTP, beside
 * as many calls in flight over standard input and output. Prints a table in Markdown.
 */
final class HttpBenchmark {

    private static final int MEMORIES = 1_000;
    private static final List<Integer> CLIENTS = List.of(1, 8, 64);
    private static final List<String> CALLS = List.of("ping", "retrieve", "store");
    private static final String USER = "bench";

    private final PrintStream out;
    private final int calls;

    private HttpBenchmark(PrintStream out, int calls) {
        this.out = out;
        this.calls = calls;
    }

    public static void main(String[] arguments) throws IOException {
        HttpBenchmark benchmark = new HttpBenchmark(
                StandardStreams.take().printer(), arguments.length == 0 ? 5_000 : Integer.parseInt(arguments[0]));
        benchmark.out.println("| | in flight | calls per s | p50 ms | p99 ms |");
        benchmark.out.println("| --- | --- | --- | --- | --- |");
        Path folder = Files.createTempDirectory("unified-memory-benchmark");
        benchmark.http(folder.resolve("http.db"));
        benchmark.stdio(folder.resolve("stdio.db"));
        System.exit(0);
    }

    private static Map<String, Object> params(String call, int number) {
        String key = "key-" + number % MEMORIES;
        return switch (call) {
            case "ping" -> Map.of();
            case "retrieve" -> Map.of("name", call, "arguments", Map.of("user_id", USER, "key", key));
            default ->
                Map.of("name", call, "arguments", Map.of("user_id", USER, "key", key, "value", "value " + number));
        };
    }

    private static String method(String call) {
        return call.equals("ping") ? call : "tools/call";
    }

    private static void require(JsonNode reply) {
        if (!reply.has("result") || reply.at("/result/isError").asBoolean(false)) {
            throw new AssertionError(reply.toString());
        }
    }

    private void http(Path database) {
        try (HttpProcess server = HttpProcess.bounded(database, "256m")) {
            for (String warmUp : List.of("store", "retrieve", "ping")) {
                overHttp(server, warmUp, 8);
            }
            for (String call : CALLS) {
                for (int clients : CLIENTS) {
                    print(call + ", HTTP", clients, overHttp(server, call, clients));
                }
            }
        }
    }

    private record Run(double perSecond, double median, double p99) {
        static Run of(long[] nanos, long total) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return new Run(
                    nanos.length / (total / 1e9),
                    sorted[sorted.length / 2] / 1e6,
                    sorted[sorted.length * 99 / 100] / 1e6);
        }
    }

    private Run overHttp(HttpProcess server, String call, int clients) {
        AtomicInteger next = new AtomicInteger();
        long[] nanos = new long[calls];
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        List<HttpSession> sessions = IntStream.range(0, clients)
                .mapToObj(i -> HttpSession.open(server.mcp(), null))
                .toList();
        long start = System.nanoTime();
        CompletableFuture.allOf(sessions.stream()
                        .map(session -> CompletableFuture.runAsync(
                                () -> {
                                    for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
                                        long begin = System.nanoTime();
                                        require(session.ask(method(call), params(call, i)));
                                        nanos[i] = System.nanoTime() - begin;
                                    }
                                },
                                threads))
                        .toArray(CompletableFuture[]::new))
                .join();
        Run run = Run.of(nanos, System.nanoTime() - start);
        sessions.forEach(HttpSession::close);
        threads.shutdown();
        return run;
    }

    private void stdio(Path database) {
        Launch launch =
                Launch.of(Path.of(BuiltJar.java()), "-Xmx256m", "-jar", BuiltJar.path(), "--db", database.toString());
        try (McpProcess process = launch.start()) {
            process.initialize();
            for (String warmUp : List.of("store", "retrieve", "ping")) {
                overStdio(process, warmUp, 8);
            }
            for (String call : CALLS) {
                for (int inFlight : CLIENTS) {
                    print(call + ", stdio", inFlight, overStdio(process, call, inFlight));
                }
            }
        }
    }

    private int lastId;

    private Run overStdio(McpProcess process, String call, int inFlight) {
        long[] nanos = new long[calls];
        Deque<Long> sent = new ArrayDeque<>();
        int firstId = lastId;
        long start = System.nanoTime();
        for (int done = 0; done < calls; done++) {
            while (sent.size() < inFlight && done + sent.size() < calls) {
                int number = done + sent.size();
                sent.add(System.nanoTime());
                process.sendRequest(firstId + number, method(call), params(call, number));
            }
            require(process.replyTo(firstId + done));
            nanos[done] = System.nanoTime() - sent.remove();
        }
        lastId = firstId + calls;
        return Run.of(nanos, System.nanoTime() - start);
    }

    private void print(String what, int inFlight, Run run) {
        out.printf("| %s | %d | %,.0f | %.3f | %.3f |%n", what, inFlight, run.perSecond(), run.median(), run.p99());
    }
}
