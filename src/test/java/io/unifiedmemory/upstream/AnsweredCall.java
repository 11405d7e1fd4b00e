package io.unifiedmemory.upstream;

import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A call of a server in memory: its reply is there at once. */
public record AnsweredCall(ToolReply reply) implements Tools.Call {

    @Override
    public ToolReply await() {
        return reply;
    }

    @Override
    public CompletionStage<?> answered() {
        return CompletableFuture.completedFuture(reply);
    }
}
