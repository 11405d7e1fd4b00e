package io.unifiedmemory.commands;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * The progress of a long command for a person: on a terminal one line that is written over, elsewhere a line now and
 * then, so that a log does not fill. For one thread.
 */
final class ProgressLine {

    private static final long TERMINAL_PAUSE_NANOS = 100_000_000L;
    private static final long LOG_PAUSE_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final Runnable eraseLine;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private long nextAt;
    private boolean shown;

    ProgressLine(PrintStream out, Runnable eraseLine, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.eraseLine = eraseLine;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        nextAt = nanoTime.getAsLong();
    }

    void show(String text) {
        long now = nanoTime.getAsLong();
        if (now - nextAt < 0) {
            return;
        }
        nextAt = now + (terminal ? TERMINAL_PAUSE_NANOS : LOG_PAUSE_NANOS);
        if (terminal) {
            eraseLine.run();
            out.print(text);
            out.flush();
            shown = true;
        } else {
            out.println(text);
        }
    }

    /** Leaves the terminal as it was. */
    void end() {
        if (shown) {
            eraseLine.run();
        }
    }
}
