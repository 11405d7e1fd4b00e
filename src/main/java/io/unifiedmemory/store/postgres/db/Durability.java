package io.unifiedmemory.store.postgres.db;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What it means that the database acknowledged a write, from the weakest to the strongest. */
public enum Durability {
    /** The write may be lost when the server crashes. */
    WEAK("before writes are on disk"),
    /** The write survives a crash of the server, but not the loss of its disk. */
    ONE_MACHINE("when writes are on the disk of the primary"),
    /** The write survives the loss of the primary. */
    TWO_MACHINES("when writes are on two machines"),
    /** The write survives the loss of any minority of the machines. */
    QUORUM("when writes are on several machines");

    private static final Pattern COUNT = Pattern.compile("(?:ANY|FIRST)?\\s*(\\d+)\\s*\\(.*", Pattern.CASE_INSENSITIVE);

    private final String words;

    Durability(String words) {
        this.words = words;
    }

    /** Completes the sentence "the database acknowledges ...". */
    public String words() {
        return words;
    }

    /**
     * Reads it from the settings of the server (chapters 19.5 and 19.6 of the manual of PostgreSQL).
     *
     * @param fsync {@code fsync}
     * @param commit {@code synchronous_commit}
     * @param standbys {@code synchronous_standby_names}
     */
    static Durability of(String fsync, String commit, String standbys) {
        if (fsync.equals("off") || commit.equals("off")) {
            return WEAK;
        }
        if (standbys.isBlank() || commit.equals("local")) {
            return ONE_MACHINE;
        }
        Matcher count = COUNT.matcher(standbys.strip());
        return count.matches() && Integer.parseInt(count.group(1)) > 1 ? QUORUM : TWO_MACHINES;
    }
}
