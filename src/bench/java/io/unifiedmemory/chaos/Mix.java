package io.unifiedmemory.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * How the machines of a run are set up and what befalls them beside kills and freezes.
 *
 * @param name what the command line calls it
 * @param upstream what the servers replicate to
 * @param http whether the upstream is one process over HTTP, behind a proxy that does harm
 * @param waitsLocally whether writes do not wait for the upstream
 * @param freshest whether a retrieve asks all backends at once
 * @param sqlite whether the servers keep memories in the local database
 * @param skewed whether each machine has a clock of its own that is minutes off and jumps
 * @param smallDisk whether the local databases are on small disks that run full
 */
record Mix(
        String name,
        Upstream upstream,
        boolean http,
        boolean waitsLocally,
        boolean freshest,
        Sqlite sqlite,
        boolean skewed,
        boolean smallDisk) {

    /** What the servers replicate to. */
    enum Upstream {
        /** Another instance of this server: all machines share one database. */
        UNIFIED,
        /**
         * The reference memory server, which keeps no versions and remembers no deletes: what one machine deletes there
         * does not reach the others, so each machine has one of its own.
         */
        REFERENCE,
        /** A server by a contract that is data, which keeps no versions either: each machine has one of its own. */
        MEMORY_BANK
    }

    /** Whether the local database keeps memories, or only the outbox. */
    enum Sqlite {
        ENABLED,
        DISABLED,
        /** Enabled or disabled anew at each start of a server. */
        TOGGLED
    }

    private static final List<Mix> ALL = List.of(
            of("unified", Upstream.UNIFIED),
            of("reference", Upstream.REFERENCE),
            of("memory-bank", Upstream.MEMORY_BANK),
            of("skewed-clocks", Upstream.UNIFIED).skewedClocks(),
            of("wait-local", Upstream.UNIFIED).withWaitLocal().skewedClocks(),
            of("freshest", Upstream.UNIFIED).withFreshest(),
            of("without-sqlite", Upstream.UNIFIED).with(Sqlite.DISABLED),
            of("without-sqlite-reference", Upstream.REFERENCE).with(Sqlite.DISABLED),
            of("sqlite-toggled", Upstream.UNIFIED).with(Sqlite.TOGGLED),
            of("http", Upstream.UNIFIED).overHttp(),
            of("http-reference", Upstream.REFERENCE).overHttp(),
            of("full-disk", Upstream.UNIFIED).onSmallDisks(),
            of("full-disk-reference", Upstream.REFERENCE).onSmallDisks());

    private static Mix of(String name, Upstream upstream) {
        return new Mix(name, upstream, false, false, false, Sqlite.ENABLED, false, false);
    }

    private Mix overHttp() {
        return new Mix(name, upstream, true, waitsLocally, freshest, sqlite, skewed, smallDisk);
    }

    private Mix withWaitLocal() {
        return new Mix(name, upstream, http, true, freshest, sqlite, skewed, smallDisk);
    }

    private Mix withFreshest() {
        return new Mix(name, upstream, http, waitsLocally, true, sqlite, skewed, smallDisk);
    }

    private Mix with(Sqlite chosen) {
        return new Mix(name, upstream, http, waitsLocally, freshest, chosen, skewed, smallDisk);
    }

    private Mix skewedClocks() {
        return new Mix(name, upstream, http, waitsLocally, freshest, sqlite, true, smallDisk);
    }

    private Mix onSmallDisks() {
        return new Mix(name, upstream, http, waitsLocally, freshest, sqlite, skewed, true);
    }

    /** The mixes that have names. */
    static List<Mix> all() {
        return ALL;
    }

    /** A mix by its name; {@code random} is one that the seed decides. */
    static Mix named(String name, long seed) {
        if (name.equals("random")) {
            return random(seed);
        }
        return ALL.stream()
                .filter(mix -> mix.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no mix " + name + "; there are all, random, "
                        + ALL.stream().map(Mix::name).collect(Collectors.joining(", "))));
    }

    private static Mix random(long seed) {
        Random random = new Random(seed);
        Upstream upstream = Upstream.values()[random.nextInt(2)];
        boolean http = random.nextInt(3) == 0;
        boolean waitsLocally = random.nextInt(3) == 0;
        boolean freshest = random.nextInt(3) == 0;
        Sqlite sqlite = random.nextInt(3) > 0 ? Sqlite.ENABLED : Sqlite.values()[random.nextInt(1, 3)];
        boolean skewed = random.nextBoolean();
        boolean smallDisk = sqlite == Sqlite.ENABLED && random.nextInt(3) == 0;
        Mix drawn = new Mix("", upstream, http, waitsLocally, freshest, sqlite, skewed, smallDisk);
        return new Mix(drawn.describe(), upstream, http, waitsLocally, freshest, sqlite, skewed, smallDisk);
    }

    private String describe() {
        return Arrays.asList(
                        upstream.name().toLowerCase(Locale.ROOT),
                        http ? "http" : "",
                        waitsLocally ? "wait-local" : "",
                        freshest ? "freshest" : "",
                        sqlite == Sqlite.ENABLED
                                ? ""
                                : "sqlite-" + sqlite.name().toLowerCase(Locale.ROOT),
                        skewed ? "skewed-clocks" : "",
                        smallDisk ? "full-disk" : "")
                .stream()
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining("+"));
    }

    /** Whether all machines write to one upstream, and so to the same keys. */
    boolean isShared() {
        return upstream == Upstream.UNIFIED;
    }

    /** Whether a call may be refused: nobody is left to take a write, or to answer. */
    boolean mayRefuse() {
        return sqlite != Sqlite.ENABLED || smallDisk;
    }

    /** Whether a write that was refused or cut off is either in the local database or nowhere. */
    boolean commitsLocally() {
        return sqlite != Sqlite.TOGGLED && !smallDisk;
    }
}
