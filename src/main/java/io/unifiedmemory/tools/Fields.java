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

    private static final int MOST_REASON_CHARS = 600;

    private final ToolOptions options;

    Fields(ToolOptions options) {
        this.options = options;
    }

    /** Arguments that begin with {@code user_id}, which is optional where the user may be known without it. */
    ObjectSchema input() {
        String user = options.defaultUser();
        String description = "Whose memory. Use one id per person, the same every time.";
        ObjectSchema arguments = Schema.object();
        if (options.callersDiffer()) {
            return arguments.optional(
                    AccessControl.USER_ID,
                    name(description + " Left out: the user of your token, if it is for one only."));
        }
        return user == null
                ? arguments.required(AccessControl.USER_ID, name(description))
                : arguments.optional(
                        AccessControl.USER_ID,
                        Schema.withDefault(name(description + " Left out: the default user."), user));
    }

    Map<String, Object> name(String description) {
        return Schema.text(1, options.limits().maxNameChars(), description);
    }

    Map<String, Object> limit(int absent) {
        return Schema.withDefault(
                Schema.integer(1, options.limits().maxLimit(), "The largest number of results"), absent);
    }

    static Map<String, Object> cursor() {
        return Schema.string("next_cursor of the previous page; the list continues after that page");
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

    int limit(Arguments arguments, int absent) {
        return arguments.integer("limit", 1, options.limits().maxLimit(), absent);
    }

    /** The fields of a write's result that say where the write arrived; {@code outcome} is the word for success. */
    static ObjectSchema writeReport(String outcome) {
        return Schema.object()
                .required(
                        "backends",
                        Schema.mapOf(
                                Schema.oneOf(List.of(outcome, "queued", "failed", "disabled", "source"), ""),
                                "The outcome in each backend, by its name; a source is only searched and was not asked"))
                .optional(PROBLEMS, problems());
    }

    static Map<String, Object> durability() {
        return Schema.oneOf(
                List.of("replicated", "queued", "partial", "local", "unprotected"),
                "How safe the write is. replicated: every enabled backend that keeps memories has it. queued: it is safe on disk here, and"
                        + " other backends get it as soon as they can. partial: it is safe on disk here, but a backend"
                        + " refused it for good. local: it is safe here, and no other backend is configured."
                        + " unprotected: the local database failed, and only another backend has it.");
    }

    static Map<String, Object> complete() {
        return Schema.bool("false when a backend that might know more could not be reached; see problems");
    }

    static Map<String, Object> problems() {
        return Schema.mapOf(Schema.string(""), "Why a backend could not be reached, by its name");
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
        Map<String, Object> structured = new LinkedHashMap<>(result.structured());
        structured.put(Tool.IGNORED, ignored);
        return new ToolResult(structured, result.meta());
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
