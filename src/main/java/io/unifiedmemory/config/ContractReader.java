package io.unifiedmemory.config;

import io.unifiedmemory.upstream.UpstreamOptions;
import io.unifiedmemory.upstream.declared.ContractOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the contracts that a configuration declares. Each is compiled at once, so that a mistake shows when the server
 * starts and not when the first memory gets lost.
 */
final class ContractReader {

    private static final String FIELD = "contracts";

    private final FilePaths files;

    ContractReader(FilePaths files) {
        this.files = files;
    }

    /**
     * The contracts by their names; throws {@link ConfigException} for one that cannot work.
     *
     * @param declared under each name the contract itself, or the path of a JSON file with nothing but the contract
     */
    Map<String, ContractOptions> read(Map<String, Object> declared, String origin) {
        Map<String, ContractOptions> contracts = new LinkedHashMap<>();
        declared.forEach((name, value) -> contracts.put(name, contract(name, value, origin)));
        return contracts;
    }

    private ContractOptions contract(String name, @Nullable Object value, String origin) {
        String place = FIELD + "." + name;
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}") || UpstreamOptions.isBuiltIn(name)) {
            throw new ConfigException(
                    place + " must have a name of small letters, digits, dots and hyphens that is not "
                            + String.join(", ", UpstreamOptions.builtIn()) + " (from " + origin + ")");
        }
        if (value instanceof String path) {
            Path file = files.of(path, place, origin);
            return compiled(name, ConfigFile.json(file, place), place, file.toString());
        }
        return compiled(name, ConfigFile.object(place, value, origin), place, origin);
    }

    private static ContractOptions compiled(String name, Map<String, Object> json, String place, String origin) {
        try {
            return ContractOptions.read(name, json, place);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage() + " (from " + origin + ")");
        }
    }
}
