package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Pause;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import io.unifiedmemory.upstream.contract.WriteLock;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes copies of memories and deletes them, until a read confirms it. Thread-safe: writes of one memory go one after the
 * other, and all writes where the contract says so.
 */
final class CopyWriter {

    private static final Logger LOG = LoggerFactory.getLogger(CopyWriter.class);

    private static final int MAX_WRITES = 5;
    private static final int WRITERS = 16;
    private static final Backoff BETWEEN_READS = Backoff.of(Duration.ofMillis(50), Duration.ofSeconds(2));

    private final ContractOptions contract;
    private final ServerCalls calls;
    private final ItemReader reader;
    private final List<WriteLock> turns;

    /** @param patience how long a writer waits for its turn */
    CopyWriter(ContractOptions contract, ServerCalls calls, ItemReader reader, Duration patience) {
        this.contract = contract;
        this.calls = calls;
        this.reader = reader;
        turns = Stream.generate(() -> new WriteLock(patience))
                .limit(contract.serial() ? 1 : WRITERS)
                .toList();
    }

    /**
     * What a server has at the address of a memory.
     *
     * @param items everything there, also what is no copy of the memory
     * @param copies the copies of the memory, damaged ones included
     */
    record Found(List<Item> items, List<Copy> copies) {

        /** The newest intact copy; null when there is none. */
        @Nullable
        Copy newest() {
            return copies.stream()
                    .filter(Copy::intact)
                    .reduce((held, next) -> WriteOrder.isNewer(next.entry(), held.entry()) ? next : held)
                    .orElse(null);
        }

        boolean isDamaged() {
            return !items.isEmpty() && copies.stream().noneMatch(Copy::intact);
        }
    }

    /** Looks for the copies of a memory. What says that it belongs to another user or key does not count. */
    Found copies(Address address) {
        Map<String, Object> variables = address.variables();
        List<Item> items = reader.items(Name.FIND, variables);
        List<Copy> copies = new ArrayList<>();
        for (Item item : items) {
            Copy copy = copy(item.text() == null ? reader.whole(item, variables) : item);
            if (copy != null
                    && copy.entry().userId().equals(address.userId())
                    && copy.entry().key().equals(address.key())) {
                copies.add(copy);
            }
        }
        return new Found(items, copies);
    }

    /** The copy that an item is; null when it is none of ours. */
    @Nullable
    Copy copy(@Nullable Item item) {
        if (item == null || item.text() == null) {
            return null;
        }
        return contract.envelope() == EnvelopeForm.METADATA
                ? Envelope.read(item.id(), item.text(), item.fields().get("envelope"))
                : Envelope.read(item.id(), item.text());
    }

    Lookup store(MemoryEntry entry) {
        Address address = Address.of(entry);
        requireFits(entry);
        WriteLock turn = turnOf(address);
        return turn.take(() -> {
            MemoryEntry wanted = entry;
            Found found = copies(address);
            BackendException refused = null;
            for (int writes = 0; ; writes++) {
                Copy held = found.newest();
                // The server holds what was to be stored, or something newer: that confirms the store.
                if (held != null && !WriteOrder.isNewer(wanted, held.entry())) {
                    deleteOthers(found, held, address, turn);
                    return new Lookup.Found(held.entry());
                }
                if (held != null && held.entry().createdAt() != null) {
                    wanted = wanted.withCreatedAt(held.entry().createdAt());
                }
                requireAnotherTry(writes, refused, found.isDamaged());
                refused = write(wanted, found, address, turn);
                MemoryEntry written = wanted;
                found = awaited(address, there -> {
                    Copy newest = there.newest();
                    return newest != null && !WriteOrder.isNewer(written, newest.entry());
                });
            }
        });
    }

    /** What the server cannot take is refused before it is sent: it would be cut there. */
    private void requireFits(MemoryEntry entry) {
        int chars = (contract.envelope() == EnvelopeForm.TEXT ? Envelope.text(entry) : entry.value()).length();
        if (chars > contract.maxText()) {
            throw new BackendException(
                    Kind.REJECTED,
                    "the memory has " + chars + " characters with its envelope, and this server takes at most "
                            + contract.maxText(),
                    "store shorter values, or live without a copy there");
        }
    }

