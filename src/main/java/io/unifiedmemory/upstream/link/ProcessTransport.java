package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.LineReader;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A server that runs as our child process and speaks one JSON message per line, in UTF-8, over its standard input and
 * output. What is not a message is logged and skipped; its standard error goes to our log. See
 * docs/decisions/020-upstream.md for why this is not the SDK's transport.
 */
public final class ProcessTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessTransport.class);
    private static final int MAX_LOGGED_CHARS = 1000;
    private static final long LAST_WORDS_MILLIS = 500;

    /** With these a shell says that it found no program, or could not run it. */
    private static final int CANNOT_RUN = 126;

    private static final int NOT_FOUND = 127;

    private static final byte[] END_OF_INPUT = {};

    private final String name;
    private final String program;
    private final McpJsonMapper mapper;
    private final ChildProcess process;
    private final Redaction redaction;
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    /** How many lines the thread that writes has to write, that in its hands included. */
    private final AtomicInteger unwritten = new AtomicInteger();

    private final UnreadBytes unread = new UnreadBytes();
    /** Whoever has it writes; held for long where the process does not read. */
    private final ReentrantLock writing = new ReentrantLock();

    private final CompletableFuture<BackendException> broken = new CompletableFuture<>();
    private final AtomicBoolean connected = new AtomicBoolean();
    private final Thread stderrReader;
    private volatile @Nullable Thread stdoutReader;
    private volatile String lastWords = "";

    private ProcessTransport(
            String name, String program, McpJsonMapper mapper, ChildProcess process, Redaction redaction) {
        this.name = name;
        this.program = program;
        this.mapper = mapper;
        this.process = process;
        this.redaction = redaction;
        this.stderrReader = Daemon.start("upstream " + name + " stderr", this::readStderr);
        Daemon.start("upstream " + name + " stdin", this::write);
        process.exit().thenAcceptAsync(this::exited, task -> Daemon.start("upstream " + name + " exit", task));
    }

    /** As below, without a note that would let the next program end the process if this one cannot. */
    public static ProcessTransport start(String name, ServerAddress.Stdio command, McpJsonMapper mapper) {
        return start(name, command, mapper, null);
    }

    /**
     * Starts the process; throws a {@link BackendException} when that fails.
     *
     * @param notes where running processes are noted; null for nowhere
     */
    public static ProcessTransport start(
            String name, ServerAddress.Stdio command, McpJsonMapper mapper, @Nullable ChildNotes notes) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(command.env());
        List<String> line = new ArrayList<>();
        line.add(Executable.ofThisPlatform().find(command.command(), environment));
        line.addAll(command.args());
        try {
            return new ProcessTransport(
                    name,
                    command.command(),
                    mapper,
                    ChildProcess.start(line, command.env(), notes),
                    Redaction.of(command));
        } catch (IOException e) {
            throw new BackendException(
                    UpstreamFailures.isNoProgram(e) ? Kind.MISCONFIGURED : Kind.UNAVAILABLE,
                    "cannot start " + command.command() + ": "
                            + UpstreamFailures.shortened(String.valueOf(e.getMessage())),
                    "is its command in the configuration right?",
                    e);
        }
    }

    @Override
    public CompletableFuture<BackendException> broken() {
        return broken;
    }

    @Override
    public void established() {
        process.noteDescendants();
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        return Mono.fromRunnable(() -> {
            if (connected.compareAndSet(false, true)) {
                Daemon.start("upstream " + name + " stdout", () -> read(handler));
            }
        });
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.fromRunnable(() -> {
            BackendException reason = broken.getNow(null);
            if (reason != null) {
                throw UpstreamFailures.again(reason);
            }
            try {
                send(
                        (mapper.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8),
                        message instanceof JSONRPCRequest);
            } catch (IOException e) {
                throw new BackendException(Kind.REJECTED, "cannot be written as JSON: " + e.getMessage(), "", e);
            }
        });
    }

    /**
     * Writes on this thread what has certainly room in the pipe, and leaves to another what might have to wait for the
     * process to read: to wake that thread would take as long as to write. The thread that reads leaves everything to it:
     * without it nobody would find out what the process has read.
     */
    private void send(byte[] line, boolean isRequest) {
        synchronized (unread) { // counted in the order in which it is written
            boolean hasRoom = unread.add(line.length, isRequest);
            boolean here =
                    hasRoom && unwritten.get() == 0 && Thread.currentThread() != stdoutReader && writing.tryLock();
            if (!here) {
                enqueue(line);
                return;
            }
        }
        try {
            write(process.stdin(), line);
        } catch (IOException e) {
            LOG.debug("{}: the thread that writes finds out why: {}", name, e.getMessage());
            enqueue(line);
        } finally {
            writing.unlock();
        }
    }

    private void enqueue(byte[] line) {
        unwritten.incrementAndGet();
        outgoing.add(line);
    }

    private static void write(OutputStream stdin, byte[] line) throws IOException {
        stdin.write(line);
        stdin.flush();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> typeRef) {
        return mapper.convertValue(data, typeRef);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    @Override
    public synchronized void close() {
        broken.complete(UpstreamFailures.closed());
        outgoing.clear();
        outgoing.add(END_OF_INPUT);
        process.end();
    }

    private void read(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        stdoutReader = Thread.currentThread();
        try {
            LineReader lines = new LineReader(process.stdout(), MAX_MESSAGE_BYTES, LineReader.Excess.FAIL);
            for (String line = lines.nextText(); line != null; line = lines.nextText()) {
                JSONRPCMessage message = parse(line);
                if (message instanceof JSONRPCResponse) {
                    unread.answered();
                }
                if (message != null) {
                    handler.apply(Mono.just(message)).subscribe(done -> {}, this::logUnhandled);
                }
            }
            if (!broken.isDone()) {
                awaitExit();
            }
            fail("closed its standard output");
        } catch (IOException e) {
            fail("could not be read: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            // Nobody else reads: without this the calls under way, and all later ones, would wait in vain.
            failUnread(e);
        }
    }

    private void logUnhandled(Throwable failure) {
        if (failure instanceof Error) {
            failUnread(failure);
        } else {
            LOG.warn(
                    "{}: a message could not be handled: {}",
                    name,
                    redaction.failure(failure).describe());
        }
    }

    private void failUnread(Throwable failure) {
        broken.complete(
                failure instanceof OutOfMemoryError
                        ? new BackendException(
                                Kind.UNAVAILABLE,
                                program + " sent a message for which this program has not enough memory",
                                "give it more (java -Xmx...), or ask for less at once")
                        : redaction.failure(UpstreamFailures.of(failure)));
    }

    private @Nullable JSONRPCMessage parse(String line) {
        if (line.isBlank()) {
            return null;
        }
        try {
            return McpSchema.deserializeJsonRpcMessage(mapper, line);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: not a message on standard output, skipped: {}", name, shortened(redaction.text(line)));
            return null;
        }
    }

    private void write() {
        try (OutputStream stdin = process.stdin()) {
            for (byte[] line = outgoing.take(); line != END_OF_INPUT; line = outgoing.take()) {
                writing.lock();
                try {
                    write(stdin, line);
                    unwritten.decrementAndGet();
                } finally {
                    writing.unlock();
                }
            }
        } catch (IOException e) {
            awaitExit();
            fail("does not read its standard input: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void readStderr() {
        LineReader lines = new LineReader(process.stderr(), MAX_LOGGED_CHARS, LineReader.Excess.CUT);
        try {
            for (String line = lines.nextText(); line != null; line = lines.nextText()) {
                if (!line.isBlank()) {
                    lastWords = redaction.text(line.strip());
                    LOG.info("{}: {}", name, lastWords);
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: standard error ended: {}", name, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            failUnread(e); // an unread pipe would fill and stop the process
        }
    }

    private void exited(int code) {
        try {
            stderrReader.join(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        fail(
                code == CANNOT_RUN || code == NOT_FOUND ? Kind.MISCONFIGURED : Kind.UNAVAILABLE,
                "ended with exit code " + code + (lastWords.isEmpty() ? "" : ", its last words: " + lastWords));
    }

    /** Gives the process time to end, so that its exit code is the reason and not the closed pipe that came first. */
    private void awaitExit() {
        broken.copy()
                .completeOnTimeout(UpstreamFailures.closed(), 2 * LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)
                .join();
    }

    private void fail(String what) {
        fail(Kind.UNAVAILABLE, what);
    }

    private void fail(Kind kind, String what) {
        broken.complete(new BackendException(
                kind,
                program + " " + UpstreamFailures.shortened(redaction.text(what)),
                "run its command in a shell to see whether it works there"));
    }

    private static String shortened(String line) {
        return Texts.shortened(line, MAX_LOGGED_CHARS);
    }
}
