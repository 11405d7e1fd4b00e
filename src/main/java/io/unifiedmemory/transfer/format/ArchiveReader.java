package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.transfer.format.Lines.Line;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Reads an archive. What a newer minor version has added is told, and the rest is read. */
final class ArchiveReader implements ItemReader {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    private final Source source;
    private long memories;
    private long deletes;
    private long revisions;
    private boolean ended;

    ArchiveReader(Source source) {
        this.source = source;
    }

    /** Whether the first line of a file begins an archive. */
    static boolean begins(Map<String, Object> line) {
        return ArchiveLine.FORMAT.equals(line.get("format"));
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        try (Lines lines = new Lines(source)) {
            Line line = lines.next();
            requireReadable(line);
            for (line = lines.next(); line != null; line = lines.next()) {
                if (line.fault() != null) {
                    items.accept(new Item.Unreadable(source.at(line.place()), line.fault()));
                } else if (!line.text().isBlank()) {
                    read(line, items);
                }
            }
        }
        if (!ended) {
            items.accept(new Item.Unreadable(
                    source.at("the end"), "is missing: the archive was cut off after " + memories + " memories"));
        }
    }

    private void requireReadable(@Nullable Line first) {
        Map<String, Object> manifest = first == null ? null : object(first.text());
        if (manifest == null || !begins(manifest)) {
            throw new FileRefusedException(
                    source.name() + " is not an archive of this program: its first line does not say so");
        }
        Matcher version = VERSION.matcher(String.valueOf(manifest.get("version")));
        if (!version.matches() || Integer.parseInt(version.group(1)) != ArchiveLine.MAJOR) {
            throw new FileRefusedException(
                    source.name() + " has version " + manifest.get("version") + ", and this program reads "
                            + ArchiveLine.MAJOR + "." + ArchiveLine.MINOR + ": import it with a newer program ("
                            + "it was written by "
                            + manifest.get("program") + ")");
        }
    }

    private static @Nullable Map<String, Object> object(String text) {
        try {
            return Json.parseUnambiguous(text);
        } catch (JacksonException e) {
            return null;
        }
    }

    private void read(Line line, Consumer<Item> items) {
        String place = source.at(line.place());
        Map<String, Object> json;
        try {
            json = Json.parseUnambiguous(line.text());
        } catch (JacksonException e) {
            items.accept(new Item.Unreadable(place, "is not one JSON object: " + e.getOriginalMessage()));
            return;
        }
        try {
            if (ended) {
                throw new IllegalArgumentException("stands behind the last line of the archive");
            }
            read(place, json, items);
        } catch (IllegalArgumentException e) {
            items.accept(new Item.Unreadable(place, String.valueOf(e.getMessage())));
        }
    }

    private void read(String place, Map<String, Object> line, Consumer<Item> items) {
        String type = ArchiveLine.text(line, ArchiveLine.TYPE);
        switch (type) {
            case ArchiveLine.MEMORY -> {
                memories++;
                items.accept(new Item.Memory(place, ArchiveLine.memory(line)));
                requireKnown(line, ArchiveLine.OF_MEMORY);
            }
            case ArchiveLine.DELETE -> {
                deletes++;
                items.accept(new Item.Delete(
                        place,
                        ArchiveLine.text(line, "user_id"),
                        ArchiveLine.text(line, "key"),
                        ArchiveLine.version(line)));
                requireKnown(line, ArchiveLine.OF_DELETE);
            }
            case ArchiveLine.DELETE_ALL -> {
                deletes++;
                items.accept(new Item.DeleteAll(place, ArchiveLine.text(line, "user_id"), ArchiveLine.version(line)));
                requireKnown(line, ArchiveLine.OF_DELETE_ALL);
            }
            case ArchiveLine.REVISION -> {
                revisions++;
                items.accept(new Item.Past(place, ArchiveLine.revision(line)));
                requireKnown(line, ArchiveLine.OF_REVISION);
            }
            case ArchiveLine.END -> end(line);
            default ->
                throw new IllegalArgumentException(
                        "is of the type \"" + type + "\", which this version of the program does not know");
        }
    }

    private static void requireKnown(Map<String, Object> line, Set<String> known) {
        Set<String> unknown = new TreeSet<>(line.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("was read but for " + String.join(", ", unknown)
                    + ", which this version of the program does not know");
        }
    }

    private void end(Map<String, Object> line) {
        ended = true;
        // Version 1.0 had no revisions and did not count them.
        Object past = line.getOrDefault("revisions", 0);
        if (!isCount(line.get("memories"), memories)
                || !isCount(line.get("deletes"), deletes)
                || !isCount(past, revisions)) {
            throw new IllegalArgumentException("says that there are " + line.get("memories") + " memories, "
                    + line.get("deletes") + " deletes and " + past + " revisions, but " + memories + ", " + deletes
                    + " and " + revisions + " were found");
        }
    }

    private static boolean isCount(@Nullable Object said, long found) {
        return said instanceof Number number && number.longValue() == found;
    }
}
