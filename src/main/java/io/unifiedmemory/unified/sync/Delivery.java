package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import io.unifiedmemory.unified.writes.DeliveryFailure;
import io.unifiedmemory.unified.writes.Write;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers writes from the outbox to a backend in the order of their versions. Neighbouring stores are sent in one call
 * where the backend gains by that; after such a call has failed, each store is sent alone for a while, so that one of
 * them cannot block the others. Used by one thread at a time.
 */
public final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** The size of a batch of stores, in characters of their values. */
    private static final int MAX_CHARS = 1 << 20;

    private final Backends backends;
    private final ConcurrentChangeCheck overtaking;
    private final Set<BackendHandle> oneByOne = ConcurrentHashMap.newKeySet();

    public Delivery(Backends backends, ConcurrentChangeCheck overtaking) {
        this.backends = backends;
        this.overtaking = overtaking;
    }

    /**
     * An outbox entry that is to be delivered next.
     *
     * @param write the write to make; null when there is nothing to do any more
     * @param unreadable whether its memory could not be read here, which has been noted
     */
    private record Item(OutboxEntry owed, @Nullable Write<?> write, boolean unreadable) {}

    /**
     * Delivers what it can, notes why the rest failed, and acknowledges what was confirmed.
     *
     * @param mayGoOn asked before each call
     * @return false when there was nothing that could be tried now
     */
    boolean deliver(BackendHandle handle, List<OutboxEntry> batch, BooleanSupplier mayGoOn) {
        List<OutboxEntry> delivered = new ArrayList<>();
        boolean tried = false;
        boolean together = handle.storesAtOnce() > 1 && !oneByOne.remove(handle);
        try {
            int next = 0;
            while (next < batch.size() && handle.isAdmitting() && mayGoOn.getAsBoolean()) {
                List<Item> run = run(handle, batch, next, together ? handle.storesAtOnce() : 1);
                List<Item> claimed = claimed(handle, run);
                together = deliver(handle, claimed, delivered) && together;
                tried |= !claimed.isEmpty();
                next += run.size();
            }
        } finally {
            if (!delivered.isEmpty()) {
                backends.store().outbox().acknowledge(delivered);
                LOG.debug("{}: {} writes delivered from the outbox", handle.name(), delivered.size());
            }
        }
        return tried;
    }

    /** The entries to deliver next: as many stores as fit in one call, or one write of another kind. */
    private List<Item> run(BackendHandle handle, List<OutboxEntry> batch, int from, int most) {
        List<OutboxEntry> next = batch.subList(from, Math.min(batch.size(), from + most));
        Iterator<Lookup> known;
        try {
            known = known(next).iterator();
        } catch (BackendException e) {
            DeliveryFailure.settle(backends, handle, next.get(0), e);
            return List.of(new Item(next.get(0), null, true));
        }
        List<Item> run = new ArrayList<>();
        long chars = 0;
        for (OutboxEntry owed : next) {
            if (isRead(owed) && !known.hasNext()) {
                return run; // its memory is read first next time
            }
            Write<?> write = isRead(owed) ? write(owed, known.next()) : Write.of(owed);
            if (!(write instanceof Write.Store store) || store.erases()) {
                return run.isEmpty() ? List.of(new Item(owed, write, false)) : run;
            }
            run.add(new Item(owed, write, false));
            chars += store.entry().value().length();
            if (chars > MAX_CHARS) {
                return run;
            }
        }
        return run;
    }

    /** Whether the entry stands for the memory as it is in the store of record now. */
    private static boolean isRead(OutboxEntry owed) {
        return owed.operation() == Operation.STORE && owed.entry() == null;
    }

    /**
     * What the store of record knows of the first of these entries that are to be read there: of all, unless they are too
     * large together, or one of them cannot be read.
     */
    private List<Lookup> known(List<OutboxEntry> next) {
        List<Subject> memories = next.stream()
                .takeWhile(Delivery::isRead)
                .map(owed -> new Subject(owed.userId(), owed.key()))
                .toList();
        if (memories.isEmpty()) {
            return List.of();
        }
        BackendHandle local = backends.keeping()
                .orElseThrow(() -> new BackendException(
                        Kind.UNAVAILABLE,
                        "what is to be stored is in the local database, which is disabled",
                        "enable SQLite to have it delivered"));
        try {
            return backends.known(local, memories, MAX_CHARS);
        } catch (BackendException e) {
            if (memories.size() == 1) {
                throw e;
            }
            LOG.debug("{} memories cannot be read together: {}", memories.size(), e.describe());
            return knownSingly(local, memories);
        }
    }

    /** Those before the first that cannot be read; fails where that comes first. */
    private List<Lookup> knownSingly(BackendHandle local, List<Subject> memories) {
        List<Lookup> known = new ArrayList<>();
        long chars = 0;
        for (int i = 0; i < memories.size() && chars <= MAX_CHARS; i++) {
            try {
                List<Lookup> one = backends.known(local, memories.subList(i, i + 1), MAX_CHARS);
                known.addAll(one);
                chars += one.get(0).chars();
            } catch (BackendException e) {
                if (known.isEmpty()) {
                    throw e;
                }
                return known; // it comes first next time
            }
        }
        return known;
    }

    /**
     * Claims entries, where the backend keeps no versions, and returns those that nobody has replaced or claimed since
     * they were read: such a backend gets one write of a memory at a time, and never an older one after a newer. A
     * backend with versions ignores the older write itself.
     */
    private List<Item> claimed(BackendHandle handle, List<Item> run) {
        if (handle.can(Capability.VERSIONS)) {
            return run;
        }
        long now = backends.clock().millis();
        long end = now + handle.longestTry().toMillis();
        List<OutboxEntry> owed =
                run.stream().filter(item -> !item.unreadable).map(Item::owed).toList();
        Set<OutboxEntry> claimed = Set.copyOf(backends.store().outbox().claim(owed, now, end));
        return run.stream()
                .map(item -> new Item(item.owed.dueAt(end), item.write, item.unreadable))
                .filter(item -> claimed.contains(item.owed))
                .toList();
    }

    /** @return false when a batch of stores failed; each of them was then tried alone */
    private boolean deliver(BackendHandle handle, List<Item> run, List<OutboxEntry> delivered) {
        if (run.size() > 1) {
            try {
                storeAll(handle, run);
                run.forEach(item -> delivered.add(item.owed));
                return true;
            } catch (BackendException e) {
                LOG.debug("{}: {} stores failed together: {}", handle.name(), run.size(), e.describe());
                oneByOne.add(handle);
            }
        }
        for (Item item : run) {
            if (handle.isAdmitting() && deliver(handle, item)) {
                delivered.add(item.owed);
            }
        }
        return run.size() <= 1;
    }

    private void storeAll(BackendHandle handle, List<Item> run) {
        List<Write.Store> stores = run.stream()
                .map(Item::write)
                .filter(Write.Store.class::isInstance)
                .map(Write.Store.class::cast)
                .toList();
        List<MemoryEntry> entries = stores.stream().map(Write.Store::entry).toList();
        List<Lookup> answers = backends.ask(handle, backend -> backend.storeAll(entries));
        overtaking.checkAll(handle, stores, answers);
    }

    private boolean deliver(BackendHandle handle, Item item) {
        return !item.unreadable && (item.write == null || deliver(handle, item.owed, item.write));
    }

    private <R> boolean deliver(BackendHandle handle, OutboxEntry owed, Write<R> write) {
        R answer;
        try {
            answer = backends.ask(handle, write::applyTo);
        } catch (BackendException e) {
            overtaking.check(handle, write, null);
            DeliveryFailure.settle(backends, handle, owed, e);
            return false;
        }
        overtaking.check(handle, write, answer);
        return true;
    }

    /**
     * The write that an outbox entry stands for. A store brings the memory as it is now, which may be newer than the
     * entry. If the memory is gone again, its delete is sent instead: the store may have arrived although it was not
     * confirmed.
     */
    private static @Nullable Write<?> write(OutboxEntry owed, Lookup known) {
        if (known instanceof Lookup.Found found) {
            return new Write.Store(found.entry(), owed.permanently());
        }
        return known instanceof Lookup.Deleted deleted
                ? new Write.Delete(owed.userId(), owed.key(), deleted.version(), false, owed.permanently())
                : null;
    }
}
