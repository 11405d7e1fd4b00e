package io.unifiedmemory.mcp;

import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.unifiedmemory.tools.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a client the progress of its call, if it asked for that. By the protocol each notification must report more.
 */
final class ClientProgress implements Progress {

    private static final Logger LOG = LoggerFactory.getLogger(ClientProgress.class);

    private final McpAsyncServerExchange exchange;
    private final Object token;
    private long last;

    private ClientProgress(McpAsyncServerExchange exchange, Object token) {
        this.exchange = exchange;
        this.token = token;
    }

    /** The progress of one call; sends nothing unless the request carries a token. */
    static Progress of(McpAsyncServerExchange exchange, CallToolRequest request) {
        Object token = request.meta() == null ? null : request.meta().get("progressToken");
        return token instanceof String || token instanceof Number ? new ClientProgress(exchange, token) : NONE;
    }

    @Override
    public synchronized void report(long done, String message) {
        if (done > last) {
            last = done;
            exchange.progressNotification(ProgressNotification.builder(token, (double) done)
                            .message(message)
                            .build())
                    .subscribe(sent -> {}, failure -> LOG.debug("no progress could be sent", failure));
        }
    }
}
