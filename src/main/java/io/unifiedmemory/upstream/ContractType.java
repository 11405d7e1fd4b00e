package io.unifiedmemory.upstream;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.ToolSchemas;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.graph.KnowledgeGraphContract;
import io.unifiedmemory.upstream.peer.UnifiedContract;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of servers that can keep memories, and how they are told apart. */
@SuppressWarnings("ImmutableEnumChecker") // its sets and maps are unmodifiable copies
public enum ContractType {
    UNIFIED(UnifiedContract.NAME, UnifiedContract.CAPABILITIES, UnifiedContract.TOOLS) {
        @Override
        ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home) {
            return new UnifiedContract(tools, home);
        }
    },
    KNOWLEDGE_GRAPH(KnowledgeGraphContract.NAME, KnowledgeGraphContract.CAPABILITIES, KnowledgeGraphContract.TOOLS) {
        @Override
        ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home) {
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

    /** @param home names our own database file, null when it is not known */
    abstract ToolContract open(Tools tools, UpstreamOptions options, Supplier<@Nullable String> home);

    /** The name in a configuration. */
    public String text() {
        return text;
    }

    /**
     * The abilities of a contract; for {@code auto} those of all contracts together, because any of them may be found.
     */
    static Set<Capability> capabilitiesOf(String contract) {
        Set<Capability> common = EnumSet.allOf(Capability.class);
        Stream.of(values())
                .filter(type -> type.isMeantBy(contract))
                .forEach(type -> common.retainAll(type.capabilities));
        return Set.copyOf(common);
    }

    /**
     * The configured contract, or with {@code auto} the first one that matches the tools.
     *
     * @throws BackendException of kind {@code MISCONFIGURED} when the tools do not match
     */
    static ContractType choose(String contract, Collection<Tool> offered) {
        Map<String, Set<String>> arguments = new TreeMap<>();
        offered.forEach(tool -> arguments.put(tool.name(), ToolSchemas.argumentsOf(tool.inputSchema())));
        return Stream.of(values())
                .filter(type ->
                        type.isMeantBy(contract) && type.missingFrom(arguments).isEmpty())
                .findFirst()
                .orElseThrow(() -> unfit(contract, arguments));
    }

    private boolean isMeantBy(String contract) {
        return contract.equals(text) || contract.equals(UpstreamOptions.AUTO);
    }

    private Set<String> missingFrom(Map<String, Set<String>> offered) {
        Set<String> missing = new TreeSet<>();
        tools.forEach((tool, arguments) -> {
            Set<String> known = offered.get(tool);
            if (known == null) {
                missing.add(tool);
            } else {
                arguments.stream()
                        .filter(name -> !known.contains(name))
                        .forEach(name -> missing.add(tool + "(" + name + ")"));
            }
        });
        return missing;
    }

    private static BackendException unfit(String contract, Map<String, Set<String>> offered) {
        String lacks = Stream.of(values())
                .filter(type -> type.isMeantBy(contract))
                .map(type -> "for " + type.text + " it lacks " + String.join(", ", type.missingFrom(offered)))
                .collect(Collectors.joining("; "));
        String found = offered.isEmpty() ? "no tools" : "the tools " + String.join(", ", offered.keySet());
        return new BackendException(
                Kind.MISCONFIGURED,
                "the server offers " + found + ", which is no memory server known here: " + lacks,
                "contracts are " + Stream.of(values()).map(ContractType::text).collect(Collectors.joining(", ")));
    }
}
