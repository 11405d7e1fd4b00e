package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.http.guard.InFlight;
import io.unifiedmemory.http.guard.JsonErrors;
import io.unifiedmemory.http.guard.McpPaths;
import io.unifiedmemory.http.guard.ReplyWatch;
import io.unifiedmemory.http.guard.RequestGuard;
import io.unifiedmemory.http.guard.WholeBody;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The container with both transports, behind its {@link AccessPolicy}. Attach an MCP server to each transport, then
 * {@link #start}. A thread works on a request only when its body has arrived, so slow clients hold none.
 */
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private static final int MAX_THREADS = 200;
    private static final int MAX_CONNECTIONS = 4_096;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    /**
     * How long a client may take to read an answer, in addition to the longest call: a call may report its progress.
     */
    private static final Duration READING = Duration.ofMinutes(1);

    /** The least time that the last bytes have to be sent when the server ends, however long calls took. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(1);

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    /** How soon a client that has hung up is noticed, which cancels what it has asked for. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final HttpOptions options;
    private final Duration idleConnection;
    private final Duration longestCall;
    private final EventStreams streams;
    private final StreamableTransport streamable;
    private final StatelessTransport stateless;
    private final SseTransport sse;
    private final Server jetty = new Server(new QueuedThreadPool(MAX_THREADS, 4));
    private final InFlight inFlight = new InFlight();
    private final GracefulHandler graceful;
    private final ReplyWatch replies;
    private volatile @Nullable Keystore keystore;
    /** Two threads: a client that reads slowly may hold the one that looks for clients until the other hangs up on it. */
    private final ScheduledExecutorService housekeeping = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "http-housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Begins to put a server together.
     *
     * @param longestCall how long calls in flight may take when the server is closed
     */
    public static HttpServerBuilder.Undecided builder(HttpOptions options, Duration longestCall) {
        return new HttpServerBuilder.Undecided(options, longestCall);
    }

    HttpServer(HttpServerBuilder parts) {
        options = parts.options;
        idleConnection = parts.idleConnection;
        longestCall = parts.longestCall;
        streams = new EventStreams(parts.unread);
        stateless = new StatelessTransport(streams, parts.unread);
        streamable = new StreamableTransport(options, streams, parts.unread, stateless, parts.nanoTime);
        sse = new SseTransport(streams, parts.nanoTime);
        graceful = new GracefulHandler(servlets(parts));
        WholeBody bodies =
                new WholeBody(parts.access, options.maxRequestBytes(), idleConnection, parts.unsent, graceful);
        replies = new ReplyWatch(bodies, parts.replyObserver, parts.nanoTime);
        jetty.setErrorHandler(new JsonErrors());
        jetty.setHandler(replies);
    }

    /** What answers at each path, and the filters in front of all of them in the order in which they see a request. */
    private ServletContextHandler servlets(HttpServerBuilder parts) {
        ServletContextHandler context = new ServletContextHandler("/");
        context.setErrorHandler(new JsonErrors());
        ListenAddress address = options.address();
        add(context, inFlight);
        add(
                context,
                new RequestGuard(address.host(), address.reach(), options.allowedHosts(), options.allowedOrigins()));
        parts.access.filters(parts.openPages).forEach(filter -> add(context, filter));
        add(context, McpPaths.STREAMABLE, streamable.endpoint());
        if (options.sse()) {
            add(context, McpPaths.SSE, sse.stream());
            add(context, McpPaths.SSE_MESSAGES, sse.messages());
        }
        parts.access.servlets().forEach((path, servlet) -> add(context, path, servlet));
        parts.servlets.forEach((path, servlet) -> add(context, path, servlet));
        parts.pages.forEach((path, page) -> add(context, path, new PageServlet(page)));
        add(context, "/", new NotFound());
        return context;
    }

    private static void add(ServletContextHandler context, Filter filter) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
    }

    private static void add(ServletContextHandler context, String path, Servlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
    }

    /** The transport at {@link McpPaths#STREAMABLE}. */
    public StreamableTransport streamable() {
        return streamable;
    }

    /** Sets what answers, at the path of {@link #streamable}, the requests that belong to no session. */
    public void serveStateless(StatelessServer server) {
        stateless.attach(server);
    }

    /** The transport at {@link McpPaths#SSE}; no request reaches it when the options turn it off. */
    public SseTransport sse() {
        return sse;
    }

    /**
     * Starts to listen.
     *
     * @return the port
     * @throws IOException when the address cannot be listened on or the keystore cannot be used
     */
    public int start() throws IOException {
        ServerConnector connector = connector();
        jetty.addConnector(connector);
        jetty.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
        try {
            jetty.start();
        } catch (Exception e) {
            close();
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
        every(KEEP_ALIVE, this::tendStreams);
        every(KEEP_ALIVE, this::endSlowReplies);
        every(KEEP_ALIVE, this::renew);
        every(LOOK, this::lookForClients);
        every(options.sessionIdle().dividedBy(4), streamable::expireSessions);
        return connector.getLocalPort();
    }

    /** Keeps event streams alive, and ends those whose listener has gone or may not listen any more. */
    void tendStreams() {
        streams.keepAlive();
    }

    /** Cancels requests that stand alone and whose client has hung up. */
    void lookForClients() {
        stateless.lookForClients();
    }

    /** Reads the keystore again if its file has changed; new connections use it. */
    public void renew() {
        Keystore opened = keystore;
        if (opened != null) {
            opened.renew();
        }
    }

    /** Hangs up on clients that hold a thread by reading an answer too slowly. */
    void endSlowReplies() {
        replies.endSlowerThan(longestCall.plus(READING));
    }

    private void every(Duration period, Runnable task) {
        Runnable safely = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("housekeeping failed, please report it", e);
            }
        };
        Future<?> unused = housekeeping.scheduleWithFixedDelay(
                safely, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private ServerConnector connector() throws IOException {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(MAX_HEADER_BYTES);
        if (options.trustForwarded()) {
            configuration.addCustomizer(new ForwardedRequestCustomizer());
        }
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        HttpOptions.Tls tls = options.tls();
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(jetty, http);
        } else {
            // The Host is checked by our own rules, which also know the names of the options.
            configuration.addCustomizer(new SecureRequestCustomizer(false));
            Keystore opened = Keystore.open(tls);
            keystore = opened;
            connector =
                    new ServerConnector(jetty, new SslConnectionFactory(opened.factory(), http.getProtocol()), http);
        }
        connector.setHost(options.address().host());
        connector.setPort(options.address().port());
        connector.setIdleTimeout(idleConnection.toMillis());
        return connector;
    }

    /**
     * Takes no more requests, answers those in flight, and ends the streams last, because an answer may have to be sent
     * on one of them. A second call does nothing.
     */
    @Override
    public void close() {
        housekeeping.shutdownNow();
        try {
            if (jetty.isStarted()) {
                answerInFlight();
            }
            stateless.endSubscriptions();
            streams.close();
            jetty.stop();
        } catch (TimeoutException e) {
            LOG.warn("calls were still unanswered when the time for it had passed");
        } catch (Exception e) {
            throw new IllegalStateException("the server could not be stopped: " + e.getMessage(), e);
        }
    }

    private void answerInFlight() throws InterruptedException {
        long begun = System.nanoTime();
        CompletableFuture<Void> unused = graceful.shutdown();
        boolean done = inFlight.end(longestCall);
        LOG.debug("all requests in flight are answered: {}", done);
        Duration left = longestCall.minusNanos(System.nanoTime() - begun);
        jetty.setStopTimeout(Math.max(LAST_BYTES.toMillis(), left.toMillis()));
    }
}
