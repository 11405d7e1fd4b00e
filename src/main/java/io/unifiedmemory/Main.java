package io.unifiedmemory;

import io.unifiedmemory.config.CacheFolder;
import io.unifiedmemory.config.CommandLine;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.ConfigException;
import io.unifiedmemory.config.ConfigLoader;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.server.StandardStreams;
import io.unifiedmemory.sqlite.NativeLibrary;
import io.unifiedmemory.unified.NoBackendException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** The program: without a command an MCP server on stdio, otherwise what the command says. */
public final class Main {

    /** The command could not be done. */
    static final int FAILED = 1;

    /** The command line or the configuration is wrong. */
    static final int MISUSED = 2;

    private Main() {}

    public static void main(String[] arguments) {
        speakNoLanguage();
        StandardStreams streams = StandardStreams.take();
        System.exit(run(List.of(arguments), System.getenv(), streams));
    }

    /**
     * Nothing here speaks the language of the user's country, but SQLite's driver makes a calendar with each connection, and
     * to look up how that country counts its weeks takes longer than to open the database.
     */
    private static void speakNoLanguage() {
        if (System.getProperty("java.locale.providers") == null) {
            System.setProperty("java.locale.providers", "SPI");
        }
    }

    private static int run(List<String> arguments, Map<String, String> environment, StandardStreams streams) {
        try {
            if (arguments.contains("--help") || arguments.contains("-h") || arguments.equals(List.of("help"))) {
                streams.printer().print(Help.text());
                return 0;
            }
            if (arguments.contains("--version")) {
                streams.printer().println("unified-memory " + Version.current());
                return 0;
            }
            CommandLine commandLine = CommandLine.parse(arguments);
            Command command = Command.named(commandLine);
            Config config = new ConfigLoader(
                            commandLine.flags(), environment, System.getProperty("os.name"), home(environment))
                    .load();
            Logging.setLevel(config.logLevel());
            NativeLibrary.keepIn(cacheFolder(environment), Version.sqlite());
            return command.run(config, streams);
        } catch (ConfigException | Command.UsageException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return MISUSED;
        } catch (BackendException e) {
            streams.err().println("unified-memory: " + e.describe());
            return FAILED;
        } catch (NoBackendException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return FAILED;
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(Main.class).debug("unexpected failure", e);
            streams.err().println("unified-memory: unexpected failure, please report it: " + e);
            return FAILED;
        }
    }

    /** For what can be made anew. */
    static Path cacheFolder(Map<String, String> environment) {
        return CacheFolder.of(System.getProperty("os.name"), home(environment), environment);
    }

    /** As shells see it: {@code HOME}, which the JVM's own idea of the home folder ignores. */
    static String home(Map<String, String> environment) {
        String home = environment.get("HOME");
        return home != null && Path.of(home).isAbsolute() ? home : System.getProperty("user.home");
    }
}
