package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Tells by its content what kind of file somebody wants to import. Immutable. */
public final class Recognition {

    private static final int HEAD = 1 << 16;
    private static final String SQLITE = "SQLite format 3\0";
    private static final String ZIP = "PK\u0003\u0004";

    /** Files of exports that tell of accounts and feedback. */
    private static final Set<String> OF_ACCOUNTS = Set.of(
            "user.json",
            "users.json",
            "user_settings.json",
            "message_feedback.json",
            "shared_conversations.json",
            "model_comparisons.json",
            "shopping.json",
            "group_chats.json",
            "sora.json");

    private final @Nullable Format format;
    private final TableChoice choice;
    private final Times times;
    private final Meter meter;

    /**
     * @param format what every file is; null to find out
     * @param choice where in a table memories are
     * @param zone where times were written that name none; null where nobody knows
     * @param meter learns how much was read
     */
    public Recognition(@Nullable Format format, TableChoice choice, @Nullable ZoneId zone, Meter meter) {
        this.format = format;
        this.choice = choice;
        this.times = new Times(zone);
        this.meter = meter;
    }

    /**
     * A reader for a file or a folder.
     *
     * @throws TransferException when it is nothing that can be imported
     */
    public ItemReader reader(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return items -> readAll(Sources.folder(path, meter, items), items);
        }
        if (!Files.isRegularFile(path)) {
            throw new TransferException("there is no file or folder " + path);
        }
        Source source = Sources.file(path, meter);
        byte[] head = head(source, false);
        if (begins(head, SQLITE)) {
            return new TableReader(path, choice, times);
        }
        if (begins(head, ZIP)) {
            return items -> {
                try (ZipFile zip = new ZipFile(path.toFile())) {
                    readAll(Sources.zip(zip, meter, items), items);
                } catch (ZipException e) {
                    throw new TransferException(path + " is a damaged ZIP file: " + e.getMessage(), e);
                }
            };
        }
        ItemReader reader = reader(source);
        if (reader == null) {
            throw new TransferException(
                    path + " is none of the formats that can be imported: say which it is with --format ("
                            + Format.labels(false) + ")");
        }
        return reader;
    }

    private void readAll(List<Source> sources, Consumer<Item> items) throws IOException {
        boolean okf = sources.stream().anyMatch(source -> source.name().equals("index.md") && isRootOfOkf(source));
        boolean openMemory = sources.stream().anyMatch(source -> name(source).equals("memories.json"));
        Map<String, Integer> others = new TreeMap<>();
        int read = 0;
        for (Source source : sources) {
            String name = name(source);
            if (okf && (name.equals("index.md") || name.equals("log.md"))) {
                items.accept(new Item.Remark(source.name(), "is a listing of the bundle, and left out"));
            } else if (openMemory && name.equals("memories.jsonl.gz")) {
                items.accept(new Item.Remark(source.name(), "holds the same as memories.json, and is left out"));
            } else {
                ItemReader reader = readerWithin(source, items);
                if (reader == null) {
                    others.merge(name.contains(".") ? name.substring(name.lastIndexOf('.')) : name, 1, Integer::sum);
                } else {
                    read(source, reader, items);
                    read++;
                }
            }
        }
        if (read == 0) {
            throw new TransferException("there is no file among these " + sources.size()
                    + " that can be imported: Markdown, JSON, JSON Lines and CSV are");
        }
        others.forEach((ending, count) ->
                items.accept(new Item.Remark("", "is none of the formats (" + ending + "), and left out")));
    }

    /** One file that cannot be read does not keep the others out. */
    private static void read(Source source, ItemReader reader, Consumer<Item> items) {
        try {
            reader.read(items);
        } catch (IOException e) {
            items.accept(new Item.Unreadable(source.name(), "cannot be read any further: " + e.getMessage()));
        } catch (FileRefusedException e) {
            items.accept(new Item.Unreadable(source.name(), "is left out: " + e.getMessage()));
        }
    }

    private @Nullable ItemReader readerWithin(Source source, Consumer<Item> items) {
        try {
            if (OF_ACCOUNTS.contains(name(source))) {
                items.accept(new Item.Remark(source.name(), "tells of the account, and is left out"));
                return none -> {};
            }
            return reader(source);
        } catch (IOException e) {
            items.accept(new Item.Unreadable(source.name(), "cannot be read: " + e.getMessage()));
            return none -> {};
        } catch (FileRefusedException e) {
            items.accept(new Item.Unreadable(source.name(), "is left out: " + e.getMessage()));
            return none -> {};
        }
    }

    private static String name(Source source) {
        return source.name().substring(source.name().lastIndexOf('/') + 1);
    }

    private static boolean isRootOfOkf(Source index) {
        try {
            String text = new String(head(index, true), StandardCharsets.UTF_8);
            return FrontMatter.of(text).fields().containsKey("okf_version");
        } catch (IOException e) {
            return false; // it is read as any other file, and that says why it cannot be
        }
    }

    /** A reader for one text file; null when it is of no format. */
    private @Nullable ItemReader reader(Source source) throws IOException {
        byte[] head = head(source, true);
        if (format != null) {
            return named(format, source, head);
        }
        String text = new String(head, StandardCharsets.UTF_8);
        String start = text.stripLeading();
        if (start.startsWith("{") || start.startsWith("[")) {
            return json(source, head);
        }
        if (text.startsWith("---\n") || text.startsWith("---\r\n") || MarkdownReader.isName(source.name())) {
            return new MarkdownReader(source, times);
        }
        return CsvReader.begins(text) ? new CsvReader(source, choice.columns(), times) : null;
    }

    private ItemReader named(Format named, Source source, byte[] head) {
        return switch (named) {
            case JSONL -> new ArchiveReader(source);
            case OKF, MARKDOWN -> new MarkdownReader(source, times);
            case CSV -> new CsvReader(source, choice.columns(), times);
            case SERVER_MEMORY -> new GraphReader(source);
            case MEM0 -> new Mem0Reader(source, JsonShape.of(head).arrays().isEmpty(), times);
            case CHATGPT -> new ChatGptReader(source, times);
            case CLAUDE -> new ClaudeReader(source, JsonShape.of(head), times);
            case TABLE -> throw new FileRefusedException(source.name() + " is no SQLite database");
        };
    }

    private @Nullable ItemReader json(Source source, byte[] head) {
        JsonShape shape = JsonShape.of(head);
        if (ArchiveLine.FORMAT.equals(shape.fields().get("format"))) {
            return new ArchiveReader(source);
        }
        if (GraphReader.begins(shape.fields())) {
            return new GraphReader(source);
        }
        if (shape.hasElementWith("mapping")) {
            return new ChatGptReader(source, times);
        }
        if (ClaudeReader.is(shape)) {
            return new ClaudeReader(source, shape, times);
        }
        if (shape.hasElementWith("memory", "content", "text")) {
            return new Mem0Reader(source, false, times);
        }
        boolean row = shape.has("id") && (shape.has("memory") || shape.has("content") || shape.has("text"));
        return row ? new Mem0Reader(source, true, times) : null;
    }

    private static byte[] head(Source source, boolean asText) throws IOException {
        try (InputStream in = asText ? Utf8.open(source) : source.open()) {
            return in.readNBytes(HEAD);
        }
    }

    private static boolean begins(byte[] head, String mark) {
        byte[] bytes = mark.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= bytes.length && Arrays.equals(head, 0, bytes.length, bytes, 0, bytes.length);
    }
}
