package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.upstream.ContractTrial;
import io.unifiedmemory.upstream.UpstreamOptions;
import io.unifiedmemory.upstream.declared.ContractOptions;
import java.io.PrintStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code contract list|show|try}: the contracts by which upstreams are spoken to, and whether one works. */
final class ContractCommand implements Command {

    private static final String USAGE = "contract needs one of: list; show CONTRACT; try UPSTREAM";

    private final List<String> words;

    ContractCommand(List<String> words) {
        this.words = List.copyOf(words);
        String first = words.isEmpty() ? "" : words.get(0);
        int needed = first.equals("list") ? 1 : first.equals("show") || first.equals("try") ? 2 : -1;
        if (words.size() != needed) {
            throw new UsageException(USAGE);
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        return switch (words.get(0)) {
            case "list" -> list(config, streams.printer());
            case "show" -> show(words.get(1), config, streams);
            default -> attempt(words.get(1), config, streams);
        };
    }

    private static int list(Config config, PrintStream out) {
        UpstreamOptions.builtIn().stream()
                .filter(name -> !name.equals(UpstreamOptions.AUTO))
                .forEach(name -> out.printf("%-18s %-7s %s%n", name, "mirror", "exact copies, searched and listed"));
        Map<String, ContractOptions> all = new LinkedHashMap<>();
        ContractOptions.presets().forEach(preset -> all.put(preset.name(), preset));
        all.putAll(config.contracts());
        all.forEach((name, contract) -> out.printf(
                "%-18s %-7s %s: %s (%s)%n",
                name,
                contract.keeps() ? "mirror" : "source",
                contract.title(),
                abilities(contract),
                config.contracts().containsKey(name) ? "of your configuration" : contract.version()));
        return 0;
    }

    private static String abilities(ContractOptions contract) {
        String can = contract.capabilities().stream()
                .filter(capability -> capability != Capability.KEEP)
                .map(capability -> capability == Capability.SEARCH ? "searched" : "listed")
                .collect(Collectors.joining(" and "));
        return can.isEmpty() ? "read by key" : can;
    }

    private static int show(String name, Config config, StandardStreams streams) {
        String text = config.contracts().containsKey(name) ? null : ContractOptions.presetText(name);
        if (text == null) {
            streams.err()
                    .println(
                            "unified-memory: there is no contract " + name + " to show; contract list names them"
                                    + " (your own are in your configuration, knowledge-graph and unified are part of the program)");
            return FAILED;
        }
        streams.printer().print(text);
        return 0;
    }

    private static int attempt(String name, Config config, StandardStreams streams) {
        UpstreamOptions options = config.upstreams().stream()
                .map(Config.Upstream::options)
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElse(null);
        if (options == null) {
            streams.err()
                    .println("unified-memory: no upstream " + name + " is configured; there are "
                            + config.upstreams().stream()
                                    .map(upstream -> upstream.options().name())
                                    .collect(Collectors.joining(", ")));
            return FAILED;
        }
        PrintStream out = streams.printer();
        boolean right = new ContractTrial(options, new Printed(out, streams), Clock.systemUTC()).run();
        out.println(right ? "the contract works" : "the contract does not work with this server");
        return right ? 0 : FAILED;
    }

    /** Prints what happens, with the verdict in colour for a person. */
    private record Printed(PrintStream out, StandardStreams streams) implements ContractTrial.Listener {

        @Override
        public void step(String what) {
            out.println(what);
        }

        @Override
        public void call(String tool, String arguments, String reply) {
            out.println("    " + tool + " " + arguments);
            out.println("      -> " + reply.replace("\n", "\n         "));
        }

        @Override
        public void verdict(ContractTrial.Verdict verdict, String why) {
            out.print("  ");
            switch (verdict) {
                case OK -> streams.print(out, StandardStreams.Colour.GREEN, "ok");
                case NOTE -> streams.print(out, StandardStreams.Colour.YELLOW, "note");
                case FAILED -> streams.print(out, StandardStreams.Colour.RED, "FAILED");
            }
            out.println(why.isEmpty() ? "" : "  " + why);
        }
    }
}
