package io.unifiedmemory.commands;

import io.unifiedmemory.access.OneTimeLink;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.http.HttpOptions;
import io.unifiedmemory.http.HttpServer;
import io.unifiedmemory.http.ListenAddress;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.unified.calls.CallOrder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** {@code browse [--port N] [--no-open]}: shows what is remembered in the browser of the person at this machine. */
final class BrowseCommand implements Command {

    private static final String PORT = "--port";
    private static final String NO_OPEN = "--no-open";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "browse", "it takes nothing, or " + PORT + " and a number, and " + NO_OPEN)
            .withValue(PORT)
            .withSwitch(NO_OPEN);

    /** Of this machine alone, at whichever port is free. */
    private static final String ADDRESS = "127.0.0.1:";

    /** In bytes: nobody but the person at this machine sends anything, and that may be a file to import. */
    private static final int LARGEST_REQUEST = 64 * 1024 * 1024;

    private final ListenAddress address;
    private final boolean opens;
    private final Map<Setting, String> flags;
    private final Map<String, String> environment;

    /**
     * @param flags options of this command line, which an entry for a client repeats
     * @param environment the variables of this process
     */
    BrowseCommand(List<String> arguments, Map<Setting, String> flags, Map<String, String> environment) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        if (!parsed.words().isEmpty()) {
            throw ARGUMENTS.misuse("does not know " + parsed.words().get(0));
        }
        String port = parsed.value(PORT);
        try {
            address = ListenAddress.parse(ADDRESS + (port == null ? "0" : port));
        } catch (IllegalArgumentException e) {
            throw ARGUMENTS.misuse("needs a number from 0 to 65535 behind " + PORT + ", not " + port);
        }
        opens = !parsed.has(NO_OPEN);
        this.flags = flags;
        this.environment = environment;
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        OneTimeLink link = new OneTimeLink();
        Application application = new Application(config, CallOrder.none());
        ClientCommand clients = new ClientCommand(List.of("show"), flags, environment);
        HttpOptions options = options(config);
        HttpServer http = HttpServer.builder(options, application.longestCall())
                .access(AccessPolicy.only(link, System::nanoTime, reason -> {}))
                .browser(application.browser(options.maxFileBytes(), null, () -> clients.snippets(config)), link::kept)
                .build();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(http, application, ended), "shutdown"));
        try {
            application.memory().start();
            String shown = "http://" + new ListenAddress(address.host(), http.start()) + "/#" + link.code();
            tell(streams.printer(), shown, opens && SystemBrowser.open(shown, environment));
            ended.await();
            return 0;
        } catch (IOException e) {
            streams.err().println("unified-memory: cannot listen on " + address + ": " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /** What is said of the network in the configuration is about other servers: this one is for this machine. */
    private HttpOptions options(Config config) {
        HttpOptions configured = config.http().get();
        return new HttpOptions(
                address,
                false,
                true,
                Math.max(configured.maxRequestBytes(), LARGEST_REQUEST),
                configured.sessionIdle(),
                Set.of(),
                Set.of(),
                false,
                false,
                null);
    }

    private static void tell(PrintStream out, String link, boolean opened) {
        out.println(
                opened ? "opened in the browser; if nothing shows, open this link, once:" : "open this link, once:");
        out.println(link);
        out.println("Ctrl-C ends it");
        out.flush();
    }

    private static void end(HttpServer http, Application application, CountDownLatch ended) {
        http.close();
        application.close();
        ended.countDown();
    }
}
