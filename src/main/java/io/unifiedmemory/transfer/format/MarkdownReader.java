package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one Markdown file as one memory: {@code CLAUDE.md} and the files of Claude Code's memory folders, notes of basic-memory,
 * concepts of the Open Knowledge Format, and what {@link OkfWriter} wrote, with its version. The key is the {@code permalink}
 * of basic-memory or the path of the file without its ending; front matter becomes metadata.
 */
final class MarkdownReader implements ItemReader {

    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private static final String[] CREATED = {"created_at", "created", "date"};
    private static final String[] UPDATED = {
        "updated_at", "updated", "modified_at", "modified", "last_modified", "timestamp"
    };
    private static final Set<String> TIMES = Set.of(
            "created_at", "created", "updated_at", "updated", "modified_at", "modified", "last_modified", "timestamp");

    private final Source source;
    private final Times times;

    MarkdownReader(Source source, Times times) {
        this.source = source;
        this.times = times;
    }

    /** Whether a file has the name of one that is Markdown. */
    static boolean isName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Stream.of(".md", ".markdown", ".mdx").anyMatch(lower::endsWith);
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        byte[] bytes;
        try (InputStream in = Utf8.open(source)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        String text = bytes.length > MOST_BYTES ? null : Utf8.decode(bytes);
        if (text == null) {
            items.accept(new Item.Unreadable(
                    source.name(),
                    bytes.length > MOST_BYTES
                            ? "is longer than " + MOST_BYTES + " bytes"
                            : "has bytes that are no text: save it in UTF-8"));
        } else if (text.startsWith(MarkdownWriter.MARK)) {
            throw new FileRefusedException(
                    source.name() + " is an export to be read by people: import the archive instead, which"
                            + " export writes without --format");
        } else {
            read(FrontMatter.of(text), items);
        }
    }

    private void read(FrontMatter file, Consumer<Item> items) {
        if (file.fault() != null && file.body().contains("\n" + OkfWriter.OURS + ":")) {
            items.accept(new Item.Unreadable(source.name(), file.fault() + ": correct it, and import it again"));
            return;
        }
        if (file.fault() != null) {
            items.accept(new Item.Remark(source.name(), file.fault() + "; it stays part of the text"));
        }
        if (file.fields().get(OkfWriter.OURS) instanceof Map<?, ?> own) {
            items.accept(own(JsonFields.object(own), file));
            return;
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        file.fields().forEach((name, value) -> {
            if (!TIMES.contains(name) && !name.equals("permalink")) {
                JsonFields.put(metadata, name, value);
            }
        });
        String body = file.body().strip();
        if (body.isEmpty() && metadata.isEmpty()) {
            items.accept(new Item.Remark(source.name(), "is an empty file, and left out"));
            return;
        }
        String permalink = JsonFields.text(file.fields(), "permalink");
        items.accept(new Item.Foreign(
                source.name(),
                null,
                permalink == null ? withoutEnding(source.name()) : permalink,
                body,
                metadata,
                first(file.fields(), CREATED, items),
                updated(file.fields(), items)));
    }

    private @Nullable Instant updated(Map<String, Object> fields, Consumer<Item> items) {
        Object at = JsonFields.object(fields.get(OkfWriter.GENERATED)).get("at");
        Instant generated = times.read(at, source.name(), items);
        Instant updated = generated == null ? first(fields, UPDATED, items) : generated;
        return updated == null ? source.modifiedAt() : updated;
    }

    private @Nullable Instant first(Map<String, Object> fields, String[] names, Consumer<Item> items) {
        return Stream.of(names)
                .map(name -> times.read(fields.get(name), source.name(), items))
                .filter(time -> time != null)
                .findFirst()
                .orElse(null);
    }

    /** What this program wrote, with the line end that {@link OkfWriter} put behind the value. */
    private Item own(Map<String, Object> fields, FrontMatter file) {
        String body = file.body();
        String value = body.endsWith("\n") ? body.substring(0, body.length() - 1) : body;
        try {
            Map<String, Object> metadata = metadata(fields.get("metadata"));
            MemoryEntry entry = new MemoryEntry(
                    ArchiveLine.text(fields, "user_id"),
                    ArchiveLine.text(fields, "key"),
                    value,
                    metadata,
                    time(fields.get("created_at")),
                    time(fields.get("updated_at")),
                    HlcTimestamp.parse(ArchiveLine.text(fields, "version")),
                    time(fields.get("expires_at")),
                    fields.get("written_by") instanceof String writer ? writer : null);
            Map<String, Object> edited = OkfFields.edited(entry.key(), metadata, file.fields());
            return edited.equals(metadata)
                    ? Checksum.item(source.name(), entry, String.valueOf(fields.get("checksum")))
                    : Checksum.edited(source.name(), entry.withMetadata(edited));
        } catch (DateTimeException | IllegalArgumentException e) {
            return new Item.Unreadable(
                    source.name(), "has something in " + OkfWriter.OURS + " that cannot be read: " + e.getMessage());
        }
    }

    /** One JSON object in a text, as it is written, or a list of fields in YAML, as a person may write it. */
    private static Map<String, Object> metadata(@Nullable Object field) {
        Object read = RowReader.json(field);
        if (read == null || read instanceof Map) {
            return JsonFields.object(read);
        }
        throw new IllegalArgumentException("its metadata are not one JSON object");
    }

    private static @Nullable Instant time(@Nullable Object text) {
        return text == null ? null : Times.written(String.valueOf(text));
    }

    private static String withoutEnding(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    }
}
