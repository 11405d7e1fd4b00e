package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Texts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table whose first row names its columns: that of {@link CsvWriter} exactly as it was, any other by the usual names.
 * Columns are separated by commas, semicolons or tabs, whichever the first row has most of.
 */
final class CsvReader implements ItemReader {

    /** Characters of a row; a longer one, such as behind a quotation mark too many, is passed over. */
    private static final int MOST_CHARS = 4 * 1024 * 1024;

    /** Stands for bytes that are no character: half a pair, which no text in UTF-8 has. */
    private static final char LOST = '\uDC00';

    private final Source source;
    private final Map<String, String> named;
    private final Times times;

    /** @param named columns by what they hold, where they have unusual names */
    CsvReader(Source source, Map<String, String> named, Times times) {
        this.source = source;
        this.named = named;
        this.times = times;
    }

    /** Whether a file that begins like this is such a table. */
    static boolean begins(String head) {
        int end = head.indexOf('\n');
        String first = (end < 0 ? head : head.substring(0, end)).strip();
        return Columns.among(cells(first, separator(first))) != null;
    }

    private static char separator(String header) {
        char best = ',';
        for (char candidate : new char[] {';', '\t'}) {
            long count = header.chars().filter(c -> c == candidate).count();
            best = count > header.chars().filter(c -> c == ',').count() ? candidate : best;
        }
        return best;
    }

    private static List<String> cells(String header, char separator) {
        List<String> cells = new ArrayList<>();
        for (String cell : header.split(String.valueOf(separator), -1)) {
            cells.add(cell.strip().replaceAll("^\"|\"$", ""));
        }
        return cells;
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        try (Reader in = new BufferedReader(new InputStreamReader(Utf8.open(source), decoder()), 1 << 16)) {
            in.mark(1 << 16);
            StringBuilder header = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n' && header.length() < (1 << 15); c = in.read()) {
                header.append((char) c);
            }
            in.reset();
            CsvRows rows = new CsvRows(in, separator(header.toString()), MOST_CHARS);
            List<String> columns = rows.next();
            Columns known = columns == null ? null : Columns.with(columns, named);
            if (columns == null || known == null) {
                throw new FileRefusedException("the first row of " + source.name()
                        + " names no columns for a key and a value: say which with --columns key=..,value=..");
            }
            CsvExport ours = CsvExport.isHeader(columns) ? new CsvExport(columns, times) : null;
            RowReader reader = new RowReader(known, times);
            for (List<String> row = rows.next(); row != null; row = rows.next()) {
                String place = source.at("line " + rows.line());
                String fault = fault(rows, row, columns);
                if (fault != null) {
                    items.accept(new Item.Unreadable(place, fault));
                } else if (ours != null && !isEmpty(row)) {
                    ours.read(place, row, items);
                } else if (!isEmpty(row)) {
                    reader.read(place, named(columns, row), items);
                }
            }
        }
    }

    private static CharsetDecoder decoder() {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .replaceWith(String.valueOf(LOST));
    }

    /** Spreadsheets have many such rows. */
    private static boolean isEmpty(List<String> row) {
        return row.stream().allMatch(String::isBlank);
    }

    /** Half a pair is lost, unless its other half stands before it. */
    private static boolean isLossy(String cell) {
        return Texts.unpairedSurrogate(cell) >= 0;
    }

    private static @Nullable String fault(CsvRows rows, List<String> row, List<String> columns) {
        if (rows.isTooLong()) {
            return "begins a row that is too long: is there a quotation mark too many?";
        }
        if (rows.isUnclosed()) {
            return "has a quotation mark that is not closed, so nothing behind it was read";
        }
        if (row.size() != columns.size()) {
            return "has " + row.size() + " cells, and the first row has " + columns.size();
        }
        return row.stream().anyMatch(CsvReader::isLossy) ? "has bytes that are no text: save the file in UTF-8" : null;
    }

    private static Map<String, @Nullable Object> named(List<String> columns, List<String> row) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            named.put(columns.get(i), row.get(i));
        }
        return named;
    }
}
