package io.unifiedmemory.upstream.declared;

import java.util.Map;

/** {@code @claude-flow/cli}. */
class RufloLive extends RealServerContract {

    @Override
    String preset() {
        return "ruflo";
    }

    @Override
    String script() {
        return "native/node_modules/@claude-flow/cli/bin/mcp-server.js";
    }

    @Override
    Map<String, String> environment() {
        return Map.of("CLAUDE_FLOW_MEMORY_PATH", folder.toString());
    }
}
