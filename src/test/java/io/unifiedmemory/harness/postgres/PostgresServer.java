package io.unifiedmemory.harness.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.harness.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server on a port of the loopback interface, in a folder of its own that goes with it. It runs as a
 * user other than root, and never longer than this JVM. Not for several threads, but for {@link #createDatabase}.
 */
public final class PostgresServer implements AutoCloseable {

    /** What makes commits fast and a crash of the machine fatal: for all tests that are not about crashes. */
    public static final Map<String, String> FAST =
            Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off");

    /** As installed: what is committed is on the disk. */
    public static final Map<String, String> DURABLE = Map.of();

    private static final String HOST = "127.0.0.1";
    private static final String SUPERUSER = "postgres";
    private static final String ORDINARY_USER = "memory";

    private static final int PORT_TRIES = 20;

    /** What a copy of a running server leaves behind: a standby fetches its log from the primary, and the rest is of no use. */
    private static final Set<String> NOT_COPIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Set<PostgresServer> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(PostgresServer::close), "postgres-end"));
    }

    /** Made when the first test asks. */
    private static final class Shared {
        static final PostgresServer SERVER = start(FAST);
    }

    private final ServerAccount account;
    private final Path folder;
    private final Path data;
    private final Path log;
    private final String name = "server_" + NUMBER.incrementAndGet();
    private final String password;
    private final Map<String, String> settings;
    private int port;
    private @Nullable Postmaster running;

    private PostgresServer(Map<String, String> settings, String password) {
        this.password = password;
        this.settings = new TreeMap<>(settings);
        account = ServerAccount.find();
        try {
            folder = Files.createTempDirectory("unified-memory-postgres");
            account.own(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        data = folder.resolve("data");
        log = folder.resolve("log");
        OPEN.add(this);
    }

    /** The server that all tests of this JVM share, {@link #FAST}; each takes a database of its own. */
    public static PostgresServer shared() {
        return Shared.SERVER;
    }

    /** The folder of the programs that tests start, for a script that starts some itself. */
    public static Path programs() {
        return PostgresBinaries.folder();
    }

    /**
     * A new, empty server that accepts connections.
     *
     * @param settings as in {@code postgresql.conf}
     */
    public static PostgresServer start(Map<String, String> settings) {
        PostgresServer server = new PostgresServer(
                settings, Long.toHexString(ThreadLocalRandom.current().nextLong()));
        server.initialize();
        server.findPort();
        server.superuser().run("CREATE ROLE " + ORDINARY_USER + " LOGIN PASSWORD '" + server.password + "'");
        return server;
    }

    private void initialize() {
        try {
            Path passwordFile = Files.writeString(folder.resolve("password"), password + "\n", UTF_8);
            account.own(folder);
            Postmaster.run(
                    account.command(List.of(
                            program("initdb"),
                            "--pgdata=" + data,
                            "--username=" + SUPERUSER,
                            "--pwfile=" + passwordFile,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale=C",
                            "--no-sync",
                            "--no-instructions")),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String program(String name) {
        return PostgresBinaries.folder().resolve(name).toString();
    }

    /** Starts on a port that is free, also when others take the first ones that seem to be. */
    private void findPort() {
        for (int i = 0; i < PORT_TRIES; i++) {
            port = FreePort.find();
            if (launch()) {
                return;
            }
        }
        throw new IllegalStateException("the server does not start: " + log());
    }

    /** Starts the server again after {@link #stop} or {@link #kill}, on the same port. */
    public void restart() {
        if (!launch()) {
            throw new IllegalStateException("the server does not start: " + log());
        }
    }

    /** Returns when connections are accepted; false when the server ended instead. */
    private boolean launch() {
        if (running != null) {
            throw new IllegalStateException(name + " runs already");
        }
        writeSettings();
        Postmaster postmaster =
                Postmaster.start(account.command(List.of(program("postgres"), "-D", data.toString())), log);
        Eventually.await(() -> !postmaster.isAlive() || accepts(), () -> name + " accepts connections: " + log());
        if (!postmaster.isAlive()) {
            return false;
        }
        running = postmaster;
        return true;
    }

    private boolean accepts() {
        try (Connection connection = superuser().connect()) {
            return connection.isValid(0);
        } catch (SQLException e) {
            // Not yet.
            return false;
        }
    }

    private void writeSettings() {
        Map<String, String> all = new TreeMap<>(Map.of(
                // A socket of a killed server stays and keeps the next one from starting.
                "unix_socket_directories", "",
                // Shared memory as files in the folder: that of the system would outlive a killed server.
                "dynamic_shared_memory_type", "mmap",
                "max_wal_senders", "10",
                // So much of the log a standby may be late.
                "wal_keep_size", "1GB",
                "max_connections", "200",
                "cluster_name", name));
        all.putAll(settings);
        all.put("listen_addresses", HOST);
        all.put("port", Integer.toString(port));
        String lines = all.entrySet().stream()
                .map(setting -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(data.resolve("postgresql.conf"), lines, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new, empty database with its own name, which belongs to a user who is no superuser. */
    public PostgresDatabase createDatabase() {
        String database = "test_" + NUMBER.incrementAndGet();
        superuser().run("CREATE DATABASE " + database + " OWNER " + ORDINARY_USER + " TEMPLATE template0");
        return new PostgresDatabase(HOST, port, database, ORDINARY_USER, password);
    }

    /** Likewise, with its tables in a folder of their own. */
    public PostgresDatabase createDatabase(Path folder) {
        try {
            account.own(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PostgresDatabase database = createDatabase();
        superuser().run("CREATE TABLESPACE in_" + database.name() + " LOCATION '" + folder + "'");
        superuser().run("ALTER DATABASE " + database.name() + " SET TABLESPACE in_" + database.name());
        return database;
    }

    /** Removes a database of this server, and ends who is connected to it. */
    public void drop(PostgresDatabase database) {
        superuser().run("DROP DATABASE " + database.name() + " WITH (FORCE)");
        superuser().run("DROP TABLESPACE IF EXISTS in_" + database.name());
    }

    /** The same database on this server: after {@link #promote}, where it is now. */
    public PostgresDatabase here(PostgresDatabase database) {
        return database.through(port);
    }

    /** What only the owner of the server may ask and do. */
    public PostgresDatabase superuser() {
        return new PostgresDatabase(HOST, port, "postgres", SUPERUSER, password);
    }

    /** The same in a certain database. */
    public PostgresDatabase superuser(PostgresDatabase database) {
        return new PostgresDatabase(HOST, port, database.name(), SUPERUSER, password);
    }

    public int port() {
        return port;
    }

    /** Ends the server in good order, {@code restart} starts it again. */
    public void stop() {
        postmaster().stop();
        running = null;
    }

    /** {@code kill -9} of all its processes at once. */
    public void kill() {
        postmaster().kill();
        running = null;
    }

    /** Nothing is answered any more and no connection ends, until {@link #thaw}. */
    public void freeze() {
        postmaster().freeze();
    }

    public void thaw() {
        postmaster().thaw();
    }

    Path folder() {
        return folder;
    }

    /** What runs of this server now. */
    List<ProcessHandle> processes() {
        return postmaster().processes();
    }

    private Postmaster postmaster() {
        if (running == null) {
            throw new IllegalStateException(name + " does not run");
        }
        return running;
    }

    /**
     * A new server that follows this one, asynchronously. Its files are copied while this one serves, by its own backup
     * functions: {@code pg_basebackup}, which does the same, is not among the programs that the tests bring.
     */
    public PostgresServer standby() {
        PostgresServer standby = new PostgresServer(settings, password);
        standby.settings.remove("synchronous_standby_names");
        standby.settings.put(
                "primary_conninfo",
                "host=%s port=%d user=%s password=%s application_name=%s"
                        .formatted(HOST, port, SUPERUSER, password, standby.name));
        try {
            copyTo(standby);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        standby.findPort();
        awaitFollower(standby, "state = 'streaming'");
        return standby;
    }

    private void copyTo(PostgresServer standby) throws IOException, SQLException {
        // The label belongs to the connection that began the backup.
        try (Connection connection = superuser().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('" + standby.name + "', true)");
            Files.createDirectory(standby.data);
            Files.setPosixFilePermissions(standby.data, Files.getPosixFilePermissions(data));
            Folders.copy(data, standby.data, NOT_COPIED);
            Files.createDirectories(standby.data.resolve("pg_wal/archive_status"));
            Files.deleteIfExists(standby.data.resolve("postmaster.pid"));
            try (ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                label.next();
                Files.writeString(standby.data.resolve("backup_label"), label.getString(1), UTF_8);
            }
        }
        Files.createFile(standby.data.resolve("standby.signal"));
        account.own(standby.folder);
    }

    /**
     * From now on every commit waits until this standby has applied it. This server is started anew: one that only reads
     * its settings anew lets some commits through without waiting.
     */
    public void waitFor(PostgresServer standby) {
        settings.put("synchronous_standby_names", standby.name);
        settings.put("synchronous_commit", "remote_apply");
        stop();
        restart();
        awaitFollower(standby, "sync_state = 'sync'");
    }

    private void awaitFollower(PostgresServer standby, String condition) {
        String sql = "SELECT count(*) FROM pg_stat_replication WHERE application_name = '%s' AND %s"
                .formatted(standby.name, condition);
        Eventually.await(
                () -> superuser().count(sql) == 1,
                () -> standby.name + ": " + condition + "; its log ends: " + standby.log());
    }

    /** Makes a primary of this standby; returns when it can be written. */
    public void promote() {
        if (superuser().count("SELECT count(*) WHERE pg_promote(true, " + Eventually.PATIENCE.toSeconds() + ")") != 1) {
            throw new IllegalStateException(name + " does not become a primary: " + log());
        }
        settings.remove("primary_conninfo");
    }

    /** What the server wrote last, for messages. */
    public String log() {
        return Postmaster.end(log);
    }

    /** Ends the server, in whatever state it is, and deletes its folder. */
    @Override
    public void close() {
        if (!OPEN.remove(this)) {
            return;
        }
        if (running != null && running.isAlive()) {
            running.thaw();
            running.abort();
        }
        running = null;
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
