package io.unifiedmemory.commands;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.http.HttpOptions;
import io.unifiedmemory.http.HttpServer;
import io.unifiedmemory.http.HttpServerBuilder;
import io.unifiedmemory.http.ListenAddress;
import io.unifiedmemory.http.TextPage;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.http.guard.McpPaths;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.stateless.MemoryService;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.monitoring.Readiness;
import io.unifiedmemory.monitoring.ServerMetrics;
import io.unifiedmemory.unified.calls.CallOrder;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code serve --http [HOST:PORT]}: serves many clients over HTTP until the process is told to end. */
final class ServeHttp implements Command {

    private final List<String> words;

    /**
     * @param words the address, or nothing
     */
    ServeHttp(List<String> words) {
        if (words.size() > 1) {
            throw new UsageException("serve --http takes one address, not " + String.join(" ", words));
        }
        this.words = words;
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        HttpOptions options = options(config);
        AccessOptions access = config.access().get();
        SearchMeaning meaning = new SearchMeaning(config.meaning());
        PrimaryStore store = Stores.open(config.database(), CallOrder.none(), meaning);
        Tokens tokens = Stores.tokens(access, store, config.database(), Clock.systemUTC());
        boolean authenticates = access.authenticates(tokens);
        if (options.isExposed() && !options.allowUnauthenticated() && !authenticates) {
            throw new UsageException("whoever reaches " + options.address()
                    + ", through a proxy too, could read and change every memory: make"
                    + " tokens (command token create), listen on 127.0.0.1 without http.trustForwarded and"
                    + " http.allowedHosts, or say --http-allow-unauthenticated if that is what you want");
        }
        ServerMetrics metrics = new ServerMetrics(BuildInfo.current());
        Application application = new Application(
                authenticates ? config.with(config.tools().forDifferingCallers()) : config,
                store,
                meaning,
                CallOrder.none(),
                metrics);
        AccessPolicy policy = authenticates
                ? AccessPolicy.tokens(access, tokens, Clock.systemUTC(), System::nanoTime, metrics::refusedToken)
                : AccessPolicy.openUntilTokens(tokens, System::nanoTime);
        HttpServer http = server(options, policy, application, authenticates ? tokens : null, metrics);
        watch(http, application, metrics);
        HangUpSignal.call(http::renew);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(http, application, ended), "shutdown"));
        String terms = needed(access, tokens, authenticates) + "; memories are in "
                + config.database().shown();
        return serve(http, application, options, terms, streams.err(), ended);
    }

    private static int serve(
            HttpServer http,
            Application application,
            HttpOptions options,
            String terms,
            PrintStream err,
            CountDownLatch ended) {
        try {
            application.start();
            int port = http.start();
            err.println("unified-memory listens on " + url(options, port) + "; " + terms);
            ended.await();
            return 0;
        } catch (IOException e) {
            err.println("unified-memory: cannot listen on " + options.address() + ": " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private HttpOptions options(Config config) {
        HttpOptions configured = config.http().get();
        try {
            return words.isEmpty() ? configured : configured.at(ListenAddress.parse(words.get(0)));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static HttpServer server(
            HttpOptions options,
            AccessPolicy policy,
            Application application,
            @Nullable Tokens tokens,
            ServerMetrics metrics) {
        // Open pages say no more than that the server is there, to those who watch over it.
        HttpServerBuilder builder = HttpServer.builder(options, application.longestCall())
                .access(policy)
                .onReply(metrics::replied)
                .openPage("/healthz", () -> new TextPage(200, "text/plain; charset=utf-8", "ok\n"))
                .openPage("/readyz", new Readiness(application.memory()::ready, System::nanoTime))
                .page("/metrics", metrics::page);
        if (options.browser()) {
            builder.browser(application.browser(options.maxFileBytes(), tokens, Map::of), UnaryOperator.identity());
        }
        HttpServer http = builder.build();
        http.streamable().answerBy(application::methods);
        http.sse().answerBy(application::methods);
        new MemoryServer(http.streamable(), application.tools(), BuildInfo.current());
        http.serveStateless(
                MemoryService.of(application.tools(), application::methods, BuildInfo.current(), application::secret));
        new MemoryServer(http.sse(), application.tools(), BuildInfo.current());
        return http;
    }

    private static void watch(HttpServer http, Application application, ServerMetrics metrics) {
        application.tools().setObserver(metrics);
        metrics.watch(application.memory());
        metrics.watch(application::database);
        metrics.watch(http);
    }

    /** What a client needs: the line that tells a server that is open by mistake from one that is not. */
    private static String needed(AccessOptions access, Tokens tokens, boolean authenticates) {
        if (!authenticates) {
            return "no token is needed: anybody who can reach it may read and change every memory";
        }
        AccessOptions.Jwt jwt = access.jwt();
        return "every client needs a token of " + tokens.place() + (jwt == null ? "" : " or of " + jwt.issuer());
    }

    private static String url(HttpOptions options, int port) {
        String scheme = options.tls() == null ? "http://" : "https://";
        String base = scheme + new ListenAddress(options.address().host(), port);
        return base + McpPaths.STREAMABLE + (options.sse() ? " and (deprecated) " + base + McpPaths.SSE : "");
    }

    private static void end(HttpServer http, Application application, CountDownLatch ended) {
        http.close();
        application.close();
        ended.countDown();
    }
}
