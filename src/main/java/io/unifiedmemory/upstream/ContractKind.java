package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A kind of server that can be spoken to. Immutable. */
interface ContractKind {

    /** The name in a configuration. */
    String text();

    Set<Capability> capabilities();

    /**
     * Opens the contract over a connected server.
     *
     * @param home names our own database file, null when it is not known
     */
    ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home);
}
