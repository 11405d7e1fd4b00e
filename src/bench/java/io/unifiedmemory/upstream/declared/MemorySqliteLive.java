package io.unifiedmemory.upstream.declared;

import java.util.Map;

/** {@code mcp-memory-sqlite}. */
class MemorySqliteLive extends RealServerContract {

    @Override
    String preset() {
        return "mcp-memory-sqlite";
    }

    @Override
    String script() {
        return "native/node_modules/mcp-memory-sqlite/dist/index.js";
    }

    @Override
    Map<String, String> environment() {
        return Map.of("SQLITE_DB_PATH", folder.resolve("memory.db").toString());
    }
}
