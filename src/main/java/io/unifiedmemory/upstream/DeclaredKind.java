package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.declared.ContractOptions;
import io.unifiedmemory.upstream.declared.DeclaredContracts;
import java.time.Clock;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A kind of server whose contract is declared as data. */
record DeclaredKind(ContractOptions contract) implements ContractKind {

    @Override
    public String text() {
        return contract.name();
    }

    @Override
    public Set<Capability> capabilities() {
        return contract.capabilities();
    }

    @Override
    public ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home) {
        return DeclaredContracts.open(contract, tools, options.defaultUser(), options.callTimeout(), Clock.systemUTC());
    }
}
