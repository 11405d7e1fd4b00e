package io.unifiedmemory.harness.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.harness.Eventually;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PostgresServerTest {

    @Test
    void everyTestHasADatabaseOfItsOwn() {
        PostgresDatabase one = PostgresServer.shared().createDatabase();
        PostgresDatabase other = PostgresServer.shared().createDatabase();
        one.run("CREATE TABLE note (text text)");
        assertThat(one.count("SELECT count(*) FROM pg_tables WHERE tablename = 'note'"))
                .isOne();
        assertThat(other.count("SELECT count(*) FROM pg_tables WHERE tablename = 'note'"))
                .isZero();
        assertThat(one.count("SELECT count(*) FROM pg_user WHERE usename = current_user AND usesuper"))
                .isZero();
        assertThat(one.count("SELECT count(*) FROM pg_database WHERE datname = current_database() AND datcollate = 'C' "
                        + "AND pg_encoding_to_char(encoding) = 'UTF8'"))
                .isOne();
        PostgresServer.shared().drop(one);
        PostgresServer.shared().drop(other);
        assertThatThrownBy(one::connect).isInstanceOf(SQLException.class).hasMessageContaining("does not exist");
    }

    @Test
    void whatIsCommittedSurvivesKillAndRestart() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServer.DURABLE)) {
            PostgresDatabase database = server.createDatabase();
            database.run("CREATE TABLE note (number int); INSERT INTO note VALUES (1)");
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("BEGIN; INSERT INTO note VALUES (2)");
                server.kill();
                assertThatThrownBy(() -> statement.execute("COMMIT")).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
            server.restart();
            assertThat(database.count("SELECT sum(number) FROM note")).isOne();
            server.stop();
            server.restart();
            assertThat(database.count("SELECT sum(number) FROM note")).isOne();
        }
    }

    @Test
    void aStandbyThatCommitsWaitForHasThemWhenThePrimaryIsKilled() throws Exception {
        try (PostgresServer primary = PostgresServer.start(PostgresServer.FAST)) {
            PostgresDatabase database = primary.createDatabase();
            database.run("CREATE TABLE note (number int); INSERT INTO note VALUES (1)");
            try (PostgresServer standby = primary.standby()) {
                primary.waitFor(standby);
                PostgresDatabase copy = standby.here(database);
                database.run("INSERT INTO note VALUES (2)");
                assertThat(copy.count("SELECT sum(number) FROM note")).isEqualTo(3);
                assertThatThrownBy(() -> copy.run("INSERT INTO note VALUES (4)"))
                        .hasStackTraceContaining("read-only transaction");

                // Nothing is committed while the standby does not answer.
                standby.freeze();
                CompletableFuture<Void> insert = Async.run(() -> database.run("INSERT INTO note VALUES (4)"));
                Eventually.await(
                        () -> primary.superuser()
                                        .count("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                                == 1,
                        () -> "the commit waits");
                assertThat(insert).isNotDone();
                standby.thaw();
                insert.get(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS);

                primary.kill();
                standby.promote();
                copy.run("INSERT INTO note VALUES (8)");
                assertThat(copy.count("SELECT sum(number) FROM note")).isEqualTo(15);
            }
        }
    }

    @Test
    void aFrozenServerKeepsItsConnectionsAndAnswersWhenItIsThawed() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServer.FAST)) {
            PostgresDatabase database = server.createDatabase();
            try (Connection connection = database.connect()) {
                connection.setNetworkTimeout(Runnable::run, 100);
                server.freeze();
                assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
                        .hasMessageContaining("I/O error");
                server.thaw();
            }
            assertThat(database.count("SELECT 1")).isOne();
        }
    }

    @Test
    void nothingRunsAfterTheEnd() {
        List<ProcessHandle> processes = new ArrayList<>();
        try (PostgresServer stopped = PostgresServer.start(PostgresServer.FAST);
                PostgresServer killed = PostgresServer.start(PostgresServer.FAST);
                PostgresServer frozen = PostgresServer.start(PostgresServer.FAST)) {
            processes.addAll(stopped.processes());
            processes.addAll(killed.processes());
            processes.addAll(frozen.processes());
            assertThat(processes).filteredOn(Postmaster::runs).hasSizeGreaterThan(9);
            stopped.stop();
            killed.kill();
            frozen.freeze();
        }
        assertThat(processes).noneMatch(Postmaster::runs);
    }

    @Test
    void nothingRunsAfterThisProcessIsKilled() throws Exception {
        Process other = new ProcessBuilder(
                        BuiltJar.java(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Starter.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = other.inputReader()) {
            Path folder = Path.of(output.readLine());
            List<ProcessHandle> processes = other.descendants().toList();
            assertThat(processes).filteredOn(Postmaster::runs).hasSizeGreaterThan(3);
            other.destroyForcibly().waitFor();
            Eventually.await(() -> processes.stream().noneMatch(Postmaster::runs), () -> "the servers end");
            Folders.delete(folder);
        }
    }

    /** Starts a server, says where its files are, and waits for its end. */
    static final class Starter {
        public static void main(String[] arguments) throws Exception {
            System.out.println(PostgresServer.start(PostgresServer.FAST).folder());
            new CountDownLatch(1).await();
        }
    }
}
