package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What the codes of PostgreSQL (SQLSTATE, appendix A of its manual) mean for a caller. Stateless. */
final class PostgresFailures {

    private PostgresFailures() {}

    /** Whether the transaction lost against others and may simply be run again. */
    static boolean isConflict(SQLException e) {
        return switch (state(e)) {
            // serialization failure, deadlock
            case "40001", "40P01" -> true;
            default -> false;
        };
    }

    /**
     * Whether the connection is gone, or leads to a server that is starting, ending or not the primary, or that lost its
     * own connection to the others.
     */
    static boolean isConnectionLost(SQLException e) {
        String state = state(e);
        return switch (state) {
            // read-only, a transaction that paused or lasted too long, completion unknown (CockroachDB)
            case "25006", "25P03", "25P04", "40003" -> true;
            default -> state.startsWith("08") || state.startsWith("57P");
        };
    }

    /** Whether there never was a connection. */
    static boolean isNotConnected(SQLException e) {
        return e instanceof SQLTransientConnectionException || state(e).equals("08001");
    }

    /** Whether somebody else created the same thing at the same time. */
    static boolean isDuplicate(SQLException e) {
        return switch (state(e)) {
            case "23505", "42P06", "42P07", "42710", "XX000" -> true;
            default -> false;
        };
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    static BackendException of(SQLException e) {
        if (Thread.currentThread().isInterrupted()) {
            return interrupted(e);
        }
        Throwable behind = e.getCause();
        if (behind instanceof BackendException told) {
            return told;
        }
        SQLException cause =
                e instanceof SQLTransientConnectionException && behind instanceof SQLException first ? first : e;
        String state = state(cause);
        String group = state.length() < 2 ? "" : state.substring(0, 2);
        return switch (group) {
            case "08" ->
                state.equals("08004")
                        ? failure(
                                Kind.MISCONFIGURED,
                                "the database refuses the connection",
                                "check user, password (PGPASSWORD or postgres.passwordFile) and sslmode",
                                cause)
                        : failure(
                                Kind.UNAVAILABLE,
                                "the database cannot be reached",
                                "check that it runs and the address",
                                cause);
            case "28" ->
                failure(
                        Kind.MISCONFIGURED,
                        "the database refuses this account",
                        "check its user and password (PGPASSWORD or postgres.passwordFile), and pg_hba.conf",
                        cause);
            case "3D" -> failure(Kind.MISCONFIGURED, "there is no such database", "create it, or name another", cause);
            case "42" ->
                state.equals("42501")
                        ? failure(
                                Kind.MISCONFIGURED,
                                "the account lacks a right in the database",
                                "grant it CREATE on the database, or all rights in the schema unified_memory",
                                cause)
                        : broken(cause);
            case "53" ->
                failure(
                        Kind.OVERLOADED,
                        "the database has no disk space, memory or connection left",
                        "free some of it, or use fewer connections",
                        cause);
            case "40", "55" -> failure(Kind.OVERLOADED, "other writers were faster", "try again", cause);
            case "57" ->
                state.equals("57014")
                        ? failure(Kind.TIMED_OUT, "the database ended the statement", "try again", cause)
                        : failure(Kind.UNAVAILABLE, "the database is starting or ending", "try again soon", cause);
            case "25" ->
                state.equals("25006")
                        ? failure(
                                Kind.UNAVAILABLE,
                                "the database can only be read",
                                "name all hosts in the address, so that the primary is found; there look at"
                                        + " default_transaction_read_only",
                                cause)
                        : failure(Kind.TIMED_OUT, "the database ended the transaction", "try again", cause);
            case "22", "54" -> failure(Kind.REJECTED, "the database does not take this", "store less", cause);
            case "" ->
                failure(
                        Kind.UNAVAILABLE,
                        "the database gave no connection in time",
                        "check that it runs, or allow more at once with postgres.connections",
                        cause);
            default -> broken(cause);
        };
    }

    private static BackendException broken(SQLException cause) {
        return failure(Kind.BROKEN, "the database failed", "please report this with the words of the error", cause);
    }

    /** The failure of a write of which nobody knows whether it took effect; a second try would not tell. */
    static BackendException unknown(BackendException failure) {
        return new BackendException(
                Kind.TIMED_OUT,
                "the connection to the database broke while it committed, and whether it did is unknown: "
                        + failure.getMessage(),
                "look whether the write is there when the database answers again",
                failure);
    }

    /** The failure of a call whose thread was interrupted; the interrupt status is set. */
    static BackendException interrupted(@Nullable Throwable cause) {
        return new BackendException(Kind.TIMED_OUT, "the call was interrupted", "", cause);
    }

    private static BackendException failure(Kind kind, String what, String hint, SQLException cause) {
        // The driver names no host that nobody knows.
        String host = cause.getCause() instanceof UnknownHostException unknown
                ? " There is no host " + unknown.getMessage() + "."
                : "";
        return new BackendException(kind, what + ": " + cause.getMessage() + host, hint, cause);
    }
}
