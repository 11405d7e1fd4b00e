package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.History.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the machines may read and what must be there in the end. An acknowledged write leaves one possible value of a
 * key that one machine writes, one that was cut off before its acknowledgement leaves two, until a read shows which it
 * is; of keys that several machines write {@link History} says more. Thread-safe as long as each key has one writer at
 * a time.
 */
final class Model {

    /** What every value begins with that was stored as one of long ago, which a cleanup deletes. */
    static final String OLD = "old ";

    /** What every value begins with that was stored with an expiry, of which the milliseconds follow. */
    static final String EXPIRING = "expiring ";

    /** One key of one user. */
    record Place(String user, String key) {}

    /** What is wrong with what was found. */
    enum Wrong {
        /** An acknowledged memory is absent. */
        LOST,
        /** A deleted memory is there. */
        RESURRECTED,
        /** There is an older text than the one that was acknowledged. */
        OUTDATED,
        /** There is a text that nobody wrote. */
        NEVER_WRITTEN,
        /**
         * An answer said that it is complete and lacks what the upstream had confirmed, or shows what that had
         * replaced.
         */
        NOT_COMPLETE,
        /** A memory is shown that had expired before anybody asked. */
        EXPIRED,
        /** The history has a text of a key that was deleted permanently. */
        KEPT,
        /** A memory was updated before it was created. */
        TIMES,
        /** After everything has arrived everywhere there are two texts of one key. */
        DIVERGED,
        /** The upstream works, and is not given what it is owed. */
        UNDELIVERED
    }

    /** A finding that cannot be. */
    record Violation(Wrong wrong, String text) {}

    /**
     * How a memory was asked for.
     *
     * @param where in words
     * @param machine whose server was asked
     * @param complete whether the answer says that it is complete
     * @param heardAll whether such an answer is one of all backends, not only of the first that has the memory
     * @param mayLack whether the answer may lack what was acknowledged, because it says so
     * @param settles whether the answer shows which of several possible values it is
     */
    record Read(String where, int machine, boolean complete, boolean heardAll, boolean mayLack, boolean settles) {}

    private final int machines;
    private final boolean inOrder;
    private final Map<Place, History> histories = new ConcurrentHashMap<>();
    private final Set<String> sharedUsers;

    /**
     * @param inOrder whether the clocks of all machines agree
     * @param sharedUsers whose keys several machines write
     */
    Model(int machines, boolean inOrder, Set<String> sharedUsers) {
        this.machines = machines;
        this.inOrder = inOrder;
        this.sharedUsers = sharedUsers;
    }

    /** @param value null for a delete */
    void write(int machine, Place key, @Nullable String value, Outcome outcome) {
        histories.computeIfAbsent(key, unused -> new History(machines)).write(machine, value, outcome, inOrder);
    }

    void deleteAll(int machine, String user, Outcome outcome) {
        keysOf(user).forEach(key -> write(machine, key, null, outcome));
    }

    /** A cleanup of everything old of a user; what is old on another machine may not have arrived: then it stays. */
    void expire(int machine, String user, boolean acknowledged) {
        keysOf(user)
                .forEach(key -> history(key)
                        .expire(machine, value -> value.startsWith(OLD), acknowledged, !sharedUsers.contains(user)));
    }

    /** Says that the upstream has got everything that a machine has written for a user. */
    void confirm(int machine, String user) {
        keysOf(user).forEach(key -> history(key).confirm(machine));
    }

    /** Every key of a user that was ever written. */
    List<Place> keysOf(String user) {
        return histories.keySet().stream()
                .filter(key -> key.user().equals(user))
                .toList();
    }

    private History history(Place key) {
        return histories.getOrDefault(key, new History(machines));
    }

    /**
     * Compares what a machine has read, and remembers it.
     *
     * @param found null when there is no such memory
     */
    List<Violation> compare(Read read, Place key, @Nullable String found) {
        History history = history(key);
        Wrong wrong = history.read(read.machine, found);
        if (wrong == null && read.complete && (read.heardAll || found == null) && history.lacks(found)) {
            wrong = Wrong.NOT_COMPLETE;
        }
        if (wrong == Wrong.LOST && read.mayLack) {
            return List.of();
        }
        if (wrong != null) {
            return List.of(violation(wrong, read.where + (read.complete ? ", complete" : ", incomplete"), key, found));
        }
        if (found != null) {
            history.show(read.machine, found);
        }
        boolean expires = found == null && history.values().anyMatch(Model::isExpiring);
        if (read.settles && !expires && history.isOpen() && !sharedUsers.contains(key.user())) {
            history.settle(read.machine, found);
        }
        return List.of();
    }

    /** Compares all that was found of a user, after everything has arrived, with all that must be there. */
    List<Violation> compareAll(String where, String user, Map<String, String> found) {
        List<Violation> violations = new ArrayList<>();
        Set<Place> keys = new HashSet<>(keysOf(user));
        found.keySet().forEach(key -> keys.add(new Place(user, key)));
        for (Place key : keys) {
            Wrong wrong = history(key).end(found.get(key.key()));
            if (wrong != null) {
                violations.add(violation(wrong, where, key, found.get(key.key())));
            }
        }
        return violations;
    }

    private Violation violation(Wrong wrong, String where, Place key, @Nullable String found) {
        return new Violation(
                wrong,
                wrong + " " + where + ": " + key.user() + "/" + key.key() + " is "
                        + (found == null ? "absent" : brief(found)) + ", of " + history(key));
    }

    /** The value of a key that begins like one that was cut. */
    String whole(Place key, String cut) {
        String begin = cut.substring(0, cut.indexOf('"') + 1);
        return history(key)
                .values()
                .filter(value -> value.startsWith(begin))
                .findFirst()
                .orElse(cut);
    }

    /** Whether a value was stored with an expiry, so that it may be there or not. */
    static boolean isExpiring(String value) {
        return value.startsWith(EXPIRING);
    }

    /** Whether a value had expired at that time. */
    static boolean hasExpired(String value, long millis) {
        return isExpiring(value)
                && Long.parseLong(value.substring(EXPIRING.length(), value.indexOf(' ', EXPIRING.length()))) < millis;
    }

    /** What a value begins with, by which it is known. */
    static String brief(String value) {
        int end = value.indexOf(" Grüße");
        return "'" + (end < 0 ? value : value.substring(0, end)) + "'";
    }
}
