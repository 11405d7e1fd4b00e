package io.unifiedmemory.mcp;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.prompts.Prompt;
import io.unifiedmemory.prompts.PromptText;
import io.unifiedmemory.prompts.Prompts;
import io.unifiedmemory.resources.Completion;
import io.unifiedmemory.resources.Completions;
import io.unifiedmemory.resources.MemoryUri;
import io.unifiedmemory.resources.Resource;
import io.unifiedmemory.resources.ResourceContents;
import io.unifiedmemory.resources.ResourceNotFoundException;
import io.unifiedmemory.resources.ResourcePage;
import io.unifiedmemory.resources.Resources;
import io.unifiedmemory.resources.Subscriptions;
import io.unifiedmemory.tools.ToolFailure;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The methods of resources, prompts and completion, from the parameters of a request to its result in JSON. They are the
 * same in every revision of the protocol but for what a dispatcher adds to each result, and the code of an error.
 * Thread-safe.
 */
public final class MemoryMethods {

    private static final String PREFIX = "io.unifiedmemory/";

    private static final Set<String> NAMES = Set.of(
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "prompts/list",
            "prompts/get",
            "completion/complete");

    private final Resources resources;
    private final Completions completions;
    private final Prompts prompts;

    /** The methods over these. */
    public MemoryMethods(Resources resources, Completions completions, Prompts prompts) {
        this.resources = resources;
        this.completions = completions;
        this.prompts = prompts;
    }

    /** Whether {@link #answer} knows a method. */
    public static boolean has(String method) {
        return NAMES.contains(method);
    }

    /**
     * The result of a request.
     *
     * @throws ResourceNotFoundException when it names a resource that is not there for this caller
     * @throws ToolFailure of kind {@code REJECTED} when its parameters are wrong, and of another kind when no backend can
     *     answer
     */
    public Map<String, Object> answer(String method, Map<?, ?> params, Principal caller) {
        return switch (method) {
            case "resources/list" -> list(resources.list(caller, optional(params, "cursor")));
            case "resources/templates/list" -> {
                refuseCursor(params);
                yield PlainJson.object("resourceTemplates", List.of(template()));
            }
            case "resources/read" -> PlainJson.object("contents", List.of(contents(caller, text(params, "uri"))));
            case "prompts/list" -> {
                refuseCursor(params);
                yield PlainJson.object(
                        "prompts",
                        prompts.list(caller).stream().map(MemoryMethods::prompt).toList());
            }
            case "prompts/get" -> message(prompts.get(caller, text(params, "name"), texts(params, "arguments")));
            case "completion/complete" -> completion(complete(params, caller));
            default -> throw new IllegalArgumentException("no method of this class: " + method);
        };
    }

    /**
     * Begins the subscriptions of one client.
     *
     * @param onUpdated receives the address of each resource that has changed
     */
    public Subscriptions subscriptions(Principal caller, Consumer<String> onUpdated) {
        return resources.subscriptions(caller, onUpdated);
    }

    private static Map<String, Object> list(ResourcePage page) {
        return PlainJson.object(
                "resources",
                page.resources().stream().map(MemoryMethods::resource).toList(),
                "nextCursor",
                page.nextCursor(),
                "_meta",
                page.complete() ? null : PlainJson.object(PREFIX + "complete", false));
    }

    private static Map<String, Object> resource(Resource resource) {
        return PlainJson.object(
                "uri",
                resource.uri(),
                "name",
                resource.name(),
                "description",
                resource.description().isEmpty() ? null : resource.description(),
                "mimeType",
                Resource.MIME_TYPE,
                "size",
                resource.bytes(),
                "annotations",
                resource.lastModified() == null
                        ? null
                        : PlainJson.object("lastModified", time(resource.lastModified())));
    }

    private static Map<String, Object> template() {
        return PlainJson.object(
                "uriTemplate",
                MemoryUri.TEMPLATE,
                "name",
                "memory",
                "title",
                "A memory",
                "description",
                "The text that is remembered of a user under a key",
                "mimeType",
                Resource.MIME_TYPE);
    }

