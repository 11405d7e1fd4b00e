package io.unifiedmemory.upstream;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.upstream.declared.ContractOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what kind of server is connected, by the whole set of its tools with their arguments: names alone mean little,
 * because many servers use the same. By themselves only kinds are chosen that keep memories, so that nothing is owed to a
 * server by mistake. Stateless.
 */
final class Recognition {

    private static final Logger LOG = LoggerFactory.getLogger(Recognition.class);

    private Recognition() {}

    /**
     * The kind that the options name, or that the tools show.
     *
     * @throws BackendException of kind {@code MISCONFIGURED} when the tools do not fit
     */
    static ContractKind choose(UpstreamOptions options, Collection<Tool> tools) {
        OfferedTools offered = new OfferedTools(tools);
        ContractOptions declared = options.declared();
        if (declared != null) {
            warnOfMissing(options.name(), declared, offered);
            return new DeclaredKind(declared);
        }
        List<ContractType> meant = Stream.of(ContractType.values())
                .filter(type -> isAuto(options) || type.text().equals(options.contract()))
                .toList();
        for (ContractType type : meant) {
            if (offered.missing(type.tools()).isEmpty()) {
                return type;
            }
        }
        if (!isAuto(options)) {
            throw unfit(offered, meant);
        }
        return recognised(offered, ContractOptions.presets());
    }

    private static boolean isAuto(UpstreamOptions options) {
        return options.contract().equals(UpstreamOptions.AUTO);
    }

    /** Servers hide tools, or know more than they list, so whoever names a contract gets it. */
    private static void warnOfMissing(String name, ContractOptions contract, OfferedTools offered) {
        Set<String> missing = offered.missingAsDescribed(contract.tools());
        if (!missing.isEmpty()) {
            LOG.warn(
                    "{}: the contract {} uses what this server does not list: {}",
                    name,
                    contract.name(),
                    String.join(", ", missing));
        }
    }

    /** The one of these contracts that a server fits best; refused where none fits, or two do. */
    static ContractKind recognised(OfferedTools offered, List<ContractOptions> known) {
        List<ContractOptions> fitting = known.stream()
                .filter(preset -> doubts(preset, offered).isEmpty())
                .toList();
        List<ContractOptions> mirrors =
                best(fitting.stream().filter(ContractOptions::keeps).toList());
        if (mirrors.size() == 1) {
            return new DeclaredKind(mirrors.get(0));
        }
        if (mirrors.size() > 1) {
            throw new BackendException(
                    Kind.MISCONFIGURED,
                    "the tools of this server fit more than one contract: " + names(mirrors),
                    "set contract to one of them");
        }
        if (!fitting.isEmpty()) {
            throw new BackendException(
                    Kind.MISCONFIGURED,
                    "this server looks like " + names(fitting) + ", which cannot keep exact copies",
                    "to have it searched, set contract to " + fitting.get(0).name());
        }
        throw unfit(offered, List.of(ContractType.values()));
    }

    /** Those of which most arguments are known. */
    private static List<ContractOptions> best(List<ContractOptions> fitting) {
        int most = fitting.stream().mapToInt(Recognition::arguments).max().orElse(0);
        return fitting.stream().filter(one -> arguments(one) == most).toList();
    }

    private static int arguments(ContractOptions contract) {
        return contract.tools().values().stream().mapToInt(Set::size).sum();
    }

    private static String names(List<ContractOptions> contracts) {
        return contracts.stream().map(ContractOptions::name).collect(Collectors.joining(", "));
    }

    /** Why a server is probably not of a kind; empty when it is. */
    static Set<String> doubts(ContractOptions contract, OfferedTools offered) {
        Set<String> doubts = new TreeSet<>(offered.missingAsDescribed(contract.tools()));
        for (Map.Entry<String, Set<String>> tool : contract.tools().entrySet()) {
            contract.argumentsOf(tool.getKey()).forEach(sent -> doubts.addAll(offered.unsent(tool.getKey(), sent)));
        }
        contract.forbids().stream().filter(offered::has).forEach(doubts::add);
        return doubts;
    }

    private static BackendException unfit(OfferedTools offered, List<ContractType> meant) {
        String lacks = meant.stream()
                .map(type -> "for " + type.text() + " it lacks " + String.join(", ", offered.missing(type.tools())))
                .collect(Collectors.joining("; "));
        String found = offered.names().isEmpty() ? "no tools" : "the tools " + String.join(", ", offered.names());
        List<String> known = new ArrayList<>(UpstreamOptions.contracts());
        known.remove(UpstreamOptions.AUTO);
        return new BackendException(
                Kind.MISCONFIGURED,
                "the server offers " + found + ", which is no memory server known here: " + lacks,
                "contracts are " + String.join(", ", known) + ", or one of your own, see docs/UPSTREAMS.md");
    }
}
