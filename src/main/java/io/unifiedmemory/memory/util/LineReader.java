package io.unifiedmemory.memory.util;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines that end in LF (or at the end of the stream), with a bound on their length. Not thread-safe, but may be
 * handed from thread to thread.
 */
public final class LineReader {

    /** What happens to a line that exceeds the bound. */
    public enum Excess {
        /** The line is cut at the bound. */
        CUT,
        /** The line is read to its end and dropped, then refused; the next call reads the line behind it. */
        SKIP,
        /**
         * The line is refused at once, so that a line that never ends is noticed too. Nothing can be read behind it.
         */
        FAIL
    }

    /** Thrown when a line is longer than allowed. */
    public static final class LineTooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        LineTooLongException(int maxBytes) {
            super("a line is longer than " + maxBytes + " bytes");
        }
    }

    /** The buffer space that is kept from one long line to the next. */
    private static final int KEPT_CAPACITY = 1 << 20;

    private final InputStream in;
    private final int maxBytes;
    private final Excess excess;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int end;

    /** The start of the last line in the buffer, when all of the line is in the buffer. */
    private int start;

    private int stop;
    private boolean whole;

    /** The last line, when it did not fit into the buffer. */
    private ByteArrayOutputStream parts = new ByteArrayOutputStream();

    public LineReader(InputStream in, int maxBytes, Excess excess) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.excess = excess;
    }

    /**
     * Reads the next line without its LF; null at the end of the stream.
     *
     * @throws LineTooLongException when the line exceeds the bound, unless such lines are cut
     */
    public byte @Nullable [] next() throws IOException {
        if (!read()) {
            return null;
        }
        byte[] line = whole ? Arrays.copyOfRange(buffer, start, stop) : parts.toByteArray();
        forgetParts();
        return line;
    }

    /**
     * Reads the next line as UTF-8 text, without a CR before its LF; null at the end of the stream. Malformed bytes
     * become U+FFFD.
     *
     * @throws LineTooLongException when the line exceeds the bound, unless such lines are cut
     */
    public @Nullable String nextText() throws IOException {
        if (!read()) {
            return null;
        }
        String text = whole
                ? new String(buffer, start, stop - start, StandardCharsets.UTF_8)
                : parts.toString(StandardCharsets.UTF_8);
        forgetParts();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /**
     * Reads a line; false at the end of the stream. Most lines arrive whole in the buffer and are not copied within it.
     */
    private boolean read() throws IOException {
        boolean tooLong = false;
        boolean begun = false;
        while (position < end || fill()) {
            start = position;
            stop = endOfLine();
            boolean ended = stop < end;
            position = ended ? stop + 1 : end;
            whole = ended && !begun && stop - start <= maxBytes;
            if (whole) {
                return true;
            }
            begun = true;
            tooLong |= stop - start > maxBytes - parts.size();
            append(tooLong);
            if (ended) {
                break;
            }
        }
        if (tooLong && excess == Excess.SKIP) {
            forgetParts();
            throw new LineTooLongException(maxBytes);
        }
        return begun;
    }

    private void append(boolean tooLong) throws LineTooLongException {
        if (tooLong && excess == Excess.FAIL) {
            throw new LineTooLongException(maxBytes);
        }
        if (!tooLong || excess == Excess.CUT) {
            parts.write(buffer, start, Math.min(stop - start, maxBytes - parts.size()));
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    private int endOfLine() {
        int at = position;
        while (at < end && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    private void forgetParts() {
        if (parts.size() > KEPT_CAPACITY) {
            parts = new ByteArrayOutputStream();
        } else {
            parts.reset();
        }
    }
}
