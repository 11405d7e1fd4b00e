package io.unifiedmemory.commands;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.unified.Health;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** {@code check}: prints the options in force, without secrets, and connects to every backend. */
final class CheckCommand implements Command {

    /** The contract of a server that writes its whole file anew with each change. */
    private static final String GRAPH = "knowledge-graph";

    private static final Clock CLOCK = Clock.systemUTC();

    CheckCommand(List<String> words) {
        if (!words.isEmpty()) {
            throw new UsageException("check takes no arguments, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        print(config, out);
        try (Application application = new Application(config, CallOrder.none())) {
            application.awaitUpstreams(streams);
            Health health = application.memory().health();
            out.println();
            health.backends()
                    .forEach((name, backend) -> out.printf(
                            "%-8s %s (%s, priority %d): %s%n",
                            !backend.enabled() ? "disabled" : backend.up() ? "ok" : "DOWN",
                            name,
                            backend.type(),
                            backend.priority(),
                            backend.detail()));
            health.backends().forEach((name, backend) -> noteOwed(name, backend, out));
            health.orphans()
                    .forEach((name, writes) -> out.println("note     " + writes + " writes are pending for " + name
                            + ", which is not configured here: outbox drop " + name + " removes them"));
            config.upstreams().stream()
                    .filter(upstream -> upstream.options().address() instanceof ServerAddress.Stdio)
                    .map(upstream -> upstream.options().name())
                    .filter(name -> GRAPH.equals(
                            Objects.requireNonNull(health.backends().get(name)).type()))
                    .forEach(
                            name -> out.println("note     each process of this server starts a " + name + " of its own;"
                                    + " server-memory loses writes when several work on one file: use one from one process at a"
                                    + " time, such as one unified-memory serve --http for all clients"));
            return health.status() == Health.Status.OK ? 0 : FAILED;
        }
    }

    private static void noteOwed(String name, Health.Backend backend, PrintStream out) {
        long owed = backend.backlog() == null ? 0 : backend.backlog().pending();
        if (owed > 0 && backend.enabled() && !backend.up()) {
            out.println("note     " + owed + " writes wait until " + name
                    + " works, and each further one will; outbox drop " + name + " " + OutboxCommand.PENDING
                    + " gives them up");
        }
    }

    private static void print(Config config, PrintStream out) {
        out.println("unified-memory " + BuildInfo.current());
        line(out, "configuration file", config.file() == null ? "none" : config.file());
        line(out, "database", config.database().shown());
        String user = config.tools().defaultUser();
        line(out, "default user", user == null ? "none: every call must give user_id" : user);
        line(out, "read", word(config.memory().reads()));
        line(out, "wait", word(config.memory().waits()));
        line(out, "deletes remembered", config.memory().tombstoneRetention().toDays() + " days at least");
        line(
                out,
                "search waits",
                "%d ms for upstreams".formatted(config.search().patience().toMillis()));
        Limits limits = config.tools().limits();
        line(
                out,
                "limits",
                "names %d characters, values %d bytes, metadata %d bytes, replies %d entries and %d characters"
                        .formatted(
                                limits.maxNameChars(),
                                limits.maxValueBytes(),
                                limits.maxMetadataBytes(),
                                limits.maxLimit(),
                                limits.maxReplyChars()));
        line(out, "tools of old systems", config.tools().compatibilityTools() ? "on" : "off");
        line(out, "log level", config.logLevel());
        line(out, "tokens over HTTP", tokens(config));
        line(out, config.database().backend(), config.database().settings() + policy(config.databasePolicy()));
        for (Config.Upstream upstream : config.upstreams()) {
            line(
                    out,
                    "upstream " + upstream.options().name(),
                    upstream.written() + ", contract " + upstream.options().contract() + policy(upstream.policy()));
        }
    }

    private static void line(PrintStream out, String name, Object value) {
        out.printf("%-21s %s%n", name + ":", value);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String policy(BackendOptions policy) {
        return ", priority %d, timeout %d ms, retries %d%s"
                .formatted(
                        policy.priority(),
                        policy.timeout().toMillis(),
                        policy.maxRetries(),
                        policy.enabled() ? "" : ", disabled");
    }

    /** Whether there are tokens in a database is not asked here, where it may be that it does not answer. */
    private static String tokens(Config config) {
        AccessOptions access = config.access().get();
        AccessOptions.Jwt jwt = access.jwt();
        Path file = access.tokenFile();
        boolean needed = file == null ? access.authenticates() : access.authenticates(new TokenFile(file, CLOCK));
        String issued = jwt == null ? "" : ", and those of " + jwt.issuer();
        if (file == null) {
            return "those in the database" + issued + (needed ? "" : ", once there are some");
        }
        return needed ? "those of " + file + issued : "none are needed";
    }
}
