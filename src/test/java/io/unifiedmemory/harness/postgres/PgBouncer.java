package io.unifiedmemory.harness.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.harness.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A PgBouncer in transaction mode before a server: what its clients send in one transaction reaches one connection, and
 * what they send next perhaps another. Debian's package, which {@code scripts/test} asks for.
 */
public final class PgBouncer implements AutoCloseable {

    /** Fewer than its clients have, so that they share. */
    private static final int SERVER_CONNECTIONS = 3;

    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"));

    private final Path folder;
    private final Path log;
    private final int port = FreePort.find();
    private final Postmaster running;

    /** Starts one; returns when it accepts connections to this database, and to every other of its server. */
    public PgBouncer(PostgresDatabase database) {
        try {
            ServerAccount account = ServerAccount.find();
            folder = Files.createTempDirectory("unified-memory-pgbouncer");
            log = folder.resolve("log");
            Path users = Files.writeString(
                    folder.resolve("users"), "\"" + database.user() + "\" \"" + database.password() + "\"\n", UTF_8);
            Path settings = Files.writeString(folder.resolve("settings"), settings(database, users), UTF_8);
            account.own(folder);
            running = Postmaster.start(account.command(List.of(program().toString(), settings.toString())), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PostgresDatabase through = database.through(port);
        Eventually.await(() -> !running.isAlive() || accepts(through), () -> "accepts connections: " + log());
        if (!running.isAlive()) {
            throw new IllegalStateException("PgBouncer does not start: " + log());
        }
    }

    private static Path program() {
        return PLACES.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("pgbouncer is in none of " + PLACES
                        + "; install the Debian package pgbouncer, as scripts/test --install does"));
    }

    private String settings(PostgresDatabase database, Path users) {
        return String.join(
                "\n",
                "[databases]",
                "* = host=" + database.host() + " port=" + database.port(),
                "[pgbouncer]",
                "listen_addr = " + database.host(),
                "listen_port = " + port,
                "unix_socket_dir =",
                "auth_type = scram-sha-256",
                "auth_file = " + users,
                "pool_mode = transaction",
                "default_pool_size = " + SERVER_CONNECTIONS,
                // What the driver says when it connects, and PgBouncer does not know.
                "ignore_startup_parameters = extra_float_digits",
                "");
    }

    private static boolean accepts(PostgresDatabase database) {
        try (Connection connection = database.connect()) {
            return connection.isValid(0);
        } catch (SQLException e) {
            // Not yet.
            return false;
        }
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    private String log() {
        return Postmaster.end(log);
    }

    @Override
    public void close() {
        running.kill();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
