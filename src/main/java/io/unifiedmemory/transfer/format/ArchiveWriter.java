package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an archive, which holds everything: JSON Lines, see {@link ArchiveLine}. */
final class ArchiveWriter implements ItemWriter {

    private static final int BUFFER = 1 << 16;

    private final OutputStream out;
    private long memories;
    private long deletes;
    private long revisions;

    /** @param now when the archive is written */
    ArchiveWriter(OutputStream out, Instant now) throws IOException {
        this.out = new BufferedOutputStream(out, BUFFER);
        line(ArchiveLine.manifest(now));
    }

    @Override
    public boolean memory(MemoryEntry entry) throws IOException {
        line(ArchiveLine.of(entry));
        memories++;
        return true;
    }

    @Override
    public void delete(String userId, @Nullable String key, HlcTimestamp version) throws IOException {
        line(ArchiveLine.delete(userId, key, version));
        deletes++;
    }

    @Override
    public boolean hasHistory() {
        return true;
    }

    @Override
    public void revision(KeptRevision kept) throws IOException {
        line(ArchiveLine.of(kept));
        revisions++;
    }

    @Override
    public void finish() throws IOException {
        line(ArchiveLine.end(memories, deletes, revisions));
        out.flush();
    }

    private void line(Map<String, Object> line) throws IOException {
        out.write(Json.writeBytes(line));
        out.write('\n');
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
