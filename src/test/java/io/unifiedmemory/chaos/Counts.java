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
        /** Calls that were answered by an error. */
        ERRORS,
        SERVER_KILLS,
        UPSTREAM_KILLS,
        FREEZES,
        /** Stretches of time in which an upstream process had a fraction of its time only. */
        SLOW_SPELLS,
        /** Stretches of writes that the upstream did not take at once. */
        OUTAGES,
        /** Acknowledged writes that the outbox delivered later. */
        REPLAYS,
        /** Old memories that acknowledged cleanups deleted. */
        CLEANED_UP
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

    /** Whether enough happened for the run to mean something. */
    boolean suffice() {
        return of(Count.ACKNOWLEDGED) >= 500
                && of(Count.CLEANED_UP) >= 10
                && of(Count.SERVER_KILLS) >= 1
                && of(Count.UPSTREAM_KILLS) >= 3
                && of(Count.FREEZES) >= 1
                && of(Count.OUTAGES) >= 2
                && of(Count.REPLAYS) >= 50;
    }

    long of(Count count) {
        return adder(count).sum();
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
                        .map(count -> name(count) + " " + of(count))
                        .collect(Collectors.joining(", "))
                + Arrays.stream(Wrong.values())
                        .map(wrong -> ", " + name(wrong) + " " + of(wrong))
                        .collect(Collectors.joining());
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
