package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Chronicle;
import io.unifiedmemory.memory.spi.ComparisonLog;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.Expirations;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryWriter;
import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.memory.spi.VectorStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store of record whose memories are in one place, which may fail as it is told, and all else in another. What it
 * writes in a transaction is no transaction: the memories may be written though the rest was not. Thread-safe.
 */
public final class FaultyStore implements PrimaryStore {

    private final MemoryBackend memories;
    private final PrimaryStore rest;
    private final boolean inProcess;
    private final boolean split;

    /** One that answers in this process. */
    public FaultyStore(MemoryBackend memories, PrimaryStore rest) {
        this(memories, rest, true, true);
    }

    private FaultyStore(MemoryBackend memories, PrimaryStore rest, boolean inProcess, boolean split) {
        this.memories = memories;
        this.rest = rest;
        this.inProcess = inProcess;
        this.split = split;
    }

    /** The whole of a store, of which only what is done outside of transactions may fail, through {@code faulty}. */
    static FaultyStore whole(FaultyBackend faulty, PrimaryStore store) {
        return new FaultyStore(faulty, store, true, false);
    }

    /**
     * The whole of a store across a network, of which everything may fail or hang as {@code faulty} is told, a commit
     * and what the store gives out included.
     *
     * @param faulty around the same store
     */
    static PrimaryStore remote(FaultyBackend faulty, PrimaryStore store) {
        FaultyStore whole = new FaultyStore(faulty, store, false, false);
        return proxy(PrimaryStore.class, (proxy, method, arguments) -> {
            if (method.getName().equals("commit")) {
                return faulty.call(() -> invoke(whole, method, arguments)).orElse(null);
            }
            Object result = invoke(whole, method, arguments).orElse(null);
            Class<?> type = method.getReturnType();
            boolean isGivenOut = type.isInterface() && type.getPackage().equals(PrimaryStore.class.getPackage());
            return isGivenOut
                    ? proxy(
                            type,
                            (side, of, given) ->
                                    faulty.call(() -> invoke(result, of, given)).orElse(null))
                    : result;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private static Optional<Object> invoke(@Nullable Object target, Method method, Object[] arguments) {
        try {
            return Optional.ofNullable(method.invoke(target, arguments));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** Owes these, in a transaction of their own. */
    public static void owe(PrimaryStore store, OutboxEntry... entries) {
        store.commit(new Subject(entries[0].userId(), null), tx -> {
            for (OutboxEntry entry : entries) {
                tx.owe(entry);
            }
            return entries.length;
        });
    }

    @Override
    public <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work) {
        return rest.commit(about, tx -> work.apply(split ? new Split(memories, tx) : tx));
    }

    /** Writes memories in one place and all else in the other. */
    private record Split(MemoryWriter memories, Transaction rest) implements Transaction {

        @Override
        public HighWaterMark highWater() {
            return rest.highWater();
        }

        @Override
        public long busyUntil(OutboxEntry next, HlcTimestamp own) {
            return rest.busyUntil(next, own);
        }

        @Override
        public int keep(List<Revision> revisions) {
            return rest.keep(revisions);
        }

        @Override
        public @Nullable Revision revision(String userId, String key, int number) {
            return rest.revision(userId, key, number);
        }

        @Override
        public void owe(OutboxEntry entry) {
            rest.owe(entry);
        }

        @Override
        public Lookup store(MemoryEntry entry) {
            return memories.store(entry);
        }

        @Override
        public Lookup retrieve(String userId, String key) {
            return memories.retrieve(userId, key);
        }

        @Override
        public Removal delete(String userId, String key, HlcTimestamp version) {
            return memories.delete(userId, key, version);
        }

        @Override
        public Removal deleteAll(String userId, HlcTimestamp version) {
            return memories.deleteAll(userId, version);
        }

        @Override
        public Removal forget(String userId, String key, HlcTimestamp version) {
            return memories.forget(userId, key, version);
        }

        @Override
        public Removal forgetAll(String userId, HlcTimestamp version) {
            return memories.forgetAll(userId, version);
        }

        @Override
        public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
            return memories.expire(userId, cutoff, version);
        }
    }

    @Override
    public boolean isInProcess() {
        return inProcess;
    }

    @Override
    public Outbox outbox() {
        return rest.outbox();
    }

    @Override
    public PendingWrites pendingWrites() {
        return rest.pendingWrites();
    }

    @Override
    public OutboxAdmin outboxAdmin() {
        return rest.outboxAdmin();
    }

    @Override
    public Leases leases() {
        return rest.leases();
    }

    @Override
    public ComparisonLog comparisons() {
        return rest.comparisons();
    }

    @Override
    public Expirations expirations() {
        return rest.expirations();
    }

    @Override
    public History history() {
        return rest.history();
    }

    @Override
    public HistoryOptions historyOptions() {
        return rest.historyOptions();
    }

    @Override
    public Tombstones tombstones() {
        return rest.tombstones();
    }

    @Override
    public VectorStore vectors() {
        return rest.vectors();
    }

    @Override
    public Chronicle chronicle() {
        return rest.chronicle();
    }

    @Override
    public UserDirectory users() {
        return rest.users();
    }

    @Override
    public HighWaterMark highWater() {
        return rest.highWater();
    }

    @Override
    public @Nullable String identity() {
        return rest.identity();
    }

    @Override
    public String secret() {
        return rest.secret();
    }

    @Override
    public String type() {
        return memories.type();
    }

    @Override
    public Set<Capability> capabilities() {
        return memories.capabilities();
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return memories.store(entry);
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return memories.retrieve(userId, key);
    }

    @Override
    public Hits search(SearchRequest request) {
        return memories.search(request);
    }

    @Override
    public List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        return rest.similar(memory, limit, within);
    }

    @Override
    public Page list(ListRequest request) {
        return memories.list(request);
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return memories.delete(userId, key, version);
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return memories.deleteAll(userId, version);
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return memories.expire(userId, cutoff, version);
    }

    @Override
    public DatabaseInfo info() {
        return rest.info();
    }

    @Override
    public BackendStatus check() {
        return memories.check();
    }

    @Override
    public @Nullable String starting() {
        return memories.starting();
    }

    @Override
    public void close() {
        memories.close();
        rest.close();
    }
}
