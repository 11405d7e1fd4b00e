package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A table that {@link CsvWriter} wrote, also after somebody has edited it, or a spreadsheet has written its times and numbers in
 * another form. Immutable.
 */
final class CsvExport {

    private static final Set<String> NEEDED = Set.of("user_id", "key", "value", "version", "checksum");

    /** What a spreadsheet keeps of a longer text. */
    private static final int CHARS_OF_A_CELL = 32_767;

    private final List<String> columns;
    private final Times times;

    CsvExport(List<String> columns, Times times) {
        this.columns = columns;
        this.times = times;
    }

    /** Whether a first row is that of such a table. */
    static boolean isHeader(List<String> columns) {
        return columns.containsAll(NEEDED);
    }

    /** Hands over what a row says. */
    void read(String place, List<String> row, Consumer<Item> items) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            cells.put(columns.get(i), CsvCells.read(row.get(i)));
        }
        Map<String, Object> metadata;
        try {
            metadata = metadata(cells);
        } catch (JacksonException e) {
            items.accept(new Item.Unreadable(place, "has metadata that are not one JSON object"));
            return;
        }
        HlcTimestamp version = version(cells);
        Instant expiry = time(cells, "expires_at");
        MemoryEntry entry = new MemoryEntry(
                cells.getOrDefault("user_id", ""),
                cells.getOrDefault("key", ""),
                cells.getOrDefault("value", ""),
                metadata,
                time(cells, "created_at"),
                time(cells, "updated_at"),
                version == null ? HlcTimestamp.NONE : version,
                expiry,
                text(cells, "written_by"));
        boolean whole = version != null && isTime(cells, "created_at") && isTime(cells, "updated_at");
        if (Checksum.of(entry).equals(cells.get("checksum"))) {
            items.accept(whole ? new Item.Memory(place, entry) : withoutVersion(place, entry, cells, items));
        } else if (entry.value().length() == CHARS_OF_A_CELL) {
            items.accept(new Item.Unreadable(
                    place, "has a text that was cut off after " + CHARS_OF_A_CELL + " characters, as spreadsheets do"));
        } else if (!isTime(cells, "expires_at")) {
            items.accept(new Item.Unreadable(place, "has a time in expires_at that cannot be read"));
        } else {
            items.accept(Checksum.edited(place, entry));
        }
    }

    /** As it was exported, but nobody knows exactly when it was written. */
    private Item withoutVersion(String place, MemoryEntry entry, Map<String, String> cells, Consumer<Item> items) {
        items.accept(new Item.Remark(
                place, "has a version or a time in another form than it was exported in, and counts by its time"));
        return new Item.Foreign(
                place,
                entry.userId(),
                entry.key(),
                entry.value(),
                entry.metadata(),
                times.read(cells.get("created_at"), place, items),
                times.read(cells.get("updated_at"), place, items),
                entry.expiresAt());
    }

    /** That of the cell, and what stands in columns that somebody has added. */
    private Map<String, Object> metadata(Map<String, String> cells) throws JacksonException {
        String json = cells.getOrDefault("metadata", "");
        Map<String, Object> metadata = new LinkedHashMap<>(json.isBlank() ? Map.of() : Json.parseUnambiguous(json));
        cells.forEach((name, cell) -> {
            if (!CsvCells.COLUMNS.contains(name) && !name.isBlank()) {
                JsonFields.put(metadata, name, cell);
            }
        });
        return metadata;
    }

    private static @Nullable HlcTimestamp version(Map<String, String> cells) {
        try {
            String text = cells.getOrDefault("version", "");
            return HlcTimestamp.parse(text.startsWith(CsvCells.NO_NUMBER) ? text.substring(1) : text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String text(Map<String, String> cells, String column) {
        String cell = cells.getOrDefault(column, "");
        return cell.isEmpty() ? null : cell;
    }

    private static boolean isTime(Map<String, String> cells, String column) {
        return text(cells, column) == null || time(cells, column) != null;
    }

    private static @Nullable Instant time(Map<String, String> cells, String column) {
        try {
            String cell = text(cells, column);
            return cell == null ? null : Times.written(cell);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
