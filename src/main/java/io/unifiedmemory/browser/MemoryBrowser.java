package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.http.PageApi;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.Progress;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Answers the page of the memory browser. Whatever a tool can do is done by that tool, under the same access control as a
 * model's call; the other questions ask {@link AccessControl} themselves whom they may be about. Thread-safe.
 */
public final class MemoryBrowser implements PageApi {

    private static final int OK = 200;
    private static final int WRONG = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final Map<String, Question> questions = new LinkedHashMap<>();
    private final ToolBox tools;

    /**
     * @param version of this server
     * @param outbox the writes that other backends have not confirmed
     * @param entries what makes a client on this machine start this server: the text for its configuration, by client;
     *     empty where clients are elsewhere
     */
    public MemoryBrowser(
            UnifiedMemory memory,
            ToolBox tools,
            ToolOptions options,
            String version,
            OutboxAdmin outbox,
            Supplier<Map<String, String>> entries) {
        this.tools = tools;
        AccessControl access = new AccessControl(options, Clock.systemUTC());
        OutboxQuestions owed = new OutboxQuestions(outbox);
        questions.put("about", new AboutQuestion(tools, options, version));
        questions.put("call", this::call);
        questions.put("users", new UsersQuestion(memory.knownHere()));
        questions.put("memory", new MemoryQuestion(memory, access));
        questions.put("where", new WhereQuestion(memory, access));
        questions.put("outbox", owed::list);
        questions.put("outbox-retry", owed::retry);
        questions.put("outbox-drop", owed::drop);
        questions.put(
                "clients", (arguments, caller) -> Map.of("entries", caller.isRestricted() ? Map.of() : entries.get()));
    }

    @Override
    public Reply answer(String name, Map<String, Object> arguments, Principal caller) {
        Question question = questions.get(name);
        if (question == null) {
            return failure(NOT_FOUND, "the page asks for what this server does not know: load it again");
        }
        try {
            return new Reply(OK, question.answer(arguments, caller));
        } catch (RefusedQuestionException e) {
            return failure(e.isForbidden() ? FORBIDDEN : WRONG, String.valueOf(e.getMessage()));
        } catch (ToolFailure e) {
            return failure(status(e.kind()), String.valueOf(e.getMessage()));
        } catch (BackendException e) {
            return failure(
                    status(e.kind()),
                    caller.isRestricted() ? "it did not answer; whoever runs this server can see why" : e.describe());
        }
    }

    /** Calls a tool, as a client of MCP would. */
    @SuppressWarnings("unchecked") // An object of JSON.
    private Map<String, Object> call(Map<String, Object> arguments, Principal caller) {
        Object given = arguments.get("arguments");
        if (!(arguments.get("tool") instanceof String tool) || !(given instanceof Map<?, ?>)) {
            throw RefusedQuestionException.wrong("a call needs the name of a tool and its arguments");
        }
        ToolCall call = new ToolCall(
                (Map<String, Object>) given, Map.of(), caller, Progress.NONE, Person.NOBODY, "memory browser");
        return tools.call(tool, call).structured();
    }

    private static int status(BackendException.Kind kind) {
        return switch (kind) {
            case REJECTED, UNSUPPORTED -> WRONG;
            default -> UNAVAILABLE;
        };
    }

    private static Reply failure(int status, String message) {
        return new Reply(status, Map.of("error", Map.of("message", message)));
    }
}
