package io.unifiedmemory.config;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.http.HttpOptions;
import io.unifiedmemory.meaning.MeaningOptions;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.MemoryOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.SearchOptions;
import io.unifiedmemory.upstream.UpstreamOptions;
import io.unifiedmemory.upstream.declared.ContractOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All options, checked. Immutable.
 *
 * @param file the configuration file that was read; null when there was none
 * @param logLevel error, warn, info or debug
 * @param database where the store of record is, and how it is opened
 * @param databasePolicy its part in the memory
 * @param upstreams every configured upstream, the disabled ones too
 * @param contracts the contracts that the configuration declares, by their names
 * @param memory how the backends act as one memory
 * @param search how a search treats slow backends
 * @param meaning the model by which a search compares meanings
 * @param tools how the tools behave
 * @param http how the server over HTTP listens; read, checked and loaded only when asked for
 * @param access who is let in over HTTP; likewise
 */
public record Config(
        @Nullable Path file,
        String logLevel,
        DatabaseLocation database,
        BackendOptions databasePolicy,
        List<Upstream> upstreams,
        Map<String, ContractOptions> contracts,
        MemoryOptions memory,
        SearchOptions search,
        MeaningOptions meaning,
        ToolOptions tools,
        Supplier<HttpOptions> http,
        Supplier<AccessOptions> access) {

    /** The same with other options of the tools. */
    public Config with(ToolOptions others) {
        return new Config(
                file,
                logLevel,
                database,
                databasePolicy,
                upstreams,
                contracts,
                memory,
                search,
                meaning,
                others,
                http,
                access);
    }

    /**
     * One upstream: how it is reached, and its part in the memory.
     *
     * @param written how it is reached, for people: as the file writes it, placeholders and all, without the values of
     *     variables and headers and without the query of a URL
     */
    public record Upstream(UpstreamOptions options, BackendOptions policy, String written) {

        @Override
        public String toString() {
            return options.name() + ": " + written;
        }
    }
}
