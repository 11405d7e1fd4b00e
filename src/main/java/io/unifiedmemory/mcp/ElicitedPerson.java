package io.unifiedmemory.mcp;

import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.ToolFailure;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The person at a client that has opened a session: asked with a request of this server. Thread-safe. */
final class ElicitedPerson implements Person {

    private static final Logger LOG = LoggerFactory.getLogger(ElicitedPerson.class);

    private final McpAsyncServerExchange exchange;
    private final Duration patience;
    private final Runnable beforeWaiting;

    /**
     * @param patience how long the person may take
     * @param beforeWaiting called on the thread of the call, which is about to wait for a person
     */
    ElicitedPerson(McpAsyncServerExchange exchange, Duration patience, Runnable beforeWaiting) {
        this.exchange = exchange;
        this.patience = patience;
        this.beforeWaiting = beforeWaiting;
    }

    @Override
    public Answer mayIt(String question) {
        beforeWaiting.run();
        CompletableFuture<ElicitResult> asked = exchange.createElicitation(
                        ElicitFormRequest.builder(question, ConfirmationForm.schema())
                                .build())
                .toFuture();
        try {
            ElicitResult result = asked.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return ConfirmationForm.answer(result.action() == ElicitResult.Action.ACCEPT, result.content());
        } catch (TimeoutException e) {
            throw unanswered("did not answer within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            LOG.debug("a client could not ask its person", e.getCause());
            throw unanswered("could not be asked: the client failed to show the question", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a person");
        } finally {
            asked.cancel(true);
        }
    }

    private static ToolFailure unanswered(String what, Exception cause) {
        ToolFailure failure = new ToolFailure(
                Kind.REJECTED,
                "the person at the client " + what + "; nothing was deleted. Ask again, or turn the question off with"
                        + " the option confirmDeleteAll");
        failure.initCause(cause);
        return failure;
    }
}
