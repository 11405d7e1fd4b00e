package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.harness.postgres.PostgresDatabase;
import io.unifiedmemory.harness.postgres.PostgresProxy;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Several servers over HTTP that share a PostgreSQL database, which has a standby that every commit waits for, and one
 * upstream. Between all of them stand proxies, so that each keeps its address when what is behind it is replaced. Its
 * state is changed by one thread; addresses may be asked for by any.
 */
final class Cluster implements AutoCloseable {

    /** Longer than the database is gone in most troubles, so that both outcomes are met: waiting and failing. */
    private static final int TIMEOUT_MILLIS = 4_000;

    private final Counts counts;
    private final List<HttpUpstream> instances = new ArrayList<>();
    private final List<PostgresProxy> ways = new ArrayList<>();
    private final Path upstreamFile;
    private final HttpUpstream upstream;
    private final FaultyProxy wayToUpstream;
    private PostgresServer primary;
    private PostgresServer standby;

    /** @param folder takes logs and the file of the upstream */
    Cluster(Path folder, int instances, Counts counts, long seed) {
        this.counts = counts;
        primary = PostgresServer.start(PostgresServer.DURABLE);
        PostgresDatabase database = primary.createDatabase();
        standby = primary.standby();
        primary.waitFor(standby);
        ways.add(new PostgresProxy(primary.port()));
        ways.add(new PostgresProxy(standby.port()));
        upstreamFile = folder.resolve("upstream.db");
        upstream = new HttpUpstream(
                BuiltJar.command(List.of("serve", "--http", "127.0.0.1:0", "--db", upstreamFile.toString())),
                Map.of(),
                folder.resolve("upstream.log"));
        wayToUpstream = new FaultyProxy(upstream::address, false, counts, seed);
        Path config = config(folder, database);
        for (int number = 0; number < instances; number++) {
            this.instances.add(new HttpUpstream(
                    BuiltJar.command(List.of("serve", "--http", "127.0.0.1:0", "--config", config.toString())),
                    Map.of("PGPASSWORD", database.password()),
                    folder.resolve("instance-" + number + ".log")));
        }
    }

    private Path config(Path folder, PostgresDatabase database) {
        String hosts =
                "127.0.0.1:" + ways.get(0).port() + ",127.0.0.1:" + ways.get(1).port();
        Map<String, Object> options = Map.of(
                "database",
                "postgresql://" + database.user() + "@" + hosts + "/" + database.name()
                        + "?targetServerType=primary&hostRecheckSeconds=1&connectTimeout=2&socketTimeout=20",
                "postgres",
                Map.of("timeoutMs", TIMEOUT_MILLIS),
                "upstreams",
                Map.of(
                        World.UPSTREAM,
                        Map.of("type", "http", "url", wayToUpstream.address().toString(), "timeoutMs", 3_000)));
        try {
            return Files.writeString(folder.resolve("config.json"), Json.write(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<HttpUpstream> instances() {
        return instances;
    }

    HttpUpstream upstream() {
        return upstream;
    }

    FaultyProxy wayToUpstream() {
        return wayToUpstream;
    }

    /** Where the upstream keeps its memories. */
    Path upstreamFile() {
        return upstreamFile;
    }

    /** The ways from the servers to the two database servers. */
    List<PostgresProxy> ways() {
        return ways;
    }

    void freezeDatabase() {
        primary.freeze();
        counts.add(Count.DATABASE_FREEZES);
    }

    void thawDatabase() {
        primary.thaw();
    }

    /** {@code kill -9}, and starts it again. */
    void killDatabase() {
        counts.add(Count.DATABASE_KILLS);
        primary.kill();
        primary.restart();
    }

    /** {@code kill -9} of the primary for ever: the standby takes its place, and gets a standby of its own. */
    void failOver() {
        counts.add(Count.FAILOVERS);
        PostgresServer dead = primary;
        dead.kill();
        standby.promote();
        primary = standby;
        dead.close();
        standby = primary.standby();
        ways.stream().filter(way -> way.target() == dead.port()).forEach(way -> way.leadTo(standby.port()));
        primary.waitFor(standby);
    }

    @Override
    public void close() {
        instances.forEach(HttpUpstream::close);
        upstream.close();
        wayToUpstream.close();
        ways.forEach(PostgresProxy::close);
        standby.close();
        primary.close();
    }
}
