package io.unifiedmemory.upstream.peer;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An answer of another instance of this server, read strictly: what is missing or malformed is a {@link BackendException}
 * of kind {@code BROKEN}.
 *
 * @param tool which tool answered
 */
record UnifiedReply(String tool, ToolReply reply) {

    /** What the keys in {@code _meta} begin with. */
    static final String PREFIX = "io.unifiedmemory/";

    /** Many cursors are kept for a while. No instance of this server takes one that is longer. */
    private static final int MAX_CURSOR_CHARS = 16 * 1024;

    /**
     * The failure that the answer reports, by the kind that the server names beside it; null when it is none. Without a
     * kind it is the input that was refused, before any backend was asked.
     */
    @Nullable
    BackendException failure() {
        if (!reply.error()) {
            return null;
        }
        String message = tool + ": " + UpstreamFailures.shortened(reply.text());
        String kind = String.valueOf(reply.meta().getOrDefault(PREFIX + "error", Kind.REJECTED));
        try {
            return new BackendException(Kind.valueOf(kind.toUpperCase(Locale.ROOT)), message, "");
        } catch (IllegalArgumentException e) {
            return new BackendException(Kind.BROKEN, message, "", e);
        }
    }

    /** Names the database file behind the answer; null when the server says nothing of it. */
    @Nullable
    String database() {
        return reply.meta().get(PREFIX + "database") instanceof String database ? database : null;
    }

    /** Throws when the server could not ask all of its own backends, so that a miss proves nothing. */
    void requireComplete() {
        if (!Boolean.TRUE.equals(reply.json().get("complete"))) {
            String problems = reply.json().get("problems") instanceof Map<?, ?> map
                    ? map.entrySet().stream().map(Object::toString).collect(Collectors.joining("; ", ": ", ""))
                    : "";
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    tool + ": the server could not ask all of its own backends" + UpstreamFailures.shortened(problems),
                    "its health tool tells more");
        }
    }

    /**
     * What the server knows of a key.
     *
     * @param sent the entry whose content is meant where the answer does not repeat it; null when there is none
     */
    Lookup lookup(@Nullable MemoryEntry sent) {
        if (!(reply.meta().get(PREFIX + "lookup") instanceof Map<?, ?> lookup)) {
            return Lookup.MISSING;
        }
        Map<String, Object> known = ToolReply.object(lookup);
        if (known.containsKey("deleted")) {
            return new Lookup.Deleted(version(known.get("deleted")));
        }
        if (sent == null) {
            throw malformed("a version without an entry");
        }
        return new Lookup.Found(new MemoryEntry(
                sent.userId(),
                sent.key(),
                known.get("value") instanceof String value ? value : sent.value(),
                known.get("metadata") instanceof Map<?, ?> metadata ? ToolReply.object(metadata) : sent.metadata(),
                time(known.get("created_at")),
                time(known.get("updated_at")),
                version(known.get("version"))));
    }

    /** The entry that was found, without its version; null when there is none. */
    @Nullable
    MemoryEntry entry() {
        return reply.json().get("entry") instanceof Map<?, ?> entry
                ? entry(ToolReply.object(entry), HlcTimestamp.NONE)
                : null;
    }

    /** The hits of a search, best first. */
    List<MemoryEntry> hits() {
        if (!(reply.json().get("results") instanceof List<?> results)) {
            throw malformed("no results");
        }
        Map<String, Object> versions = meta("versions");
        List<MemoryEntry> hits = new ArrayList<>();
        for (Object each : results) {
            if (!(each instanceof Map<?, ?> hit)) {
                throw malformed("a result that is no object");
            }
            hits.add(entry(ToolReply.object(hit), version(versions.get(String.valueOf(hit.get("key"))))));
        }
        return hits;
    }

    /** The entries of a page, by key. */
    List<MemoryEntry> listed(String userId) {
        if (!(reply.json().get("memories") instanceof Map<?, ?> memories)) {
            throw malformed("no memories");
        }
        Map<String, Object> details = meta("entries");
        List<MemoryEntry> entries = new ArrayList<>();
        ToolReply.object(memories).forEach((key, value) -> {
            if (!(value instanceof String text)
                    || !(details.get(key) instanceof Map<?, ?> detail)
                    || !(detail.get("metadata") instanceof Map<?, ?> metadata)) {
                throw malformed("a memory without its details");
            }
            entries.add(new MemoryEntry(
                    userId,
                    key,
                    text,
                    ToolReply.object(metadata),
                    time(detail.get("created_at")),
                    time(detail.get("updated_at")),
                    version(detail.get("version"))));
        });
        entries.sort(KeyOrder.ENTRIES);
        return entries;
    }

    /** Where the next page begins; null on the last one. */
    @Nullable
    String cursor() {
        if (!(reply.json().get("next_cursor") instanceof String cursor) || cursor.isEmpty()) {
            return null;
        }
        if (cursor.length() > MAX_CURSOR_CHARS) {
            throw malformed("a cursor of " + cursor.length() + " characters");
        }
        return cursor;
    }

    Removal removal() {
        Map<String, Object> removal = meta("removal");
        if (!(removal.get("count") instanceof Number count)) {
            throw malformed("no count of what was removed");
        }
        boolean spared = Boolean.TRUE.equals(removal.get("spared"));
        return new Removal(count.longValue(), version(removal.get("survivor")), spared);
    }

    long number(String field) {
        if (reply.json().get(field) instanceof Number number) {
            return number.longValue();
        }
        throw malformed("no number " + field);
    }

    String text(String field) {
        if (reply.json().get(field) instanceof String text) {
            return text;
        }
        throw malformed("no text " + field);
    }

    private MemoryEntry entry(Map<String, Object> json, HlcTimestamp version) {
        if (!(json.get("user_id") instanceof String userId)
                || !(json.get("key") instanceof String key)
                || !(json.get("value") instanceof String value)
                || !(json.get("metadata") instanceof Map<?, ?> metadata)) {
            throw malformed("an entry that lacks fields");
        }
        return new MemoryEntry(
                userId,
                key,
                value,
                ToolReply.object(metadata),
                time(json.get("created_at")),
                time(json.get("updated_at")),
                version);
    }

    private Map<String, Object> meta(String name) {
        if (reply.meta().get(PREFIX + name) instanceof Map<?, ?> meta) {
            return ToolReply.object(meta);
        }
        throw malformed("no _meta " + PREFIX + name);
    }

    private HlcTimestamp version(@Nullable Object text) {
        try {
            return HlcTimestamp.parse(String.valueOf(text));
        } catch (IllegalArgumentException e) {
            throw malformed("the version " + text);
        }
    }

    private @Nullable Instant time(@Nullable Object text) {
        try {
            return text == null ? null : Instant.parse(text.toString());
        } catch (DateTimeParseException e) {
            throw malformed("the time " + text);
        }
    }

    private BackendException malformed(String what) {
        return UpstreamFailures.broken(
                tool + ": answered with " + what, "is it an older version of this server, or a different one?");
    }
}
