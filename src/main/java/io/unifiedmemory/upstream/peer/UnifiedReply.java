package io.unifiedmemory.upstream.peer;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.memory.wire.ReplicaCodec.Detail;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An answer of another instance of this server, read strictly: missing or malformed data are a {@link BackendException}
 * of kind {@code BROKEN}.
 *
 * @param tool the tool that answered
 */
record UnifiedReply(String tool, ToolReply reply) {

    /** A bound on cursors, of which many are kept for a while. No instance of this server accepts a longer one. */
    private static final int MAX_CURSOR_CHARS = 16 * 1024;

    /** The failure that the answer reports, of the kind that the server names; null when it reports none. */
    @Nullable
    BackendException failure() {
        if (!reply.error()) {
            return null;
        }
        String message = tool + ": " + UpstreamFailures.shortened(reply.text());
        try {
            return new BackendException(ReplicaCodec.readError(reply.meta()), message, "");
        } catch (IllegalArgumentException e) {
            return new BackendException(Kind.BROKEN, message, "", e);
        }
    }

    /** Names the database file behind the answer; null when the server does not name it. */
    @Nullable
    String database() {
        return ReplicaCodec.readDatabase(reply.meta());
    }

    /** Throws when the server could not ask all of its own backends, so that a missing memory proves nothing. */
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
     * Reads what the server knows of a key.
     *
     * @param sent the entry that was sent, which the answer does not repeat; null when there is none
     */
    Lookup lookup(@Nullable MemoryEntry sent) {
        return read(() -> ReplicaCodec.readLookup(reply.meta(), sent));
    }

    /**
     * Reads what the server knows of the keys of entries that were sent, in their order.
     *
     * @throws BackendException of kind {@code REJECTED} when the server refused one of them: then somebody has to find out
     *     which, by sending them one by one
     */
    List<Lookup> lookups(List<MemoryEntry> sent) {
        if (reply.json().get("refused") instanceof List<?> refused && !refused.isEmpty()) {
            throw new BackendException(
                    Kind.REJECTED, tool + ": it refused " + refused.size() + " of " + sent.size() + " memories", "");
        }
        List<Lookup> lookups = read(() -> ReplicaCodec.readLookups(reply.meta(), sent));
        if (lookups.contains(Lookup.MISSING)) {
            throw malformed("nothing about a memory that it stored");
        }
        return lookups;
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
        Map<String, HlcTimestamp> versions = read(() -> ReplicaCodec.readVersions(reply.meta()));
        List<MemoryEntry> hits = new ArrayList<>();
        for (Object each : results) {
            if (!(each instanceof Map<?, ?> hit)) {
                throw malformed("a result that is no object");
            }
            HlcTimestamp version = versions.get(String.valueOf(hit.get("key")));
            if (version == null) {
                throw malformed("a result without its version");
            }
            hits.add(entry(ToolReply.object(hit), version));
        }
        return hits;
    }

    /** The entries of a page, by key. */
    List<MemoryEntry> listed(String userId) {
        if (!(reply.json().get("memories") instanceof Map<?, ?> memories)) {
            throw malformed("no memories");
        }
        Map<String, Detail> details = read(() -> ReplicaCodec.readEntries(reply.meta()));
        List<MemoryEntry> entries = new ArrayList<>();
        ToolReply.object(memories).forEach((key, value) -> {
            Detail detail = details.get(key);
            if (!(value instanceof String text) || detail == null) {
                throw malformed("a memory without its details");
            }
            entries.add(detail.entry(userId, key, text));
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
        return read(() -> ReplicaCodec.readRemoval(reply.meta()));
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
                version,
                time(json.get("expires_at")),
                json.get("written_by") instanceof String writer ? writer : null);
    }

    private <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
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
