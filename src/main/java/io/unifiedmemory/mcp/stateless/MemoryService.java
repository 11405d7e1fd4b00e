package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.ServedTools;
import io.unifiedmemory.tools.ToolBox;
import java.util.Map;

/** Offers the memory to clients of the revision in which every request stands alone. */
public final class MemoryService {

    private MemoryService() {}

    /**
     * The server.
     *
     * @param version of this program
     */
    public static StatelessServer of(ToolBox toolBox, String version) {
        StatelessServer.Builder server = StatelessServer.named(MemoryServer.NAME, MemoryServer.TITLE, version);
        ToolMethods.add(new ServedTools(toolBox), server);
        return server.build(Map.of("tools", Map.of()), MemoryServer.INSTRUCTIONS);
    }
}
