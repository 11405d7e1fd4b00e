package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Every argument of every tool that the live list names, spoilt in every way: a tool error that names the field, the
 * limit and what came, and nothing written. A new tool or argument without its violations here is a failure.
 */
class BadInputIT {

    private static final int MIB = 1024 * 1024;

    /** A call of each tool that would succeed and change something if it could. */
    private static final Map<String, Map<String, Object>> GOOD = Map.ofEntries(
            Map.entry("store", Map.of("user_id", "anna", "key", "kept", "value", "overwritten")),
            Map.entry(
                    "store_many",
                    Map.of("user_id", "anna", "memories", List.of(Map.of("key", "kept", "value", "overwritten")))),
            Map.entry("retrieve", Map.of("user_id", "anna", "key", "kept")),
            Map.entry("search", Map.of("user_id", "anna", "query", "safe")),
            Map.entry("get_all", Map.of("user_id", "anna")),
            Map.entry("delete", Map.of("user_id", "anna", "key", "kept")),
            Map.entry("history", Map.of("user_id", "anna")),
            Map.entry("restore", Map.of("user_id", "anna", "key", "kept")),
            Map.entry("cleanup", Map.of("user_id", "anna", "max_age_days", 1)),
            Map.entry("health", Map.of()),
            Map.entry("reconcile", Map.of()));

    @TempDir
    private static Path folder;

    private static McpProcess server;

