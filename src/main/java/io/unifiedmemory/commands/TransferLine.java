package io.unifiedmemory.commands;

import io.unifiedmemory.mcp.stdio.StandardStreams;
import org.jspecify.annotations.Nullable;

/** How far an export or import is, as a bar on a terminal; nothing elsewhere. For one thread. */
final class TransferLine {

    private static final int WIDTH = 30;

    private final @Nullable ProgressLine line;
    private final long start = System.nanoTime();

    TransferLine(StandardStreams streams) {
        line = streams.atTerminal()
                ? new ProgressLine(streams.err(), streams::eraseLine, true, System::nanoTime)
                : null;
    }

    /**
     * Shows how far it is.
     *
     * @param done what happens to memories
     * @param fraction from 0 to 1; 0 where nobody knows
     */
    void show(String done, long memories, double fraction) {
        if (line != null) {
            long rate = memories * 1_000_000_000L / Math.max(1, System.nanoTime() - start);
            int filled = (int) (WIDTH * fraction);
            String bar = fraction == 0
                    ? ""
                    : "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + (int) (100 * fraction) + " %, ";
            line.show("%s%,d %s, %,d a second".formatted(bar, memories, done, rate));
        }
    }

    /** Shows what is going on behind that. */
    void say(String text) {
        if (line != null) {
            line.show(text);
        }
    }

    void end() {
        if (line != null) {
            line.end();
        }
    }
}
