package io.unifiedmemory.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The chaos run on PostgreSQL from the command line. */
final class ClusterMain {

    private static final Map<String, String> DEFAULTS =
            Map.of("--seed", "1", "--seconds", "60", "--instances", "3", "--clients", "6");

    private ClusterMain() {}

    /** Ends with 1 when anything was found that must not be, or too little happened. */
    public static void main(String... arguments) throws IOException {
        Map<String, String> options = new HashMap<>(DEFAULTS);
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            if (options.put(arguments[i], arguments[i + 1]) == null) {
                throw new IllegalArgumentException(
                        "unknown option " + arguments[i] + "; there are " + DEFAULTS.keySet());
            }
        }
        PrintStream out = System.out;
        Path folder = Files.createTempDirectory("unified-memory-chaos");
        out.println(options + " in " + folder);
        ClusterRun run = new ClusterRun(
                number(options, "--seed"),
                Duration.ofSeconds(number(options, "--seconds")),
                Math.toIntExact(number(options, "--instances")),
                Math.toIntExact(number(options, "--clients")));
        Counts counts = run.in(folder);
        out.println(counts);
        counts.complaints().forEach(out::println);
        boolean sufficient = run.suffices(counts);
        if (!sufficient) {
            out.println("too little happened: give it more --seconds");
        }
        System.exit(sufficient && counts.isClean() ? 0 : 1);
    }

    private static long number(Map<String, String> options, String name) {
        return Long.parseLong(Objects.requireNonNull(options.get(name)));
    }
}
