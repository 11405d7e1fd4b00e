package io.unifiedmemory;

import io.unifiedmemory.config.CommandLine;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.server.StandardStreams;
import java.util.List;

/** What the program can be told to do on the command line. */
interface Command {

    /** A command that does not exist or whose arguments are wrong; the message is one line. */
    final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /** Does it; returns the exit code of the process. */
    int run(Config config, StandardStreams streams);

    /** The command that the words of a command line name; without words the server on stdio. */
    static Command named(CommandLine commandLine) {
        List<String> words = commandLine.words();
        if (words.isEmpty()) {
            return new ServeStdio();
        }
        List<String> arguments = words.subList(1, words.size());
        return switch (words.get(0)) {
            case "serve" -> serve(arguments);
            case "check" -> new Check(arguments);
            case "call" -> new Call(arguments);
            case "outbox" -> new OutboxCommand(arguments);
            case "backup" -> new BackupCommand(arguments);
            case "client" -> new ClientCommand(arguments, commandLine.flags());
            case "token" -> new TokenCommand(arguments);
            case "reconcile" -> new ReconcileCommand(arguments);
            case "reindex" -> new ReindexCommand(arguments);
            case "train" -> new Train(arguments);
            default ->
                throw new UsageException("unknown command " + words.get(0)
                        + "; there are serve, check, call, backup, outbox, reconcile, reindex, token, client and"
                        + " train, and without a command the server on stdio (--help tells more)");
        };
    }

    private static Command serve(List<String> arguments) {
        if (arguments.isEmpty()) {
            return new ServeStdio();
        }
        String first = arguments.get(0);
        if (first.startsWith(CommandLine.HTTP + "=")) {
            return new ServeHttp(List.of(first.substring(CommandLine.HTTP.length() + 1)));
        }
        if (first.equals(CommandLine.HTTP)) {
            return new ServeHttp(arguments.subList(1, arguments.size()));
        }
        throw new UsageException("serve takes nothing, or --http and an address, not " + arguments.get(0));
    }
}
