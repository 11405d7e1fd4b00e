package io.unifiedmemory.http;

import io.unifiedmemory.access.ByteBudget;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
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
 * The container with both transports. Attach a server to each, add filters and pages, then {@link #start}. A thread
 * works on a request only when its body has arrived, so slow clients hold none.
 */
public final class HttpServer implements AutoCloseable {

    /** Where Streamable HTTP is. */
    public static final String STREAMABLE = "/mcp";

    /** Where the older transport opens its stream of events. */
    public static final String SSE = "/sse";

    /** Where the older transport takes messages. */
    static final String SSE_MESSAGES = "/messages";

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private static final int MAX_THREADS = 200;
    private static final int MAX_CONNECTIONS = 4_096;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(30);
    /** How long a client may take to read an answer, beyond what the call takes that may be telling of its progress. */
    private static final Duration READING = Duration.ofMinutes(1);

    /** One part may be held in bodies that arrive, and one in answers that are not read. */
    private static final int PARTS_OF_HEAP = 4;

    /** How long what is written may take to be sent at the end, however long calls took. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(1);

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final HttpOptions options;
    private final Duration idleConnection;
    private final Duration longestCall;
    private final EventStreams streams;
    private final StreamableTransport streamable;
    private final SseTransport sse;
    private final Server jetty = new Server(new QueuedThreadPool(MAX_THREADS, 4));
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final InFlight inFlight = new InFlight();
    private final GracefulHandler graceful = new GracefulHandler(context);
    private final WholeBody bodies;
    private volatile @Nullable Keystore keystore;
    private final ReplyWatch replies;
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "http-housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param longestCall how long calls in flight may take when the server is closed
     */
    public HttpServer(HttpOptions options, Duration longestCall) {
        this(
                options,
                longestCall,
                IDLE_CONNECTION,
                System::nanoTime,
                ByteBudget.ofHeap(PARTS_OF_HEAP),
                ByteBudget.ofHeap(PARTS_OF_HEAP));
    }

    /**
     * @param unsent for bodies of requests
     * @param unread for answers
     */
    HttpServer(
            HttpOptions options,
            Duration longestCall,
            Duration idleConnection,
            LongSupplier nanoTime,
            ByteBudget unsent,
            ByteBudget unread) {
        this.options = options;
        this.idleConnection = idleConnection;
        this.longestCall = longestCall;
        streams = new EventStreams(unread);
        streamable = new StreamableTransport(options, streams, unread, nanoTime);
        sse = new SseTransport(options.maxRequestBytes(), streams, nanoTime);
        addFilter(inFlight);
        addFilter(new RequestGuard(options));
        addServlet(STREAMABLE, streamable.endpoint());
        if (options.sse()) {
            addServlet(SSE, sse.stream());
            addServlet(SSE_MESSAGES, sse.messages());
        }
        addServlet("/", new NotFound());
        context.setErrorHandler(new JsonErrors());
        jetty.setErrorHandler(new JsonErrors());
        bodies = new WholeBody(options.maxRequestBytes(), idleConnection, unsent, graceful);
        replies = new ReplyWatch(bodies, nanoTime);
        jetty.setHandler(replies);
    }

    /** The transport at {@link #STREAMABLE}. */
    public StreamableTransport streamable() {
        return streamable;
    }

    /** The transport at {@link #SSE}; it serves nobody when the options turn it off. */
    public SseTransport sse() {
        return sse;
    }

    /** Puts a filter in front of everything, behind those that were added before and the check of Host and Origin. */
    void addFilter(Filter filter) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
    }

    /** Answers at one more path, behind the filters. */
    void addServlet(String path, Servlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
    }

    /** Answers {@code GET} of one more path, behind the filters, with a page made anew each time. */
    public void addPage(String path, Supplier<TextPage> page) {
        addServlet(path, new PageServlet(page));
    }

    /** Tells somebody, who must be quick, of the status of every answer; of one only. */
    public void onReply(IntConsumer status) {
        replies.tell(status);
    }

    /** Has the bodies kept of those requests only of which this is true by their headers; asked once for each. */
    void keepBodiesOf(Predicate<Request> known) {
        bodies.keepIf(known);
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
        every(options.sessionIdle().dividedBy(4), streamable::expireSessions);
        return connector.getLocalPort();
    }

    /** Keeps event streams alive, except those that nobody may or does listen to any more. */
    void tendStreams() {
        streams.keepAlive();
    }

    /** Takes up a keystore that was renewed. */
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
     * Takes no more requests, answers those in flight, and then ends every stream, since an answer may have to be sent on
     * one. A second call does nothing.
     */
    @Override
    public void close() {
        housekeeping.shutdownNow();
        try {
            if (jetty.isStarted()) {
                answerInFlight();
            }
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

    /** Every other path. */
    @SuppressWarnings("serial") // A servlet is never serialized.
    private static final class NotFound extends Endpoint {

        @Override
        void handle(HttpServletRequest request, HttpServletResponse response) throws RefusedException {
            throw new RefusedException(HttpServletResponse.SC_NOT_FOUND, "Not found: MCP is at " + STREAMABLE);
        }
    }
}
