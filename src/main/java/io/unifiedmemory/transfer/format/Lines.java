package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.LineReader;
import io.unifiedmemory.memory.util.LineReader.Excess;
import io.unifiedmemory.memory.util.LineReader.LineTooLongException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a text file, with their numbers. A line that cannot be read does not end the file. For one thread. */
final class Lines implements Closeable {

    /** Longer than the largest memory with all its characters written as numbers. */
    static final int MOST_BYTES = 8 * 1024 * 1024;

    /**
     * A line.
     *
     * @param number the first has 1
     * @param text without its end; empty where there is a fault
     * @param fault why it cannot be read; null when it can
     */
    record Line(long number, String text, @Nullable String fault) {

        String place() {
            return "line " + number;
        }
    }

    private final InputStream in;
    private final LineReader reader;
    private long number;

    Lines(Source source) throws IOException {
        in = Utf8.open(source);
        reader = new LineReader(in, MOST_BYTES, Excess.SKIP);
    }

    /** The next line; null at the end of the file. */
    @Nullable
    Line next() throws IOException {
        number++;
        byte[] bytes;
        try {
            bytes = reader.next();
        } catch (LineTooLongException e) {
            return new Line(number, "", "is longer than " + MOST_BYTES + " bytes");
        }
        if (bytes == null) {
            return null;
        }
        boolean carriageReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        String text = Utf8.decode(carriageReturn ? Arrays.copyOf(bytes, bytes.length - 1) : bytes);
        return text == null
                ? new Line(number, "", "has bytes that are no text: save the file in UTF-8")
                : new Line(number, text, null);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
