package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a CSV file (RFC 4180): a quoted cell may have separators, doubled quotation marks and line ends in it. */
final class CsvRows {

    private static final int NONE = -2;
    private static final int MOST_CELLS = 10_000;

    private final Reader in;
    private final char separator;
    private final int most;
    private int next = NONE;
    private long line;
    private long ends;
    private boolean tooLong;
    private boolean unclosed;

    /** @param most characters of a row */
    CsvRows(Reader in, char separator, int most) {
        this.in = in;
        this.separator = separator;
        this.most = most;
    }

    /** The line in which the last row begins; the first is 1. */
    long line() {
        return line;
    }

    /**
     * Whether the last row had more characters or cells than it may have; what is too much is missing in it. It ends with a
     * line then, even within quotation marks.
     */
    boolean isTooLong() {
        return tooLong;
    }

    /** Whether the file ended before a quotation mark of the last row was closed. */
    boolean isUnclosed() {
        return unclosed;
    }

    /** The cells of the next row that is not empty; null at the end of the file. */
    @Nullable
    List<String> next() throws IOException {
        int c = read();
        while (c == '\n' || c == '\r') {
            c = read();
        }
        if (c < 0) {
            return null;
        }
        line = ends + 1;
        tooLong = false;
        int chars = 0;
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        while (c >= 0 && ((quoted && !tooLong) || c != '\n')) {
            tooLong |= ++chars > most || cells.size() == MOST_CELLS;
            if (c == '"' && (quoted || cell.length() == 0)) {
                if (quoted && peek() == '"') {
                    append(cell, read());
                } else {
                    quoted = !quoted;
                }
            } else if (c == separator && !quoted && !tooLong) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else if (quoted || c != '\r' || peek() != '\n') {
                append(cell, c);
            }
            c = read();
        }
        unclosed = quoted && c < 0;
        cells.add(cell.toString());
        return cells;
    }

    private void append(StringBuilder cell, int c) {
        if (!tooLong) {
            cell.append((char) c);
        }
    }

    private int peek() throws IOException {
        if (next == NONE) {
            next = in.read();
        }
        return next;
    }

    private int read() throws IOException {
        int c = next == NONE ? in.read() : next;
        next = NONE;
        ends += c == '\n' ? 1 : 0;
        return c;
    }
}
