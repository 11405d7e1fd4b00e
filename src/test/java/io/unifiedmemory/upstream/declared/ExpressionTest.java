package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions read what other programs answer: whatever that is, they end, and run nothing of it. */
class ExpressionTest {

    @Test
    void readsReplies() {
        Map<String, Object> reply = Map.of("json", Map.of("ids", List.of("a", "b"), "texts", List.of("A", "B")));

        assertThat(value(
                        "$map(reply.json.ids, function($v, $i) {$v & $$.reply.json.texts[$i]})",
                        Map.of("reply", reply)))
                .isEqualTo(List.of("aA", "bB"));
        assertThat(value("reply.json.nothing", Map.of("reply", reply))).isNull();
        assertThat(value("null", Map.of())).isNull();
        assertThat(value("$json('{\"a\": 1}').a", Map.of())).isEqualTo(1);
        assertThat(value("$json('prose')", Map.of())).isNull();
    }

    @Test
    void aNumberOfAnySizeStaysWhatItIs() {
        assertThat(value("n", Map.of("n", (7L << 50) + 1))).isEqualTo((7L << 50) + 1);
    }

    @Test
    void aMistakeIsToldByItsPlace() {
        assertThatThrownBy(() -> Expression.compile("reply.(", "contracts.notes.find.items"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("contracts.notes.find.items is no JSONata: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$eval('1')", "($e := $eval; $e('1'))", "['1'].$eval($)", "$map(['1'], $eval)", "'1' ~> $eval"})
    void whatAServerSaysIsNeverRun(String expression) {
        assertThatThrownBy(() -> Expression.compile(expression, "contracts.x.find.items"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("contracts.x.find.items must not use $eval");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "($f := function($x) {$f($x)}; $f(1))",
                "($f := function($x) {1 + $f($x)}; $f(1))",
                "$sum([1..100000].([1..100000].($ * 2)))"
            })
    void whatRunsForEverEnds(String expression) {
        assertFails(expression, Map.of(), "x");
    }

    /** Each backtracks for years, in each function that takes a regular expression. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$contains(text, /(.*a){25}$/)",
                "$match(text, /(.*a){25}$/)",
                "$split(text, /(.*a){25}$/)",
                "$replace(text, /(.*a){25}$/, '')"
            })
    void aRegularExpressionThatBacktracksEnds(String expression) {
        assertFails(expression, Map.of("text", "a".repeat(40) + "b"), "a regular expression");
    }

    /** As a function, a regular expression could not be stopped. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text ~> /a/",
                "/a/(text)",
                "($r := /a/; $r(text))",
                "$map([text], /a/)",
                "[text][/a/($)]",
                "1 in /a/(text)",
                "($c := $contains; $c(text, /a/))",
                "($contains := function($t, $r) {$r($t)}; $contains(text, /a/))",
                "($f := function($contains) {$contains(text, /a/)}; $f(function($t, $r) {$r($t)}))",
                "/* , */ /a/(text)",
            })
    void aRegularExpressionStandsOnlyWhereItCanBeStopped(String expression) {
        assertThatThrownBy(() -> Expression.compile(expression, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("x ");
    }

    @Test
    void aSlashThatDividesIsNoRegularExpression() {
        assertThat(value("($a := 8; $a / 2 / 2)", Map.of())).isEqualTo(2);
        assertThat(value("$length('a/b') / 3", Map.of())).isEqualTo(1);
        assertThat(value("$contains('a/b', /a\\/b/) and $contains(\"'/\", \"/\")", Map.of()))
                .isEqualTo(true);
    }

    private static void assertFails(String expression, Map<String, Object> variables, String named) {
        assertThatThrownBy(() -> value(expression, variables))
                .isInstanceOfSatisfying(BackendException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
                    assertThat(failure.describe()).contains(named);
                });
    }

    @Test
    void aFailureShowsNothingOfWhatWasRead() {
        assertThatThrownBy(() -> value("$number(secret)", Map.of("secret", "sesame")))
                .isInstanceOf(BackendException.class)
                .hasMessageNotContaining("sesame");
    }

    @Test
    void oneExpressionServesManyThreads() throws Exception {
        Expression expression =
                Expression.compile("($x := n; $map([1..50], function($i) {$$.n})[49] = $x ? n : -1)", "x");
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int n = i;
                results.add(executor.submit(() -> {
                    Map<String, Object> variables = new LinkedHashMap<>();
                    variables.put("n", n);
                    assertThat(expression.valueOf(variables)).isEqualTo(n);
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void namesOfVariablesAreFoundOutsideOfTexts() {
        assertThat(Expression.compile("'a/' & id", "x").names("id")).isTrue();
        assertThat(Expression.compile("$uppercase(id)", "x").names("id")).isTrue();
        assertThat(Expression.compile("'id'", "x").names("id")).isFalse();
        assertThat(Expression.compile("reply.id", "x").names("id")).isFalse();
        assertThat(Expression.compile("ids", "x").names("id")).isFalse();
    }

    private static @Nullable Object value(String expression, Map<String, Object> variables) {
        return Expression.compile(expression, "x").valueOf(variables);
    }
}
