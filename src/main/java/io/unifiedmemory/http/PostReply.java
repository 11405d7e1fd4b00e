package io.unifiedmemory.http;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.http.guard.JsonReply;
import io.unifiedmemory.mcp.CallsInFlight;
import io.unifiedmemory.mcp.JsonRpc;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.ServedTools;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The answer to one POST: plain JSON when the reply is all there is to say, a stream of events when something is said
 * before it or the client prefers events. A client that takes no events is sent the reply and nothing else. The reply
 * is written at the end, when only its bytes are left of the call: a client that reads slowly holds a thread and these
 * bytes, which are counted. Thread-safe.
 */
final class PostReply implements McpStreamableServerTransport {

    /** A reply of at most this size is always written: the threads that do it are bounded too. */
    private static final int SMALL = 64 * 1024;

    private final Accept accept;
    private final HttpServletResponse response;
    private final CallsInFlight calls;
    private final boolean showsApps;
    /** Held while something is written before the reply, however slowly the client reads. */
    private final ReentrantLock speaking = new ReentrantLock();

    private boolean streaming;
    private boolean replied;
    private @Nullable Object id;
    private byte @Nullable [] reply;
    private int status = HttpServletResponse.SC_OK;

    PostReply(Accept accept, HttpServletResponse response, CallsInFlight calls) {
        this(accept, response, calls, true);
    }

    /** @param showsApps whether the client shows pages beside the results of tools: the others are not told of any */
    PostReply(Accept accept, HttpServletResponse response, CallsInFlight calls, boolean showsApps) {
        this.showsApps = showsApps;
        this.accept = accept;
        this.response = response;
        this.calls = calls;
    }

    /** Writes a reply that nothing was said before. */
    static void write(Accept accept, HttpServletResponse response, byte[] json) throws IOException {
        if (accept.prefersEvents()) {
            EventStream.setHeaders(response);
            writeEvent(response, json);
        } else {
            JsonReply.send(response, HttpServletResponse.SC_OK, json);
        }
    }

    /**
     * Writes the reply; a request that was cancelled has none and is answered without a body.
     *
     * @param budget for replies that are being read
     * @param owner who reads
     */
    void finish(ByteBudget budget, @Nullable String owner) throws IOException {
        close(); // nothing is said from now on, so that nobody waits here for a client that reads slowly
        if (reply != null) {
            write(reply, budget, owner);
        } else if (!streaming) {
            response.setStatus(HttpServletResponse.SC_ACCEPTED);
        }
    }

    private void write(byte[] json, ByteBudget budget, @Nullable String owner) throws IOException {
        if (json.length <= SMALL) {
            write(json);
        } else if (budget.take(owner, json.length)) {
            try {
                write(json);
            } finally {
                budget.give(owner, json.length);
            }
        } else if (streaming) {
            writeEvent(response, JsonRpc.bytes(id, overloaded()));
        } else {
            JsonReply.send(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, JsonRpc.bytes(id, overloaded()));
        }
    }

    private Object overloaded() {
        return JsonRpc.error(
                id,
                McpSchema.ErrorCodes.INTERNAL_ERROR,
                "overloaded: too many large replies wait to be read; the call was done, ask again for its result");
    }

    private void write(byte[] json) throws IOException {
        if (streaming) {
            writeEvent(response, json);
        } else if (status != HttpServletResponse.SC_OK) {
            JsonReply.send(response, status, json);
        } else {
            write(accept, response, json);
        }
    }

    private static void writeEvent(HttpServletResponse response, byte[] json) throws IOException {
        write(response, EventStream.event(EventStream.MESSAGE, json));
    }

    private static void write(HttpServletResponse response, byte[] event) throws IOException {
        ServletOutputStream out = response.getOutputStream();
        JsonReply.writeInParts(out, event);
        out.flush();
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.fromRunnable(() -> {
            if (message instanceof JSONRPCResponse given) {
                JSONRPCResponse answer = showsApps ? given : ServedTools.withoutPages(given);
                answer(answer.id(), HttpServletResponse.SC_OK, answer);
            } else {
                tell(message);
            }
        });
    }

    /** Ignores the id: no event has one, because none can be sent again. */
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
        return sendMessage(message);
    }

    /**
     * Takes the reply, unless the request was cancelled.
     *
     * @param httpStatus for a reply that is not part of a stream
     */
    void answer(Object requestId, int httpStatus, Object message) {
        calls.answer(requestId, () -> keep(requestId, httpStatus, message));
    }

    private void keep(Object requestId, int httpStatus, Object message) {
        speaking.lock();
        try {
            if (!replied) {
                replied = true;
                id = requestId;
                status = httpStatus;
                reply = JsonRpc.bytes(requestId, message);
            }
        } finally {
            speaking.unlock();
        }
    }

    /** Sends a message before the reply, which makes the answer a stream of events. */
    void tell(JSONRPCMessage message) {
        speaking.lock();
        try {
            say(EventStream.event(EventStream.MESSAGE, JsonRpc.bytes(null, message)));
        } finally {
            speaking.unlock();
        }
    }

    /**
     * Sends a comment, by which a client is noticed that has closed the connection. Where something is being written the
     * client is noticed by that, and nothing is sent.
     */
    void comment() {
        if (speaking.tryLock()) {
            try {
                say(UnreadEvents.COMMENT);
            } finally {
                speaking.unlock();
            }
        }
    }

    private void say(byte[] event) {
        if (replied || !accept.takesEvents()) {
            return;
        }
        if (!streaming) {
            streaming = true;
            EventStream.setHeaders(response);
        }
        try {
            write(response, event);
        } catch (IOException e) {
            replied = true;
            throw new UncheckedIOException("the client has gone", e);
        }
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return MemoryServer.JSON.convertValue(data, type);
    }

    /** Does nothing: the SDK says this before it fails with an error that is still to be answered. */
    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty();
    }

    @Override
    public void close() {
        speaking.lock();
        try {
            replied = true;
        } finally {
            speaking.unlock();
        }
    }
}
