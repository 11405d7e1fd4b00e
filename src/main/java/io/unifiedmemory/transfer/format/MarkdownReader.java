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

    MarkdownReader(Source source) {
        this.source = source;
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
                    bytes.length > MOST_BYTES ? "is longer than " + MOST_BYTES + " bytes" : "is not UTF-8"));
        } else if (text.startsWith(MarkdownWriter.MARK)) {
            throw new TransferException(
                    source.name() + " is an export to be read by people: import the archive instead, which"
                            + " export writes without --format");
        } else {
            read(FrontMatter.of(text), items);
        }
    }

    private void read(FrontMatter file, Consumer<Item> items) {
        if (file.fault() != null) {
            items.accept(new Item.Remark(source.name(), file.fault() + "; it stays part of the text"));
        }
        if (file.fields().get(OkfWriter.OURS) instanceof Map<?, ?> own) {
            items.accept(own(JsonFields.object(own), file.body()));
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
                first(file.fields(), CREATED),
                updated(file.fields())));
    }

    private @Nullable Instant updated(Map<String, Object> fields) {
        Instant generated =
                Times.read(JsonFields.object(fields.get("generated")).get("at"));
        Instant updated = generated == null ? first(fields, UPDATED) : generated;
        return updated == null ? source.modifiedAt() : updated;
    }

    private static @Nullable Instant first(Map<String, Object> fields, String[] names) {
        return Stream.of(names)
                .map(name -> Times.read(fields.get(name)))
                .filter(time -> time != null)
                .findFirst()
                .orElse(null);
    }

    /** What this program wrote, with the line end that {@link OkfWriter} put behind the value. */
    private Item own(Map<String, Object> fields, String body) {
        String value = body.endsWith("\n") ? body.substring(0, body.length() - 1) : body;
        try {
            Map<String, Object> metadata = JsonFields.object(RowReader.json(fields.get("metadata")));
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
            return Checksum.item(source.name(), entry, String.valueOf(fields.get("checksum")));
        } catch (DateTimeException | IllegalArgumentException e) {
            return new Item.Unreadable(
                    source.name(), "has something in " + OkfWriter.OURS + " that cannot be read: " + e.getMessage());
        }
    }

    private static @Nullable Instant time(@Nullable Object text) {
        return text == null ? null : Times.written(String.valueOf(text));
    }

    private static String withoutEnding(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    }
}
