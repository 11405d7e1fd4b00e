package io.unifiedmemory.http;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.unifiedmemory.server.CallsInFlight;
import io.unifiedmemory.server.JsonRpc;
import io.unifiedmemory.server.MemoryServer;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The answer to one POST: plain JSON when the reply is all there is to say, a stream of events when something is said
 * before it. Thread-safe.
 */
final class PostReply implements McpStreamableServerTransport {

    private final HttpServletResponse response;
    private final CallsInFlight calls;
    private boolean streaming;
    private boolean replied;

    PostReply(HttpServletResponse response, CallsInFlight calls) {
        this.response = response;
        this.calls = calls;
    }

    /** Ends the answer; a request that was cancelled has none, which is said without a body. */
    synchronized void finish() {
        if (!replied && !streaming) {
            response.setStatus(HttpServletResponse.SC_ACCEPTED);
        }
        replied = true;
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.fromRunnable(() -> {
            if (message instanceof JSONRPCResponse reply) {
                calls.answer(reply.id(), () -> write(reply.id(), message));
            } else {
                write(null, message);
            }
        });
    }

    /** No event has an id: none could be sent again. */
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
        return sendMessage(message);
    }

    private synchronized void write(@Nullable Object id, JSONRPCMessage message) {
        if (replied) {
            return;
        }
        byte[] json = JsonRpc.bytes(id, message);
        replied = id != null;
        try {
            if (replied && !streaming) {
                Endpoint.answer(response, HttpServletResponse.SC_OK, json);
                return;
            }
            if (!streaming) {
                streaming = true;
                EventStream.setHeaders(response);
            }
            ServletOutputStream out = response.getOutputStream();
            out.write(EventStream.event("message", json));
            out.flush();
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
        finish();
    }
}