    private Map<String, Object> contents(Principal caller, String uri) {
        return uri.equals(Apps.URI) ? Apps.contents() : contents(resources.read(caller, uri));
    }

    private static Map<String, Object> contents(ResourceContents contents) {
        Map<String, Object> meta = PlainJson.object(
                PREFIX + "metadata",
                contents.metadata().isEmpty() ? null : contents.metadata(),
                PREFIX + "created_at",
                time(contents.createdAt()),
                PREFIX + "updated_at",
                time(contents.updatedAt()),
                PREFIX + "source",
                contents.source(),
                PREFIX + "complete",
                contents.complete());
        return PlainJson.object(
                "uri", contents.uri(), "mimeType", Resource.MIME_TYPE, "text", contents.text(), "_meta", meta);
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    private static Map<String, Object> prompt(Prompt prompt) {
        return PlainJson.object(
                "name",
                prompt.name(),
                "title",
                prompt.title(),
                "description",
                prompt.description(),
                "arguments",
                prompt.arguments().stream()
                        .map(argument -> PlainJson.object(
                                "name",
                                argument.name(),
                                "title",
                                argument.title(),
                                "description",
                                argument.description(),
                                "required",
                                argument.required()))
                        .toList());
    }

    private static Map<String, Object> message(PromptText prompt) {
        Map<String, Object> content = PlainJson.object("type", "text", "text", prompt.text());
        return PlainJson.object(
                "description",
                prompt.description(),
                "messages",
                List.of(PlainJson.object("role", "user", "content", content)));
    }

    private Completion complete(Map<?, ?> params, Principal caller) {
        Map<?, ?> ref = map(params, "ref");
        Map<?, ?> argument = map(params, "argument");
        String name = text(argument, "name");
        String begun = text(argument, "value");
        Map<?, ?> context = params.get("context") == null ? Map.of() : map(params, "context");
        Map<String, String> others = texts(context, "arguments");
        switch (text(ref, "type")) {
            case "ref/resource" -> {
                if (!text(ref, "uri").equals(MemoryUri.TEMPLATE)) {
                    throw rejected("ref.uri must be " + MemoryUri.TEMPLATE);
                }
            }
            case "ref/prompt" -> {
                String prompt = text(ref, "name");
                if (!prompts.has(caller, prompt)) {
                    throw rejected("there is no such prompt; prompts/list names those that there are");
                }
                if (!prompts.hasArgument(caller, prompt, name)) {
                    return Completion.NONE;
                }
            }
            default -> throw rejected("ref.type must be ref/resource or ref/prompt");
        }
        return completions.complete(caller, name, begun, others);
    }

    private static Map<String, Object> completion(Completion completion) {
        return PlainJson.object(
                "completion", PlainJson.object("values", completion.values(), "hasMore", completion.hasMore()));
    }

    /** What fits on one page has no second one. */
    private static void refuseCursor(Map<?, ?> params) {
        if (params.get("cursor") != null) {
            throw rejected("cursor must be a nextCursor that this method returned, and it returned none");
        }
    }

    private static @Nullable String optional(Map<?, ?> params, String field) {
        return params.get(field) == null ? null : text(params, field);
    }

    /** A parameter that must be there, and a text. */
    static String text(Map<?, ?> params, String field) {
        if (params.get(field) instanceof String text) {
            return text;
        }
        throw rejected("params: " + field + " must be a string");
    }

    private static Map<?, ?> map(Map<?, ?> params, String field) {
        if (params.get(field) instanceof Map<?, ?> map) {
            return map;
        }
        throw rejected("params: " + field + " must be an object");
    }

    /** An object of texts; empty when absent. */
    private static Map<String, String> texts(Map<?, ?> params, String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (params.get(field) != null) {
            map(params, field).forEach((name, value) -> {
                if (!(value instanceof String text)) {
                    throw rejected("params: " + field + "." + name + " must be a string");
                }
                texts.put(String.valueOf(name), text);
            });
        }
        return texts;
    }

    private static ToolFailure rejected(String message) {
        return new ToolFailure(Kind.REJECTED, message);
    }
}
