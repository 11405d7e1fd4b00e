package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One backend with its policy: it retries calls that may succeed later, counts failures, and refuses calls while the
 * breaker is open. For a backend in this process only a lock that others hold counts as passing: any other failure is
 * final, and a full disk, which stops writes, must not stop reads. Thread-safe. Calls run on the caller's thread;
 * {@link FanOut} bounds their time.
 */
public final class BackendHandle {

    private static final Logger LOG = LoggerFactory.getLogger(BackendHandle.class);

    /** The pauses between retries; the timeout of the call bounds their number. */
    private static final Backoff BETWEEN_RETRIES = Backoff.of(Duration.ofMillis(20), Duration.ofMinutes(1));

    private static final Duration HEAD_START = Duration.ofSeconds(1);

    /** The pause between trial writes in a backend in this process that refused a write, while it is only read. */
    private static final Duration BETWEEN_TRIALS = Duration.ofSeconds(1);

    private final String name;
    private final MemoryBackend backend;
    private final BackendOptions options;
    private final Role role;
    private final boolean inProcess;
    private final BackendObserver observer;
    private final CircuitBreaker breaker;
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile @Nullable Trouble lastError;
    private volatile boolean misconfigured;
    /** For a backend in this process: successful reads do not clear this flag, only a check that writes does. */
    private volatile boolean refusesWrites;

    private volatile long nextTrial = System.nanoTime();

    /** The role of a backend among the others. */
    enum Role {
        /** The store of record: written first, and authoritative where another backend is behind. */
        PRIMARY,
        /** Any other backend: it receives what the store of record has, unless it is a {@linkplain #isSource source}. */
        REPLICA
    }

    /**
     * The handle of the store of record, which it has not called yet.
     *
     * @param observer hears of every call
     * @param breaker makes the breaker, which probes by this handle
     */
    public static BackendHandle primary(
            String name,
            PrimaryStore store,
            BackendOptions options,
            BackendObserver observer,
            Function<BackendHandle, CircuitBreaker> breaker) {
        return new BackendHandle(name, store, options, Role.PRIMARY, store.isInProcess(), observer, breaker);
    }

    /** The handle of any other backend; parameters as for {@link #primary}. */
    public static BackendHandle replica(
            String name,
            MemoryBackend backend,
            BackendOptions options,
            BackendObserver observer,
            Function<BackendHandle, CircuitBreaker> breaker) {
        return new BackendHandle(name, backend, options, Role.REPLICA, false, observer, breaker);
    }

    /**
     * Any handle.
     *
     * @param inProcess whether the backend answers in this process at memory speed: it is called on the caller's
     *     thread, and only a failure because of a lock is retried. Any other backend gets a thread, a timeout, retries
     *     and the breaker.
     */
    BackendHandle(
            String name,
            MemoryBackend backend,
            BackendOptions options,
            Role role,
            boolean inProcess,
            BackendObserver observer,
            Function<BackendHandle, CircuitBreaker> breaker) {
        this.name = name;
        this.backend = backend;
        this.options = options;
        this.role = role;
        this.inProcess = inProcess;
        this.observer = observer;
        this.breaker = breaker.apply(this);
    }

    public String name() {
        return name;
    }

    public BackendOptions options() {
        return options;
    }

    /** Whether this is the store of record. */
    public boolean isPrimary() {
        return role == Role.PRIMARY;
    }

    /**
     * Whether this backend is only searched and listed: nothing is owed to it, and no write asks it for anything. This is
     * the one place that says so.
     */
    public boolean isSource() {
        return role == Role.REPLICA && !can(Capability.KEEP);
    }

    /** Whether the backend is called on the caller's thread. */
    public boolean isInProcess() {
        return inProcess;
    }

    public boolean can(Capability capability) {
        return backend.capabilities().contains(capability);
    }

    /** Whether the backend lists; a server that was never connected so far may not. */
    public boolean surelyLists() {
        return can(Capability.LIST) && backend.knowsCapabilities();
    }

    /** The preferred number of stores in one call of the backend. */
    public int storesAtOnce() {
        return backend.storesAtOnce();
    }

    public String type() {
        return backend.type();
    }

    public CircuitBreaker.State breakerState() {
        return breaker.state();
    }

    /**
     * A failure that happened.
     *
     * @param reason one line
     */
    public record Trouble(String reason, Instant at) {}

    /** The last failure; null while there was none. */
    @Nullable
    public Trouble lastError() {
        return lastError;
    }

    /**
     * Whether calls are admitted and the last one did not fail; a backend in this process is checked again when one
     * did.
     */
    public boolean works() {
        return isAdmitting() && (!failing.get() || (inProcess && check().up()));
    }

    /** Whether calls are admitted: the breaker is closed. */
    public boolean isAdmitting() {
        return breaker.permits();
    }

    /** Throws while the breaker is open. */
    void requireAdmission() {
        if (!isAdmitting()) {
            throw refusal();
        }
    }

    /** Whether the backend fails and cannot work until a person changes its configuration. */
    public boolean isMisconfigured() {
        return misconfigured;
    }

    /** Says why the backend is not asked while the breaker is open. */
    public BackendException refusal() {
        if (misconfigured) {
            return new BackendException(
                    Kind.UNAVAILABLE,
                    name + " " + lastReason(),
                    isPrimary()
                            ? "correct the configuration or the database, which is looked at again in the background"
                            : "correct or remove its entry in the configuration; writes wait in the outbox until then, see health");
        }
        return new BackendException(
                Kind.UNAVAILABLE,
                name + " is not asked at present because it kept failing: " + lastReason(),
                "it is probed in the background and used again once it answers");
    }

