package io.unifiedmemory.commands;

import io.unifiedmemory.config.CommandLine;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The commands by their names. */
public final class Commands {

    private Commands() {}

    /**
     * The command that the words of a command line name; without words the server on stdio.
     *
     * @param environment the variables of this process, as they were given
     */
    public static Command named(CommandLine commandLine, Map<String, String> environment) {
        List<String> words = commandLine.words();
        if (words.isEmpty()) {
            return new ServeStdio();
        }
        List<String> arguments = words.subList(1, words.size());
        return switch (words.get(0)) {
            case "serve" -> Serve.command(arguments);
            case "browse" -> new BrowseCommand(arguments, commandLine.flags(), environment);
            case "context" -> new ContextCommand(arguments);
            case "check" -> new CheckCommand(arguments);
            case "call" -> new CallCommand(arguments);
            case "outbox" -> new OutboxCommand(arguments);
            case "backup" -> new BackupCommand(arguments, environment);
            case "rescue" -> new RescueCommand(arguments, environment);
            case "export" -> new ExportCommand(arguments, environment);
            case "import" -> new ImportCommand(arguments, environment);
            case "migrate" -> new MigrateCommand(arguments, commandLine.flags(), environment);
            case "client" -> new ClientCommand(arguments, commandLine.flags(), environment);
            case "contract" -> new ContractCommand(arguments);
            case "token" -> new TokenCommand(arguments);
            case "reconcile" -> new ReconcileCommand(arguments);
            case "reindex" -> new ReindexCommand(arguments);
            case "duplicates" -> new DuplicatesCommand(arguments);
            case "model" -> new ModelCommand(arguments, environment);
            case "train" -> new TrainCommand(arguments, environment);
            default ->
                throw new Command.UsageException("unknown command " + words.get(0)
                        + "; there are serve, browse, check, call, context, export, import, backup, rescue, migrate, outbox, reconcile, reindex,"
                        + " duplicates, contract, token, client, model"
                        + " and train, and without a command the server on stdio (--help tells more)");
        };
    }

    /** Whether a command has this option of its own. Asked only about what is no option of the whole program. */
    public static boolean haveOption(String name) {
        // What a hook asks for with every prompt is looked up first: the others know programs and formats of files.
        return ContextCommand.ARGUMENTS.knows(name)
                || Stream.of(
                                Serve.ARGUMENTS,
                                BrowseCommand.ARGUMENTS,
                                OutboxCommand.ARGUMENTS,
                                ReconcileCommand.ARGUMENTS,
                                DuplicatesCommand.ARGUMENTS,
                                ClientCommand.ARGUMENTS,
                                MigrateCommand.ARGUMENTS,
                                ExportCommand.ARGUMENTS,
                                ImportCommand.ARGUMENTS,
                                ModelCommand.ARGUMENTS,
                                TokenCommand.CREATE)
                        .anyMatch(parser -> parser.knows(name));
    }
}
