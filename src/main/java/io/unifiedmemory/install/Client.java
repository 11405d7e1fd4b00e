package io.unifiedmemory.install;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** A program that can use this server: where it keeps its own configuration of servers, and in which form. */
// The forms and the functions are immutable values, which the checker cannot see.
@SuppressWarnings("ImmutableEnumChecker")
public enum Client {
    CLAUDE_DESKTOP(
            JsonServers.strict("mcpServers"),
            false,
            machine -> machine.settings().resolve("Claude").resolve("claude_desktop_config.json")),
    CLAUDE_CODE(
            JsonServers.strict("mcpServers"),
            true,
            machine -> machine.folder("CLAUDE_CONFIG_DIR", machine.home()).resolve(".claude.json")),
    CURSOR(
            JsonServers.withComments("mcpServers"),
            false,
            machine -> machine.home().resolve(".cursor").resolve("mcp.json")),
    VSCODE(
            JsonServers.withComments("servers"),
            true,
            machine -> machine.settings().resolve("Code").resolve("User").resolve("mcp.json")),
    CODEX(
            new TomlServers("mcp_servers"),
            false,
            machine -> machine.folder("CODEX_HOME", machine.home().resolve(".codex"))
                    .resolve("config.toml")),
    GEMINI(
            JsonServers.withComments("mcpServers"),
            false,
            machine -> machine.home().resolve(".gemini").resolve("settings.json"));

    private final ServerList servers;
    private final boolean typed;
    private final Function<Machine, Path> file;

    Client(ServerList servers, boolean typed, Function<Machine, Path> file) {
        this.servers = servers;
        this.typed = typed;
        this.file = file;
    }

    /** The name on the command line, such as {@code claude-desktop}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The client of this label; empty when there is none. */
    public static Optional<Client> labelled(String label) {
        return Arrays.stream(values())
                .filter(client -> client.label().equals(label))
                .findFirst();
    }

    /** The configuration of the user on a machine, whether it exists or not. */
    public Path file(Machine machine) {
        return file.apply(machine);
    }

    ServerList servers() {
        return servers;
    }

    /** Whether an entry says its transport. */
    boolean typed() {
        return typed;
    }
}
