package io.unifiedmemory.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was written under one key, in the order in which it was begun, and which write comes after which by the
 * promises: a write comes after what its machine wrote or was shown before, and after what the upstream had confirmed
 * if it is itself confirmed. Of two writes that do not come after each other either may win. Thread-safe.
 */
final class History {

    /** One write. */
    private static final class Write {
        final int machine;
        /** Null for a delete. */
        final @Nullable String value;
        /** What it comes after. */
        final BitSet before;
        /** What it may have deleted, for a cleanup; null for every other write. */
        final @Nullable BitSet covered;
        /** Whether it is known to have taken effect. */
        boolean certain;
        /** Whether it was acknowledged to its machine, so that this never reads what came before. */
        boolean acknowledged;
        /** Whether the upstream has it, or something newer. */
        boolean confirmed;

        Write(int machine, @Nullable String value, BitSet before, @Nullable BitSet covered) {
            this.machine = machine;
            this.value = value;
            this.before = before;
            this.covered = covered;
        }
    }

    private final List<Write> writes = new ArrayList<>();
    /** Of each machine: what it wrote or was shown. */
    private final List<BitSet> known = new ArrayList<>();
    /** Of writes that are over. */
    private final Set<String> forgotten = new HashSet<>();

    /** What the writer learned of its write. */
    enum Outcome {
        /** It may have taken effect or not. */
        UNKNOWN,
        ACKNOWLEDGED,
        /** Acknowledged, and the upstream has it. */
        CONFIRMED
    }

    History(int machines) {
        for (int machine = 0; machine < machines; machine++) {
            known.add(new BitSet());
        }
    }

    /** @param inOrder whether the clocks of all machines agree, so that it comes after all that was written before */
    synchronized void write(int machine, @Nullable String value, Outcome outcome, boolean inOrder) {
        add(new Write(machine, value, before(machine, outcome, inOrder), null), outcome);
    }

    private BitSet before(int machine, Outcome outcome, boolean inOrder) {
        BitSet before = (BitSet) known.get(machine).clone();
        for (int i = 0; i < writes.size(); i++) {
            boolean met = outcome == Outcome.CONFIRMED && writes.get(i).confirmed;
            if (inOrder || met) {
                before.set(i);
                before.or(writes.get(i).before);
            }
        }
        return before;
    }

    private void add(Write write, Outcome outcome) {
        write.acknowledged = outcome != Outcome.UNKNOWN;
        write.certain = write.acknowledged;
        write.confirmed = outcome == Outcome.CONFIRMED;
        int index = writes.size();
        writes.add(write);
        know(write.machine, index);
    }

    private void know(int machine, int index) {
        known.get(machine).set(index);
        known.get(machine).or(writes.get(index).before);
    }

    /**
     * A cleanup: deletes what is old, wherever it is what the key holds.
     *
     * @param everything whether nothing old can be hidden from the machine
     */
    synchronized void expire(int machine, Predicate<String> isOld, boolean acknowledged, boolean everything) {
        BitSet before = new BitSet();
        BitSet covered = new BitSet();
        for (int i = 0; i < writes.size(); i++) {
            Write write = writes.get(i);
            if (write.value != null && isOld.test(write.value)) {
                before.set(i);
                covered.or(write.before);
            }
        }
        if (!before.isEmpty()) {
            covered.or(before);
            boolean certain = acknowledged && everything;
            add(new Write(machine, null, before, covered), certain ? Outcome.ACKNOWLEDGED : Outcome.UNKNOWN);
        }
    }

    /** Says that the upstream has got all that a machine was acknowledged. */
    synchronized void confirm(int machine) {
        for (Write write : writes) {
            write.confirmed |= write.acknowledged && write.machine == machine;
        }
    }

    /** What must not be seen any more because an acknowledged write came after it. */
    private BitSet dead(Predicate<Write> counts) {
        BitSet dead = new BitSet();
        writes.stream().filter(counts).forEach(write -> dead.or(write.before));
        return dead;
    }

    /** The last write of a value: one that was restored was written more than once. */
    private @Nullable Write find(String value) {
        return writes.stream()
                .filter(write -> value.equals(write.value))
                .reduce((earlier, later) -> later)
                .orElse(null);
    }

