package io.unifiedmemory.launch;

import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server that serves a made-up client on a database of its own, so that the JVM sees which classes and methods a real
 * session needs. It runs in a process of its own, as the launcher would start it.
 */
final class TrainingRun {

    /** What the launcher starts; the package above this one is not for this one to know. */
    private static final String MAIN = "io.unifiedmemory.Main";

    private static final int ROUNDS = 300;
    private static final int PATIENCE_MINUTES = 5;

    /** What memories are made of: common and rare words in several forms, names, numbers, dates, other scripts. */
    private static final String[] WORDS = """
            she likes green tea and never drinks coffee after dinner because it keeps her awake; our project's deadline moved \
            to 2026-03-14, the meeting in Z\u00fcrich starts at 9:30 on Tuesday \u2013 tickets were booked yesterday. "Remember": \
            caf\u00e9 \u8336\u3068\u30b3\u30fc\u30d2\u30fc, \ud83c\udf75 running runs ran quickly; children's stories, \
            universities, nationality, hopefully studying 3.14 https://example.org/docs v2.0 user_name camelCase \u043f\u0440\u0438\u0432\u0435\u0442 \
            na\u00efve fran\u00e7ais gegangen Wohnungen vegetarian allergic peanuts birthday sister's dog Bella prefers walking""".split(" ");

    private final Path folder;
    private final String option;
    private final List<String> session = new ArrayList<>();

    /**
     * @param folder empty, for the database and the session
     * @param option what makes the JVM write its archive
     */
    TrainingRun(Path folder, String option) {
        this.folder = folder;
        this.option = option;
    }

    void run() throws IOException, InterruptedException {
        writeSession();
        Path input = Files.write(folder.resolve("input"), session);
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        // What a user has configured for real servers must not reach this one.
        builder.environment().keySet().removeIf(name -> name.startsWith("UNIFIED_MEMORY_"));
        Process process = builder.start();
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("the training run did not end within " + PATIENCE_MINUTES + " minutes");
            }
        } finally {
            process.destroyForcibly();
        }
        long answers;
        try (Stream<String> lines = Files.lines(output)) {
            answers = lines.filter(line -> line.contains("\"result\"")).count();
        }
        long requests = session.stream().filter(line -> line.contains("\"id\"")).count();
        if (process.exitValue() != 0 || answers != requests) {
            throw new IOException(
                    "the training run failed: " + Files.readString(errors).strip());
        }
    }

    /** A server started as this process was, with the same flags: an archive serves only those. */
    private List<String> command() {
        List<String> command = thisProgram();
        command.add(1, option);
        // It must not see about the archive itself, as other servers do.
        command.removeIf(flag -> flag.startsWith("-D" + StartArchive.PROPERTY));
        command.addAll(List.of("--db", folder.resolve("memory.db").toString()));
        return command;
    }

    /** What starts this program, in another process, without an archive. */
    static List<String> thisProgram() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-XX:AOTCache=") && !flag.startsWith("-XX:SharedArchiveFile="))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        return command;
    }

    private void writeSession() {
        Map<String, Object> client = Map.of("name", "training", "version", BuildInfo.current());
        request(
                "initialize",
                Map.of(
                        "protocolVersion",
                        "2025-11-25",
                        "capabilities",
                        Map.of(
                                "roots",
                                Map.of(),
                                "extensions",
                                // Not the type of this server's page, which few clients show.
                                Map.of("io.modelcontextprotocol/ui", Map.of("mimeTypes", List.of("text/plain")))),
                        "clientInfo",
                        client));
        session.add(Json.write(Map.of("jsonrpc", "2.0", "method", "notifications/initialized")));
        request("tools/list", Map.of());
        request("ping", Map.of());
        for (int i = 0; i < ROUNDS; i++) {
            Map<String, Object> memory = new LinkedHashMap<>(key(i));
            memory.put("value", text(i));
            memory.put("metadata", Map.of("round", i, "tags", List.of("training", "drink"), "weight", 0.5));
            call("store", memory);
            call("retrieve", key(i));
            if (i % 10 == 0) {
                memory.put("value", text(i + 1));
                call("store", memory);
                call("store_many", Map.of("user_id", "training", "memories", many(i)));
                call("search", Map.of("user_id", "training", "query", "green tea " + i));
                call("search", Map.of("user_id", "training", "query", "green tea"));
                call("search", Map.of("user_id", "training", "query", "\u8336", "limit", 3));
                call(
                        "search",
                        Map.of("user_id", "training", "query", "Which projects have a deadlin, and who said so?"));
                call("get_all", Map.of("user_id", "training", "limit", 5));
                call("delete", key(i));
                call("retrieve", key(i));
            }
        }
        request("resources/list", Map.of());
        request("prompts/get", Map.of("name", "recall", "arguments", Map.of("topic", "tea", "user_id", "training")));
        call("health", Map.of());
        call("cleanup", Map.of("user_id", "training", "max_age_days", 30));
        call("delete", Map.of("user_id", "training", "all", true));
    }

    /** Of 10 to 59 words, different ones each time. */
    private static String text(int i) {
        StringBuilder text = new StringBuilder("Memory " + i + ":");
        for (int word = 0; word < 10 + i % 50; word++) {
            text.append(word % 20 == 19 ? '\n' : ' ').append(WORDS[(i * 37 + word * (1 + i % 7)) % WORDS.length]);
        }
        return text.toString();
    }

    private static List<Map<String, String>> many(int i) {
        return List.of(
                Map.of("key", "many " + i, "value", text(i + 2)), Map.of("key", "more " + i, "value", text(i + 3)));
    }

    private static Map<String, Object> key(int i) {
        return Map.of("user_id", "training", "key", "key " + i);
    }

    private void call(String tool, Map<String, ?> arguments) {
        request("tools/call", Map.of("name", tool, "arguments", arguments));
    }

    private void request(String method, Map<String, ?> params) {
        session.add(Json.write(Map.of("jsonrpc", "2.0", "id", session.size(), "method", method, "params", params)));
    }
}
