package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens declared contracts over connected servers. Stateless. */
public final class DeclaredContracts {

    private static final Logger LOG = LoggerFactory.getLogger(DeclaredContracts.class);

    private DeclaredContracts() {}

    /**
     * Makes the call that prepares the server, if the contract has one, and opens the contract.
     *
     * @param defaultUser to whom the entries of a source belong that tells no users apart; null for nobody
     * @param patience how long a writer waits for its turn
     * @param clock the wall clock
     */
    public static ToolContract open(
            ContractOptions contract, Tools tools, @Nullable String defaultUser, Duration patience, Clock clock) {
        if (contract.operation(Name.SETUP) != null) {
            try {
                new ServerCalls(contract, tools).read(Name.SETUP, Map.of());
            } catch (BackendException e) {
                LOG.debug("{}: setup: {}", contract.name(), e.describe()); // most say so when it was done before
            }
        }
        return contract.keeps()
                ? new MirrorContract(contract, tools, patience, clock)
                : new SourceContract(contract, tools, defaultUser);
    }
}
