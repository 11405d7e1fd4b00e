package io.unifiedmemory.upstream;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
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
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import io.unifiedmemory.upstream.declared.ContractOptions;
import io.unifiedmemory.upstream.link.ChildNotes;
import io.unifiedmemory.upstream.link.Connection;
import io.unifiedmemory.upstream.link.EraLink;
import io.unifiedmemory.upstream.link.HttpClients;
import io.unifiedmemory.upstream.link.HttpTransport;
import io.unifiedmemory.upstream.link.McpSession;
import io.unifiedmemory.upstream.link.ProcessTransport;
import io.unifiedmemory.upstream.link.Redaction;
import io.unifiedmemory.upstream.link.ReplyJson;
import io.unifiedmemory.upstream.link.ServerAddress;
import io.unifiedmemory.upstream.link.SpokenEra;
import io.unifiedmemory.upstream.link.Transport;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memories in another MCP server. Connects in the background at the first use, and again after the server went away,
 * with growing pauses while that fails. Thread-safe; a caller bounds its wait by interrupting.
 *
 * <p>The capabilities are those of the contract; with {@code auto}, until the contract is recognised, those of a knowledge
 * graph. If it turns out to be a server that can do less, the rest is refused as unsupported.
 */
public final class UpstreamBackend implements MemoryBackend {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamBackend.class);
    private static final McpJsonMapper MAPPER = new ReplyJson(new JacksonMcpJsonMapper(Json.mapper()));

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A server is started anew when its check fails so often in a row: once may be the fault of one answer. */
    private static final int MOST_FAILED_CHECKS = 2;

    private final UpstreamOptions options;
    private final Supplier<@Nullable String> home;
    private final @Nullable ChildNotes notes;
    private final Connection<Connected> connection;
    private final RefusalStreak refusals;
    private final SpokenEra spoken = new SpokenEra();
    private final AtomicInteger failedChecks = new AtomicInteger();
    private volatile @Nullable Redaction redaction;
    private volatile @Nullable HttpClient http;
    private volatile @Nullable ContractKind kind;
    private volatile int storesAtOnce = 1;
    private UnaryOperator<Tools> observer = tools -> tools;

    /** A backend of whose calls somebody hears, and which takes no notes. */
    static UpstreamBackend observed(UpstreamOptions options, UnaryOperator<Tools> observer) {
        UpstreamBackend backend = new UpstreamBackend(options, () -> null);
        backend.observer = observer;
        return backend;
    }

    /** A backend that takes no notes of child processes. */
    public UpstreamBackend(UpstreamOptions options, Supplier<@Nullable String> home) {
        this(options, home, null);
    }

    /**
     * A backend that has touched nothing yet.
     *
     * @param home names our own database file, which is refused as a second copy of itself; null when it is not known
     * @param file our own database file, beside which running child processes are noted, so that the next process can end
     *     those that outlive this one; null where nothing is to be noted
     */
    public UpstreamBackend(UpstreamOptions options, Supplier<@Nullable String> home, @Nullable Path file) {
        this(
                options,
                home,
                file == null ? null : new ChildNotes(file),
                Backoff.of(FIRST_PAUSE, LONGEST_PAUSE),
                System::nanoTime);
    }

    UpstreamBackend(
            UpstreamOptions options,
            Supplier<@Nullable String> home,
            @Nullable ChildNotes notes,
            Backoff backoff,
            LongSupplier nanoTime) {
        this.options = options;
        this.home = home;
        this.notes = notes;
        ContractOptions declared = options.declared();
        this.kind = declared == null ? ContractType.named(options.contract()) : new DeclaredKind(declared);
        this.refusals = new RefusalStreak(nanoTime);
        this.connection = new Connection<>(options.name(), this::connect, backoff, nanoTime);
    }

    /** The name of the contract; {@code auto} until the contract is recognised. */
    @Override
    public String type() {
        ContractKind known = kind;
        return known == null ? UpstreamOptions.AUTO : known.text();
    }

    @Override
    public Set<Capability> capabilities() {
        ContractKind known = kind;
        return known == null ? ContractType.KNOWLEDGE_GRAPH.capabilities() : known.capabilities();
    }

    @Override
    public boolean knowsCapabilities() {
        return kind != null;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        requireUnicode(entry);
        return on(contract -> contract.store(entry));
    }

    @Override
    public List<Lookup> storeAll(List<MemoryEntry> entries) {
        entries.forEach(UpstreamBackend::requireUnicode);
        return on(contract -> contract.storeAll(entries));
    }

    /** That of the server that was connected last; 1 before the first one. */
    @Override
    public int storesAtOnce() {
        return storesAtOnce;
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return on(contract -> contract.retrieve(userId, key));
    }

    @Override
    public Hits search(SearchRequest request) {
        return on(contract -> contract.search(request));
    }

    @Override
    public Page list(ListRequest request) {
        return on(contract -> contract.list(request));
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return on(contract -> contract.delete(userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return on(contract -> contract.deleteAll(userId, version));
    }

    @Override
    public Removal forget(String userId, String key, HlcTimestamp version) {
        return on(contract -> contract.forget(userId, key, version));
    }

    @Override
    public Removal forgetAll(String userId, HlcTimestamp version) {
        return on(contract -> contract.forgetAll(userId, version));
    }

    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return on(contract -> contract.erase(userId, key, version, forgets));
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return on(contract -> contract.eraseAll(userId, version, forgets));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return on(contract -> contract.expire(userId, cutoff, version));
    }

    @Override
    public @Nullable Instant unharmedSince() {
        return on(CheckedContract::unharmedSince);
    }

    /** Checks the server, even while other calls are refused because connecting has just failed. */
    @Override
    public BackendStatus check() {
        Connected connected = null;
        try {
            connected = connection.session(true);
            BackendStatus status = connected.contract().check();
            failedChecks.set(0);
            return new BackendStatus(status.up(), redaction().text(status.detail()));
        } catch (RuntimeException e) {
            if (connected != null && isWorthARestart(e) && failedChecks.incrementAndGet() == MOST_FAILED_CHECKS) {
                failedChecks.set(0);
                connected.close();
            }
            return BackendStatus.down(redaction().failure(e));
        }
    }

    /**
     * Whether a new process may help, once it has happened again: there are servers that give up the database behind them, live on, and answer nothing
     * but errors. The next call starts one.
     */
    private boolean isWorthARestart(RuntimeException failure) {
        return kind instanceof DeclaredKind
                && options.address() instanceof ServerAddress.Stdio
                && UpstreamFailures.of(failure).kind() == Kind.BROKEN;
    }

    @Override
    public @Nullable String starting() {
        Duration since = connection.opening();
        return since == null
                ? null
                : "is still starting (" + since.toSeconds() + " s of at most "
                        + options.connectTimeout().toSeconds() + ")";
    }

    /** Waits until the server is connected or connecting has failed, no longer than the connect timeout. */
    public void awaitConnection() {
        try {
            connection.session(true);
        } catch (BackendException e) {
            LOG.debug("{}: the first try to connect failed; whoever calls it hears why", options.name(), e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    private <T extends @Nullable Object> T on(Function<CheckedContract, T> operation) {
        try {
            return operation.apply(connection.session(false).contract());
        } catch (RuntimeException e) {
            throw redaction().unexpected(e);
        } catch (OutOfMemoryError e) {
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    "its answer is too large for the memory of this program",
                    "give it more (java -Xmx...)",
                    e);
        }
    }

    /** Rejects unpaired surrogates, which would arrive as question marks. */
    private static void requireUnicode(MemoryEntry entry) {
        String metadata = entry.metadata().isEmpty() ? "" : Json.write(entry.metadata());
        if (isHalf(entry.userId()) || isHalf(entry.key()) || isHalf(entry.value()) || isHalf(metadata)) {
            throw new BackendException(Kind.REJECTED, "the memory contains half a character", "store valid Unicode");
        }
    }

    private static boolean isHalf(String text) {
        return Texts.unpairedSurrogate(text) >= 0;
    }

    private Connected connect() {
        try {
            Connected opened = opened();
            refusals.end();
            return opened;
        } catch (RuntimeException e) {
            throw refusals.judged(redaction().failure(e), UpstreamFailures.isRefusal(e));
        }
    }

    private Connected opened() {
        McpSession.Opened opened = session();
        try {
            ContractKind found = Recognition.choose(options, opened.tools());
            kind = found;
            ToolContract contract = found.open(observer.apply(opened.session()), options, home);
            storesAtOnce = contract.storesAtOnce();
            return new Connected(opened.session(), new CheckedContract(contract, Clock.systemUTC()));
        } catch (RuntimeException | Error e) {
            opened.session().close();
            throw e;
        }
    }

    /** A server that ends when it is asked what it speaks is started once more, and not asked. */
    private McpSession.Opened session() {
        long begun = System.nanoTime();
        boolean shunned = spoken.isShunned();
        try {
            return McpSession.open(link(), options.connectTimeout(), options.callTimeout());
        } catch (BackendException e) {
            Duration left = options.connectTimeout().minusNanos(System.nanoTime() - begun);
            if (shunned
                    || !spoken.isShunned()
                    || left.isNegative()
                    || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return McpSession.open(link(), left, options.callTimeout());
        }
    }

    private Redaction redaction() {
        Redaction made = redaction;
        if (made == null) {
            made = Redaction.of(options.address());
            redaction = made;
        }
        return made;
    }

    private Transport link() {
        ServerAddress transport = options.address();
        if (transport instanceof ServerAddress.Stdio stdio) {
            return EraLink.of(ProcessTransport.start(options.name(), stdio, MAPPER, notes), spoken, MAPPER);
        }
        HttpClient client = http;
        if (client == null) {
            client = HttpClients.create(options.connectTimeout());
            http = client;
        }
        return transport instanceof ServerAddress.Http streamable
                ? EraLink.streamable(streamable, client, spoken, MAPPER)
                : HttpTransport.sse((ServerAddress.Sse) transport, client, MAPPER);
    }

    /** A session and its contract. */
    private record Connected(McpSession session, CheckedContract contract) implements Connection.Session {

        @Override
        public CompletionStage<BackendException> ended() {
            return session.ended();
        }

        @Override
        public boolean proven() {
            return session.proven();
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
