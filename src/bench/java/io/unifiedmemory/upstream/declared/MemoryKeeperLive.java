package io.unifiedmemory.upstream.declared;

import java.util.Map;

/** {@code mcp-memory-keeper}. */
class MemoryKeeperLive extends RealServerContract {

    @Override
    String preset() {
        return "memory-keeper";
    }

    @Override
    String script() {
        return "native/node_modules/mcp-memory-keeper/dist/index.js";
    }

    @Override
    Map<String, String> environment() {
        return Map.of("DATA_DIR", folder.toString());
    }
}
