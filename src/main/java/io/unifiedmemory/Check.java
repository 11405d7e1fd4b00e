package io.unifiedmemory;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.server.StandardStreams;
import io.unifiedmemory.unified.Health;
import java.io.PrintStream;
import java.util.List;

/** {@code check}: prints the options in force, without secrets, and connects to every backend. */
final class Check implements Command {

    Check(List<String> words) {
        if (!words.isEmpty()) {
            throw new UsageException("check takes no arguments, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        print(config, out);
        try (Application application = new Application(config, () -> {})) {
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
            return health.status() == Health.Status.OK ? 0 : Main.FAILED;
        }
    }

    private static void print(Config config, PrintStream out) {
        out.println("unified-memory " + Version.current());
        out.println("configuration file: " + (config.file() == null ? "none" : config.file()));
        out.println("database:           " + config.sqlite().file());
        out.println("synchronous:        " + config.sqlite().synchronous());
        String user = config.tools().defaultUser();
        out.println("default user:       " + (user == null ? "none: every call must give user_id" : user));
        out.println("log level:          " + config.logLevel());
        out.println("compatibility tools: " + (config.tools().compatibilityTools() ? "on" : "off"));
        out.println("limits:             " + config.tools().limits());
        AccessOptions access = config.access().get();
        AccessOptions.Jwt jwt = access.jwt();
        out.println("tokens over HTTP:   "
                + (!access.authenticates()
                        ? "none are needed"
                        : "those of " + access.tokenFile() + (jwt == null ? "" : ", and those of " + jwt.issuer())));
        out.println("sqlite:             " + config.sqliteSlot());
        out.println("search:             " + config.search());
        for (Config.Upstream upstream : config.upstreams()) {
            out.println("upstream " + upstream.options().name() + ": " + upstream.written() + ", contract "
                    + upstream.options().contract() + ", " + upstream.slot());
        }
    }
}
