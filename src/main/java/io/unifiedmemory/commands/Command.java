package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;

/** What the program can be told to do on the command line. */
public interface Command {

    /** The exit code of a command that could not be done. */
    int FAILED = 1;

    /** A command that does not exist or whose arguments are wrong; the message is one line. */
    final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message what is wrong, and what is right */
        public UsageException(String message) {
            super(message);
        }
    }

    /**
     * Begins, on another thread, what the command needs whatever the configuration says. Called before that is read: nothing
     * may be logged until {@link #run} is called, when it is known how.
     */
    default void warmUp() {}

    /** Does it; returns the exit code of the process. */
    int run(Config config, StandardStreams streams);
}
