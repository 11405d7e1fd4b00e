package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.ConfigException;
import io.unifiedmemory.config.ConfigLoader;
import io.unifiedmemory.config.DatabaseLocation;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.install.ServerEntry;
import java.io.File;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The command line that a shell runs for a hook. Claude Code gives a hook none of the variables of the server entry: what
 * {@code context} needs of them becomes options here, and what cannot become one is refused before anything is written,
 * because the hook would fail with every prompt. Stateless.
 */
final class HookLine {

    /**
     * The end of every one. Claude Code would take exit code 2, which this program gives for a wrong option, for the wish
     * to block the prompt.
     */
    static final String END = " context " + ContextCommand.HOOK + " || exit 1";

    /**
     * What {@code context} uses. Every account of this machine can read a command line, so nothing else is put there, and
     * no secret.
     */
    private static final List<Setting> TAKEN = List.of(
            Setting.CONFIG,
            Setting.DATABASE,
            Setting.DEFAULT_USER,
            Setting.LOG_LEVEL,
            Setting.SQLITE_ENABLED,
            Setting.SQLITE_TIMEOUT_MS,
            Setting.SQLITE_MAX_RETRIES,
            Setting.SQLITE_SYNCHRONOUS,
            Setting.POSTGRES_CONNECTIONS,
            Setting.POSTGRES_TIMEOUT_MS,
            Setting.POSTGRES_PASSWORD_FILE,
            Setting.POSTGRES_ALLOW_WEAK,
            Setting.SEARCH_TIME_ZONE,
            Setting.MAX_NAME_CHARS);

    private HookLine() {}

    /**
     * @param program how this program is started
     * @param variables those of the server entry
     * @param environment of this process, which stands for that of Claude Code
     * @throws Command.UsageException when the hook could not run
     */
    static String of(ServerEntry program, Map<String, String> variables, Map<String, String> environment) {
        Map<Setting, String> options = new EnumMap<>(Setting.class);
        for (Setting setting : TAKEN) {
            String value = variables.get(setting.variable());
            if (value != null && !value.isBlank()) {
                options.put(setting, value);
            }
        }
        check(options, variables, environment);
        StringBuilder line = new StringBuilder();
        if (variables.containsKey("LC_ALL")) {
            line.append("LC_ALL=").append(quoted(variables.get("LC_ALL"))).append(' ');
        }
        line.append(start(program));
        options.forEach((setting, value) ->
                line.append(' ').append(setting.flag()).append('=').append(quoted(value)));
        return line + END;
    }

    /**
     * Whether a command in a client's settings is a hook of this program, of any version: it ends as one, and starts this
     * installation or names the program.
     */
    static boolean isOurs(String command, ServerEntry program) {
        return command.endsWith(END) && (command.contains(ServerEntry.NAME) || command.contains(start(program)));
    }

    private static String start(ServerEntry program) {
        StringBuilder start = new StringBuilder(quoted(program.command()));
        program.args().forEach(argument -> start.append(' ').append(quoted(argument)));
        return start.toString();
    }

    /** Reads the options as the hook will: a password in an address is refused there, and a variable that is missing. */
    private static void check(
            Map<Setting, String> options, Map<String, String> variables, Map<String, String> environment) {
        Config config;
        try {
            config = new ConfigLoader(options, environment, System.getProperty("os.name"), HomeFolder.of(environment))
                    .load();
        } catch (ConfigException e) {
            throw new Command.UsageException(
                    "no hook is added, because it would fail with every prompt: it gets the options of the server"
                            + " entry, but not its variables: " + e.getMessage());
        }
        if (config.tools().defaultUser() == null) {
            throw new Command.UsageException(
                    "no hook is added, because a prompt does not say whose memories it is about: add "
                            + Setting.DEFAULT_USER.flag() + " NAME");
        }
        if (config.database() instanceof DatabaseLocation.Postgres) {
            variables.forEach((name, value) -> {
                if (name.startsWith("PG") && !value.equals(environment.get(name))) {
                    throw new Command.UsageException("no hook is added, because it would not get the variable " + name
                            + " of the server entry: set it where Claude Code and this command are started, or use "
                            + Setting.POSTGRES_PASSWORD_FILE.path() + " for a password");
                }
            });
        }
    }

    /** One word for the shell that Claude Code uses, on Windows too: slashes are understood there as well. */
    private static String quoted(String word) {
        String portable = File.separatorChar == '\\' ? word.replace('\\', '/') : word;
        return portable.matches("[\\w./:@,+-]+") ? portable : '"' + portable.replaceAll("([\\\\\"$`])", "\\\\$1") + '"';
    }
}
