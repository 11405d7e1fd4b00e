package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads a table whose first row names its columns: that of {@link CsvWriter} exactly as it was, any other by the usual names.
 * Columns are separated by commas, semicolons or tabs, whichever the first row has most of.
 */
final class CsvReader implements ItemReader {

    /** Characters of a row; a longer one, such as behind a quotation mark too many, is passed over. */
    private static final int MOST_CHARS = 8 * 1024 * 1024;

    /** Stands for bytes that are no character: half a pair, which no text in UTF-8 has. */
    private static final char LOST = '\uDC00';

    private final Source source;
    private final Map<String, String> named;

    /** @param named columns by what they hold, where they have unusual names */
    CsvReader(Source source, Map<String, String> named) {
        this.source = source;
        this.named = named;
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
                throw new TransferException("the first row of " + source.name()
                        + " names no columns for a key and a value: say which with --columns key=..,value=..");
            }
            boolean ours = columns.equals(CsvCells.COLUMNS);
            RowReader reader = new RowReader(known);
            for (List<String> row = rows.next(); row != null; row = rows.next()) {
                String place = source.at("line " + rows.line());
                String fault = fault(rows, row, columns);
                if (fault != null) {
                    items.accept(new Item.Unreadable(place, fault));
                } else if (ours) {
                    items.accept(own(place, row));
                } else {
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

    /** Half a pair is lost, unless its other half stands before it. */
    private static boolean isLossy(String cell) {
        return Texts.unpairedSurrogate(cell) >= 0;
    }

    private static @Nullable String fault(CsvRows rows, List<String> row, List<String> columns) {
        if (rows.isTooLong()) {
            return "begins a row that is too long: is there a quotation mark too many?";
        }
        if (row.size() != columns.size()) {
            return "has " + row.size() + " cells, and the first row has " + columns.size();
        }
        return row.stream().anyMatch(CsvReader::isLossy) ? "is not UTF-8: save the file in that encoding" : null;
    }

    private static Map<String, @Nullable Object> named(List<String> columns, List<String> row) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            named.put(columns.get(i), row.get(i));
        }
        return named;
    }

    private static Item own(String place, List<String> row) {
        List<String> cells = row.stream().map(CsvCells::read).toList();
        try {
            Map<String, Object> metadata = cells.get(3).isEmpty() ? Map.of() : Json.parseUnambiguous(cells.get(3));
            MemoryEntry entry = new MemoryEntry(
                    cells.get(0),
                    cells.get(1),
                    cells.get(2),
                    metadata,
                    time(cells.get(4)),
                    time(cells.get(5)),
                    HlcTimestamp.parse(cells.get(8)),
                    time(cells.get(6)),
                    cells.get(7));
            return Checksum.item(place, entry, cells.get(9));
        } catch (JacksonException e) {
            return new Item.Unreadable(place, "has metadata that are not one JSON object");
        } catch (DateTimeException | IllegalArgumentException e) {
            return new Item.Unreadable(place, "has a time or a version that cannot be read: " + e.getMessage());
        }
    }

    private static @Nullable Instant time(String cell) {
        return cell.isEmpty() ? null : Times.written(cell);
    }
}
