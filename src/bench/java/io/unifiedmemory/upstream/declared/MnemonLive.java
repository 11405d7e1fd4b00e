package io.unifiedmemory.upstream.declared;

import java.util.Map;

/** {@code mnemon-mcp}. */
class MnemonLive extends RealServerContract {

    @Override
    String preset() {
        return "mnemon";
    }

    @Override
    String script() {
        return "native/node_modules/mnemon-mcp/dist/index.js";
    }

    @Override
    Map<String, String> environment() {
        return Map.of("MNEMON_DB_PATH", folder.resolve("memory.db").toString());
    }
}
