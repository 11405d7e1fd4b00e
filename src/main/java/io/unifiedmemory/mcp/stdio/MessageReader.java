package io.unifiedmemory.mcp.stdio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's messages, each the bytes of a line that ends in LF (or at the end of input). One that is too long is
 * skipped, so that the next is read. Not thread-safe, but may be handed from thread to thread.
 */
final class MessageReader {

    /** A message that was longer than allowed; its rest was read and dropped. */
    static final class MessageTooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        MessageTooLongException(int maxBytes) {
            super("a message may have at most " + maxBytes + " bytes");
        }
    }

    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int end;

    MessageReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * The next message without its LF; null at the end of input.
     *
     * @throws MessageTooLongException for one above the limit; the next call reads the one behind it
     */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream parts = null;
        boolean tooLong = false;
        while (fill()) {
            int newline = indexOfNewline();
            int stop = newline < 0 ? end : newline;
            boolean first = parts == null && newline >= 0;
            if (first && !tooLong && stop - position <= maxBytes) {
                return take(stop);
            }
            parts = parts == null ? new ByteArrayOutputStream() : parts;
            tooLong |= parts.size() + (stop - position) > maxBytes;
            if (!tooLong) {
                parts.write(buffer, position, stop - position);
            }
            position = newline < 0 ? end : newline + 1;
            if (newline >= 0) {
                return finished(parts, tooLong);
            }
        }
        return parts == null ? null : finished(parts, tooLong);
    }

    private byte[] finished(ByteArrayOutputStream parts, boolean tooLong) throws MessageTooLongException {
        if (tooLong) {
            throw new MessageTooLongException(maxBytes);
        }
        return parts.toByteArray();
    }

    private byte[] take(int stop) {
        byte[] line = new byte[stop - position];
        System.arraycopy(buffer, position, line, 0, line.length);
        position = stop + 1;
        return line;
    }

    private boolean fill() throws IOException {
        if (position < end) {
            return true;
        }
        position = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    private int indexOfNewline() {
        for (int i = position; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
