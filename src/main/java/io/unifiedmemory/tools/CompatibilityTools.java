package io.unifiedmemory.tools;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code remember_user_info} and {@code search_user_memory}: the tools of two older systems under their old names, for
 * callers that cannot change. They only rename arguments; the work is that of {@code store} and {@code search}.
 */
final class CompatibilityTools {

    private final Tool store;
    private final Tool search;
    private final Fields fields;

    CompatibilityTools(Tool store, Tool search, ToolOptions options) {
        this.store = store;
        this.search = search;
        fields = new Fields(options);
    }

    Tool rememberUserInfo() {
        return store.alias("remember_user_info")
                .titled("Remember user information")
                .describedAs("Same as store, for older callers: information_type is the key, information the text;"
                        + " information of the same type is replaced.")
                .takes(fields.input()
                        .required(
                                "information_type",
                                fields.name("What kind of information it is; the key it is kept under"))
                        .required("information", Schema.string("The text to remember")))
                .handledBy(this::remember)
                .build();
    }

    Tool searchUserMemory() {
        return search.alias("search_user_memory")
                .titled("Search user memory")
                .describedAs("Same as search, for older callers.")
                .takes(fields.input().required("query", Schema.string("What to look for, in plain words")))
                .handledBy(call -> search.handler().handle(call).withText(null))
                .build();
    }

    private ToolResult remember(ToolCall call) {
        return store.handler().handle(renamed(call, Map.of("information_type", "key", "information", "value")));
    }

    private static ToolCall renamed(ToolCall call, Map<String, String> names) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        call.arguments().forEach((name, value) -> arguments.put(names.getOrDefault(name, name), value));
        return new ToolCall(
                arguments, call.meta(), call.caller(), call.progress(), call.person(), call.client(), call.unknown());
    }
}
