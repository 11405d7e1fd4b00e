package io.unifiedmemory.config;

import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.upstream.UpstreamOptions;
import io.unifiedmemory.upstream.declared.ContractOptions;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads an upstream from an entry as clients write it ({@code command}, {@code args}, {@code env}, or {@code type},
 * {@code url}, {@code headers}) with our own policy beside it.
 */
final class UpstreamReader {

    private static final Set<String> KNOWN = Set.of(
            "command",
            "args",
            "env",
            "type",
            "url",
            "headers",
            "priority",
            "timeoutMs",
            "maxRetries",
            "maxMemories",
            "enabled",
            "contract",
            "connectTimeoutMs");

    private final Placeholders placeholders;
    private final Map<String, ContractOptions> contracts;
    private final @Nullable String defaultUser;
    private final String primary;
    private final String origin;

    /**
     * @param contracts those that the configuration declares, which come before those of the same name in this server
     * @param primary the name of the store of record, which no upstream can have
     */
    UpstreamReader(
            Placeholders placeholders,
            Map<String, ContractOptions> contracts,
            @Nullable String defaultUser,
            String primary,
            String origin) {
        this.placeholders = placeholders;
        this.contracts = contracts;
        this.primary = primary;
        this.defaultUser = defaultUser;
        this.origin = origin;
    }

    /**
     * @param foreign whether the entry was pasted from a client's own file, where other fields than ours are usual
     */
    Config.Upstream read(String name, Map<String, Object> entry, boolean foreign) {
        String path = "upstreams." + name;
        Set<String> unknown = new TreeSet<>(entry.keySet());
        unknown.removeAll(KNOWN);
        if (!foreign && !unknown.isEmpty()) {
            throw new ConfigException(
                    "unknown option " + path + "." + unknown.iterator().next() + "; accepted are "
                            + String.join(", ", new TreeSet<>(KNOWN)) + " (from " + origin + ")");
        }
        if (!name.matches("[^\\p{Cntrl}]{1,64}") || name.equals("sqlite") || name.equals(primary)) {
            throw new ConfigException("an upstream's name must have 1 to 64 characters and not be " + primary + ", not "
                    + name + " (from " + origin + ")");
        }
        boolean disabled = foreign && Boolean.TRUE.equals(entry.get("disabled"));
        BackendOptions policy = new BackendOptions(
                (Boolean) option(path, "enabled", entry, Type.FLAG, !disabled),
                (Integer) option(path, "priority", entry, Type.integer(0, 1000), BackendOptions.UPSTREAM.priority()),
                Duration.ofMillis((Integer) option(path, "timeoutMs", entry, Type.integer(1, 600_000), (int)
                        BackendOptions.UPSTREAM.timeout().toMillis())),
                (Integer) option(path, "maxRetries", entry, Type.integer(0, 100), BackendOptions.UPSTREAM.maxRetries()),
                (Integer) option(
                        path,
                        "maxMemories",
                        entry,
                        Type.integer(1, 1_000_000_000),
                        BackendOptions.UPSTREAM.maxMemories()));
        Integer connectMillis = (Integer) option(path, "connectTimeoutMs", entry, Type.integer(1, 600_000), (int)
                UpstreamOptions.DEFAULT_CONNECT_TIMEOUT.toMillis());
        Object named = entry.get("contract");
        String contract = named == null ? UpstreamOptions.AUTO : text(path + ".contract", named);
        try {
            UpstreamOptions options = new UpstreamOptions(
                    name,
                    transport(path, entry),
                    contract,
                    Duration.ofMillis(connectMillis),
                    UpstreamOptions.DEFAULT_CALL_TIMEOUT,
                    defaultUser,
                    declared(contract, path));
            return new Config.Upstream(options, policy, written(options.address(), entry));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(path + ": " + e.getMessage() + " (from " + origin + ")");
        }
    }

    private @Nullable ContractOptions declared(String contract, String path) {
        if (UpstreamOptions.isBuiltIn(contract)) {
            return null;
        }
        ContractOptions own = contracts.get(contract);
        ContractOptions declared = own == null ? ContractOptions.preset(contract) : own;
        if (declared == null) {
            Set<String> known = new TreeSet<>(UpstreamOptions.contracts());
            known.addAll(contracts.keySet());
            throw new ConfigException(path + ".contract must be one of " + String.join(", ", known) + ", not "
                    + contract + "; one of your own is declared under contracts (from " + origin + ")");
        }
        return declared;
    }

