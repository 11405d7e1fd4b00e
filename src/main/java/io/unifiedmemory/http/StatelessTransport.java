package io.unifiedmemory.http;

import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.http.guard.JsonReply;
import io.unifiedmemory.http.guard.RefusedException;
import io.unifiedmemory.http.guard.ReplyWatch;
import io.unifiedmemory.http.guard.Sender;
import io.unifiedmemory.mcp.CallsInFlight;
import io.unifiedmemory.mcp.Era;
import io.unifiedmemory.mcp.JsonRpc;
import io.unifiedmemory.mcp.stateless.Refusal;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import io.unifiedmemory.mcp.stateless.Subscription;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streamable HTTP as of the MCP specification 2026-07-28, at the same path as {@link StreamableTransport}: a request
 * has no session, and its client cancels it by hanging up. Thread-safe.
 */
final class StatelessTransport {

    private static final Logger LOG = LoggerFactory.getLogger(StatelessTransport.class);

    private final EventStreams streams;
    private final ByteBudget unread;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private volatile @Nullable StatelessServer server;

    /** A request that a thread works on. Only its id is known to a client, so each has its own table of calls. */
    private static final class Running {
        private final Object id;
        private final CallsInFlight calls = new CallsInFlight();
        private final PostReply reply;
        /** Whether it was there when somebody looked the last time: a short call is left alone. */
        private volatile boolean seen;

        Running(Object id, Accept accept, HttpServletResponse response) {
            this.id = id;
            reply = new PostReply(accept, response, calls);
        }
    }

    /**
     * @param unread for replies that are being read
     */
    StatelessTransport(EventStreams streams, ByteBudget unread) {
        this.streams = streams;
        this.unread = unread;
    }

    /** Sets what answers; without it, no request is taken for one that stands alone. */
    void attach(StatelessServer answering) {
        server = answering;
    }

    /** Whether a message belongs to no session: it says so itself, or its header does. */
    boolean takes(HttpServletRequest request, JSONRPCMessage message) {
        if (server == null) {
            return false;
        }
        if (message instanceof JSONRPCRequest call) {
            return Era.isStateless(call) || (Era.isStateless(named(request)) && !Era.isHandshake(call));
        }
        return isSpoken(request);
    }

    /** Whether the header names the revision without sessions that this server speaks. */
    boolean isSpoken(HttpServletRequest request) {
        return server != null && StatelessServer.REVISION.equals(named(request));
    }

    private static @Nullable String named(HttpServletRequest request) {
        String named = request.getHeader(HttpHeaders.PROTOCOL_VERSION);
        return named == null ? null : named.strip();
    }

    /** Answers a message. */
    void post(HttpServletRequest request, HttpServletResponse response, JSONRPCMessage message)
            throws IOException, RefusedException {
        StatelessServer answering = server;
        if (message instanceof JSONRPCRequest call && answering != null) {
            answer(answering, call, request, response);
        } else if (message instanceof JSONRPCNotification) {
            // No notification of a client means anything here; the specification wants it to be taken.
            response.setStatus(HttpServletResponse.SC_ACCEPTED);
        } else {
            throw new RefusedException(
                    HttpServletResponse.SC_BAD_REQUEST,
                    "Invalid request: this revision has no requests to clients, so there is nothing to respond to");
        }
    }

    private void answer(
            StatelessServer answering, JSONRPCRequest call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, RefusedException {
        try {
            Accept accept = Accept.of(request);
            accept.requireReply();
            MirroredHeaders.requireEqual(request, call);
            if (StatelessServer.isListen(call)) {
                listen(answering, call, request, response);
            } else {
                call(answering, call, request, new Running(call.id(), accept, response));
            }
        } catch (Refusal e) {
            JsonReply.send(response, e.httpStatus(), JsonRpc.bytes(call.id(), e.reply(call.id())));
        }
    }

    private void call(StatelessServer answering, JSONRPCRequest call, HttpServletRequest request, Running run)
            throws IOException {
        run.calls.begin(run.id);
        running.add(run);
        try {
            StatelessServer.Answer answer =
                    answering.answer(call, caller(request), notification -> tell(run, notification));
            run.reply.answer(run.id, answer.httpStatus(), answer.message());
        } finally {
            running.remove(run);
            run.calls.end(run.id);
            run.reply.finish(unread, Sender.of(request::getAttribute).owner());
        }
    }

    private static void tell(Running run, JSONRPCNotification notification) {
        orCancel(run, () -> run.reply.tell(notification));
    }

    /** Looks whose client has hung up, and ends the work for it. Only a stream tells, and only by writing to it. */
    void lookForClients() {
        for (Running run : running) {
            if (run.seen) {
                orCancel(run, run.reply::comment);
            }
            run.seen = true;
        }
    }

    private static void orCancel(Running run, Runnable say) {
        try {
            say.run();
        } catch (UncheckedIOException e) {
            LOG.debug("a client has hung up before its answer: {}", e.getMessage());
            run.calls.cancel(run.id);
        }
    }

    private void listen(
            StatelessServer answering, JSONRPCRequest call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, RefusedException, Refusal {
        Accept.of(request).requireEvents();
        Subscription subscription = answering.listen(call, caller(request));
        request.setAttribute(ReplyWatch.UNHURRIED, true);
        EventStream stream;
        try {
            stream = streams.open(request, response, subscription::cancel);
        } catch (IOException | RuntimeException e) {
            subscription.cancel(); // no stream will ever end that would do it
            throw e;
        }
        subscription.start(json -> stream.send(EventStream.MESSAGE, json));
    }

    /** Tells everybody who listens that it is over. */
    void endSubscriptions() {
        StatelessServer ending = server;
        if (ending != null) {
            ending.close();
        }
    }

    private static Principal caller(HttpServletRequest request) {
        return Caller.of(request) instanceof Principal principal ? principal : Principal.LOCAL;
    }
}
