package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.harness.postgres.PostgresProxy;
import io.unifiedmemory.harness.postgres.PostgresProxy.Direction;
import io.unifiedmemory.harness.postgres.PostgresProxy.Loss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What befalls a cluster, one thing after the other. For one thread. */
final class ClusterTrouble {

    /** What can happen; the numbers say how often in one round of all. */
    private enum Fault {
        KILL_INSTANCE(3),
        FREEZE_INSTANCE(2),
        CUT_CONNECTIONS(2),
        BLACK_HOLE(2),
        LOSE_COMMIT(4),
        FREEZE_DATABASE(1),
        KILL_DATABASE(1),
        FAIL_OVER(1),
        KILL_UPSTREAM(1),
        STORM(1),
        PARTITION(1);

        private final int times;

        Fault(int times) {
            this.times = times;
        }
    }

    private final Cluster cluster;
    private final Counts counts;
    private final Random random;
    private final List<Fault> next = new ArrayList<>();

    ClusterTrouble(Cluster cluster, Counts counts, long seed) {
        this.cluster = cluster;
        this.counts = counts;
        this.random = new Random(seed);
    }

    /** Everything is whole again when this returns. What the run is there for comes first, so that it comes at all. */
    void run(BooleanSupplier isOver) {
        next.addAll(List.of(Fault.KILL_DATABASE, Fault.LOSE_COMMIT, Fault.KILL_INSTANCE, Fault.FAIL_OVER));
        while (!isOver.getAsBoolean()) {
            if (next.isEmpty()) {
                for (Fault fault : Fault.values()) {
                    next.addAll(Collections.nCopies(fault.times, fault));
                }
                Collections.shuffle(next, random);
            }
            strike(next.remove(next.size() - 1));
            pass(100, 1_000);
        }
    }

    private void strike(Fault fault) {
        HttpUpstream instance =
                cluster.instances().get(random.nextInt(cluster.instances().size()));
        PostgresProxy way = cluster.ways().get(random.nextInt(cluster.ways().size()));
        switch (fault) {
            case KILL_INSTANCE -> {
                counts.add(Count.SERVER_KILLS);
                instance.processes().forEach(ProcessHandle::destroyForcibly);
                pass(10, 2_000);
                instance.revive();
            }
            case FREEZE_INSTANCE -> {
                counts.add(Count.FREEZES);
                signal("STOP", instance);
                pass(100, 8_000);
                signal("CONT", instance);
            }
            case CUT_CONNECTIONS -> {
                counts.add(Count.CONNECTION_CUTS);
                cluster.ways().forEach(PostgresProxy::cut);
            }
            case BLACK_HOLE -> {
                counts.add(Count.CONNECTION_CUTS);
                way.freeze(random.nextBoolean() ? EnumSet.allOf(Direction.class) : EnumSet.of(Direction.TO_CLIENT));
                pass(100, 5_000);
                way.cut();
                way.restore();
            }
            case LOSE_COMMIT -> {
                Loss kind = random.nextBoolean() ? Loss.ANSWER : Loss.COMMIT;
                int before =
                        cluster.ways().stream().mapToInt(PostgresProxy::losses).sum();
                cluster.ways().forEach(each -> each.loseCommit(1 + random.nextInt(10), kind));
                pass(200, 500);
                cluster.ways().forEach(PostgresProxy::restore);
                counts.add(
                        Count.LOST_COMMITS,
                        cluster.ways().stream().mapToInt(PostgresProxy::losses).sum() - before);
            }
            case FREEZE_DATABASE -> {
                cluster.freezeDatabase();
                pass(100, 6_000);
                cluster.thawDatabase();
            }
            case KILL_DATABASE -> cluster.killDatabase();
            case FAIL_OVER -> cluster.failOver();
            case KILL_UPSTREAM -> {
                counts.add(Count.UPSTREAM_KILLS);
                cluster.upstream().processes().forEach(ProcessHandle::destroyForcibly);
                pass(10, 5_000);
                cluster.upstream().revive();
            }
            case STORM -> cluster.wayToUpstream().storm(Duration.ofMillis(random.nextInt(500, 5_000)));
            case PARTITION -> cluster.wayToUpstream().partition(Duration.ofMillis(random.nextInt(500, 5_000)));
        }
    }

    private void pass(int fromMillis, int toMillis) {
        LockSupport.parkNanos(
                Duration.ofMillis(random.nextInt(fromMillis, toMillis)).toNanos());
    }

    private static void signal(String name, HttpUpstream process) {
        for (ProcessHandle handle : process.processes()) {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(handle.pid()))
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
