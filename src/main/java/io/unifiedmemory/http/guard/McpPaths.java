package io.unifiedmemory.http.guard;

/** The paths at which this server speaks MCP. */
public final class McpPaths {

    /** Streamable HTTP. */
    public static final String STREAMABLE = "/mcp";

    /** The stream of events of the older transport. */
    public static final String SSE = "/sse";

    /** Where the older transport takes messages. */
    public static final String SSE_MESSAGES = "/messages";

    private McpPaths() {}
}
