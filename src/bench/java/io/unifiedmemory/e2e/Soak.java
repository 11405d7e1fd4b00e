package io.unifiedmemory.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Many clients at the real server over HTTP with a bounded heap: 80 retrieves, 10 searches and 10 stores of 100 calls,
 * on a set of memories that does not grow. Every answer is checked; the server's memory is looked at ten times.
 */
final class Soak {

    static final String HEAP = "128m";

    private static final int KEYS = 200;
    private static final int LOOKS = 10;
    private static final double MIB = 1024 * 1024;

    /** What the rest of the run may use beyond what was used after its first third. */
    private static final double GROWTH = 1.25;

    private static final double HEAP_SLACK = 8;
    private static final double RSS_SLACK = 24;

    private static final List<String> WORDS = List.of(
            "tea",
            "coffee",
            "green",
            "morning",
            "train",
            "Berlin",
            "deadline",
            "budget",
            "invoice",
            "garden",
            "piano",
            "allergy",
            "vegetarian",
            "meeting",
            "password",
            "holiday",
            "Kotlin",
            "Java",
            "SQLite",
            "release");

    /** The server's memory after a collection, in MiB; {@code resident} is 0 where the system does not tell. */
    record Memory(double heap, double resident) {}

    /** What came of it. */
    record Result(long retrieves, long searches, long stores, List<String> errors, List<Memory> memory) {

        /** Why this is a failure; empty when it is none. */
        List<String> failures() {
            List<String> failures = new ArrayList<>(errors);
            Memory early = memory.get(memory.size() / 3);
            Memory late = memory.get(memory.size() - 1);
            if (late.heap > early.heap * GROWTH + HEAP_SLACK) {
                failures.add("the heap grew from " + early.heap + " to " + late.heap + " MiB");
            }
            if (late.resident > early.resident * GROWTH + RSS_SLACK) {
                failures.add("the resident memory grew from " + early.resident + " to " + late.resident + " MiB");
            }
            if (retrieves == 0 || searches == 0 || stores == 0) {
                failures.add("not everything was called");
            }
            return failures;
        }
    }

    private final AtomicLong retrieves = new AtomicLong();
    private final AtomicLong searches = new AtomicLong();
    private final AtomicLong stores = new AtomicLong();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    /** Each call reads; whoever looks at the memory writes: what is called meanwhile would be taken for growth. */
    private final ReadWriteLock calls = new ReentrantReadWriteLock(true);

    private Soak() {}

    /** Runs it; {@code log} hears of each look at the memory. */
    static Result run(Path folder, Duration length, int clients, Consumer<String> log) throws InterruptedException {
        return new Soak().go(folder, length, clients, log);
    }

    private Result go(Path folder, Duration length, int clients, Consumer<String> log) throws InterruptedException {
        List<Memory> memory = new ArrayList<>();
        try (HttpProcess server = HttpProcess.bounded(folder.resolve("memory.db"), HEAP)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                Thread thread = new Thread(() -> client(server, number), "soak-" + i);
                thread.start();
                threads.add(thread);
            }
            for (int look = 0; look < LOOKS; look++) {
                if (over.await(length.toNanos() / LOOKS, TimeUnit.NANOSECONDS)) {
                    break;
                }
                calls.writeLock().lock();
                try {
                    memory.add(memory(server));
                } finally {
                    calls.writeLock().unlock();
                }
                log.accept("%d retrieves, %d searches, %d stores, %d errors; heap %.1f MiB, resident %.1f MiB"
                        .formatted(
                                retrieves.get(),
                                searches.get(),
                                stores.get(),
                                errors.size(),
                                memory.get(look).heap,
                                memory.get(look).resident));
            }
            over.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            if (server.stderr().contains("ERROR") || server.stderr().contains("OutOfMemory")) {
                errors.add(server.stderr());
            }
        }
        return new Result(retrieves.get(), searches.get(), stores.get(), List.copyOf(errors), memory);
    }

    private void client(HttpProcess server, int number) {
        Random random = new Random(number);
        String user = "user-" + number;
        try (HttpSession session = HttpSession.open(server.mcp(), null)) {
            while (over.getCount() > 0 && errors.isEmpty()) {
                calls.readLock().lock();
                try {
                    call(session, user, random);
                } finally {
                    calls.readLock().unlock();
                }
            }
        } catch (RuntimeException | AssertionError e) {
            errors.add(e.toString());
        }
    }

    private void call(HttpSession session, String user, Random random) {
        int dice = random.nextInt(10);
        String key = "key-" + random.nextInt(KEYS);
        if (dice == 0) {
            require(session.tool("store", Map.of("user_id", user, "key", key, "value", text(random))));
            stores.incrementAndGet();
        } else if (dice == 1) {
            String word = WORDS.get(random.nextInt(WORDS.size()));
            require(session.tool("search", Map.of("user_id", user, "query", word)));
            searches.incrementAndGet();
        } else {
            require(session.tool("retrieve", Map.of("user_id", user, "key", key)));
            retrieves.incrementAndGet();
        }
    }

    private static void require(JsonNode reply) {
        JsonNode result = reply.path("result");
        if (result.path("isError").asBoolean(false)
                || !result.path("structuredContent").path("complete").asBoolean(true)
                || !result.has("structuredContent")) {
            throw new AssertionError(reply.toString());
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 5 + random.nextInt(30); i > 0; i--) {
            text.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
        }
        return text.toString();
    }

    private static Memory memory(HttpProcess server) throws InterruptedException {
        try {
            Process collection = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(server.pid()),
                            "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (collection.waitFor() != 0) {
                throw new AssertionError("jcmd failed");
            }
            String metrics = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.base() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            String used = "unified_memory_heap_bytes{part=\"used\"} ";
            double heap = metrics.lines()
                    .filter(line -> line.startsWith(used))
                    .mapToDouble(line -> Double.parseDouble(line.substring(used.length())))
                    .findFirst()
                    .orElseThrow();
            return new Memory(heap / MIB, resident(server.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double resident(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                        .sum()
                : 0;
    }
}
