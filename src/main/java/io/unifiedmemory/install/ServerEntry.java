package io.unifiedmemory.install;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a client starts this server.
 *
 * @param command the absolute path of a program: clients with a desktop often lack the shell's {@code PATH}
 * @param args its arguments
 * @param env the variables that it gets besides those it inherits
 */
public record ServerEntry(String command, List<String> args, Map<String, String> env) {

    /** The name of the entry in every client. */
    public static final String NAME = "unified-memory";

    /**
     * The fields in which the clients say how a server is reached. Those of an address beside a command make a client
     * refuse the entry, or its whole configuration.
     */
    private static final Set<String> TRANSPORT = Set.of(
            "command",
            "args",
            "type",
            "transport",
            "transportType",
            "url",
            "httpUrl",
            "serverUrl",
            "tcp",
            "headers",
            "headersHelper",
            "http_headers",
            "env_http_headers",
            "bearer_token",
            "bearer_token_env_var",
            "auth",
            "oauth",
            "oauth_resource",
            "scopes",
            "authProviderType");

    /** This entry with more variables. */
    ServerEntry with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(more);
        all.putAll(env);
        return new ServerEntry(command, args, all);
    }

    /** This entry for a client, on top of what its user has added to an older one. */
    Map<String, Object> over(Map<String, Object> older, Client client) {
        Map<String, Object> entry = new LinkedHashMap<>();
        if (client.typed()) {
            entry.put("type", "stdio");
        }
        entry.put("command", command);
        entry.put("args", args);
        older.forEach((name, value) -> {
            if (!TRANSPORT.contains(name) || (name.equals("type") && "stdio".equals(value))) {
                entry.putIfAbsent(name, value);
            }
        });
        if (!env.isEmpty()) {
            Map<Object, Object> merged = new LinkedHashMap<>();
            if (older.get("env") instanceof Map<?, ?> kept) {
                merged.putAll(kept);
            }
            merged.putAll(env);
            entry.put("env", merged);
        }
        return entry;
    }

    /** Whether an entry that was found in a configuration starts this very server. */
    boolean starts(Map<String, Object> entry) {
        return command.equals(entry.get("command")) && args.equals(entry.getOrDefault("args", List.of()));
    }
}
