package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a table for spreadsheets (RFC 4180). It has no place for remembered deletes. */
final class CsvWriter implements ItemWriter {

    private static final String LINE_END = "\r\n";

    private final Writer out;

    CsvWriter(OutputStream out) throws IOException {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        row(CsvCells.COLUMNS);
    }

    @Override
    public boolean memory(MemoryEntry entry) throws IOException {
        row(List.of(
                entry.userId(),
                entry.key(),
                entry.value(),
                entry.metadata().isEmpty() ? "" : Json.write(entry.metadata()),
                text(entry.createdAt()),
                text(entry.updatedAt()),
                text(entry.expiresAt()),
                entry.writtenBy() == null ? "" : entry.writtenBy(),
                CsvCells.NO_NUMBER + entry.version().stamp(),
                Checksum.of(entry)));
        return true;
    }

    private static String text(@Nullable Instant time) {
        return time == null ? "" : time.toString();
    }

    private void row(List<String> cells) throws IOException {
        out.write(cells.stream().map(CsvCells::written).collect(Collectors.joining(",")));
        out.write(LINE_END);
    }

    @Override
    public void delete(String userId, @Nullable String key, HlcTimestamp version) {
        // A row would be taken for a memory.
    }

    @Override
    public void finish() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
