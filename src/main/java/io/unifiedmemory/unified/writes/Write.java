package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryWriter;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.unified.calls.BackendHandle;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A write in one version. Immutable.
 *
 * @param <R> the type of a backend's answer
 */
public sealed interface Write<R> {

    String userId();

    /** The key of the memory; null where the write is about more than one. */
    @Nullable
    String key();

    HlcTimestamp version();

    /** The same write as a new one, made at that time in that version. */
    Write<R> at(Instant time, HlcTimestamp version);

    /** Makes the write in a backend. */
    R applyTo(MemoryWriter backend);

    /**
     * The version of what kept the write from taking effect, according to the answer; {@link HlcTimestamp#NONE} when it
     * took effect.
     */
    HlcTimestamp obstacle(R answer);

    /** The write as the store of record made it, according to its answer. */
    default Write<R> asMade(R answer) {
        return this;
    }

    /**
     * Whether the store of record, according to its answer, holds something newer, so that no backend needs the write.
     */
    default boolean isOutdatedBy(R answer) {
        return false;
    }

    /**
     * Tells a store of record that keeps no memories at present which of the memories in its file are outdated, so that
     * they do not count when it keeps memories again. The text of a store is not kept.
     *
     * @return the version of what is newer there; {@link HlcTimestamp#NONE} when nothing is
     */
    HlcTimestamp outdate(MemoryWriter local);

    /** Reads what the write changes, to find out whether the store of record can still answer questions about it. */
    void probe(MemoryBackend local);

    /**
     * The outbox entry for a backend.
     *
     * @param kept whether the store of record keeps memories, so that the entry need not carry the text of a store
     * @param dueMillis when the relay may deliver the entry
     */
    OutboxEntry owedTo(String backend, boolean kept, long dueMillis);

    /** The outbox entry for a backend of a write that the store of record keeps; due now. */
    default OutboxEntry owedTo(BackendHandle backend, Clock clock) {
        return owedTo(backend.name(), true, clock.millis());
    }

    /**
     * The write that an outbox entry describes.
     *
     * @throws NullPointerException when the entry is a store and carries no memory
     */
    static Write<?> of(OutboxEntry owed) {
        return switch (owed.operation()) {
            case STORE -> new Store(Objects.requireNonNull(owed.entry()), owed.permanently());
            case DELETE, FORGET ->
                new Delete(
                        owed.userId(),
                        owed.key(),
                        owed.version(),
                        owed.operation().forgets(),
                        owed.permanently());
            case DELETE_ALL, FORGET_ALL ->
                new DeleteAll(owed.userId(), owed.version(), owed.operation().forgets(), owed.permanently());
            case EXPIRE -> new Expire(owed.userId(), Objects.requireNonNull(owed.cutoff()), owed.version());
        };
    }

    /**
     * Stores a memory under its key.
     *
     * @param erases whether what the key held before goes out of the history first, because the backend has not heard of a
     *     delete that was permanent
     */
    record Store(MemoryEntry entry, boolean erases) implements Write<Lookup> {

        /** A store that erases nothing. */
        public Store(MemoryEntry entry) {
            this(entry, false);
        }

        @Override
        public String userId() {
            return entry.userId();
        }

        @Override
        public String key() {
            return entry.key();
        }

        @Override
        public HlcTimestamp version() {
            return entry.version();
        }

        @Override
        public Store at(Instant time, HlcTimestamp version) {
            return new Store(entry.writtenAt(time, version));
        }

        @Override
        public Lookup applyTo(MemoryWriter backend) {
            if (erases) {
                backend.erase(entry.userId(), entry.key(), version().previous(), false);
            }
            return backend.store(entry);
        }

        @Override
        public HlcTimestamp obstacle(Lookup held) {
            if (held instanceof Lookup.Deleted deleted) {
                return deleted.version();
            }
            if (held instanceof Lookup.Found found) {
                MemoryEntry other = found.entry();
                boolean ours = other.version().equals(version()) && other.hasContentOf(entry);
                return ours ? HlcTimestamp.NONE : other.version();
            }
            return HlcTimestamp.NONE;
        }

        /** The same store with the time at which the key was first stored. */
        @Override
        public Store asMade(Lookup held) {
            return held instanceof Lookup.Found found && found.entry().version().equals(version())
                    ? new Store(found.entry())
                    : this;
        }

        @Override
        public boolean isOutdatedBy(Lookup held) {
            return obstacle(held).isNewerThan(version());
        }

        @Override
        public HlcTimestamp outdate(MemoryWriter local) {
            Lookup held = local.retrieve(entry.userId(), entry.key());
            if (held instanceof Lookup.Found old
                    && version().isNewerThan(old.entry().version())) {
                return local.delete(entry.userId(), entry.key(), version().previous())
                        .survivor();
            }
            return version().isNewerThan(obstacle(held)) ? HlcTimestamp.NONE : obstacle(held);
        }

