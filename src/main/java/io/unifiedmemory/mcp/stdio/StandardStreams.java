package io.unifiedmemory.mcp.stdio;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The process's standard streams, for this program only: stdout belongs to the protocol (or to the requested command),
 * so anything that a library prints there goes to stderr. Texts are UTF-8 on every platform.
 */
public final class StandardStreams {

    private static final String ERASE_LINE = "\r\u001B[K";

    private final InputStream in = new FileInputStream(FileDescriptor.in);
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final OutputStream rawErr;
    private final PrintStream err;

    private StandardStreams() {
        rawErr = new FileOutputStream(FileDescriptor.err);
        err = printable(rawErr);
        System.setErr(err);
        System.setOut(err);
    }

    /** Takes over the streams. Call this once, before anything else runs. */
    public static StandardStreams take() {
        return new StandardStreams();
    }

    /** Returns standard input, unbuffered. */
    public InputStream in() {
        return in;
    }

    /** Returns standard output, unbuffered. */
    public OutputStream out() {
        return out;
    }

    /** Returns standard output for the text of a command. */
    public PrintStream printer() {
        return printable(out);
    }

    /** A print stream that is buffered, so that one text is one write. */
    private static PrintStream printable(OutputStream out) {
        return new PrintStream(new PrintableOutput(new BufferedOutputStream(out)), true, StandardCharsets.UTF_8);
    }

    /** Whether a person uses a terminal. Java can only tell this for input and output together. */
    @SuppressWarnings("SystemConsoleNull") // The console of java.base is null without a terminal, on every JDK.
    public boolean atTerminal() {
        // Newer JDKs prefer another console, which exists even without a terminal and is slow to load.
        System.setProperty("jdk.console", "java.base");
        return System.console() != null;
    }

    /** Colours of a terminal. */
    public enum Colour {
        RED("31"),
        GREEN("32"),
        YELLOW("33");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    /** Prints a text with {@link #printer}, in a colour where a person uses a terminal. */
    public void print(PrintStream printer, Colour colour, String text) {
        boolean coloured = atTerminal() && System.getenv("NO_COLOR") == null;
        try {
            printer.flush();
            if (coloured) {
                out.write(("\u001B[" + colour.code + "m").getBytes(StandardCharsets.US_ASCII));
            }
            printer.print(text);
            printer.flush();
            if (coloured) {
                out.write("\u001B[0m".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            err.println("the terminal cannot be written to: " + e.getMessage());
        }
    }

    /** Returns standard error. Control characters in a text are written as numbers, as in {@link #printer}. */
    public PrintStream err() {
        return err;
    }

    /** Erases the current line of standard error on a terminal. */
    public void eraseLine() {
        try {
            err.flush();
            rawErr.write(ERASE_LINE.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            err.println("the terminal cannot be written to: " + e.getMessage());
        }
    }
}
