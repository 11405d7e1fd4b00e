package io.unifiedmemory.upstream.link;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of UTF-8, whatever the platform's charset, with a bound on their length. Malformed bytes become U+FFFD. Not
 * thread-safe.
 */
final class LineReader {

    /** What happens to a line above the bound. */
    enum Excess {
        /** It counts as far as the bound. */
        CUT,
        /** Reading ends at once: a line that never ends is noticed too. */
        FAIL
    }

    private static final int KEPT_CAPACITY = 1 << 20;

    private final InputStream in;
    private final int maxBytes;
    private final Excess excess;
    private final byte[] buffer = new byte[1 << 16];
    private ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int position;
    private int end;

    LineReader(InputStream in, int maxBytes, Excess excess) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.excess = excess;
    }

    /** The next line without its end; null at the end of the stream. */
    @Nullable
    String next() throws IOException {
        boolean begun = false;
        while (position < end || fill()) {
            begun = true;
            int start = position;
            while (position < end && buffer[position] != '\n') {
                position++;
            }
            append(start, position - start);
            if (position < end) {
                position++;
                return take();
            }
        }
        return begun ? take() : null;
    }

    private boolean fill() throws IOException {
        position = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    private void append(int start, int length) throws IOException {
        int room = maxBytes - line.size();
        if (length > room && excess == Excess.FAIL) {
            throw new IOException("a line is longer than " + maxBytes + " bytes");
        }
        line.write(buffer, start, Math.min(length, room));
    }

    private String take() {
        String text = line.toString(StandardCharsets.UTF_8);
        if (line.size() > KEPT_CAPACITY) {
            line = new ByteArrayOutputStream();
        } else {
            line.reset();
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
