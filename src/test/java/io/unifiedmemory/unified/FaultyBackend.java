package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.MemoryBackend;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backend that works like another until it is told to fail, to hang or to answer late. Thread-safe. */
public final class FaultyBackend implements MemoryBackend {

    private final MemoryBackend delegate;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Kind kind = Kind.UNAVAILABLE;
    private volatile boolean afterTheCall;
    private volatile int storesAtOnce = 1;
    private volatile boolean versions = true;
    private volatile boolean shared;
    private volatile boolean onlyReads;
    private volatile @Nullable CountDownLatch gate;
    private volatile @Nullable List<MemoryEntry> answer;
    private volatile @Nullable String starting;
    private volatile boolean retrievesFail;
    private volatile int longestPage = Integer.MAX_VALUE;
    private final AtomicReference<@Nullable Runnable> once = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final Set<Thread> callers = ConcurrentHashMap.newKeySet();

    public FaultyBackend(MemoryBackend delegate) {
        this.delegate = delegate;
    }

    @Override
    public @Nullable Instant unharmedSince() {
        return delegate.unharmedSince();
    }

    /** What it says it is doing; null for nothing. */
    public void starting(@Nullable String what) {
        starting = what;
    }

    @Override
    public @Nullable String starting() {
        return starting;
    }

    /** The next {@code times} calls fail. */
    public void fail(int times, Kind how) {
        kind = how;
        failures.set(times);
    }

    /** The next {@code times} calls take effect and then fail, as when a connection drops in mid-call. */
    public void dropAnswers(int times) {
        afterTheCall = true;
        fail(times, Kind.UNAVAILABLE);
    }

    /** Calls wait until the gate is opened or they are interrupted. */
    public CountDownLatch hang() {
        CountDownLatch opens = new CountDownLatch(1);
        gate = opens;
        return opens;
    }

    /**
     * The next call waits until the gate is opened; the others go through.
     *
     * @return opens when it waits
     */
    CountDownLatch hangOnce(CountDownLatch opens) {
        CountDownLatch waits = new CountDownLatch(1);
        once.set(() -> {
            waits.countDown();
            await(opens);
        });
        return waits;
    }

    /** Every search is answered with this, whatever is asked for. */
    public void answerSearches(List<MemoryEntry> hits) {
        answer = hits;
    }

    /** From now on retrieves alone fail, or no more. */
    void failRetrieves(boolean fail) {
        retrievesFail = fail;
    }

    /** From now on a page of a listing has no more entries than that. */
    void listAtMost(int entries) {
        longestPage = entries;
    }

    /** From now on only what writes fails, each time. */
    void failWrites(Kind how) {
        kind = how;
        onlyReads = true;
    }

    /** Ends hanging for the calls to come. */
    public void recover() {
        onlyReads = false;
        gate = null;
        failures.set(0);
    }

    /** From now on stores may go together. */
    public void takeAtOnce(int stores) {
        storesAtOnce = stores;
    }

    /** From now on it says that it keeps no versions. */
    public void keepNoVersions() {
        versions = false;
    }

    /** From now on closing it does nothing, as when a server that several use is left by one of them. */
    public void share() {
        shared = true;
    }

    /** How often it was called, checks apart: these come when they come. */
    public int calls() {
        return calls.get();
    }

    public void awaitWaiting() throws InterruptedException {
        waiting.await();
    }

    public void awaitInterrupted() throws InterruptedException {
        interrupted.await();
    }

    /** On which threads it was called. */
    Set<Thread> callers() {
        return callers;
    }

    /** A call of something else that behaves as this backend does. */
    <T> T call(Supplier<T> operation) {
        calls.incrementAndGet();
        callers.add(Thread.currentThread());
        Runnable first = once.getAndSet(null);
        if (first != null) {
            first.run();
        }
        return behave(operation);
    }

    private <T> T write(Supplier<T> operation) {
        if (onlyReads) {
            throw new BackendException(kind, "told to take no writes", "tell it to work");
        }
        return call(operation);
    }

    private void await(CountDownLatch opens) {
        try {
            opens.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            Thread.currentThread().interrupt();
            throw new BackendException(Kind.TIMED_OUT, "interrupted", "");
        }
    }

    private <T> T behave(Supplier<T> operation) {
        CountDownLatch opens = gate;
        if (opens != null) {
            waiting.countDown();
            await(opens);
        }
        boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        if (fails && !afterTheCall) {
            throw new BackendException(kind, "told to fail", "tell it to work");
        }
        T result = operation.get();
        if (fails) {
            throw new BackendException(kind, "told to drop the answer", "");
        }
        return result;
    }

    @Override
    public String type() {
        return "faulty";
    }

    @Override
    public boolean knowsCapabilities() {
        return delegate.knowsCapabilities();
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.copyOf(delegate.capabilities());
        if (!versions) {
            all.remove(Capability.VERSIONS);
        }
        return all;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return write(() -> delegate.store(entry));
    }

    @Override
    public List<Lookup> storeAll(List<MemoryEntry> entries) {
        return write(() -> delegate.storeAll(entries));
    }

    @Override
    public int storesAtOnce() {
        return storesAtOnce;
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        if (retrievesFail) {
            throw new BackendException(kind, "told to fail", "tell it to work");
        }
        return call(() -> delegate.retrieve(userId, key));
    }

    /** Runs the action once, when a search or listing has found its answer and before it gives it. */
    void meanwhile(Runnable action) {
        meanwhile.set(action);
    }

    private <T> T beforeItIsSaid(T found) {
        Runnable action = meanwhile.getAndSet(null);
        if (action != null) {
            action.run();
        }
        return found;
    }

    @Override
    public Hits search(SearchRequest request) {
        List<MemoryEntry> given = answer;
        return beforeItIsSaid(call(() -> given == null ? delegate.search(request) : Hits.of(request, given)));
    }

    @Override
    public Page list(ListRequest request) {
        int limit = Math.min(request.limit(), longestPage);
        ListRequest shorter = new ListRequest(request.userId(), request.afterKey(), limit, request.maxChars());
        return beforeItIsSaid(call(() -> delegate.list(shorter)));
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return write(() -> delegate.delete(userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return write(() -> delegate.deleteAll(userId, version));
    }

    @Override
    public Removal forget(String userId, String key, HlcTimestamp version) {
        return write(() -> delegate.forget(userId, key, version));
    }

    @Override
    public Removal forgetAll(String userId, HlcTimestamp version) {
        return write(() -> delegate.forgetAll(userId, version));
    }

    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return write(() -> delegate.erase(userId, key, version, forgets));
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return write(() -> delegate.eraseAll(userId, version, forgets));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return write(() -> delegate.expire(userId, cutoff, version));
    }

    @Override
    public BackendStatus check() {
        try {
            return behave(delegate::check);
        } catch (BackendException e) {
            return BackendStatus.down(e);
        }
    }

    @Override
    public void close() {
        if (!shared) {
            delegate.close();
        }
    }
}