    @BeforeAll
    static void start() {
        server = new Home(folder).local().start();
        server.initialize();
        server.ask("store", Map.of("user_id", "anna", "key", "kept", "value", "before"));
        server.ask("store", Map.of("user_id", "anna", "key", "kept", "value", "safe"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void nothingWasWritten() {
        JsonNode all = server.ask("get_all", Map.of("user_id", "anna"));
        assertThat(all.path("memories").toString()).isEqualTo("{\"kept\":\"safe\"}");
    }

    /** A call that must be refused; {@code named} is what the refusal tells besides the field. */
    record Violation(String tool, String field, Map<String, Object> arguments, List<String> named) {

        @Override
        public String toString() {
            String text = tool + " " + arguments;
            return text.length() < 100 ? text : text.substring(0, 100) + "...";
        }
    }

    /** A wrong value of an argument and what the refusal tells of it. */
    private record Spoilt(Object value, List<String> named) {}

    private static Spoilt wrong(Object value, String... named) {
        return new Spoilt(value, List.of(named));
    }

    static Stream<Violation> violations() {
        List<Violation> violations = new ArrayList<>();
        server.request("tools/list", Map.of()).at("/result/tools").forEach(tool -> {
            String name = tool.path("name").asString();
            assertThat(GOOD).as("a good call of each tool").containsKey(name);
            if (!firstField(tool).isEmpty()) {
                String misspelt = firstField(tool) + "s";
                violations.add(with(name, misspelt, wrong("blue", misspelt, "did you mean")));
            }
            tool.at("/inputSchema/properties")
                    .propertyNames()
                    .forEach(field -> spoilt(field).stream()
                            // What is empty and optional was not set.
                            .filter(bad -> !bad.value.equals("") || isRequired(tool, field) || name.equals("delete"))
                            .forEach(bad -> violations.add(with(name, field, bad))));
            tool.at("/inputSchema/required").forEach(field -> violations.add(without(name, field.asString())));
        });
        return violations.stream();
    }

    private static boolean isRequired(JsonNode tool, String field) {
        return tool.at("/inputSchema/required")
                .valueStream()
                .anyMatch(name -> name.asString().equals(field));
    }

    private static String firstField(JsonNode tool) {
        return tool.at("/inputSchema/properties").propertyNames().stream()
                .findFirst()
                .orElse("");
    }

    private static List<Spoilt> spoilt(String field) {
        return switch (field) {
            case "user_id", "key" ->
                List.of(
                        wrong("", "512", "0"),
                        wrong("x".repeat(513), "512", "513"),
                        wrong("bell\u0007", "control", "U+0007"),
                        wrong("line\nbreak", "control", "U+000A"),
                        wrong(7, "string", "7"),
                        wrong(List.of("anna"), "string", "anna"));
            case "value" ->
                List.of(
                        wrong("v".repeat(MIB + 1), "1048576", "1048577"),
                        wrong("ü".repeat(MIB / 2 + 1), "1048576", "1048578"),
                        wrong(Map.of("text", "x"), "string", "text"),
                        wrong(false, "string", "false"));
            case "metadata" ->
                List.of(
                        wrong("x", "object", "x"),
                        wrong(List.of(1, 2), "object", "[1,2]"),
                        wrong(Map.of("pad", "x".repeat(64 * 1024)), "65536", "65546"));
            case "limit" ->
                List.of(
                        wrong(1001, "1000", "1001"),
                        wrong(-1, "1000", "-1"),
                        wrong("x", "whole number", "x"),
                        wrong(1.5, "whole number", "1.5"));
            case "offset" ->
                List.of(wrong(-1, "-1"), wrong("x", "whole number", "x"), wrong(1.5, "whole number", "1.5"));
            case "max_chars" -> List.of(wrong(-1, "-1"), wrong(40_001, "40000", "40001"));
            case "max_age_days" ->
                List.of(wrong(-1, "-1"), wrong("x", "whole number", "x"), wrong(1.5, "whole number", "1.5"));
            case "query" -> List.of(wrong(7, "string", "7"));
            case "cursor" -> List.of(wrong(7, "string", "7"), wrong("no such cursor", "cursor"));
            case "memories" ->
                List.of(
                        wrong("x", "array", "x"),
                        wrong(List.of(), "1", "500", "0"),
                        wrong(Collections.nCopies(501, Map.of("key", "kept", "value", "x")), "1", "500", "501"));
            case "tags" -> List.of(wrong(7, "7"), wrong(List.of(7), "7"));
            case "revision" ->
                List.of(wrong(-1, "-1"), wrong("x", "whole number", "x"), wrong(1.5, "whole number", "1.5"));
            case "expires_at" -> List.of(wrong(7, "7"), wrong("last week", "last week"), wrong("2026-13-01", "13"));
            case "expires_in" -> List.of(wrong(7, "7"), wrong("soon", "soon"), wrong("-1d", "-1d"));
            case "all", "dry_run", "permanently" -> List.of(wrong("yes", "true or false", "yes"));
            case "order" -> List.of(wrong(7, "7"), wrong("best", "relevance", "recency", "best"));
            case "since", "until" -> List.of(wrong(7, "7"), wrong("last week", "last week"), wrong("2026-13-01", "13"));
            case "time_zone" -> List.of(wrong(7, "string", "7"), wrong("Mars/Olympus", "Mars/Olympus"));
            case "key_prefix" -> List.of(wrong(7, "string", "7"), wrong("x".repeat(513), "512", "513"));
            default -> throw new AssertionError("no violations of " + field + " are listed here");
        };
    }

    private static Violation with(String tool, String field, Spoilt spoilt) {
        Map<String, Object> arguments = new LinkedHashMap<>(GOOD.get(tool));
        if (field.equals("all")) {
            arguments.remove("key");
        }
        arguments.put(field, spoilt.value);
        return new Violation(tool, field, arguments, spoilt.named);
    }

    private static Violation without(String tool, String field) {
        Map<String, Object> arguments = new LinkedHashMap<>(GOOD.get(tool));
        arguments.remove(field);
        return new Violation(tool, field, arguments, List.of("required"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void aViolationIsAToolErrorThatNamesFieldLimitAndWhatCame(Violation violation) {
        assertRefused(violation.tool, violation.arguments, violation.field, violation.named);
    }

    @Test
    void aUserIdIsRequiredWhereNoDefaultIsConfigured() {
        assertRefused("store", Map.of("key", "k", "value", "v"), "user_id", List.of("required"));
        assertRefused("search", Map.of("query", "safe"), "user_id", List.of("required"));
    }

    @Test
    void aForgottenKeyNeverMeansEverything() {
        assertRefused("delete", Map.of("user_id", "anna"), "key", List.of("all"));
        assertRefused("delete", Map.of("user_id", "anna", "all", false), "key", List.of("all"));
        assertRefused("delete", Map.of("user_id", "anna", "key", "kept", "all", true), "key", List.of("all"));
    }

    @Test
    void anUnknownToolIsAProtocolError() {
        JsonNode reply = server.request("tools/call", Map.of("name", "forget_everything", "arguments", Map.of()));
        assertThat(reply.at("/error/code").asInt()).isEqualTo(-32602);
        assertThat(reply.path("error").toString()).contains("forget_everything");
    }

    private static void assertRefused(String tool, Map<String, Object> arguments, String field, List<String> named) {
        JsonNode result = server.call(tool, arguments);
        assertThat(result.path("isError").asBoolean()).as(result.toString()).isTrue();
        String text = result.at("/content/0/text").asString();
        assertThat(text).contains(field).contains(named).doesNotContain("Exception");
        assertThat(text.length()).as("a refusal does not repeat a megabyte").isLessThan(500);
    }
}