    /**
     * Writes a copy. Where the server assigns ids, the new copy is created first and the old one deleted after it was
     * read, so that no reader sees neither.
     *
     * @return why the server says that it failed, which only a read shows; null when it does not say so
     */
    private @Nullable BackendException write(MemoryEntry entry, Found found, Address address, WriteLock turn) {
        Map<String, Object> variables = address.variables(entry);
        if (found.items().isEmpty() || !calls.can(Name.UPDATE)) {
            return written(Name.CREATE, variables, turn);
        }
        variables.put(
                "id",
                found.copies().isEmpty()
                        ? found.items().get(0).id()
                        : found.copies().get(0).id());
        return written(Name.UPDATE, variables, turn);
    }

    private @Nullable BackendException written(Name name, Map<String, Object> variables, WriteLock turn) {
        try {
            calls.write(name, variables, turn);
            return null;
        } catch (BackendException e) {
            if (e.kind() == Kind.TIMED_OUT || e.kind() == Kind.UNAVAILABLE) {
                throw e;
            }
            return e;
        }
    }

    /** Copies that are left over cost nothing but space, so a failure may wait for the next store. */
    private void deleteOthers(Found found, Copy held, Address address, WriteLock turn) {
        for (Copy copy : found.copies()) {
            if (!copy.id().equals(held.id())) {
                BackendException failure = delete(copy, address, turn);
                if (failure != null) {
                    LOG.debug("{}: an outdated copy could not be deleted: {}", contract.name(), failure.describe());
                }
            }
        }
    }

    private @Nullable BackendException delete(Copy copy, Address address, WriteLock turn) {
        Map<String, Object> variables = address.variables();
        variables.put("id", copy.id());
        return written(Name.DELETE, variables, turn);
    }

    Removal delete(Address address, HlcTimestamp version) {
        WriteLock turn = turnOf(address);
        return turn.take(() -> {
            long count = 0;
            Found found = copies(address);
            BackendException refused = null;
            for (int writes = 0; ; writes++) {
                List<Copy> outdated = outdated(found, version);
                if (outdated.isEmpty()) {
                    Copy newest = found.newest();
                    return new Removal(
                            count,
                            newest == null ? HlcTimestamp.NONE : newest.entry().version());
                }
                if (outdated.stream().anyMatch(Copy::intact)) {
                    count = 1;
                }
                requireAnotherTry(writes, refused, false);
                for (Copy copy : outdated) {
                    refused = delete(copy, address, turn);
                }
                found = awaited(address, there -> outdated(there, version).isEmpty());
            }
        });
    }

    private static List<Copy> outdated(Found found, HlcTimestamp version) {
        return found.copies().stream()
                .filter(copy -> !copy.entry().version().isNewerThan(version))
                .toList();
    }

    /** What is there after a write, once it is as expected or the time is over that a write may take. */
    private Found awaited(Address address, Predicate<Found> expected) {
        long end = System.nanoTime() + contract.settling().toNanos();
        for (int reads = 1; ; reads++) {
            Found found = copies(address);
            if (expected.test(found) || System.nanoTime() - end >= 0) {
                return found;
            }
            if (!Pause.of(BETWEEN_READS.after(reads))) {
                throw UpstreamFailures.interrupted("the server to show what was written");
            }
        }
    }

    private void requireAnotherTry(int writes, @Nullable BackendException refused, boolean damaged) {
        if (writes > 0 && refused != null) {
            throw refused;
        }
        if (writes > 1 && damaged) {
            throw new BackendException(
                    Kind.REJECTED,
                    "the server changes what it was to keep: what is read is not what was stored",
                    "is the server of the version that the contract " + contract.name() + " was written for?");
        }
        if (writes > 0 && !contract.settling().isZero()) {
            throw new BackendException(
                    Kind.OVERLOADED, "the server accepted a write and does not show it yet", "it is looked for again");
        }
        if (writes == MAX_WRITES) {
            throw new BackendException(
                    Kind.OVERLOADED,
                    "the server acknowledged a write " + MAX_WRITES + " times that was not there afterwards",
                    "does another program write the same data, or does the server need more time (settleMs)?");
        }
        if (writes > 1 && !Pause.of(BETWEEN_READS.after(writes))) {
            throw UpstreamFailures.interrupted("another try to write");
        }
    }

    private WriteLock turnOf(Address address) {
        return turns.get(Math.floorMod(address.hashCode(), turns.size()));
    }
}
