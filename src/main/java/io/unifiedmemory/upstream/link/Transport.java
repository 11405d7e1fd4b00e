package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.spec.McpClientTransport;
import io.unifiedmemory.memory.BackendException;
import java.util.concurrent.CompletableFuture;

/**
 * A transport of the SDK whose end is noticed at once and whose closing is waited for. Serves one session; thread-safe.
 */
public interface Transport extends McpClientTransport {

    /** The largest message that is read, in bytes; a larger one breaks the link. */
    int MAX_MESSAGE_BYTES = 64 << 20;

    /** Completes with the reason when the other side is gone. */
    CompletableFuture<BackendException> broken();

    /** Tells the link that the handshake is over, so the other side is complete. */
    default void established() {}

    /** Lets go of the connection or process, waiting briefly; a second call waits for the first. */
    @Override
    void close();
}
