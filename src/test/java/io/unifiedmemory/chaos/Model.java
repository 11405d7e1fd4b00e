package io.unifiedmemory.chaos;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the memory must hold. An acknowledged write leaves one possible value of a key, one that was cut off before its
 * acknowledgement leaves two, until a read shows which it is. Thread-safe as long as each key has one writer at a time.
 */
final class Model {

    /** The value of a key that holds none. */
    static final String ABSENT = "";

    /** What every value begins with that was stored as one of long ago, which a cleanup deletes. */
    static final String OLD = "old ";

    /** One key of one user. */
    record Place(String user, String key) {}

    /** What is wrong with a value that was found. */
    enum Wrong {
        LOST,
        RESURRECTED
    }

    /** A value that cannot be. */
    record Violation(Wrong wrong, String text) {}

    private final Map<Place, Set<String>> possible = new ConcurrentHashMap<>();

    /** @param acknowledged whether it is certain that the write took effect */
    void write(Place key, String value, boolean acknowledged) {
        Set<String> values = acknowledged ? new HashSet<>() : new HashSet<>(values(key));
        values.add(value);
        possible.put(key, values);
    }

    void writeAll(String user, String value, boolean acknowledged) {
        keysOf(user).forEach(key -> write(key, value, acknowledged));
    }

    /**
     * A cleanup of everything old of a user.
     *
     * @param acknowledged whether it is certain that it took effect on all that is old
     */
    void expire(String user, boolean acknowledged) {
        for (Place key : keysOf(user)) {
            Set<String> values = new HashSet<>();
            for (String value : values(key)) {
                boolean old = value.startsWith(OLD);
                if (!old || !acknowledged) {
                    values.add(value);
                }
                if (old) {
                    values.add(ABSENT);
                }
            }
            possible.put(key, values);
        }
    }

    /** Every key of a user that was ever written. */
    List<Place> keysOf(String user) {
        return possible.keySet().stream().filter(key -> key.user().equals(user)).toList();
    }

    private Set<String> values(Place key) {
        return possible.getOrDefault(key, Set.of(ABSENT));
    }

    /** Compares what was found, and remembers it where more was possible. */
    List<Violation> compare(String where, Place key, String found) {
        Set<String> values = values(key);
        if (values.contains(found)) {
            if (values.size() > 1) {
                write(key, found, true);
            }
            return List.of();
        }
        Wrong wrong = values.contains(ABSENT) && !found.equals(ABSENT) ? Wrong.RESURRECTED : Wrong.LOST;
        return List.of(new Violation(
                wrong,
                wrong + " " + where + ": " + key + " is " + brief(found) + ", may be "
                        + values.stream().map(Model::brief).toList()));
    }

    /** Compares all that was found of a user with all that must be there. */
    List<Violation> compareAll(String where, String user, Map<String, String> found) {
        List<Violation> violations = new ArrayList<>();
        Set<Place> keys = new HashSet<>(keysOf(user));
        found.keySet().forEach(key -> keys.add(new Place(user, key)));
        keys.forEach(key -> violations.addAll(compare(where, key, found.getOrDefault(key.key(), ABSENT))));
        return violations;
    }

    private static String brief(String value) {
        return value.equals(ABSENT) ? "absent" : value.substring(0, Math.min(16, value.length()));
    }
}