    /** The time after which a call that begins now has certainly ended, even if it is held up before and after. */
    public Duration longestTry() {
        return options.timeout().plus(HEAD_START);
    }

    /** When a call that begins now has to end, as of {@link System#nanoTime}. */
    public long deadline() {
        return System.nanoTime() + options.timeout().toNanos();
    }

    /**
     * Calls the backend, and again where a retry may help and {@code deadline} allows.
     *
     * @param deadline as of {@link System#nanoTime}
     * @throws BackendException when the last try failed
     */
    public <T> T call(Function<MemoryBackend, T> operation, long deadline) {
        for (int attempt = 0; ; attempt++) {
            long start = System.nanoTime();
            try {
                T result = operation.apply(backend);
                observer.ended(name, null, System.nanoTime() - start);
                noteSuccess();
                return result;
            } catch (RuntimeException e) {
                BackendException failure = asBackendException(e);
                observer.ended(name, failure.kind(), System.nanoTime() - start);
                if (Thread.currentThread().isInterrupted()) {
                    // The caller gave up, which says nothing about the backend.
                    throw failure;
                }
                note(failure);
                Duration pause = BETWEEN_RETRIES.after(attempt + 1);
                boolean again = mayPass(failure.kind())
                        && attempt < options.maxRetries()
                        && breaker.permits()
                        && System.nanoTime() + pause.toNanos() < deadline;
                if (!again || !Pause.of(pause)) {
                    throw failure;
                }
            }
        }
    }

    /**
     * Whether a retry may help. In this process only a lock passes: a full disk or a read-only file stays so for the
     * moment.
     */
    private boolean mayPass(Kind kind) {
        return inProcess ? kind == Kind.OVERLOADED : kind.retryable() && kind != Kind.TIMED_OUT;
    }

    /**
     * Asks the backend for its status, whatever the breaker says, and tells the breaker. A check that was interrupted
     * says nothing about the backend.
     */
    public BackendStatus check() {
        BackendStatus status = backend.check();
        if (status.up()) {
            breaker.success();
            noteRecovery();
        } else if (!Thread.currentThread().isInterrupted()) {
            noteFailure(status.detail(), status.misconfigured());
            refusesWrites = inProcess;
            if (!inProcess) {
                breaker.failure(status.misconfigured());
            }
        }
        return status;
    }

    /** Whether the backend can answer a question now; asks whatever the breaker says, and does not tell the breaker. */
    public boolean answers(Consumer<MemoryBackend> question) {
        try {
            question.accept(backend);
            return true;
        } catch (BackendException e) {
            LOG.debug("{} does not answer: {}", name, e.describe());
            return false;
        }
    }

    /** Notes that a call was given up because its time had run out. */
    BackendException timedOut() {
        String starting = starting();
        BackendException failure = starting == null
                ? new BackendException(
                        Kind.TIMED_OUT,
                        name + " did not answer within " + options.timeout().toMillis() + " ms",
                        "whether the call took effect is unknown")
                : new BackendException(
                        Kind.TIMED_OUT,
                        name + " " + starting,
                        "the call has not reached it; it is used once it has started");
        note(failure);
        return failure;
    }

    /** Says what keeps the backend from taking a call, in words that follow its name; null when nothing does. */
    @Nullable
    String starting() {
        return backend.starting();
    }

    public void close() {
        backend.close();
    }

    private void note(BackendException failure) {
        switch (failure.kind()) {
            case REJECTED, UNSUPPORTED -> noteSuccess();
            case UNAVAILABLE, TIMED_OUT, MISCONFIGURED, OVERLOADED, BROKEN -> {
                noteFailure(failure.describe(), failure.kind() == Kind.MISCONFIGURED);
                refusesWrites |= inProcess && failure.kind() != Kind.OVERLOADED;
                // A failed wait for a lock in this process blocks nobody else, and reads need no lock: the breaker
                // stays closed.
                if (!inProcess) {
                    breaker.failure(failure.kind() == Kind.TIMED_OUT || misconfigured);
                }
            }
        }
    }

    private void noteSuccess() {
        breaker.success();
        if (!refusesWrites) {
            noteRecovery();
        } else if (System.nanoTime() - nextTrial >= 0) {
            long start = System.nanoTime();
            check();
            long took = System.nanoTime() - start;
            nextTrial = System.nanoTime() + Math.max(BETWEEN_TRIALS.toNanos(), 10 * took);
        }
    }

    private void noteRecovery() {
        refusesWrites = false;
        misconfigured = false;
        if (failing.compareAndSet(true, false)) {
            LOG.info("{} works again", name);
        }
    }

    private void noteFailure(String reason, boolean byConfiguration) {
        lastError = new Trouble(reason, Instant.now());
        boolean turned = byConfiguration && !misconfigured;
        misconfigured = byConfiguration;
        if (failing.compareAndSet(false, true) || turned) {
            LOG.warn("{} fails: {}", name, reason);
        } else {
            LOG.debug("{} fails: {}", name, reason);
        }
    }

    private @Nullable String lastReason() {
        Trouble trouble = lastError;
        return trouble == null ? null : trouble.reason;
    }

    private BackendException asBackendException(RuntimeException e) {
        if (e instanceof BackendException known) {
            return known;
        }
        LOG.error("{}: unexpected failure, please report it", name, e);
        return new BackendException(Kind.BROKEN, name + " failed unexpectedly: " + e, "see the log", e);
    }
}
