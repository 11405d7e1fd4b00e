package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.util.Daemon;
import java.io.IOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call of the driver that an interrupt ends, although the driver itself does not notice interrupts: the statement is
 * cancelled on the server, and if that does not help soon, the connection is cut. The platform tells a channel at once
 * when the thread that uses it is interrupted, so nobody has to watch. Serves one call.
 */
final class InterruptibleCall extends AbstractInterruptibleChannel {

    private static final Logger LOG = LoggerFactory.getLogger(InterruptibleCall.class);

    /** How long a cancelled statement may take to end. */
    private static final long PATIENCE_SECONDS = 2;

    private final Statement statement;
    private final CountDownLatch ended = new CountDownLatch(1);

    private InterruptibleCall(Statement statement) {
        this.statement = statement;
    }

    /** Executes the statement. Fails as any cancelled statement when the thread is interrupted before it ends. */
    static boolean execute(Statement statement, Execution execution) throws SQLException {
        InterruptibleCall call = new InterruptibleCall(statement);
        try {
            call.begin();
            return execution.execute();
        } finally {
            call.ended.countDown();
            call.finish();
        }
    }

    /** What the driver does. */
    @FunctionalInterface
    interface Execution {
        boolean execute() throws SQLException;
    }

    private void finish() {
        try {
            end(true);
        } catch (IOException e) {
            // Thrown when the thread was interrupted. The result of the statement counts, and the status stays set.
            LOG.trace("interrupted", e);
        }
    }

    /** Called by the interrupting thread, which must not wait. */
    @Override
    protected void implCloseChannel() {
        Daemon.start("cancel-statement", this::cancel);
    }

    private void cancel() {
        try {
            if (ended.getCount() > 0) {
                statement.cancel();
            }
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                statement.getConnection().abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debug("a statement could not be cancelled: {}", e.getMessage());
            abort();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void abort() {
        try {
            if (ended.getCount() > 0) {
                statement.getConnection().abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debug("a connection could not be cut: {}", e.getMessage());
        }
    }
}
