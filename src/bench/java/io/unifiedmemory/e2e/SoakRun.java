package io.unifiedmemory.e2e;

import io.unifiedmemory.mcp.stdio.StandardStreams;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** {@code scripts/soak}: runs a {@link Soak} and prints its counts; exit code 1 when anything went wrong. */
final class SoakRun {

    private SoakRun() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream out = StandardStreams.take().printer();
        List<String> words = List.of(arguments);
        Duration length = Duration.ofSeconds(option(words, "--seconds", 300));
        int clients = option(words, "--clients", 64);
        out.println(clients + " clients for " + length.toSeconds() + " s, heap " + Soak.HEAP);
        Soak.Result result = Soak.run(Files.createTempDirectory("unified-memory-soak"), length, clients, out::println);
        result.failures().forEach(out::println);
        out.printf(
                "%d calls, %d failures%n",
                result.retrieves() + result.searches() + result.stores(),
                result.failures().size());
        System.exit(result.failures().isEmpty() ? 0 : 1);
    }

    private static int option(List<String> words, String name, int absent) {
        int at = words.indexOf(name);
        return at < 0 ? absent : Integer.parseInt(words.get(at + 1));
    }
}
