package io.unifiedmemory.meaning;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A jar of which only some entries are fetched: the list of entries at its end, and then these. The file that comes into
 * being has the length of the whole and reads as a jar; what was not fetched is a gap, which takes no room on most disks. Of
 * the format of jars (APPNOTE of PKWARE) only what jars below 4 GiB have is read. Not thread-safe.
 */
final class JarExcerpt {

    /** How far from the end the list of entries may begin. */
    private static final int MOST_LISTED = 1 << 17;

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int END_LIST_AT = 16;

    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int ENTRY_NAME_LENGTH = 28;
    private static final int ENTRY_EXTRA_LENGTH = 30;
    private static final int ENTRY_COMMENT_LENGTH = 32;
    private static final int ENTRY_AT = 42;

    /** Entries that are nearer to each other are fetched together. */
    private static final int GAP = 1 << 16;

    /** Fetches a part of the jar. */
    @FunctionalInterface
    interface Part {

        /** The bytes from one place up to, not including, another. */
        byte[] fetch(long from, long to) throws IOException, InterruptedException;
    }

    /** Places from {@code from} up to, not including, {@code to}. */
    private record Range(long from, long to) {}

    private final long size;
    private final Part part;

    /** @param size of the whole jar */
    JarExcerpt(long size, Part part) {
        this.size = size;
        this.part = part;
    }

    /**
     * Writes the jar with those entries that are wanted; the others are listed in it, too.
     *
     * @throws IOException also when what is fetched is no such jar
     */
    void write(Path to, Predicate<String> wanted) throws IOException, InterruptedException {
        long from = Math.max(0, size - MOST_LISTED);
        byte[] tail = fetch(from, size);
        try (FileChannel file = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(tail), from);
            for (Range range : ranges(tail, from, wanted)) {
                file.write(ByteBuffer.wrap(fetch(range.from, range.to)), range.from);
            }
        }
    }

    private byte[] fetch(long from, long to) throws IOException, InterruptedException {
        byte[] bytes = part.fetch(from, to);
        if (bytes.length != to - from) {
            throw new IOException("a part of the jar has " + bytes.length + " bytes, not " + (to - from));
        }
        return bytes;
    }

    /** An entry reaches as far as the next one, or the list. */
    private List<Range> ranges(byte[] tail, long tailFrom, Predicate<String> wanted) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
        long list = Integer.toUnsignedLong(bytes.getInt(end(bytes) + END_LIST_AT));
        if (list < tailFrom || list >= size) {
            throw new IOException("the list of the jar's entries is not where it is looked for");
        }
        TreeMap<Long, Boolean> entries = new TreeMap<>(Map.of(list, false));
        int at = (int) (list - tailFrom);
        while (at + ENTRY_BYTES <= tail.length && bytes.getInt(at) == ENTRY) {
            int length = Short.toUnsignedInt(bytes.getShort(at + ENTRY_NAME_LENGTH));
            long from = Integer.toUnsignedLong(bytes.getInt(at + ENTRY_AT));
            if (at + ENTRY_BYTES + length > tail.length || from >= list) {
                throw new IOException("the list of the jar's entries is damaged");
            }
            String name = new String(tail, at + ENTRY_BYTES, length, StandardCharsets.UTF_8);
            entries.put(from, wanted.test(name));
            at += ENTRY_BYTES
                    + length
                    + Short.toUnsignedInt(bytes.getShort(at + ENTRY_EXTRA_LENGTH))
                    + Short.toUnsignedInt(bytes.getShort(at + ENTRY_COMMENT_LENGTH));
        }
        List<Range> ranges = new ArrayList<>();
        entries.forEach((from, taken) -> {
            Long to = entries.higherKey(from);
            if (taken && to != null) {
                add(new Range(from, to), ranges);
            }
        });
        return ranges;
    }

    private static void add(Range next, List<Range> ranges) {
        Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
        if (last != null && next.from - last.to <= GAP) {
            ranges.set(ranges.size() - 1, new Range(last.from, next.to));
        } else {
            ranges.add(next);
        }
    }

    /** Where the end of the list is: it has no comment here, or a short one. */
    private static int end(ByteBuffer bytes) throws IOException {
        for (int at = bytes.limit() - END_BYTES; at >= 0; at--) {
            if (bytes.getInt(at) == END) {
                return at;
            }
        }
        throw new IOException("what is fetched is no jar");
    }
}
