package io.unifiedmemory.memory.wire;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The replication format: what two instances of this server send each other beside a call, in {@code _meta}, so that a
 * memory keeps its version and times on the way and no model has to see them. Versions are decimal strings, because
 * they exceed what JavaScript keeps exactly; times are ISO-8601. Instances of different releases talk to each other: a
 * field is never renamed, and a reader ignores unknown fields. Stateless.
 *
 * <p>Every method that reads throws an {@link IllegalArgumentException} that says what is missing or malformed.
 */
public final class ReplicaCodec {

    private static final String PREFIX = "io.unifiedmemory/";

    private static final String WRITE = PREFIX + "write";
    private static final String WRITES = PREFIX + "writes";
    private static final String DETAIL = PREFIX + "detail";
    private static final String LOOKUP = PREFIX + "lookup";
    private static final String LOOKUPS = PREFIX + "lookups";
    private static final String VERSIONS = PREFIX + "versions";
    private static final String ENTRIES = PREFIX + "entries";
    private static final String REMOVAL = PREFIX + "removal";
    private static final String DATABASE = PREFIX + "database";
    private static final String ERROR = PREFIX + "error";

    private static final String EXPIRES_AT = "expires_at";
    private static final String WRITTEN_BY = "written_by";

    /**
     * The time that was written or read last. A memory mostly has the same time twice, as have others of a batch and the
     * answer to a write, and to read a time takes as long as all else of a memory.
     */
    private static volatile WireTime lastTime = new WireTime(Instant.EPOCH.toString(), Instant.EPOCH);

    private ReplicaCodec() {}

    /**
     * The origin of a write that was made elsewhere.
     *
     * @param cutoff of a cleanup: memories that were updated before it are deleted
     * @param expiresAt when a stored memory expires
     * @param writtenBy who stored it
     */
    public record Write(
            HlcTimestamp version,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            @Nullable Instant cutoff,
            @Nullable Instant expiresAt,
            @Nullable String writtenBy) {

        /** The origin of a write that is no store. */
        public Write(
                HlcTimestamp version,
                @Nullable Instant createdAt,
                @Nullable Instant updatedAt,
                @Nullable Instant cutoff) {
            this(version, createdAt, updatedAt, cutoff, null, null);
        }

        /** The origin of a store. */
        public static Write of(MemoryEntry entry) {
            return new Write(
                    entry.version(), entry.createdAt(), entry.updatedAt(), null, entry.expiresAt(), entry.writtenBy());
        }

        /** The origin of a delete. */
        public static Write of(HlcTimestamp version) {
            return new Write(version, null, null, null);
        }
    }

    /** What a listing says of a memory besides its text. */
    public record Detail(
            Map<String, Object> metadata,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            HlcTimestamp version,
            @Nullable Instant expiresAt,
            @Nullable String writtenBy) {

        /** The memory that this detail belongs to. */
        public MemoryEntry entry(String userId, String key, String value) {
            return new MemoryEntry(userId, key, value, metadata, createdAt, updatedAt, version, expiresAt, writtenBy);
        }
    }

    /** Marks a request whose caller wants versions and exact times. */
    public static Map<String, Object> detail() {
        return Map.of(DETAIL, true);
    }

    /** Marks a request that repeats a write which was made elsewhere. */
    public static Map<String, Object> write(Write write) {
        return Map.of(WRITE, told(write));
    }

    /** Marks a request that repeats several writes, in the order of what it writes. */
    public static Map<String, Object> writes(List<Write> writes) {
        return Map.of(WRITES, writes.stream().map(ReplicaCodec::told).toList());
    }

