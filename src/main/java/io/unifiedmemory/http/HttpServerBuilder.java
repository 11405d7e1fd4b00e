package io.unifiedmemory.http;

import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.http.guard.PageRequests;
import jakarta.servlet.Servlet;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** An {@link HttpServer} that is being put together. Whom it lets in is decided; the rest has defaults. */
public final class HttpServerBuilder {

    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(30);

    /** One part may be held in bodies that arrive, and one in answers that are not read. */
    private static final int PARTS_OF_HEAP = 4;

    /** The files of the page, as patterns of the servlet container: the empty one is {@code /} alone. */
    private static final List<String> PAGE_FILES = List.of("", "/assets/*", "/icon.svg");

    final HttpOptions options;
    final Duration longestCall;
    final AccessPolicy access;
    final Map<String, Supplier<TextPage>> pages = new LinkedHashMap<>();
    final Map<String, Servlet> servlets = new LinkedHashMap<>();
    final Set<String> openPages = new HashSet<>();
    IntConsumer replyObserver = status -> {};
    Duration idleConnection = IDLE_CONNECTION;
    LongSupplier nanoTime = System::nanoTime;
    ByteBudget unsent = ByteBudget.ofHeap(PARTS_OF_HEAP);
    ByteBudget unread = ByteBudget.ofHeap(PARTS_OF_HEAP);

    private HttpServerBuilder(HttpOptions options, Duration longestCall, AccessPolicy access) {
        this.options = options;
        this.longestCall = longestCall;
        this.access = access;
    }

    /** A server of which nobody has said whom it lets in, and which cannot be built for that reason. */
    public static final class Undecided {

        private final HttpOptions options;
        private final Duration longestCall;

        Undecided(HttpOptions options, Duration longestCall) {
            this.options = options;
            this.longestCall = longestCall;
        }

        /** Decides whom the server lets in. */
        public HttpServerBuilder access(AccessPolicy policy) {
            return new HttpServerBuilder(options, longestCall, policy);
        }
    }

    /** Answers {@code GET} of one more path, to callers whom the policy lets in, with a page made anew each time. */
    public HttpServerBuilder page(String path, Supplier<TextPage> page) {
        pages.put(path, page);
        return this;
    }

    /** Answers {@code GET} of one more path likewise, but to everybody, token or not. */
    public HttpServerBuilder openPage(String path, Supplier<TextPage> page) {
        openPages.add(path);
        return page(path, page);
    }

    /**
     * Serves the page in the jar at {@code /}, to everybody, and what it asks for to callers whom the policy lets in.
     *
     * @param kept what the browser of a user keeps for the token that the user has shown
     */
    public HttpServerBuilder browser(PageApi api, UnaryOperator<String> kept) {
        servlets.put(PageRequests.API + "/*", new PageCalls(api));
        servlets.put(PageRequests.SESSION, new PageSession(kept));
        PageFiles files = new PageFiles();
        PAGE_FILES.forEach(path -> servlets.put(path, files));
        openPages.addAll(List.of("", "/assets", "/icon.svg"));
        return this;
    }

    /** Sets the one observer that is told the status of every answer; it must be quick. */
    public HttpServerBuilder onReply(IntConsumer status) {
        replyObserver = status;
        return this;
    }

    /** How long a connection may be idle, and the smallest body of a request may take. */
    HttpServerBuilder idleConnection(Duration limit) {
        idleConnection = limit;
        return this;
    }

    /** A clock like {@link System#nanoTime}, for how long sessions are idle and answers take. */
    HttpServerBuilder nanoTime(LongSupplier clock) {
        nanoTime = clock;
        return this;
    }

    /**
     * How much memory clients may take.
     *
     * @param forBodies of requests
     * @param forAnswers that are not read yet
     */
    HttpServerBuilder budgets(ByteBudget forBodies, ByteBudget forAnswers) {
        unsent = forBodies;
        unread = forAnswers;
        return this;
    }

    /** The server, which does not listen yet. */
    public HttpServer build() {
        return new HttpServer(this);
    }
}
