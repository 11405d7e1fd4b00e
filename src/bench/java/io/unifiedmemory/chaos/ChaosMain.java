package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.Model.Wrong;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The chaos run from the command line: one mix or all of them one after the other, again and again until enough harm
 * was done.
 */
final class ChaosMain {

    private static final Map<String, String> DEFAULTS = Map.of(
            "--mix", "all", "--seed", "1", "--seconds", "60", "--machines", "1", "--servers", "2", "--faults", "0");

    private final Map<String, String> options;
    private final PrintStream out = System.out;

    private ChaosMain(Map<String, String> options) {
        this.options = options;
    }

    /**
     * {@code --mix NAME|all|random --seed N --seconds N --machines N --servers N --faults N}. The seconds are those of
     * all mixes together; rounds with the next seeds follow until there were as many faults. Ends with 1 when anything
     * was found that must not be, or too little happened.
     */
    public static void main(String... arguments) throws IOException {
        Map<String, String> options = new HashMap<>(DEFAULTS);
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            if (options.put(arguments[i], arguments[i + 1]) == null) {
                throw new IllegalArgumentException(
                        "unknown option " + arguments[i] + "; there are " + DEFAULTS.keySet());
            }
        }
        System.exit(new ChaosMain(options).run() ? 0 : 1);
    }

    private long number(String option) {
        return Long.parseLong(Objects.requireNonNull(options.get(option)));
    }

    private List<Mix> mixes(long seed) {
        String name = Objects.requireNonNull(options.get("--mix"));
        return name.equals("all") ? Mix.all() : List.of(Mix.named(name, seed));
    }

    private boolean run() throws IOException {
        Path folder = Files.createTempDirectory("unified-memory-chaos");
        out.println(options + " in " + folder);
        Map<String, Counts> byMix = new LinkedHashMap<>();
        Counts total = new Counts();
        boolean sufficient = true;
        long seed = number("--seed");
        do {
            List<Mix> mixes = mixes(seed);
            Duration time = Duration.ofSeconds(Math.max(1, number("--seconds") / mixes.size()));
            for (Mix mix : mixes) {
                ChaosRun run = new ChaosRun(
                        mix, seed, time, Math.toIntExact(number("--machines")), Math.toIntExact(number("--servers")));
                Counts counts = run.in(Files.createDirectories(folder.resolve(mix.name() + "-" + seed)));
                out.println("seed " + seed + ", " + mix.name() + ": " + counts);
                counts.complaints().forEach(out::println);
                sufficient &= run.suffices(counts);
                byMix.computeIfAbsent(mix.name(), unused -> new Counts()).addAll(counts);
                total.addAll(counts);
            }
            seed++;
        } while (total.faults() < number("--faults"));
        print(byMix, total);
        if (!sufficient) {
            out.println("too little happened in one of the runs: give it more --seconds");
        }
        return sufficient && total.isClean();
    }

    private void print(Map<String, Counts> byMix, Counts total) {
        byMix.put("all", total);
        out.println("| | " + String.join(" | ", byMix.keySet()) + " |");
        out.println("| --- |" + " --- |".repeat(byMix.size()));
        for (Count count : Count.values()) {
            if (total.of(count) > 0) {
                row(
                        count.words(),
                        byMix.values().stream().map(counts -> counts.of(count)).toList());
            }
        }
        row("**faults**", byMix.values().stream().map(Counts::faults).toList());
        for (Wrong wrong : Wrong.values()) {
            row(
                    "**" + Counts.words(wrong) + "**",
                    byMix.values().stream().map(counts -> counts.of(wrong)).toList());
        }
    }

    private void row(String name, List<Long> numbers) {
        StringBuilder row = new StringBuilder("| " + name + " |");
        numbers.forEach(number -> row.append(" %,d |".formatted(number)));
        out.println(row);
    }
}
