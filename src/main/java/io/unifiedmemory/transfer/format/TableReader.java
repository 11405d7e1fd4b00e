package io.unifiedmemory.transfer.format;

import io.unifiedmemory.store.sqlite.foreign.ForeignDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table of a SQLite database: one with a key and a value, and perhaps a user, whatever they are called, or the table
 * of mcp-memory-service.
 */
final class TableReader implements ItemReader {

    private static final String OURS = "search_pending";

    private final Path file;
    private final TableChoice choice;
    private final Times times;

    TableReader(Path file, TableChoice choice, Times times) {
        this.file = file;
        this.choice = choice;
        this.times = times;
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        try (ForeignDatabase database = ForeignDatabase.open(file)) {
            Map<String, List<String>> tables = database.tables();
            if (tables.containsKey(OURS) && tables.containsKey("tombstone")) {
                throw new TransferException(
                        file + " is a database of this program: name it with --db to use it, or copy it into"
                                + " another one with migrate --db " + file + " --to FILE");
            }
            String name = String.valueOf(file.getFileName());
            String table = choice.table();
            List<String> service = tables.get(MemoryServiceRow.TABLE);
            if (table == null && choice.columns().isEmpty() && service != null && MemoryServiceRow.isTable(service)) {
                database.read(MemoryServiceRow.TABLE, service, row -> MemoryServiceRow.read(row, name, times, items));
                return;
            }
            Map.Entry<String, Columns> found = table(tables);
            RowReader rows = new RowReader(found.getValue(), times);
            List<String> columns = tables.getOrDefault(found.getKey(), List.of());
            long[] number = new long[1];
            database.read(found.getKey(), columns, row -> {
                number[0]++;
                rows.read(name + ", row " + number[0] + " of " + found.getKey(), named(row), items);
            });
        }
    }

    /** A number that the table gives its rows by itself says nothing about a memory. */
    private static Map<String, @Nullable Object> named(Map<String, @Nullable Object> row) {
        if (row.get("id") instanceof Number) {
            row.remove("id");
        }
        return row;
    }

    private Map.Entry<String, Columns> table(Map<String, List<String>> tables) {
        Map<String, Columns> candidates = new LinkedHashMap<>();
        tables.forEach((name, columns) -> {
            Columns found = Columns.with(columns, choice.columns());
            if (found != null && (choice.table() == null || choice.table().equalsIgnoreCase(name))) {
                candidates.put(name, found);
            }
        });
        List<Map.Entry<String, Columns>> all = new ArrayList<>(candidates.entrySet());
        if (all.size() > 1 && all.stream().anyMatch(each -> each.getValue().user() != null)) {
            all.removeIf(each -> each.getValue().user() == null);
        }
        if (all.size() > 1 && all.stream().anyMatch(each -> each.getKey().contains("memor"))) {
            all.removeIf(each -> !each.getKey().contains("memor"));
        }
        if (all.size() != 1) {
            throw new TransferException((all.isEmpty() ? "no table" : "more than one table") + " of " + file
                    + " looks like user, key and value: say which with --table NAME --columns user=..,key=..,value=..; there are "
                    + described(tables));
        }
        return all.get(0);
    }

    private static String described(Map<String, List<String>> tables) {
        return tables.isEmpty()
                ? "no tables"
                : tables.entrySet().stream()
                        .map(each -> each.getKey() + " (" + String.join(", ", each.getValue()) + ")")
                        .collect(Collectors.joining("; "));
    }
}
