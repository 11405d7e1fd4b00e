package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.graph.KnowledgeGraphContract;
import io.unifiedmemory.upstream.peer.UnifiedContract;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of servers whose contracts are written in Java. */
@SuppressWarnings("ImmutableEnumChecker") // its sets and maps are unmodifiable copies
public enum ContractType implements ContractKind {
    UNIFIED(UnifiedContract.NAME, UnifiedContract.CAPABILITIES, UnifiedContract.TOOLS) {
        @Override
        public ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home) {
            return new UnifiedContract(tools, home);
        }
    },
    KNOWLEDGE_GRAPH(KnowledgeGraphContract.NAME, KnowledgeGraphContract.CAPABILITIES, KnowledgeGraphContract.TOOLS) {
        @Override
        public ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home) {
            return new KnowledgeGraphContract(tools, options.defaultUser(), options.callTimeout());
        }
    };

    private final String text;
    private final Set<Capability> capabilities;
    private final Map<String, Set<String>> tools;

    /** @param tools the tools with their required arguments; arguments of listed objects are written after a dot */
    ContractType(String text, Set<Capability> capabilities, Map<String, Set<String>> tools) {
        this.text = text;
        this.capabilities = capabilities;
        this.tools = tools;
    }

    /** The kind of this name; null for {@code auto}, which is none. */
    static @Nullable ContractKind named(String contract) {
        return Stream.of(values())
                .filter(type -> type.text.equals(contract))
                .findFirst()
                .orElse(null);
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /** The tools that a server of this kind has, with their arguments. */
    Map<String, Set<String>> tools() {
        return tools;
    }
}
