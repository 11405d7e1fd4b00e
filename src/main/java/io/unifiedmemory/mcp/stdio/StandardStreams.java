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
 * The process's standard streams, taken away from everybody else: stdout belongs to the protocol (or to the command that
 * was asked for), so whatever a library prints there goes to stderr. Texts are UTF-8 on every platform.
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

    /** Takes the streams; call once, before anything else runs. */
    public static StandardStreams take() {
        return new StandardStreams();
    }

    /** Standard input, unbuffered. */
    public InputStream in() {
        return in;
    }

    /** Standard output, unbuffered. */
    public OutputStream out() {
        return out;
    }

    /** Standard output for a command's text. */
    public PrintStream printer() {
        return printable(out);
    }

    /** The writes of a print stream are whole texts: buffered, so that one text is one write. */
    private static PrintStream printable(OutputStream out) {
        return new PrintStream(new PrintableOutput(new BufferedOutputStream(out)), true, StandardCharsets.UTF_8);
    }

    /** Whether a person sits at a terminal, as far as Java can tell: input and output are one. */
    @SuppressWarnings("SystemConsoleNull") // The console of java.base is null without a terminal, on every JDK.
    public boolean atTerminal() {
        // Newer JDKs prefer another console, which is there even without a terminal and slow to load.
        System.setProperty("jdk.console", "java.base");
        return System.console() != null;
    }

    /** Standard error. What is a command for a terminal in a text is written as its number, as in {@link #printer}. */
    public PrintStream err() {
        return err;
    }

    /** Empties the line of the terminal in which standard error stands. */
    public void eraseLine() {
        try {
            err.flush();
            rawErr.write(ERASE_LINE.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            err.println("the terminal cannot be written to: " + e.getMessage());
        }
    }
}
