package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.tools.Tool;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the page has to know before it shows anything: who asks, and what that one may do. */
final class AboutQuestion implements Question {

    private final ToolBox tools;
    private final ToolOptions options;
    private final String version;

    private final boolean keepsHistory;
    private final int maxFileBytes;
    private final boolean hasTokens;

    /**
     * @param keepsHistory whether what is replaced or deleted can be restored
     * @param maxFileBytes how large a file to import may be; 0 where memories can be neither imported nor exported
     * @param hasTokens whether there are tokens to look after
     */
    AboutQuestion(
            ToolBox tools,
            ToolOptions options,
            String version,
            boolean keepsHistory,
            int maxFileBytes,
            boolean hasTokens) {
        this.tools = tools;
        this.options = options;
        this.version = version;
        this.keepsHistory = keepsHistory;
        this.maxFileBytes = maxFileBytes;
        this.hasTokens = hasTokens;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> arguments, Principal caller) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("version", version);
        about.put("caller", caller.id());
        about.put("writes", caller.mayWrite());
        about.put("everybody", !caller.isRestricted());
        about.put("history", keepsHistory);
        about.put("tokens", hasTokens && TokenQuestions.mayAsk(caller));
        @Nullable String user = caller.isRestricted() ? caller.users().only() : options.defaultUser();
        if (user != null) {
            about.put("user_id", user);
        }
        about.put("tools", offered(caller));
        about.put(
                "limits",
                Map.of(
                        "name_chars", options.limits().maxNameChars(),
                        "value_bytes", options.limits().maxValueBytes(),
                        "metadata_bytes", options.limits().maxMetadataBytes(),
                        "file_bytes", maxFileBytes));
        return about;
    }

    /** The arguments of each tool: the page shows what these can do, so what is added to the server shows by itself. */
    private Map<String, Object> offered(Principal caller) {
        Map<String, Object> offered = new LinkedHashMap<>();
        for (Tool tool : tools.tools()) {
            if (tools.isOffered(tool.name(), caller)) {
                offered.put(
                        tool.name(),
                        tool.inputSchema().get("properties") instanceof Map<?, ?> properties
                                ? List.copyOf(properties.keySet())
                                : List.of());
            }
        }
        return offered;
    }
}
