package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Leaves out what has expired, as every read does, of a file that is written for other programs and for people. */
final class UnexpiredWriter implements ItemWriter {

    private final ItemWriter out;
    private final Clock now;

    /** @param now when the file is written */
    UnexpiredWriter(ItemWriter out, Instant now) {
        this.out = out;
        this.now = Clock.fixed(now, ZoneOffset.UTC);
    }

    @Override
    public boolean memory(MemoryEntry entry) throws IOException {
        return !entry.isExpired(now) && out.memory(entry);
    }

    @Override
    public void delete(String userId, @Nullable String key, HlcTimestamp version) throws IOException {
        out.delete(userId, key, version);
    }

    @Override
    public void finish() throws IOException {
        out.finish();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
