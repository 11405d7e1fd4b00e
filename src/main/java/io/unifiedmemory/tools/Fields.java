package io.unifiedmemory.tools;

import io.unifiedmemory.unified.Outcome;
import io.unifiedmemory.unified.WriteReport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Arguments and results that several tools share: their schemas, and how they are read and written. */
final class Fields {

    private final ToolOptions options;

    Fields(ToolOptions options) {
        this.options = options;
    }

    /** An input schema of {@code user_id}, which is optional when there is a default user, and these fields. */
    Map<String, Object> input(Object... more) {
        String user = options.defaultUser();
        String description = "Whose memory. Use one id per person, the same every time.";
        Object[] fields = new Object[more.length + 2];
        fields[0] = user == null ? "user_id" : "user_id?";
        fields[1] = user == null
                ? name(description)
                : Schema.withDefault(name(description + " Left out: the default user."), user);
        System.arraycopy(more, 0, fields, 2, more.length);
        return Schema.object(fields);
    }

    Map<String, Object> name(String description) {
        return Schema.text(1, options.limits().maxNameChars(), description);
    }

    Map<String, Object> limit(int absent) {
        return Schema.withDefault(Schema.integer(1, options.limits().maxLimit(), "How many at most"), absent);
    }

    static Map<String, Object> cursor() {
        return Schema.string("next_cursor of the page before, to go on behind it");
    }

    String userId(Arguments arguments) {
        String user = options.defaultUser();
        return user != null && !arguments.has("user_id") ? user : name(arguments, "user_id");
    }

    String name(Arguments arguments, String field) {
        return arguments.name(field, options.limits().maxNameChars());
    }

    int limit(Arguments arguments, int absent) {
        return arguments.integer("limit", 1, options.limits().maxLimit(), absent);
    }

    /** The schema of a write's result: these fields, then where the write arrived. */
    static Map<String, Object> writeOutput(String outcome, Object... fields) {
        Object[] report = {
            "backends",
                    Schema.mapOf(
                            Schema.oneOf(List.of(outcome, "failed", "disabled"), ""),
                            "What became of it in each backend, by name"),
            "problems?", problems()
        };
        Object[] all = Arrays.copyOf(fields, fields.length + report.length);
        System.arraycopy(report, 0, all, fields.length, report.length);
        return Schema.object(all);
    }

    static Map<String, Object> durability() {
        return Schema.oneOf(
                List.of("replicated", "local", "unprotected"),
                "How safe it is. replicated: every enabled backend has it. local: the local database has it, not every"
                        + " other backend. unprotected: the local database does not have it, another backend does.");
    }

    static Map<String, Object> complete() {
        return Schema.bool("false when a backend that might know more was not heard; see problems");
    }

    static Map<String, Object> problems() {
        return Schema.mapOf(Schema.string(""), "Why a backend was not heard, by name");
    }

    static String durability(WriteReport report) {
        return report.durability().name().toLowerCase(Locale.ROOT);
    }

    static void putReport(Map<String, Object> result, WriteReport report) {
        Map<String, Object> outcomes = new LinkedHashMap<>();
        for (Map.Entry<String, Outcome> outcome : report.outcomes().entrySet()) {
            outcomes.put(outcome.getKey(), outcome.getValue().name().toLowerCase(Locale.ROOT));
        }
        result.put("backends", outcomes);
        putProblems(result, report.errors());
    }

    static void putCompleteness(Map<String, Object> result, Map<String, String> problems) {
        result.put("complete", problems.isEmpty());
    }

    static void putProblems(Map<String, Object> result, Map<String, String> problems) {
        if (!problems.isEmpty()) {
            result.put("problems", problems);
        }
    }
}
