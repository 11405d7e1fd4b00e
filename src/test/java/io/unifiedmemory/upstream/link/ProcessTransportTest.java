package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.FakeServer;
import io.unifiedmemory.upstream.SmallHeap;
import io.unifiedmemory.upstream.contract.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real child process with every fault that a server may have. No call here comes near its timeout of a minute. */
@Timeout(50)
class ProcessTransportTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<McpSession> sessions = new ArrayList<>();

    @AfterEach
    void closeAll() {
        sessions.forEach(McpSession::close);
    }

    @Test
    void keepsEveryCharacter() {
        McpSession session = open(MINUTE);

        assertThat(echo(session, EchoInAnotherCharset.TEXT)).isEqualTo(EchoInAnotherCharset.TEXT);
        String long1 = "é".repeat(1 << 20);
        assertThat(echo(session, long1)).isEqualTo(long1);
    }

    @Test
    void keepsEveryCharacterWhereTheDefaultCharsetIsAscii() throws Exception {
        ServerAddress.Stdio command =
                FakeServer.java(List.of("-Dfile.encoding=US-ASCII"), EchoInAnotherCharset.class, "US-ASCII");
        List<String> line = new ArrayList<>(List.of(command.command()));
        line.addAll(command.args());

        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();

        assertThat(process.waitFor()).isZero();
    }

    @Test
    void skipsLinesThatAreNoMessages() {
        McpSession session = open(MINUTE);

        assertThat(call(session, "babble", "still here")).isEqualTo("still here");
        assertThat(echo(session, "and now")).isEqualTo("and now");
    }

    @Test
    void aFloodOnStandardErrorBlocksNothing() {
        assertThat(call(open(MINUTE), "flood", "done")).isEqualTo("done");
    }

    @Test
    void deathFailsCallsInFlightAtOnce() throws Exception {
        McpSession session = open(MINUTE);
        Tools.Call inFlight = session.send("ignore", Map.of(), Map.of());
        Tools.Call last = session.send("die", Map.of(), Map.of());

        assertUnavailable(last::await, "ended with exit code 9");
        assertUnavailable(inFlight::await, "ended with exit code 9");
        assertUnavailable(() -> echo(session, "x"), "ended with exit code 9");
    }

    @Test
    void aLineAboveTheBoundBreaksTheConnection() {
        McpSession session = open(MINUTE);

        assertUnavailable(() -> call(session, "burst", "x"), "a line is longer than");
    }

    @Test
    void anUnansweredCallLeavesTheOthersAlone() {
        McpSession session = open(MINUTE);
        session.send("ignore", Map.of(), Map.of());
        assertThat(echo(session, "alive")).isEqualTo("alive");

        McpSession impatient = open(Duration.ofMillis(300));
        assertThatThrownBy(() -> call(impatient, "ignore", "x")).satisfies(isOfKind(Kind.TIMED_OUT));
    }

    @Test
    void aHungServerIsCutOffOnceAPingStaysUnanswered() throws Exception {
        McpSession session = open(Duration.ofMillis(300));

        assertThatThrownBy(() -> call(session, "hang", "x")).satisfies(isOfKind(Kind.TIMED_OUT));
        BackendException reason = session.ended().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(reason).hasMessageContaining("hung");
        assertUnavailable(() -> echo(session, "x"), "hung");
    }

    @Test
    void aServerThatSwallowsManyCallsIsCutOff() {
        McpSession session = open(MINUTE);
        Kind kind = Kind.TIMED_OUT;
        int given = 0;

        for (; kind == Kind.TIMED_OUT && given < 1000; given++) {
            kind = kindOfGivenUpCall(session);
        }

        assertThat(given).isBetween(10, 999);
        assertUnavailable(() -> echo(session, "x"), "calls unanswered");
    }

    private static Kind kindOfGivenUpCall(McpSession session) {
        try {
            Tools.Call call = session.send("ignore", Map.of(), Map.of());
            Thread.currentThread().interrupt();
            call.await();
            throw new AssertionError("answered");
        } catch (BackendException e) {
            return e.kind();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void anInterruptEndsTheWaitingAndNothingElse() throws Exception {
        McpSession session = open(MINUTE);
        CompletableFuture<Boolean> statusKept = new CompletableFuture<>();
        Thread caller = Daemon.start("caller", () -> {
            try {
                call(session, "ignore", "x");
            } catch (BackendException e) {
                statusKept.complete(
                        e.kind() == Kind.TIMED_OUT && Thread.currentThread().isInterrupted());
            }
        });

        caller.interrupt();

        assertThat(statusKept.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(echo(session, "alive")).isEqualTo("alive");
    }

    @Test
    void aFailingStartTellsTheExitCodeAndTheLastWords() {
        assertUnavailable(() -> open(MINUTE, "fails"), "exit code 7, its last words: no such database: x.db");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pages", "circles"})
    void aListOfToolsWithoutAnEndIsGivenUp(String flag) {
        assertThatThrownBy(() -> open(MINUTE, flag))
                .hasMessageContaining("lists its tools without an end")
                .satisfies(isOfKind(Kind.BROKEN));
    }

    @Test
    void aServerThatNeverAnswersTheHandshakeIsGivenUp() {
        ProcessTransport link = start("deaf");

        assertUnavailable(
                () -> McpSession.open(link, Duration.ofMillis(500), MINUTE),
                "did not finish the MCP handshake in time");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void sendingNeverWaitsForAServerThatReadsNothing() {
        ProcessTransport link = start("deaf");
        for (int i = 0; i < 1000; i++) {
            link.sendMessage(new McpSchema.JSONRPCRequest("ping", i, Map.of("text", "x".repeat(i))))
                    .block();
        }

        link.close();

        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    /** Short ones are written by their own threads, long ones by another. */
    @Test
    void linesOfManyThreadsDoNotMix() {
        McpSession session = open(MINUTE);
        List<String> texts = IntStream.range(0, 400)
                .mapToObj(i -> i + " x".repeat(i % 7 == 0 ? 5_000 : i))
                .toList();

        assertThat(texts.parallelStream().map(text -> echo(session, text)).toList())
                .isEqualTo(texts);
    }

    @Test
    void closingEndsAServerThatIgnoresItsInputAndSigterm() {
        McpSession session = open(MINUTE, "stubborn");

        session.close();

        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
        assertUnavailable(() -> echo(session, "x"), "closed");
    }

    @Test
    void closingEndsTheChildrenOfTheServerToo(@TempDir Path folder) throws IOException {
        McpSession session = open(MINUTE);
        Path pid = folder.resolve("pid");
        call(session, "breed", pid.toString());
        ProcessHandle grandchild =
                ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();

        session.close();

        assertThat(grandchild.isAlive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noServerOutlivesThisProgramWhetherItIsKilledOrExits(boolean killed) throws Exception {
        ServerAddress.Stdio command = FakeServer.java(List.of(), HoldsAServer.class);
        List<String> line = new ArrayList<>(List.of(command.command()));
        line.addAll(command.args());
        Process program = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String pid = program.inputReader(StandardCharsets.UTF_8).readLine();
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();

        if (killed) {
            program.destroy();
        } else {
            program.getOutputStream().close();
        }

        program.waitFor();
        server.onExit().get(20, TimeUnit.SECONDS);
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void aServerThatOutlivesAKilledProgramIsEndedByTheNext(@TempDir Path folder) throws Exception {
        Path database = folder.resolve("m.db");
        ProcessHandle server = orphanOf(database);

        ProcessTransport next = ProcessTransport.start(
                "next", FakeServer.command(), new JacksonMcpJsonMapper(Json.mapper()), new ChildNotes(database));

        assertThat(server.isAlive()).isFalse();
        next.close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aStrangerWithTheNumberOfAnOldServerIsLeftAlone(@TempDir Path folder) throws Exception {
        Path database = folder.resolve("m.db");
        ProcessHandle server = orphanOf(database);
        Path note = folder.resolve("m.db.child-" + server.pid());
        String text = Files.readString(note);
        assertThat(text).contains("\"pid\":" + server.pid());

        Files.writeString(note, text.replaceAll("\"started\":(\\d)", "\"started\":9$1"));
        new ChildNotes(database).endOrphans();
        assertThat(server.isAlive()).isTrue();
        Files.writeString(note, text.replaceAll("\"command\":\"", "\"command\":\"/another"));
        new ChildNotes(database).endOrphans();
        assertThat(server.isAlive()).isTrue();
        Files.writeString(note, text.replaceAll("\"identifiers\":\"", "\"identifiers\":\"another "));
        new ChildNotes(database).endOrphans();
        assertThat(server.isAlive()).isTrue();
        Files.writeString(note, "{not json");
        new ChildNotes(database).endOrphans();
        assertThat(server.isAlive()).isTrue();
        assertThat(note).doesNotExist();

        Files.writeString(note, text);
        new ChildNotes(database).endOrphans();
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void theServerOfAProgramThatRunsIsLeftAlone(@TempDir Path folder) throws IOException {
        Path database = folder.resolve("m.db");
        ProcessTransport first = ProcessTransport.start(
                "first", FakeServer.command(), new JacksonMcpJsonMapper(Json.mapper()), new ChildNotes(database));
        ProcessTransport second = ProcessTransport.start(
                "second", FakeServer.command(), new JacksonMcpJsonMapper(Json.mapper()), new ChildNotes(database));
        try (var notes = Files.list(folder)) {
            assertThat(notes).hasSize(2);
        }

        new ChildNotes(database).endOrphans();

        assertThat(first.broken()).isNotDone();
        assertThat(second.broken()).isNotDone();
        first.close();
        second.close();
        assertThat(folder).isEmptyDirectory();
    }

    /** A frozen server whose program was killed. */
    private static ProcessHandle orphanOf(Path database) throws Exception {
        ServerAddress.Stdio command = FakeServer.java(List.of(), HoldsAServer.class, database.toString());
        Process program = start(command);
        String pid = program.inputReader(StandardCharsets.UTF_8).readLine();
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
        program.destroyForcibly().waitFor();
        return server;
    }

    private static Process start(ServerAddress.Stdio command) throws IOException {
        List<String> line = new ArrayList<>(List.of(command.command()));
        line.addAll(command.args());
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void aReplyThatTheMemoryCannotHoldFailsTheCallAtOnce() throws Exception {
        Process program = start(FakeServer.java(List.of("-Xmx64m"), SmallHeap.class));

        String said = program.inputReader(StandardCharsets.UTF_8).readLine();

        assertThat(said).startsWith("UNAVAILABLE: ").contains("not enough memory");
        program.waitFor();
    }

    @Test
    void aSecretThatTheServerRepeatsIsNotTold() {
        ServerAddress.Stdio plain = FakeServer.command("fails");
        ServerAddress.Stdio command =
                new ServerAddress.Stdio(plain.command(), plain.args(), Map.of("FAKE_TOKEN", "s3cret-value"));
        ProcessTransport link = ProcessTransport.start("fake", command, new JacksonMcpJsonMapper(Json.mapper()));

        assertThatThrownBy(() -> McpSession.open(link, MINUTE, MINUTE))
                .hasMessageContaining("no such database: x.db ***")
                .hasMessageNotContaining("s3cret-value");
    }

    @Test
    void callsUnderWayFailWhenTheSessionIsClosed() {
        McpSession session = open(MINUTE);
        Tools.Call inFlight = session.send("ignore", Map.of(), Map.of());

        session.close();

        assertUnavailable(inFlight::await, "closed");
    }

    private McpSession open(Duration callTimeout, String... flags) {
        McpSession session = McpSession.open(start(flags), MINUTE, callTimeout).session();
        sessions.add(session);
        return session;
    }

    private static ProcessTransport start(String... flags) {
        return ProcessTransport.start("fake", FakeServer.command(flags), new JacksonMcpJsonMapper(Json.mapper()));
    }

    private static String echo(McpSession session, String text) {
        return call(session, "echo", text);
    }

    private static String call(McpSession session, String tool, String text) {
        return session.call(tool, Map.of("text", text), Map.of()).text();
    }

    private static void assertUnavailable(ThrowingCallable call, String message) {
        assertThatThrownBy(call).hasMessageContaining(message).satisfies(isOfKind(Kind.UNAVAILABLE));
    }

    private static org.assertj.core.api.ThrowingConsumer<Throwable> isOfKind(Kind kind) {
        return failure -> assertThat(failure)
                .asInstanceOf(InstanceOfAssertFactories.type(BackendException.class))
                .extracting(BackendException::kind)
                .isEqualTo(kind);
    }
}
