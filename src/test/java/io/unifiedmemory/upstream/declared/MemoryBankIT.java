package io.unifiedmemory.upstream.declared;

import java.util.Map;

/** {@code @allpepper/memory-bank-mcp}. */
class MemoryBankIT extends RealServerContract {

    @Override
    String preset() {
        return "memory-bank";
    }

    @Override
    String script() {
        return "node_modules/@allpepper/memory-bank-mcp/dist/main/index.js";
    }

    @Override
    Map<String, String> environment() {
        return Map.of("MEMORY_BANK_ROOT", folder.toString());
    }
}