    private static Map<String, Object> told(Write write) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("version", text(write.version()));
        putTime(told, "created_at", write.createdAt());
        putTime(told, "updated_at", write.updatedAt());
        putTime(told, "cutoff", write.cutoff());
        putOrigin(told, write.expiresAt(), write.writtenBy());
        return told;
    }

    /** Whether a request comes from another instance, which wants versions and exact times. */
    public static boolean wantsDetail(Map<String, Object> meta) {
        return meta.containsKey(DETAIL) || meta.containsKey(WRITE) || meta.containsKey(WRITES);
    }

    /** The origin of a write; null for a write that is made here and now. */
    public static @Nullable Write readWrite(Map<String, Object> meta) {
        return meta.get(WRITE) instanceof Map<?, ?> write ? readWrite(WRITE, write) : null;
    }

    /** The origins of several writes, in order; null for writes that are made here and now. */
    public static @Nullable List<Write> readWrites(Map<String, Object> meta) {
        if (!(meta.get(WRITES) instanceof List<?> list)) {
            return null;
        }
        List<Write> writes = new ArrayList<>();
        for (Object each : list) {
            writes.add(readWrite(WRITES, each instanceof Map<?, ?> write ? write : Map.of()));
        }
        return writes;
    }

    private static Write readWrite(String field, Map<?, ?> write) {
        try {
            return new Write(
                    version(write.get("version")),
                    time(write.get("created_at")),
                    time(write.get("updated_at")),
                    time(write.get("cutoff")),
                    time(write.get(EXPIRES_AT)),
                    writer(write.get(WRITTEN_BY)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("_meta " + field + " is malformed: " + e.getMessage(), e);
        }
    }

    /**
     * Tells the caller what is known of a key.
     *
     * @param withContent whether the caller cannot know the content from the result
     */
    public static Map<String, Object> lookup(Lookup lookup, boolean withContent) {
        Map<String, Object> told = told(lookup, withContent);
        return told.isEmpty() ? told : Map.of(LOOKUP, told);
    }

    /** The same for somebody who has sent a memory: with the content if the key holds another one, which was newer. */
    public static Map<String, Object> lookup(Lookup lookup, MemoryEntry sent) {
        return lookup(lookup, holdsAnother(lookup, sent));
    }

    /**
     * The same for somebody who has sent several, in their order.
     *
     * @param sent null for one that was refused, as is its lookup
     */
    public static Map<String, Object> lookups(
            List<? extends @Nullable Lookup> lookups, List<? extends @Nullable MemoryEntry> sent) {
        List<Map<String, Object>> told = new ArrayList<>();
        for (int i = 0; i < lookups.size(); i++) {
            Lookup lookup = lookups.get(i);
            MemoryEntry entry = sent.get(i);
            told.add(lookup == null || entry == null ? Map.of() : told(lookup, holdsAnother(lookup, entry)));
        }
        return Map.of(LOOKUPS, told);
    }

    private static boolean holdsAnother(Lookup held, MemoryEntry sent) {
        return held instanceof Lookup.Found found
                && !(found.entry().value().equals(sent.value())
                        && Json.write(found.entry().metadata()).equals(Json.write(sent.metadata())));
    }

    private static Map<String, Object> told(Lookup lookup, boolean withContent) {
        if (lookup instanceof Lookup.Deleted deleted) {
            return Map.of("deleted", text(deleted.version()));
        }
        if (lookup instanceof Lookup.Found found) {
            Map<String, Object> detail = versionAndTimes(found.entry());
            if (withContent) {
                detail.put("value", found.entry().value());
                detail.put("metadata", found.entry().metadata());
            }
            return detail;
        }
        return Map.of();
    }

    /**
     * Reads what the other instance knows of a key.
     *
     * @param sent the entry that the caller sent, which a reply does not repeat; null when there is none
     */
    public static Lookup readLookup(Map<String, Object> meta, @Nullable MemoryEntry sent) {
        return meta.get(LOOKUP) instanceof Map<?, ?> known ? held(known, sent) : Lookup.MISSING;
    }

    /** Reads what the other instance knows of the keys of several entries that were sent, in their order. */
    public static List<Lookup> readLookups(Map<String, Object> meta, List<MemoryEntry> sent) {
        if (!(meta.get(LOOKUPS) instanceof List<?> list) || list.size() != sent.size()) {
            throw new IllegalArgumentException("no _meta " + LOOKUPS + " of " + sent.size() + " memories");
        }
        List<Lookup> lookups = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            boolean isKnown = list.get(i) instanceof Map<?, ?> known && !known.isEmpty();
            lookups.add(isKnown ? held((Map<?, ?>) list.get(i), sent.get(i)) : Lookup.MISSING);
        }
        return lookups;
    }

    private static Lookup held(Map<?, ?> known, @Nullable MemoryEntry sent) {
        if (known.containsKey("deleted")) {
            return new Lookup.Deleted(version(known.get("deleted")));
        }
        if (sent == null) {
            throw new IllegalArgumentException("a version without an entry");
        }
        HlcTimestamp version = version(known.get("version"));
        // A server that knows neither expiry nor writer says nothing of them, though it has just taken the write.
        boolean isSent = version.equals(sent.version()) && !known.containsKey(EXPIRES_AT);
        return new Lookup.Found(new MemoryEntry(
                sent.userId(),
                sent.key(),
                known.get("value") instanceof String value ? value : sent.value(),
                known.get("metadata") instanceof Map<?, ?> metadata ? object(metadata) : sent.metadata(),
                time(known.get("created_at")),
                time(known.get("updated_at")),
                version,
                isSent ? sent.expiresAt() : time(known.get(EXPIRES_AT)),
                isSent ? sent.writtenBy() : writer(known.get(WRITTEN_BY))));
    }

    /** Tells the caller the versions of the hits of a search, by key. */
    public static Map<String, Object> versions(Collection<MemoryEntry> entries) {
        return Map.of(VERSIONS, byKey(entries, entry -> text(entry.version())));
    }

    /** Reads the versions of hits, by key. */
    public static Map<String, HlcTimestamp> readVersions(Map<String, Object> meta) {
        Map<String, HlcTimestamp> versions = new LinkedHashMap<>();
        required(meta, VERSIONS).forEach((key, text) -> versions.put(key, version(text)));
        return versions;
    }

    /** Tells the caller what the memories of a page have besides their text, by key. */
    public static Map<String, Object> entries(Collection<MemoryEntry> entries) {
        return Map.of(ENTRIES, byKey(entries, entry -> {
            Map<String, Object> detail = versionAndTimes(entry);
            detail.put("metadata", entry.metadata());
            return detail;
        }));
    }

    /** Reads what the memories of a page have besides their text, by key. */
    public static Map<String, Detail> readEntries(Map<String, Object> meta) {
        Map<String, Detail> details = new LinkedHashMap<>();
        required(meta, ENTRIES).forEach((key, each) -> {
            if (!(each instanceof Map<?, ?> detail) || !(detail.get("metadata") instanceof Map<?, ?> metadata)) {
                throw new IllegalArgumentException("a memory without its details");
            }
            details.put(
                    key,
                    new Detail(
                            object(metadata),
                            time(detail.get("created_at")),
                            time(detail.get("updated_at")),
                            version(detail.get("version")),
                            time(detail.get(EXPIRES_AT)),
                            writer(detail.get(WRITTEN_BY))));
        });
        return details;
    }

    /** Tells the caller the result of a delete. */
    public static Map<String, Object> removal(Removal removal) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("count", removal.count());
        told.put("survivor", text(removal.survivor()));
        if (removal.spared()) {
            told.put("spared", true);
        }
        return Map.of(REMOVAL, told);
    }

    /** Reads the result of a delete. */
    public static Removal readRemoval(Map<String, Object> meta) {
        Map<String, Object> removal = required(meta, REMOVAL);
        if (!(removal.get("count") instanceof Number count)) {
            throw new IllegalArgumentException("no count of what was removed");
        }
        boolean spared = Boolean.TRUE.equals(removal.get("spared"));
        return new Removal(count.longValue(), version(removal.get("survivor")), spared);
    }

    /** Names the database behind a reply, so that a server recognises its own database behind an upstream. */
    public static Map<String, Object> database(String identity) {
        return Map.of(DATABASE, identity);
    }

    /** Reads the name of the database behind a reply; null when the server does not give it. */
    public static @Nullable String readDatabase(Map<String, Object> meta) {
        return meta.get(DATABASE) instanceof String identity ? identity : null;
    }

    /** Tells the caller the kind of a failure. */
    public static Map<String, Object> error(Kind kind) {
        return Map.of(ERROR, kind.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Reads the kind of a failure. A failure without a kind is an input that was refused before any backend was asked.
     */
    public static Kind readError(Map<String, Object> meta) {
        Object kind = meta.get(ERROR);
        return kind == null ? Kind.REJECTED : Kind.valueOf(kind.toString().toUpperCase(Locale.ROOT));
    }

    private static Map<String, Object> byKey(Collection<MemoryEntry> entries, Function<MemoryEntry, Object> detailOf) {
        Map<String, Object> byKey = new LinkedHashMap<>();
        entries.forEach(entry -> byKey.put(entry.key(), detailOf.apply(entry)));
        return byKey;
    }

    private static Map<String, Object> versionAndTimes(MemoryEntry entry) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("version", text(entry.version()));
        putTime(detail, "created_at", entry.createdAt());
        putTime(detail, "updated_at", entry.updatedAt());
        putOrigin(detail, entry.expiresAt(), entry.writtenBy());
        return detail;
    }

    private static void putOrigin(Map<String, Object> json, @Nullable Instant expiresAt, @Nullable String writtenBy) {
        putTime(json, EXPIRES_AT, expiresAt);
        if (writtenBy != null) {
            json.put(WRITTEN_BY, writtenBy);
        }
    }

    private static @Nullable String writer(@Nullable Object text) {
        return text == null ? null : text.toString();
    }

    private static void putTime(Map<String, Object> json, String field, @Nullable Instant time) {
        if (time != null) {
            json.put(field, text(time));
        }
    }

    private static String text(HlcTimestamp version) {
        return Long.toString(version.stamp());
    }

    private static Map<String, Object> required(Map<String, Object> meta, String field) {
        if (meta.get(field) instanceof Map<?, ?> told) {
            return object(told);
        }
        throw new IllegalArgumentException("no _meta " + field);
    }

    private static HlcTimestamp version(@Nullable Object text) {
        try {
            return HlcTimestamp.parse(String.valueOf(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the version " + text, e);
        }
    }

    private static @Nullable Instant time(@Nullable Object text) {
        if (text == null) {
            return null;
        }
        WireTime last = lastTime;
        if (last.text.equals(text)) {
            return last.time;
        }
        try {
            Instant time = Instant.parse(text.toString());
            if (time.toString().equals(text)) { // another spelling is understood, and not written
                lastTime = new WireTime(text.toString(), time);
            }
            return time;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("the time " + text, e);
        }
    }

    private static String text(Instant time) {
        WireTime last = lastTime;
        if (!last.time.equals(time)) {
            last = new WireTime(time.toString(), time);
            lastTime = last;
        }
        return last.text;
    }

    /** A time and its text. Immutable, so that any thread may use what another has made. */
    private record WireTime(String text, Instant time) {}

    /** A JSON object as read by Jackson, whose keys are texts. */
    private static Map<String, Object> object(Map<?, ?> map) {
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((key, value) -> object.put(String.valueOf(key), value));
        return object;
    }
}