    /** What expires has the effect of a delete, sooner or later. */
    private boolean isCovered(int store, BitSet dead) {
        for (int i = 0; i < writes.size(); i++) {
            Write delete = writes.get(i);
            boolean deletes = delete.value == null || Model.isExpiring(delete.value);
            if (deletes && !dead.get(i) && (delete.covered == null || delete.covered.get(store))) {
                return true;
            }
        }
        return false;
    }

    /**
     * What is wrong with what a machine has read.
     *
     * @param found null when there is no such memory
     * @return null when it is right
     */
    synchronized Model.@Nullable Wrong read(int machine, @Nullable String found) {
        return judge(
                found,
                dead(write -> write.acknowledged && write.machine == machine),
                write -> write.machine == machine);
    }

    /** What is wrong with what is found where all machines' writes have arrived; null when it is right. */
    synchronized Model.@Nullable Wrong end(@Nullable String found) {
        return judge(found, dead(write -> write.certain), write -> true);
    }

    private Model.@Nullable Wrong judge(@Nullable String found, BitSet dead, Predicate<Write> mustBeThere) {
        if (found != null) {
            Write write = find(found);
            if (write == null && !forgotten.contains(Model.brief(found))) {
                return Model.Wrong.NEVER_WRITTEN;
            }
            if (write != null && !dead.get(writes.indexOf(write))) {
                return null;
            }
            return isDeleted(dead) ? Model.Wrong.RESURRECTED : Model.Wrong.OUTDATED;
        }
        for (int i = 0; i < writes.size(); i++) {
            Write store = writes.get(i);
            if (store.value != null
                    && !Model.isExpiring(store.value)
                    && store.certain
                    && mustBeThere.test(store)
                    && !dead.get(i)
                    && !isCovered(i, dead)) {
                return Model.Wrong.LOST;
            }
        }
        return null;
    }

    /** Whether of what is left there is a delete and no store. */
    private boolean isDeleted(BitSet dead) {
        boolean deleted = false;
        for (int i = 0; i < writes.size(); i++) {
            if (!dead.get(i) && writes.get(i).certain) {
                if (writes.get(i).value != null) {
                    return false;
                }
                deleted = true;
            }
        }
        return deleted;
    }

    /**
     * Whether an answer that says it is complete lacks a store that the upstream had confirmed, which no delete and no
     * store can have replaced.
     *
     * @param found null when there is no such memory
     */
    synchronized boolean lacks(@Nullable String found) {
        Write shown = found == null ? null : find(found);
        for (int i = 0; i < writes.size(); i++) {
            Write store = writes.get(i);
            if (store.value != null
                    && !Model.isExpiring(store.value)
                    && store.confirmed
                    && !isCovered(i, store.before)
                    && (found == null || (shown != null && store.before.get(writes.indexOf(shown))))) {
                return true;
            }
        }
        return false;
    }

    /** Notes that a machine was shown a value, whose write so has taken effect. */
    synchronized void show(int machine, String value) {
        Write write = find(value);
        if (write != null) {
            write.certain = true;
            know(machine, writes.indexOf(write));
        }
    }

    /**
     * Forgets everything but what the only machine that writes this key has just read: what else may have been is not.
     *
     * @param found null when there is no such memory
     */
    synchronized void settle(int machine, @Nullable String found) {
        Write last = found == null ? null : find(found);
        boolean confirmed = last != null && last.confirmed;
        values().map(Model::brief).forEach(forgotten::add);
        writes.clear();
        known.forEach(BitSet::clear);
        write(machine, found, confirmed ? Outcome.CONFIRMED : Outcome.ACKNOWLEDGED, true);
    }

    /** Every value that was written and not forgotten. */
    synchronized Stream<String> values() {
        return List.copyOf(writes).stream().map(write -> write.value).flatMap(Stream::ofNullable);
    }

    /** Whether there is more than one write to choose from. */
    synchronized boolean isOpen() {
        return writes.size() > 1;
    }

    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, writes.size() - 8); i < writes.size(); i++) {
            Write write = writes.get(i);
            text.append(i).append(": machine ").append(write.machine).append(' ');
            text.append(
                    write.value == null ? write.covered == null ? "deleted" : "cleaned up" : Model.brief(write.value));
            text.append(
                    write.confirmed
                            ? " confirmed"
                            : write.acknowledged ? " acknowledged" : write.certain ? " seen" : " unsure");
            text.append(" after ").append(write.before.previousSetBit(i)).append("; ");
        }
        return text.toString();
    }
}
