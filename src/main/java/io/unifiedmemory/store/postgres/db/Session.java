package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Texts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One connection, in the hands of one thread for one piece of work. Statements that are given together travel together:
 * over a network the number of round trips is what a call costs. Transactions are begun and ended by statements among
 * the others, for the same reason, and because a pooler between this program and the server knows nothing else.
 */
public final class Session {

    private static final Sql BEGIN = Sql.of("BEGIN");

    private static final Sql BEGIN_SNAPSHOT = Sql.of("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    private static final Sql MAY_PAUSE = Sql.of("SET LOCAL idle_in_transaction_session_timeout = 0");
    private static final Sql COMMIT = Sql.of("COMMIT");
    private static final Sql ROLLBACK = Sql.of("ROLLBACK");

    private final Connection connection;
    private final List<Sql> begin;
    private boolean inTransaction;
    private boolean committing;

    /**
     * Begins the work.
     *
     * @param limit goes into each transaction that writes; null for none
     */
    Session(Connection connection, @Nullable Sql limit) {
        this.connection = connection;
        this.begin = limit == null ? List.of(BEGIN) : List.of(BEGIN, limit);
    }

    /** Runs statements in one round trip, each in a transaction of its own unless one was begun. */
    public List<Result> run(Sql... statements) throws SQLException {
        return run(Arrays.asList(statements));
    }

    /** Runs statements in one round trip, each in a transaction of its own unless one was begun. */
    public List<Result> run(List<Sql> statements) throws SQLException {
        if (Thread.currentThread().isInterrupted()) {
            throw PostgresFailures.interrupted(null);
        }
        return execute(statements);
    }

    /** Begins a transaction that writes, together with its first statements; returns their results. */
    public List<Result> begin(Sql... first) throws SQLException {
        return begin(begin, first);
    }

    /** Begins a transaction that reads everything as it is at this moment, together with its first statements. */
    public List<Result> beginSnapshot(Sql... first) throws SQLException {
        return begin(List.of(BEGIN_SNAPSHOT), first);
    }

    /**
     * As {@link #beginSnapshot}, for work that takes long between its statements. It may, as it holds nothing that others
     * wait for.
     */
    public List<Result> beginLongSnapshot(Sql... first) throws SQLException {
        return begin(List.of(BEGIN_SNAPSHOT, MAY_PAUSE), first);
    }

    private List<Result> begin(List<Sql> begin, Sql... first) throws SQLException {
        List<Sql> all = new ArrayList<>(begin);
        all.addAll(Arrays.asList(first));
        inTransaction = true;
        List<Result> results = run(all);
        return results.subList(begin.size(), results.size());
    }

    /** Ends the transaction, together with its last statements; returns their results. */
    public List<Result> commit(List<Sql> last) throws SQLException {
        List<Sql> all = new ArrayList<>(last);
        all.add(COMMIT);
        if (Thread.currentThread().isInterrupted()) {
            throw PostgresFailures.interrupted(null);
        }
        committing = true;
        List<Result> results = execute(all);
        committing = false;
        inTransaction = false;
        return results.subList(0, last.size());
    }

    /** Whether the server was told to commit and has not answered. */
    boolean isOutcomeUnknown() {
        return committing;
    }

    /** Leaves no transaction behind; returns false when the connection cannot be used any more. */
    boolean reset() {
        if (!inTransaction) {
            return true;
        }
        try {
            execute(List.of(ROLLBACK));
            inTransaction = false;
            committing = false;
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private List<Result> execute(List<Sql> statements) throws SQLException {
        String text = statements.size() == 1
                ? statements.get(0).text()
                : statements.stream().map(Sql::text).collect(Collectors.joining(";\n"));
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            int index = 1;
            for (Sql sql : statements) {
                for (Object argument : sql.arguments()) {
                    set(statement, index++, argument);
                }
            }
            boolean hasRows = InterruptibleCall.execute(statement, statement::execute);
            List<Result> results = new ArrayList<>(statements.size());
            while (results.size() < statements.size()) {
                results.add(
                        hasRows ? new Result(0, rows(statement)) : new Result(statement.getUpdateCount(), List.of()));
                hasRows = statement.getMoreResults();
            }
            return results;
        }
    }

    private void set(PreparedStatement statement, int index, @Nullable Object argument) throws SQLException {
        if (argument == null) {
            statement.setNull(index, Types.NULL);
        } else if (argument instanceof String text) {
            statement.setString(index, written(text));
        } else if (argument instanceof Sql.Raw raw) {
            statement.setString(index, raw.text());
        } else if (argument instanceof Integer number) {
            statement.setInt(index, number);
        } else if (argument instanceof Long number) {
            statement.setLong(index, number);
        } else if (argument instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else if (argument instanceof UUID uuid) {
            statement.setObject(index, uuid);
        } else if (argument instanceof List<?> list) {
            statement.setArray(index, connection.createArrayOf(elementType(list), elements(list)));
        } else {
            throw new IllegalArgumentException("no type of the database for " + argument.getClass());
        }
    }

    /** An empty list has the type of texts. */
    private static String elementType(List<?> list) {
        Object first = list.isEmpty() ? "" : list.get(0);
        if (first instanceof Long) {
            return "bigint";
        }
        return first instanceof byte[] ? "bytea" : first instanceof Integer ? "integer" : "text";
    }

    private static Object[] elements(List<?> list) {
        return list.stream()
                .map(element -> element instanceof String text ? written(text) : element)
                .toArray(length ->
                        list.isEmpty() || !(list.get(0) instanceof byte[]) ? new Object[length] : new byte[length][]);
    }

    /** Rejects unpaired surrogates, which the encoding of the connection has no form for. */
    private static String written(String text) {
        int at = Texts.unpairedSurrogate(text);
        if (at >= 0) {
            throw new BackendException(
                    Kind.REJECTED, "the text is not valid Unicode at character " + at, "send valid Unicode text");
        }
        return EscapedText.write(text);
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet result = statement.getResultSet()) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                @Nullable Object[] values = new Object[columns];
                for (int i = 0; i < columns; i++) {
                    values[i] = result.getObject(i + 1);
                }
                rows.add(new Row(values));
            }
        }
        return rows;
    }
}
