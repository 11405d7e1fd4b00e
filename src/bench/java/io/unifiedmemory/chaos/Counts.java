package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Model.Violation;
import io.unifiedmemory.chaos.Model.Wrong;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What happened in a run. Thread-safe. */
final class Counts {

    /** What is counted. */
    enum Count {
        /** Calls that were made. */
        OPERATIONS,
        /** Writes among them that were acknowledged. */
        ACKNOWLEDGED,
        /** Calls that a kill cut off. */
        CUT_OFF,
        /** Calls that were refused where that is allowed, because nobody is left to take or to answer them. */
        REFUSED,
        /** Answers that say that they lack something, where that is allowed. */
        SAID_INCOMPLETE,
        /** Calls that were answered by an error where that is not allowed. */
        ERRORS,
        /** Answers that were held against the model. */
        READS,
        /** Those among them that said that they are complete. */
        COMPLETE_READS,
        /** Stretches of writes that the upstream did not take at once. */
        OUTAGES,
        /** Acknowledged writes that the outbox delivered later. */
        REPLAYS,
        /** Earlier texts that were written again. */
        RESTORED,
        /** Old memories that acknowledged cleanups deleted. */
        CLEANED_UP,
        SERVER_KILLS(true),
        UPSTREAM_KILLS(true),
        FREEZES(true),
        /** Stretches of time in which an upstream process had a fraction of its time only. */
        SLOW_SPELLS(true),
        /** Requests to the upstream that never arrived. */
        DROPPED_REQUESTS(true),
        /** Requests that were carried out and never answered. */
        DROPPED_REPLIES(true),
        DELAYS(true),
        /** Replies that ended in the middle. */
        CUTS(true),
        /** Requests that arrived twice. */
        DUPLICATES(true),
        /** Stretches of time in which a machine did not reach the upstream at all. */
        PARTITIONS(true),
        /** Times that the servers lost their connections to the database. */
        CONNECTION_CUTS(true),
        /** Connections that broke while a commit was on its way, or its answer. */
        LOST_COMMITS(true),
        DATABASE_FREEZES(true),
        DATABASE_KILLS(true),
        /** Primaries that were killed and whose standby took their place. */
        FAILOVERS(true),
        CLOCK_JUMPS(true),
        DISK_FULL_SPELLS(true),
        /** Times that a server was started with SQLite enabled after it was disabled, or the other way round. */
        SQLITE_TOGGLES(true);

        private final boolean fault;

        Count() {
            this(false);
        }

        Count(boolean fault) {
            this.fault = fault;
        }

        /** Whether it is harm that was done. */
        boolean isFault() {
            return fault;
        }

        /** In words. */
        String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);
    private final ConcurrentLinkedQueue<Violation> violations = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();

    Counts() {
        for (Count count : Count.values()) {
            counts.put(count, new LongAdder());
        }
    }

    void add(Count count) {
        add(count, 1);
    }

    void add(Count count, long number) {
        adder(count).add(number);
    }

    /** Adds all that another run counted. */
    void addAll(Counts other) {
        for (Count count : Count.values()) {
            add(count, other.of(count));
        }
        violations.addAll(other.violations);
        errors.addAll(other.errors);
    }

    long of(Count count) {
        return adder(count).sum();
    }

    /** All harm that was done. */
    long faults() {
        return Arrays.stream(Count.values())
                .filter(Count::isFault)
                .mapToLong(this::of)
                .sum();
    }

    private LongAdder adder(Count count) {
        return Objects.requireNonNull(counts.get(count));
    }

    void error(String text) {
        add(Count.ERRORS);
        errors.add(text);
    }

    void addAll(List<Violation> found) {
        violations.addAll(found);
    }

    long of(Wrong wrong) {
        return violations.stream().filter(one -> one.wrong() == wrong).count();
    }

    /** Whether nothing was found that must not be. */
    boolean isClean() {
        return violations.isEmpty() && errors.isEmpty();
    }

    /** What must be empty, for the message of a failure. */
    List<String> complaints() {
        return Stream.concat(violations.stream().map(Violation::text), errors.stream())
                .distinct()
                .limit(50)
                .toList();
    }

    @Override
    public String toString() {
        return Arrays.stream(Count.values())
                        .map(count -> count.words() + " " + of(count))
                        .collect(Collectors.joining(", "))
                + Arrays.stream(Wrong.values())
                        .map(wrong -> ", " + words(wrong) + " " + of(wrong))
                        .collect(Collectors.joining());
    }

    static String words(Wrong wrong) {
        return wrong.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
