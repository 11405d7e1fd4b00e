package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.access.TokensException;
import io.unifiedmemory.http.PageApi;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.Progress;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    /** Who has written what the page writes. */
    private static final String CLIENT = "memory browser";

    private final Map<String, Question> questions = new LinkedHashMap<>();
    private final ToolBox tools;
    private final @Nullable ExportQuestion export;
    private final @Nullable ImportUpload imports;

    /**
     * Everything that the page can ask for.
     *
     * @param version of this server
     * @param store the store of record of the memory
     * @param maxFileBytes how large a file to import may be; 0 where the store keeps no memories, so that there is nothing
     *     to export or import
     * @param tokens which clients of this server show; null where nobody needs one
     * @param entries what makes a client on this machine start this server: the text for its configuration, by client;
     *     empty where clients are elsewhere
     */
    public MemoryBrowser(
            UnifiedMemory memory,
            ToolBox tools,
            ToolOptions options,
            String version,
            PrimaryStore store,
            int maxFileBytes,
            @Nullable Tokens tokens,
            Supplier<Map<String, String>> entries) {
        this.tools = tools;
        Clock clock = Clock.systemUTC();
        AccessControl access = new AccessControl(options, clock);
        OutboxQuestions owed = new OutboxQuestions(store.outboxAdmin());
        questions.put(
                "about",
                new AboutQuestion(
                tools, options, version, memory.historyOptions().isOn(), maxFileBytes, tokens != null));
        questions.put("call", this::call);
        questions.put("users", new UsersQuestion(memory.knownHere()));
        questions.put("memory", new MemoryQuestion(memory, access));
        questions.put("where", new WhereQuestion(memory, access));
        questions.put("compare", new CompareQuestion(memory, clock));
        questions.put("outbox", owed::list);
        questions.put("outbox-retry", owed::retry);
        questions.put("outbox-drop", owed::drop);
        questions.put(
                "clients", (arguments, caller) -> Map.of("entries", caller.isRestricted() ? Map.of() : entries.get()));
        if (tokens != null) {
            TokenQuestions asked = new TokenQuestions(tokens, options.limits().maxNameChars(), clock);
            questions.put("tokens", asked::list);
            questions.put("token-create", asked::create);
            questions.put("token-revoke", asked::revoke);
        }
        if (maxFileBytes > 0) {
            ChronicleQuestions asked = new ChronicleQuestions(store.chronicle(), access, clock);
            questions.put("newest", asked::newest);
            questions.put("growth", asked::growth);
            questions.put("tags", asked::tags);
        }
        export = maxFileBytes > 0 ? new ExportQuestion(store, access, clock) : null;
        imports = maxFileBytes > 0 ? new ImportUpload(memory, store, options.limits(), access, clock) : null;
    }

    @Override
    public Answer answer(String name, Map<String, Object> arguments, Principal caller) {
        Question question = questions.get(name);
        if (question != null) {
            return answered(caller, () -> new Reply(OK, question.answer(arguments, caller)));
        }
        ExportQuestion exported = export;
        return exported != null && name.equals("export")
                ? answered(caller, () -> exported.answer(arguments, caller))
                : unknown();
    }

    @Override
    public Answer upload(String name, Map<String, Object> arguments, InputStream file, Principal caller) {
        ImportUpload imported = imports;
        return imported != null && name.equals("import")
                ? answered(caller, () -> imported.answer(arguments, file, caller))
                : unknown();
    }

    private static Reply unknown() {
        return failure(NOT_FOUND, "the page asks for what this server does not know: load it again");
    }

    private static Answer answered(Principal caller, Supplier<Answer> question) {
        try {
            return question.get();
        } catch (RefusedQuestionException e) {
            return failure(e.isForbidden() ? FORBIDDEN : WRONG, String.valueOf(e.getMessage()));
        } catch (TokensException e) {
            return failure(UNAVAILABLE, String.valueOf(e.getMessage()));
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
        Map<String, Object> named = (Map<String, Object>) given;
        ToolCall call = new ToolCall(named, Map.of(), caller, Progress.NONE, Person.NOBODY, CLIENT);
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