    private static String written(ServerAddress transport, Map<String, Object> entry) {
        if (transport instanceof ServerAddress.Stdio stdio) {
            List<String> words = new ArrayList<>(List.of("stdio", String.valueOf(entry.get("command"))));
            if (entry.get("args") instanceof List<?> args) {
                words.addAll(
                        ServerAddress.masked(args.stream().map(String::valueOf).toList()));
            }
            return String.join(" ", words)
                    + (stdio.env().isEmpty() ? "" : ", env " + stdio.env().keySet());
        }
        boolean sse = transport instanceof ServerAddress.Sse;
        String url = String.valueOf(url(entry))
                .replaceAll(":-[^}]*}", "}")
                .replaceFirst("[?#].*", "")
                .replaceFirst("//[^/]*@", "//");
        return (sse ? "sse " : "http ")
                + url
                + (entry.get("headers") instanceof Map<?, ?> headers && !headers.isEmpty()
                        ? ", headers " + headers.keySet()
                        : "");
    }

    /** Gemini CLI says httpUrl, Windsurf serverUrl, for what others call url with type http. */
    private static @Nullable Object url(Map<String, Object> entry) {
        Object http = entry.getOrDefault("httpUrl", entry.get("serverUrl"));
        return http == null ? entry.get("url") : http;
    }

    private ServerAddress transport(String path, Map<String, Object> entry) {
        Object url = url(entry);
        String absent = entry.containsKey("command") || url == null ? "stdio" : "http";
        Type types = Type.choice("stdio", "http", "streamable-http", "streamablehttp", "sse");
        String type = (String) option(path, "type", entry, types, absent);
        if (url == null && !entry.containsKey("command")) {
            throw new ConfigException(path + " must have a command (a program to start) or a url (the address of a"
                    + " server), but has neither (from " + origin + ")");
        }
        if (type.equals("stdio")) {
            return new ServerAddress.Stdio(
                    placeholders.expandPath(text(path + ".command", entry.get("command")), path + ".command", origin),
                    list(path + ".args", entry.get("args")),
                    texts(path + ".env", entry.get("env")));
        }
        URI address = address(path + ".url", text(path + ".url", url));
        Map<String, String> headers = headers(path + ".headers", entry.get("headers"));
        return type.equals("sse") ? new ServerAddress.Sse(address, headers) : new ServerAddress.Http(address, headers);
    }

    /** What placeholders stand for may be secret: no message shows it. */
    private URI address(String option, String text) {
        try {
            return new URI(placeholders.expand(text, option, origin));
        } catch (URISyntaxException e) {
            throw new ConfigException(option + " is no web address: " + e.getReason() + " at index " + e.getIndex()
                    + " (from " + origin + ")");
        }
    }

    private Object option(String path, String name, Map<String, Object> entry, Type type, Object absent) {
        Object raw = entry.get(name);
        return raw == null ? absent : type.parse(path + "." + name, raw, origin);
    }

    private String text(String option, @Nullable Object raw) {
        if (raw instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new ConfigException(option + " must be a text"
                + (raw instanceof String ? "" : ", not " + Type.kindOf(raw)) + " (from " + origin + ")");
    }

    private List<String> list(String option, @Nullable Object raw) {
        List<String> texts = new ArrayList<>();
        if (raw != null && !(raw instanceof List)) {
            throw new ConfigException(
                    option + " must be an array of texts, not " + Type.kindOf(raw) + " (from " + origin + ")");
        }
        for (Object item : raw == null ? List.of() : (List<?>) raw) {
            if (!(item instanceof String text)) {
                throw new ConfigException(option + " must hold texts only (from " + origin + ")");
            }
            texts.add(placeholders.expandArgument(text, option, origin));
        }
        return texts;
    }

    /** Blanks around a value are no part of it (RFC 9110). What no header can hold is told by its name and its variables. */
    private Map<String, String> headers(String option, @Nullable Object raw) {
        Map<String, String> headers = texts(option, raw);
        headers.replaceAll((name, value) -> value.strip());
        headers.forEach((name, value) -> {
            String fault = ServerAddress.headerFault(name, value);
            if (fault != null) {
                String variables =
                        Placeholders.namedIn(raw instanceof Map<?, ?> map ? String.valueOf(map.get(name)) : "");
                throw new ConfigException(option + "." + name + " " + fault
                        + (variables.isEmpty() ? "" : "; its value comes from " + variables) + " (from " + origin
                        + ")");
            }
        });
        return headers;
    }

    /** The values may be secrets: no message shows them. */
    private Map<String, String> texts(String option, @Nullable Object raw) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (raw != null && !(raw instanceof Map)) {
            throw new ConfigException(option + " must be an object of texts (from " + origin + ")");
        }
        for (Map.Entry<?, ?> item : (raw == null ? Map.of() : (Map<?, ?>) raw).entrySet()) {
            if (!(item.getValue() instanceof String text)) {
                throw new ConfigException(option + "." + item.getKey() + " must be a text (from " + origin + ")");
            }
            String name = String.valueOf(item.getKey());
            texts.put(name, placeholders.expand(text, option + "." + name, origin));
        }
        return texts;
    }
}
