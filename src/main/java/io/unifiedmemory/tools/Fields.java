package io.unifiedmemory.tools;

import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.unified.writes.Outcome;
import io.unifiedmemory.unified.writes.WriteReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Arguments and results that several tools share: their schemas, and how they are read and written. */
final class Fields {

    /** The field of a result that says, by name, why a backend did not answer. */
    static final String PROBLEMS = "problems";

    private static final String LEFT_OUT = "; left out: the one user of your token";

    private static final int MOST_REASON_CHARS = 600;

    private final ToolOptions options;

    Fields(ToolOptions options) {
        this.options = options;
    }

    /** Arguments that begin with {@code user_id}, which is optional where the user may be known without it. */
    ObjectSchema input() {
        return input("");
    }

    /** The same arguments, with what a {@code user_id} is: said once or twice in a list that a model reads as a whole. */
    ObjectSchema inputOfPerson() {
        return input("Whose memory: one id per person");
    }

    private ObjectSchema input(String description) {
        String user = options.defaultUser();
        ObjectSchema arguments = Schema.object();
        if (options.callersDiffer()) {
            return arguments.optional(AccessControl.USER_ID, name(description.isEmpty() ? "" : description + LEFT_OUT));
        }
        return user == null
                ? arguments.required(AccessControl.USER_ID, name(description))
                : arguments.optional(AccessControl.USER_ID, Schema.withDefault(name(description), user));
    }

    Map<String, Object> name(String description) {
        return Schema.text(options.limits().maxNameChars(), description);
    }

    Map<String, Object> limit(int absent) {
        return Schema.withDefault(Schema.integer(1, options.limits().maxLimit(), ""), absent);
    }

    /** Whose memories the call is about; {@link AccessControl} has put it there if the client left it out. */
    String userId(Arguments arguments) {
        if (!arguments.has(AccessControl.USER_ID) && !options.callersDiffer()) {
            throw Arguments.rejected(AccessControl.USER_ID
                    + " is required (no default user is configured: name the user, or start the server with"
                    + " --default-user or UNIFIED_MEMORY_DEFAULT_USER)");
        }
        return name(arguments, AccessControl.USER_ID);
    }

    String name(Arguments arguments, String field) {
        return arguments.name(field, options.limits().maxNameChars());
    }

    /**
     * The forms of a key under which its memory may be kept, the one of every new memory first; for another instance of
     * this server, which keeps what it keeps, exactly the key.
     */
    List<String> keys(Arguments arguments, ToolCall call) {
        return call.isOfReplica()
                ? List.of(name(arguments, "key"))
                : arguments.forms("key", options.limits().maxNameChars());
    }

    /** Tags that a memory must have, each in its metadata's field of that name. */
    static Map<String, Object> tags() {
        return Schema.arrayOf(Schema.string(""), "");
    }

    List<String> tags(Arguments arguments) {
        return arguments.texts("tags", options.limits().maxMetadataBytes());
    }

    int limit(Arguments arguments, int absent) {
        return arguments.integer("limit", 1, options.limits().maxLimit(), absent);
    }

    /** The fields of a write's result that say where the write arrived. */
    static ObjectSchema writeReport() {
        return Schema.object().required("backends", Schema.anyObject(""));
    }

    static Map<String, Object> durability() {
        return Schema.string("");
    }

    /** The fields that say whether every backend was heard. */
    static ObjectSchema completeness() {
        return Schema.object().required("complete", Schema.bool(""));
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

    /** Puts whether every backend answered, and why one did not. */
    static void putCompleteness(Map<String, Object> result, Map<String, String> problems) {
        result.put("complete", problems.isEmpty());
        putProblems(result, problems);
    }

    /** The result with the names of arguments that had no effect, if their sender must learn of it. */
    static ToolResult withIgnored(ToolResult result, List<String> unknown) {
        List<String> ignored = unknown.isEmpty() ? null : UnknownArguments.worthSaying(unknown);
        if (ignored == null) {
            return result;
        }
        ToolResult told = result.with(Tool.IGNORED, ignored);
        return result.text() == null
                ? told
                : told.withText(result.text() + Tool.IGNORED + ": " + String.join(", ", ignored) + "\n");
    }

    private static Map<String, String> bounded(Map<String, String> texts) {
        Map<String, String> bounded = new LinkedHashMap<>();
        texts.forEach((name, text) -> bounded.put(name, bounded(text)));
        return bounded;
    }

    /** A reason, cut because it may quote an upstream. */
    static String bounded(String reason) {
        return Texts.shortened(reason, MOST_REASON_CHARS);
    }

    static void putProblems(Map<String, Object> result, Map<String, String> problems) {
        if (!problems.isEmpty()) {
            result.put(PROBLEMS, bounded(problems));
        }
    }
}
