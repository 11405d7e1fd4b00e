package io.unifiedmemory.server;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The process's standard streams, taken away from everybody else: stdout belongs to the protocol (or to the command that
 * was asked for), so whatever a library prints there goes to stderr. Texts are UTF-8 on every platform.
 */
public final class StandardStreams {

    private final InputStream in = new FileInputStream(FileDescriptor.in);
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final PrintStream err;

    private StandardStreams() {
        err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
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
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** Whether a person sits at a terminal, as far as Java can tell: input and output are one. */
    @SuppressWarnings("SystemConsoleNull") // The console of java.base is null without a terminal, on every JDK.
    public boolean atTerminal() {
        // Newer JDKs prefer another console, which is there even without a terminal and slow to load.
        System.setProperty("jdk.console", "java.base");
        return System.console() != null;
    }

    /** Standard error. */
    public PrintStream err() {
        return err;
    }
}
