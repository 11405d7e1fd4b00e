package io.unifiedmemory;

import io.unifiedmemory.commands.Command;
import io.unifiedmemory.commands.Commands;
import io.unifiedmemory.commands.Stores;
import io.unifiedmemory.config.CommandLine;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.ConfigException;
import io.unifiedmemory.config.ConfigLoader;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.config.Invocation;
import io.unifiedmemory.launch.Logging;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.unified.calls.NoBackendException;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** The program: without a command an MCP server on stdio, otherwise what the command says. */
public final class Main {

    /** The command line or the configuration is wrong. */
    private static final int MISUSED = 2;

    private Main() {}

    public static void main(String[] arguments) {
        speakNoLanguage();
        StandardStreams streams = StandardStreams.take();
        System.exit(run(arguments, System.getenv(), streams));
    }

    /**
     * Nothing here speaks the language of the user's country, but SQLite's driver makes a calendar with each
     * connection, and to look up how that country counts its weeks takes longer than to open the database.
     */
    private static void speakNoLanguage() {
        if (System.getProperty("java.locale.providers") == null) {
            System.setProperty("java.locale.providers", "SPI");
        }
    }

    private static int run(String[] given, Map<String, String> inherited, StandardStreams streams) {
        try {
            Invocation invocation = Invocation.of(given, inherited);
            List<String> arguments = invocation.arguments();
            Map<String, String> environment = invocation.environment();
            if (arguments.contains("--help") || arguments.contains("-h") || arguments.equals(List.of("help"))) {
                streams.printer().print(Help.text());
                return 0;
            }
            if (arguments.contains("--version")) {
                streams.printer().println("unified-memory " + BuildInfo.current());
                return 0;
            }
            CommandLine commandLine = CommandLine.parse(arguments, Commands::haveOption);
            Command command = Commands.named(commandLine, environment);
            command.warmUp();
            Config config = new ConfigLoader(
                            commandLine.flags(), environment, System.getProperty("os.name"), HomeFolder.of(environment))
                    .load();
            Logging.setLevel(config.logLevel());
            Stores.prepare(config.database(), environment);
            return command.run(config, streams);
        } catch (ConfigException | Command.UsageException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return MISUSED;
        } catch (BackendException e) {
            streams.err().println("unified-memory: " + e.describe());
            return Command.FAILED;
        } catch (NoBackendException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return Command.FAILED;
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(Main.class).debug("unexpected failure", e);
            streams.err().println("unified-memory: unexpected failure, please report it: " + e);
            return Command.FAILED;
        }
    }
}