        @Override
        public void probe(MemoryBackend local) {
            local.retrieve(entry.userId(), entry.key());
        }

        @Override
        public OutboxEntry owedTo(String backend, boolean kept, long due) {
            MemoryEntry carried = kept ? null : entry;
            return new OutboxEntry(
                    backend, Operation.STORE, entry.userId(), entry.key(), version(), carried, null, 0, due);
        }
    }

    /** A write that removes memories; it spares newer ones. */
    sealed interface Removing extends Write<Removal> {

        /** The delete of one memory as a part of this write; empty where the write spares that memory. */
        Optional<Delete> of(MemoryEntry entry);

        @Override
        default HlcTimestamp obstacle(Removal removal) {
            return removal.survivor();
        }

        @Override
        default HlcTimestamp outdate(MemoryWriter local) {
            return applyTo(local).survivor();
        }

        @Override
        default void probe(MemoryBackend local) {
            local.list(new ListRequest(userId(), null, 1));
        }
    }

    /**
     * Deletes one memory.
     *
     * @param forgets whether a person asked for the delete here, so that what another program keeps under the key goes
     *     too
     * @param permanently whether what was under the key before goes out of the history, too
     */
    record Delete(String userId, String key, HlcTimestamp version, boolean forgets, boolean permanently)
            implements Removing {

        /** A delete that was made elsewhere, which spares what other programs wrote. */
        public Delete(String userId, String key, HlcTimestamp version) {
            this(userId, key, version, false, false);
        }

        @Override
        public Optional<Delete> of(MemoryEntry entry) {
            return entry.key().equals(key) ? Optional.of(this) : Optional.empty();
        }

        @Override
        public Delete at(Instant time, HlcTimestamp other) {
            return new Delete(userId, key, other, forgets, permanently);
        }

        @Override
        public Removal applyTo(MemoryWriter backend) {
            if (permanently) {
                return backend.erase(userId, key, version, forgets);
            }
            return forgets ? backend.forget(userId, key, version) : backend.delete(userId, key, version);
        }

        @Override
        public void probe(MemoryBackend local) {
            local.retrieve(userId, key);
        }

        @Override
        public OutboxEntry owedTo(String backend, boolean kept, long due) {
            Operation operation = forgets ? Operation.FORGET : Operation.DELETE;
            return new OutboxEntry(backend, operation, userId, key, version, null, null, permanently, 0, due);
        }
    }

    /**
     * Deletes all memories of a user.
     *
     * @param forgets as for {@link Delete}
     * @param permanently likewise
     */
    record DeleteAll(String userId, HlcTimestamp version, boolean forgets, boolean permanently) implements Removing {

        @Override
        public @Nullable String key() {
            return null;
        }

        @Override
        public Optional<Delete> of(MemoryEntry entry) {
            return Optional.of(new Delete(userId, entry.key(), version, forgets, permanently));
        }

        @Override
        public DeleteAll at(Instant time, HlcTimestamp other) {
            return new DeleteAll(userId, other, forgets, permanently);
        }

        @Override
        public Removal applyTo(MemoryWriter backend) {
            if (permanently) {
                return backend.eraseAll(userId, version, forgets);
            }
            return forgets ? backend.forgetAll(userId, version) : backend.deleteAll(userId, version);
        }

        @Override
        public OutboxEntry owedTo(String backend, boolean kept, long due) {
            Operation operation = forgets ? Operation.FORGET_ALL : Operation.DELETE_ALL;
            return new OutboxEntry(backend, operation, userId, "", version, null, null, permanently, 0, due);
        }
    }

    /** Deletes the memories of a user that were last updated before {@code cutoff}. */
    record Expire(String userId, Instant cutoff, HlcTimestamp version) implements Removing {

        @Override
        public @Nullable String key() {
            return null;
        }

        /** In the version that the memory has, so that what was written meanwhile stays. */
        @Override
        public Optional<Delete> of(MemoryEntry entry) {
            return entry.updatedAt() != null && entry.updatedAt().isBefore(cutoff)
                    ? Optional.of(new Delete(userId, entry.key(), entry.version()))
                    : Optional.empty();
        }

        @Override
        public Expire at(Instant time, HlcTimestamp other) {
            return new Expire(userId, cutoff, other);
        }

        @Override
        public Removal applyTo(MemoryWriter backend) {
            return backend.expire(userId, cutoff, version);
        }

        @Override
        public OutboxEntry owedTo(String backend, boolean kept, long due) {
            return new OutboxEntry(backend, Operation.EXPIRE, userId, cutoff.toString(), version, null, cutoff, 0, due);
        }
    }
}
