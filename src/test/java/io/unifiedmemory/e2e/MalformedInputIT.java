package io.unifiedmemory.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Whatever arrives on stdin, the server says what is wrong with it and lives on. One server takes all of it. */
class MalformedInputIT {

    private static final int PARSE_ERROR = -32700;
    private static final int INVALID_REQUEST = -32600;
    private static final int MIB = 1024 * 1024;

    @TempDir
    private static Path folder;

    private static McpProcess server;

    @BeforeAll
    static void start() {
        server = new Home(folder).local().start();
        server.initialize();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> linesWithoutId() {
        return Stream.of(
                argumentSet("prose", "hello", PARSE_ERROR),
                argumentSet("half an object", "{\"jsonrpc\":\"2.0\",\"id\":1,", PARSE_ERROR),
                argumentSet("two values", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} x", PARSE_ERROR),
                argumentSet("NUL bytes", "\u0000\u0000", PARSE_ERROR),
                argumentSet("nested beyond reason", "[".repeat(100_000), PARSE_ERROR),
                argumentSet("of very many parts", "[" + "[],".repeat(100_000) + "0]", PARSE_ERROR),
                argumentSet(
                        "a number without bounds",
                        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"params\":{\"x\":1e99999999999}}",
                        PARSE_ERROR),
                argumentSet("a number", "42", INVALID_REQUEST),
                argumentSet("a string", "\"ping\"", INVALID_REQUEST),
                argumentSet("null", "null", INVALID_REQUEST),
                argumentSet("an empty object", "{}", INVALID_REQUEST),
                argumentSet("a batch", "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", INVALID_REQUEST),
                argumentSet("an empty batch", "[]", INVALID_REQUEST),
                argumentSet("id null", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", INVALID_REQUEST),
                argumentSet("fractional id", "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", INVALID_REQUEST),
                argumentSet("id an object", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", INVALID_REQUEST),
                argumentSet("no method, no id", "{\"jsonrpc\":\"2.0\"}", INVALID_REQUEST),
                argumentSet("method a number", "{\"jsonrpc\":\"2.0\",\"method\":7}", INVALID_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("linesWithoutId")
    void aLineThatIsNoMessageGetsAnErrorWithoutId(String line, int code) {
        assertRefused(line.getBytes(UTF_8), code);
    }

    @Test
    void invalidUtf8GetsAParseError() {
        assertRefused(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\u00ff\u00fe\"}".getBytes(ISO_8859_1), PARSE_ERROR);
    }

    @Test
    void aLineBeyondTheBoundIsRefusedWithoutBeingKept() {
        JsonNode reply = answerTo(pingOf(17 * MIB).getBytes(UTF_8));
        assertThat(reply.at("/error/message").asString()).contains("16");
        assertThat(reply.has("id")).isFalse();
        assertLives();
    }

    @ParameterizedTest
    @MethodSource("requestsWithId")
    void aRequestWithAReadableIdIsRefusedUnderThatIdOrNone(String line) {
        JsonNode reply = answerTo(line.getBytes(UTF_8));
        assertThat(reply.at("/error/code").asInt()).isEqualTo(INVALID_REQUEST);
        assertThat(reply.path("id").asInt(77)).isEqualTo(77);
        assertLives();
    }

    static Stream<String> requestsWithId() {
        return Stream.of(
                "{\"id\":77,\"method\":\"ping\"}",
                "{\"jsonrpc\":\"1.0\",\"id\":77,\"method\":\"ping\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":12}",
                "{\"jsonrpc\":\"2.0\",\"id\":77}");
    }

    @Test
    void aHugeLineWithinTheBoundIsAnOrdinaryMessage() {
        JsonNode reply = answerTo(pingOf(2 * MIB).getBytes(UTF_8));
        assertThat(reply.path("id").asString()).isEqualTo("huge");
        assertThat(reply.path("result").isObject()).isTrue();

        JsonNode result = server.call("store", Map.of("user_id", "u", "key", "k", "value", "v".repeat(2 * MIB)));
        assertThat(result.path("isError").asBoolean()).isTrue();
        assertLives();
    }

    @Test
    void aResponseToNothingAndAnUnknownNotificationAreIgnored() {
        server.sendLine("{\"jsonrpc\":\"2.0\",\"id\":\"never-asked\",\"result\":{}}");
        server.sendLine("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}");
        server.sendLine("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null,\"error\":null}");
        server.sendLine("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unheard-of\"}");
        assertLives();
        assertThat(server.stderr()).doesNotContain("could not be handled");
    }

    @Test
    void anInitializeThatIsNotInFormIsToldWhatItNeeds() {
        server.sendLine("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"initialize\",\"params\":{\"protocolVersion\":5,"
                + "\"capabilities\":[],\"clientInfo\":null}}");
        JsonNode error = server.next().path("error");
        assertThat(error.path("code").asInt()).isEqualTo(-32602);
        assertThat(error.path("message").asString()).contains("clientInfo").doesNotContain("jackson", "java");
        assertLives();
    }

    @Test
    void aBlankLineIsIgnored() {
        server.sendLine("").sendLine("  \t ").sendLine("\r");
        assertLives();
    }

    @Test
    void aWindowsLineEndingIsALineEnding() {
        server.sendLine("{\"jsonrpc\":\"2.0\",\"id\":\"crlf\",\"method\":\"ping\"}\r");
        assertThat(server.next().path("id").asString()).isEqualTo("crlf");
    }

    @Test
    void aHalfLineAtTheEndOfInputGetsAParseErrorAndTheServerEndsInPeace(@TempDir Path other) {
        try (McpProcess leaving = new Home(other).local().start()) {
            leaving.initialize();
            leaving.sendRaw("{\"jsonrpc\":\"2.0\",\"id\":1,\"meth".getBytes(UTF_8))
                    .closeInput();
            assertThat(leaving.exitCode()).isZero();
            assertThat(leaving.next().at("/error/code").asInt()).isEqualTo(PARSE_ERROR);
        }
    }

    private static String pingOf(int chars) {
        return "{\"jsonrpc\":\"2.0\",\"id\":\"huge\",\"method\":\"ping\",\"params\":{\"_meta\":{\"pad\":\""
                + "x".repeat(chars) + "\"}}}";
    }

    private static JsonNode answerTo(byte[] line) {
        server.sendRaw(line).sendRaw(new byte[] {'\n'});
        return server.next();
    }

    private static void assertRefused(byte[] line, int code) {
        JsonNode reply = answerTo(line);
        assertThat(reply.path("jsonrpc").asString()).isEqualTo("2.0");
        assertThat(reply.at("/error/code").asInt()).isEqualTo(code);
        assertThat(reply.at("/error/message").asString()).isNotBlank();
        assertThat(reply.has("id")).isFalse();
        assertLives();
    }

    /** The very next message is the reply to a ping: nothing else was written. */
    private static void assertLives() {
        server.sendRequest("alive", "ping", Map.of());
        assertThat(server.next().path("id").asString()).isEqualTo("alive");
    }
}
