package io.unifiedmemory.store.sqlite.rescue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows in the pages of a damaged file: in all pages that look like those of a table or an index, whether or
 * not they can still be reached from the root. A row is read whole or not at all. For one thread.
 */
final class DamagedTrees {

    /** More columns than any of our tables has. */
    private static final int MOST_COLUMNS = 64;

    private static final int INDEX_INNER = 2;
    private static final int TABLE_INNER = 5;
    private static final int INDEX_LEAF = 10;
    private static final int TABLE_LEAF = 13;

    private static final int FILE_HEADER = 100;

    /** A limit on the length of a row; SQLite's own limit is a thousand million bytes. */
    private static final long LONGEST_ROW = 1L << 28;

    /** A row. A column is null, a Long, a String, or another object when it is neither. */
    record Row(long id, List<@Nullable Object> columns) {}

    private static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(String what) {
            super(what);
        }
    }

    private final DamagedPages pages;
    private final Map<Integer, String> owners = new HashMap<>();
    private final BitSet free = new BitSet();
    private final BitSet overflow = new BitSet();
    private final BitSet unreadable = new BitSet();

    DamagedTrees(DamagedPages pages) {
        this.pages = pages;
        findFree();
        readSchema();
    }

    /** Finds the free pages, which may hold rows that were deleted. */
    private void findFree() {
        int trunk = pages.page(1).getInt(32);
        while (isPage(trunk) && !free.get(trunk)) {
            free.set(trunk);
            ByteBuffer page = pages.page(trunk);
            int leaves = page.getInt(4);
            for (int i = 0; i < leaves && 8 + 4 * i + 4 <= pages.size(); i++) {
                int leaf = page.getInt(8 + 4 * i);
                if (isPage(leaf)) {
                    free.set(leaf);
                }
            }
            trunk = page.getInt(0);
        }
    }

    /** Reads the schema. A page that can be reached from the root of a table or index holds rows of that one only. */
    private void readSchema() {
        own(1, "sqlite_schema");
        Map<String, Integer> roots = new HashMap<>();
        for (int number = 1; number <= pages.count(); number++) {
            if ("sqlite_schema".equals(owners.get(number))) {
                rowsOf(number, (page, row) -> {
                    if (row.columns().size() == 5
                            && row.columns().get(1) instanceof String name
                            && row.columns().get(3) instanceof Long root) {
                        roots.put(name.toLowerCase(Locale.ROOT), root.intValue());
                    }
                });
            }
        }
        roots.forEach((name, root) -> own(root, name));
        unreadable.clear();
        overflow.clear();
    }

    private void own(int root, String name) {
        Deque<Integer> ahead = new ArrayDeque<>(List.of(root));
        while (!ahead.isEmpty()) {
            int number = ahead.pop();
            if (!isPage(number) || free.get(number) || owners.putIfAbsent(number, name) != null) {
                continue;
            }
            ByteBuffer page = pages.page(number);
            int start = start(number);
            int type = page.get(start);
            if (type == INDEX_INNER || type == TABLE_INNER) {
                ahead.add(page.getInt(start + 8));
                int cells = page.getShort(start + 3) & 0xFFFF;
                for (int i = 0; i < cells && start + 14 + 2 * i <= pages.size(); i++) {
                    int cell = page.getShort(start + 12 + 2 * i) & 0xFFFF;
                    if (cell + 4 <= pages.size()) {
                        ahead.add(page.getInt(cell));
                    }
                }
            }
        }
    }

    /** Passes on every row that can be read, with the name of its table or index, which is empty when it is unknown. */
    void forEach(BiConsumer<String, Row> consumer) {
        unreadable.clear();
        for (int number = 1; number <= pages.count(); number++) {
            if (!free.get(number)) {
                rowsOf(number, (page, row) -> consumer.accept(owners.getOrDefault(page, ""), row));
            }
        }
    }

    /** The number of pages that hold something that {@link #forEach} could not read. */
    int unreadable() {
        BitSet rest = (BitSet) unreadable.clone();
        rest.andNot(overflow);
        rest.andNot(free);
        return rest.cardinality();
    }

    private void rowsOf(int number, BiConsumer<Integer, Row> consumer) {
        ByteBuffer page = pages.page(number);
        int start = start(number);
        int type = page.get(start);
        if (type == TABLE_INNER) {
            return;
        }
        if (type != TABLE_LEAF && type != INDEX_LEAF && type != INDEX_INNER) {
            unreadable.set(number);
            return;
        }
        int cells = page.getShort(start + 3) & 0xFFFF;
        int pointers = start + (type == INDEX_INNER ? 12 : 8);
        for (int i = 0; i < cells; i++) {
            try {
                int cell = page.getShort(pointers + 2 * i) & 0xFFFF;
                consumer.accept(number, row(page, type == INDEX_INNER ? cell + 4 : cell, type == TABLE_LEAF));
            } catch (DamagedException | IndexOutOfBoundsException e) {
                unreadable.set(number);
            }
        }
    }

    private static int start(int number) {
        return number == 1 ? FILE_HEADER : 0;
    }

    private boolean isPage(int number) {
        return number > 0 && number <= pages.count();
    }

    private Row row(ByteBuffer page, int cell, boolean ofTable) throws DamagedException {
        int[] at = {cell};
        long length = number(page, at);
        long id = ofTable ? number(page, at) : 0;
        if (length < 1 || length > LONGEST_ROW) {
            throw new DamagedException("a row of " + length + " bytes");
        }
        return new Row(id, columns(payload(page, at[0], (int) length, ofTable)));
    }

    private ByteBuffer payload(ByteBuffer page, int from, int length, boolean ofTable) throws DamagedException {
        int usable = pages.size();
        int most = ofTable ? usable - 35 : (usable - 12) * 64 / 255 - 23;
        int local = length;
        if (length > most) {
            int least = (usable - 12) * 32 / 255 - 23;
            int fitting = least + (length - least) % (usable - 4);
            local = fitting <= most ? fitting : least;
        }
        if (length > (long) pages.size() * pages.count()) {
            throw new DamagedException("a row that is longer than the file");
        }
        // The buffer grows with the data that exist: a damaged row may claim to be as long as the file.
        ByteArrayOutputStream whole = new ByteArrayOutputStream(local);
        append(whole, page.slice(from, local));
        int next = local < length ? page.getInt(from + local) : 0;
        while (whole.size() < length) {
            if (!isPage(next) || free.get(next)) {
                throw new DamagedException("the rest of the row is not there");
            }
            ByteBuffer more = pages.page(next);
            if (more.equals(ByteBuffer.allocate(pages.size()))) {
                throw new DamagedException("the rest of the row was overwritten");
            }
            overflow.set(next);
            next = more.getInt(0);
            append(whole, more.slice(4, Math.min(usable - 4, length - whole.size())));
        }
        if (next != 0) {
            throw new DamagedException("the row goes on behind its end");
        }
        return ByteBuffer.wrap(whole.toByteArray());
    }

    private static void append(ByteArrayOutputStream whole, ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        whole.writeBytes(bytes);
    }

    private static List<@Nullable Object> columns(ByteBuffer row) throws DamagedException {
        int[] at = {0};
        long header = number(row, at);
        List<Long> types = new ArrayList<>();
        while (at[0] < header) {
            if (types.size() == MOST_COLUMNS) {
                throw new DamagedException("more columns than any table has");
            }
            types.add(number(row, at));
        }
        List<@Nullable Object> columns = new ArrayList<>();
        for (long type : types) {
            columns.add(column(row, type, at));
        }
        if (at[0] != row.limit()) {
            throw new DamagedException("a row and its description differ in length");
        }
        return columns;
    }

    private static @Nullable Object column(ByteBuffer row, long type, int[] at) throws DamagedException {
        if (type == 0) {
            return null;
        }
        if (type == 8 || type == 9) {
            return type - 8;
        }
        if (type == 10 || type == 11 || type < 0) {
            throw new DamagedException("type " + type);
        }
        int length = type > 11
                ? (int) Math.min((type - 12) / 2, Integer.MAX_VALUE)
                : (int) (type < 5 ? type : type == 5 ? 6 : 8);
        ByteBuffer bytes = row.slice(at[0], length);
        at[0] += length;
        if (type < 7) {
            long value = bytes.get(0);
            for (int i = 1; i < length; i++) {
                value = (value << 8) | (bytes.get(i) & 0xFF);
            }
            return value;
        }
        if (type % 2 == 0 || type == 7) {
            return bytes;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new DamagedException("no text: " + e);
        }
    }

    /** Reads one of SQLite's numbers of one to nine bytes. */
    private static long number(ByteBuffer data, int[] at) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            byte next = data.get(at[0]++);
            value = (value << 7) | (next & 0x7F);
            if (next >= 0) {
                return value;
            }
        }
        return (value << 8) | (data.get(at[0]++) & 0xFF);
    }
}
