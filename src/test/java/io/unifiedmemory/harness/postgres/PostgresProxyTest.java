package io.unifiedmemory.harness.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.Eventually;
import io.unifiedmemory.harness.postgres.PostgresProxy.Direction;
import io.unifiedmemory.harness.postgres.PostgresProxy.Loss;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresProxyTest {

    private static final int SHORT_MILLIS = 200;

    private PostgresDatabase database;
    private PostgresProxy proxy;
    private PostgresDatabase through;

    @BeforeEach
    void begin() {
        database = PostgresServer.shared().createDatabase();
        database.run("CREATE TABLE note (number int)");
        proxy = new PostgresProxy(PostgresServer.shared().port());
        through = database.through(proxy.port());
    }

    @AfterEach
    void end() {
        proxy.close();
        PostgresServer.shared().drop(database);
    }

    private long notes() {
        return database.count("SELECT count(*) FROM note");
    }

    @Test
    void everythingPasses() {
        through.run("INSERT INTO note SELECT generate_series(1, 10000)");
        assertThat(through.count("SELECT count(*) FROM note")).isEqualTo(10_000);
        proxy.delay(Duration.ofMillis(1));
        assertThat(through.count("SELECT length(repeat('x', 100000))")).isEqualTo(100_000);
    }

    @Test
    void connectionsAreCutAndRefused() throws Exception {
        try (Connection connection = through.connect()) {
            proxy.cut();
            assertThat(connection.isValid(0)).isFalse();
        }
        assertThat(through.count("SELECT 1")).isOne();
        proxy.refuse();
        // The system may have taken one more before it refuses: that one is cut.
        assertThatThrownBy(through::connect).isInstanceOf(SQLException.class);
        proxy.restore();
        assertThat(through.count("SELECT 1")).isOne();
    }

    @Test
    void oneDirectionIsFrozen() throws Exception {
        try (Connection connection = through.connect();
                Statement statement = connection.createStatement()) {
            proxy.freeze(EnumSet.of(Direction.TO_CLIENT));
            CompletableFuture<Boolean> insert = Async.supply(() -> inserts(statement));
            Eventually.await(() -> notes() == 1, () -> "the request has passed");
            assertThat(insert).isNotDone();
            proxy.restore();
            assertThat(insert.get()).isTrue();

            proxy.freeze(EnumSet.of(Direction.TO_SERVER));
            connection.setNetworkTimeout(Runnable::run, SHORT_MILLIS);
            assertThat(inserts(statement)).isFalse();
            assertThat(notes()).isOne();
        }
        proxy.freeze(EnumSet.allOf(Direction.class));
        assertThatThrownBy(() -> inBlackHole().connect()).isInstanceOf(SQLException.class);
    }

    private PostgresDatabase inBlackHole() {
        return new PostgresDatabase(
                through.host(), through.port(), through.name() + "?loginTimeout=1", through.user(), through.password());
    }

    private static boolean inserts(Statement statement) {
        try {
            return statement.executeUpdate("INSERT INTO note VALUES (1)") == 1;
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void theAnswerToACommitIsLost() throws Exception {
        proxy.loseCommit(2, Loss.ANSWER);
        through.run("BEGIN; INSERT INTO note VALUES (1); COMMIT");
        assertThat(commits()).isFalse();
        assertThat(notes()).isEqualTo(2);
        assertThat(proxy.losses()).isOne();
        assertThat(commits()).isTrue();
    }

    @Test
    void theCommitItselfIsLost() throws Exception {
        proxy.loseCommit(1, Loss.COMMIT);
        assertThat(commits()).isFalse();
        assertThat(notes()).isZero();
        assertThat(proxy.losses()).isOne();
        assertThat(commits()).isTrue();
    }

    /** A prepared statement is sent by its name after some uses. */
    @Test
    void aPreparedCommitIsLost() throws Exception {
        try (Connection connection = through.connect();
                var commit = connection.prepareStatement("BEGIN; INSERT INTO note VALUES (1); COMMIT")) {
            for (int i = 0; i < 10; i++) {
                commit.execute();
            }
            proxy.loseCommit(3, Loss.ANSWER);
            commit.execute();
            commit.execute();
            assertThatThrownBy(commit::execute).hasMessageContaining("I/O error");
        }
        assertThat(notes()).isEqualTo(13);
    }

    private boolean commits() throws SQLException {
        try (Connection connection = through.connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO note VALUES (1)");
                connection.commit();
                return true;
            } catch (SQLException e) {
                return false;
            }
        }
    }
}
