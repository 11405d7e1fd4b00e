package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.mcp.Apps;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.ServedTools;
import io.unifiedmemory.tools.ToolBox;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Offers the memory to clients of the revision in which every request stands alone. */
public final class MemoryService {

    /** How long a person may take to answer a question. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private MemoryService() {}

    /**
     * The server.
     *
     * @param methods is asked for what answers requests about resources and prompts when the first one comes
     * @param version of this program
     * @param secret that every server has on the same database: a client may come back to another one
     */
    public static StatelessServer of(
            ToolBox toolBox, Supplier<MemoryMethods> methods, String version, Supplier<String> secret) {
        StatelessServer.Builder server = StatelessServer.named(MemoryServer.NAME, MemoryServer.TITLE, version);
        RequestState states =
                new RequestState(() -> secret.get().getBytes(StandardCharsets.UTF_8), Clock.systemUTC(), PATIENCE);
        ServedTools tools = new ServedTools(toolBox);
        ToolMethods.add(tools, states, server);
        ResourceMethods.add(methods, server);
        Map<String, Object> offered = new LinkedHashMap<>();
        offered.put("tools", Map.of());
        offered.put("resources", Map.of("subscribe", true));
        offered.put("prompts", Map.of());
        offered.put("completions", Map.of());
        if (tools.havePages()) {
            offered.put("extensions", Map.of(Apps.EXTENSION, Map.of()));
        }
        return server.build(offered, MemoryServer.INSTRUCTIONS);
    }
}
