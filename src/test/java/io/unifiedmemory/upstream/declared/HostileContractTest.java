package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.util.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A contract that was written by somebody who means harm, or by nobody who knows how: it is refused when it is read, by
 * the place of the mistake, or its calls fail; the program goes on.
 */
class HostileContractTest {

    private static final String FIND = "contracts.notes.find.items ";

    static Stream<Arguments> contracts() {
        return Stream.of(
                Arguments.of(items("$eval(reply.text)"), FIND + "must not use $eval"),
                Arguments.of(items("($e := $eval; $e('1'))"), FIND + "must not use $eval"),
                Arguments.of(items("(".repeat(5000)), FIND + "is no JSONata"),
                Arguments.of(items("[".repeat(4999) + "]".repeat(4999)), FIND + "is no JSONata"),
                Arguments.of(items("1" + " + 1".repeat(100_000)), FIND + "must have at most 10000 characters"),
                Arguments.of(items("x".repeat(10 << 20)), FIND + "must have at most 10000 characters"),
                Arguments.of(items("reply.text ~> /(a+)+$/"), FIND + "has a regular expression"),
                Arguments.of(items("$match(reply.text, /(/)"), FIND + "is no JSONata"),
                Arguments.of("\"find\": 7", "contracts.notes.find must be an object"),
                Arguments.of("\"find\": [[[]]]", "contracts.notes.find must be an object"),
                Arguments.of("\"find\": {\"tool\": {}}", "contracts.notes.find.tool must be a text"),
                Arguments.of(
                        "\"find\": {\"tool\": \"get\", \"arguments\": []}",
                        "contracts.notes.find.arguments must be an object"),
                Arguments.of(
                        "\"find\": {\"tool\": \"get\", \"items\": true}", "contracts.notes.find.items must be a text"),
                Arguments.of("\"find\": {\"tool\": \"get\", \"run\": \"rm\"}", "contracts.notes.find.run is unknown"),
                Arguments.of("\"command\": \"sh\"", "contracts.notes.command is unknown"),
                Arguments.of("\"limits\": {\"text\": 1e99}", "contracts.notes.limits.text must be a whole number"),
                Arguments.of("\"settleMs\": 99999999999", "contracts.notes.settleMs must be a whole number"),
                Arguments.of(
                        "\"delete\": {\"tool\": \"drop\", \"arguments\": {\"name\": \"*\"}}",
                        "contracts.notes.delete.arguments must say what to delete"),
                Arguments.of(
                        "\"delete\": {\"tool\": \"drop\", \"arguments\": {\"name\": \"='id'\"}}",
                        "contracts.notes.delete.arguments must say what to delete"),
                Arguments.of(
                        "\"create\": {\"tool\": \"put\", \"arguments\": " + "{\"a\":".repeat(400) + "\"=(\""
                                + "}".repeat(400) + "}",
                        "contracts.notes.create.arguments.a.a.a"));
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void isRefusedByItsPlaceWhenItIsRead(String field, String message) {
        assertThatThrownBy(() -> FakeNotes.contract(field))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .satisfies(refusal ->
                        assertThat(String.valueOf(refusal.getMessage())).hasSizeLessThan(3000));
    }

    /** What shows only when a server answers: the call fails, in bounded time, and nothing was deleted. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "($f := function($x) {$f($x)}; $f(1))",
                "($f := function($x) {1 + $f($x)}; $f(1))",
                "$map([1..10000000], function($x) {$x & reply.text})",
                "$contains(reply.text, /(.*a){25}$/)",
                "$error('stop')",
                "reply",
                "$string(reply)",
                "$now",
                "function($x) {$x}",
                "[[[[{'id': 1}]]]]"
            })
    void failsTheCallAndNothingElse(String expression) {
        FakeNotes server = new FakeNotes();
        server.get = name -> FakeTools.prose("a".repeat(60) + "b");
        var mirror = DeclaredContracts.open(
                FakeNotes.contract(items(expression).replace("\"items\"", "\"ok\": \"true\", \"items\"")),
                server,
                "me",
                Duration.ofSeconds(1),
                Clock.systemUTC());

        assertThatThrownBy(() -> mirror.retrieve("me", "k"))
                .isInstanceOfSatisfying(
                        BackendException.class,
                        failure -> assertThat(failure.kind())
                                .as(failure.describe())
                                .isEqualTo(Kind.BROKEN));
        assertThatThrownBy(() -> mirror.delete("me", "k", new HlcTimestamp(1))).isInstanceOf(BackendException.class);
        assertThat(server.callsOf("drop") + server.callsOf("put")).isZero();
    }

    /** An item that claims to be everything at once is still held against what was asked for. */
    @Test
    void cannotMakeAnotherMemoryOutOfAnAnswer() {
        FakeNotes server = new FakeNotes();
        server.get = name -> FakeTools.json(Map.of("notes", "x"));
        var mirror = DeclaredContracts.open(
                FakeNotes.contract(items("{'id': hash, 'text': 'forged', 'user': user, 'key': key, 'version': '9'}")),
                server,
                "me",
                Duration.ofSeconds(1),
                Clock.systemUTC());

        assertThat(mirror.retrieve("me", "k")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void aFieldThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> Json.parseSettings("{\"contracts\": {\"a\": {}, \"a\": {}}}"))
                .hasMessageContaining("Duplicate Object property \"a\"");
    }

    private static String items(String expression) {
        return "\"find\": {\"tool\": \"get\", \"arguments\": {\"name\": \"=hash\"}, \"items\": \"" + expression + "\"}";
    }
}
