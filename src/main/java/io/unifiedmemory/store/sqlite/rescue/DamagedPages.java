package io.unifiedmemory.store.sqlite.rescue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pages of a database file and of its journal, as sqlite.org/fileformat2.html describes them, without SQLite,
 * which refuses a file whose first pages are damaged. Writes nothing and locks nothing. For one thread.
 */
final class DamagedPages implements AutoCloseable {

    private static final int USUAL_BYTES = 4_096;
    private static final int FEWEST_BYTES = 512;
    private static final int MOST_BYTES = 65_536;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    /** A header that claims more missing pages is damaged itself. */
    private static final int MOST_MISSING = 1_000_000;

    private static final int JOURNAL_HEADER = 32;
    private static final int FRAME_HEADER = 24;

    /** The last bit gives the byte order of the checksums. */
    private static final int JOURNAL_MAGIC = 0x377f0682;

    private final FileChannel file;
    private final @Nullable FileChannel journal;
    private final int bytes;
    /** The position in the journal of the newest committed state of a page. */
    private final Map<Integer, Long> inJournal = new HashMap<>();

    private final int count;

    private DamagedPages(FileChannel file, @Nullable FileChannel journal) throws IOException {
        this.file = file;
        this.journal = journal;
        ByteBuffer header = read(file, 0, 100);
        int said = header.remaining() < 18 ? 0 : header.getShort(16) & 0xFFFF;
        said = said == 1 ? MOST_BYTES : said;
        bytes = Integer.bitCount(said) == 1 && said >= FEWEST_BYTES ? said : USUAL_BYTES;
        long pages = Math.max((file.size() + bytes - 1) / bytes, said(header));
        if (journal != null) {
            pages = Math.max(pages, readJournal(journal));
        }
        count = (int) Math.min(pages, Integer.MAX_VALUE);
    }

    /** The number of pages according to an intact header; a truncated file has fewer. */
    private long said(ByteBuffer header) throws IOException {
        boolean whole =
                header.remaining() == 100 && header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
        long count = whole ? header.getInt(28) & 0xFFFF_FFFFL : 0;
        return count > MOST_MISSING + file.size() / bytes ? 0 : count;
    }

    static DamagedPages open(Path file, Path journal) throws IOException {
        FileChannel pages = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new DamagedPages(
                    pages, Files.exists(journal) ? FileChannel.open(journal, StandardOpenOption.READ) : null);
        } catch (IOException | RuntimeException e) {
            pages.close();
            throw e;
        }
    }

    /** Reads the frames of complete transactions; returns the number of pages according to the last one. */
    private long readJournal(FileChannel frames) throws IOException {
        ByteBuffer header = read(frames, 0, JOURNAL_HEADER);
        if (header.remaining() < JOURNAL_HEADER
                || (header.getInt(0) & ~1) != JOURNAL_MAGIC
                || header.getInt(8) != bytes) {
            return 0;
        }
        ByteOrder order = (header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int[] sum = new int[2];
        add(sum, header, 0, 24, order);
        Map<Integer, Long> open = new HashMap<>();
        long pages = 0;
        long at = JOURNAL_HEADER;
        while (true) {
            ByteBuffer frame = read(frames, at, FRAME_HEADER + bytes);
            if (frame.remaining() < FRAME_HEADER + bytes || frame.getLong(8) != header.getLong(16)) {
                return pages;
            }
            add(sum, frame, 0, 8, order);
            add(sum, frame, FRAME_HEADER, bytes, order);
            if (frame.getInt(16) != sum[0] || frame.getInt(20) != sum[1]) {
                return pages;
            }
            open.put(frame.getInt(0), at + FRAME_HEADER);
            if (frame.getInt(4) != 0) {
                pages = frame.getInt(4) & 0xFFFF_FFFFL;
                inJournal.putAll(open);
                open.clear();
            }
            at += FRAME_HEADER + bytes;
        }
    }

    private static void add(int[] sum, ByteBuffer data, int from, int length, ByteOrder order) {
        ByteBuffer words = data.duplicate().order(order);
        for (int i = from; i < from + length; i += 8) {
            sum[0] += words.getInt(i) + sum[1];
            sum[1] += words.getInt(i + 4) + sum[0];
        }
    }

    /** The number of pages; the first one is number 1. */
    int count() {
        return count;
    }

    /** The size of a page in bytes. */
    int size() {
        return bytes;
    }

    /** Returns a page, with zeros where the file is truncated or the disk cannot read it. */
    ByteBuffer page(int number) {
        ByteBuffer whole = ByteBuffer.allocate(bytes);
        Long inFrames = inJournal.get(number);
        try {
            ByteBuffer found = inFrames != null && journal != null
                    ? read(journal, inFrames, bytes)
                    : read(file, (number - 1L) * bytes, bytes);
            whole.put(found);
        } catch (IOException e) {
            whole.clear(); // the disk cannot read it
        }
        return whole.clear();
    }

    private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        int got = 0;
        while (got >= 0 && buffer.hasRemaining()) {
            got = channel.read(buffer, from + buffer.position());
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (journal != null) {
            journal.close();
        }
    }
}
