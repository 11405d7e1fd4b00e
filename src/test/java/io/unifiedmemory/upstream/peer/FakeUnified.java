package io.unifiedmemory.upstream.peer;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.AnsweredCall;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Another instance of this server, as far as its tools and their {@code _meta} go, in memory. Thread-safe. */
public final class FakeUnified implements Tools {

    private static final String PREFIX = "io.unifiedmemory/";
    /** Few, so that pages and cursors matter. */
    private static final int MAX_PAGE = 5;

    public final MemoryBackend memory = new InMemoryBackend();
    /** Every call, as {@code tool {arguments} {meta}}. */
    final List<String> calls = new ArrayList<>();
    /** Changes replies. */
    public UnaryOperator<ToolReply> dialect = reply -> reply;

    /** The largest limit that it takes. */
    int maxLimit = 1000;

    /** Whether it is one of before filters and orders. */
    boolean old;

    /** Whether it is one of before tags, which compares each field of the metadata as a whole. */
    boolean withoutTags;

    @Override
    public Set<String> argumentsOf(String tool) {
        Set<String> known = Set.of("order", "since", "until", "metadata", "key_prefix", "tags");
        return old
                ? Set.of()
                : known.stream()
                        .filter(name -> !withoutTags || !name.equals("tags"))
                        .collect(Collectors.toSet());
    }

    @Override
    public int maximumOf(String tool, String argument, int absent) {
        return argument.equals("limit") ? maxLimit : absent;
    }

    @Override
    public Call send(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        // Through JSON, as on a wire.
        Map<String, Object> request = Json.parseObject(Json.write(Map.of("arguments", arguments, "meta", meta)));
        ToolReply reply = dialect.apply(answer(tool, map(request.get("arguments")), map(request.get("meta"))));
        return new AnsweredCall(reply);
    }

    private synchronized ToolReply answer(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        calls.add(tool + " " + Json.write(arguments) + " " + Json.write(meta));
        Map<String, Object> json = new LinkedHashMap<>(Map.of("complete", true));
        Map<String, Object> about = new LinkedHashMap<>();
        try {
            call(tool, arguments, map(meta.get(PREFIX + "write")), json, about);
        } catch (BackendException e) {
            String kind = e.kind().name().toLowerCase(Locale.ROOT);
            return new ToolReply(true, Map.of(), e.describe(), Map.of(PREFIX + "error", kind));
        }
        return new ToolReply(
                false, Json.parseObject(Json.write(json)), Json.write(json), Json.parseObject(Json.write(about)));
    }

    private void call(
            String tool,
            Map<String, Object> arguments,
            Map<String, Object> write,
            Map<String, Object> json,
            Map<String, Object> about) {
        String user = text(arguments, "user_id");
        if (arguments.get("limit") instanceof Integer limit && limit > maxLimit) {
            throw new BackendException(BackendException.Kind.REJECTED, "limit is at most " + maxLimit, "");
        }
        switch (tool) {
            case "store" -> {
                MemoryEntry entry = new MemoryEntry(
                        user,
                        text(arguments, "key"),
                        text(arguments, "value"),
                        map(arguments.get("metadata")),
                        time(write.get("created_at")),
                        time(write.get("updated_at")),
                        version(write),
                        time(write.get("expires_at")),
                        (String) write.get("written_by"));
                Lookup held = memory.store(entry);
                boolean same =
                        held instanceof Lookup.Found found && found.entry().hasContentOf(entry);
                putLookup(about, held, !same);
            }
            case "retrieve" -> {
                Lookup held = memory.retrieve(user, text(arguments, "key"));
                json.put("found", held instanceof Lookup.Found);
                if (held instanceof Lookup.Found found) {
                    json.put("entry", json(found.entry()));
                }
                putLookup(about, held, false);
            }
            case "search" -> {
                int offset =
                        Integer.parseInt(arguments.getOrDefault("cursor", "0").toString());
                List<MemoryEntry> all = memory.search(request(user, offset + MAX_PAGE + 1, arguments))
                        .entries();
                int limit = Math.min(MAX_PAGE, (Integer) arguments.getOrDefault("limit", 10));
                List<MemoryEntry> hits = all.stream().skip(offset).limit(limit).toList();
                Map<String, Object> versions = new LinkedHashMap<>();
                hits.forEach(hit -> versions.put(hit.key(), text(hit.version())));
                json.put("results", hits.stream().map(FakeUnified::json).toList());
                about.put(PREFIX + "versions", versions);
                if (all.size() > offset + hits.size()) {
                    json.put("next_cursor", Integer.toString(offset + hits.size()));
                }
            }
            case "get_all" -> list(user, arguments, json, about);
            case "delete" ->
                putRemoval(
                        about,
                        arguments.containsKey("all")
                                ? memory.deleteAll(user, version(write))
                                : memory.delete(user, text(arguments, "key"), version(write)));
            case "cleanup" ->
                putRemoval(
                        about, memory.expire(user, Objects.requireNonNull(time(write.get("cutoff"))), version(write)));
            case "health" -> json.putAll(Map.of("status", "ok", "version", "1.2.3"));
            default -> throw new AssertionError(tool);
        }
    }

    private static SearchRequest request(String user, int limit, Map<String, Object> arguments) {
        Object order = arguments.getOrDefault("order", "relevance");
        SearchFilter filter = new SearchFilter(
                time(arguments.get("since")),
                time(arguments.get("until")),
                map(arguments.get("metadata")),
                (String) arguments.get("key_prefix"),
                arguments.get("tags") instanceof List<?> tags
                        ? tags.stream().map(String::valueOf).toList()
                        : List.of());
        return new SearchRequest(
                user,
                arguments.get("query") == null ? null : Query.of(text(arguments, "query")),
                limit,
                SearchOrder.valueOf(order.toString().toUpperCase(Locale.ROOT)),
                filter);
    }

    private void list(String user, Map<String, Object> arguments, Map<String, Object> json, Map<String, Object> about) {
        int limit = Math.min(MAX_PAGE, (Integer) arguments.getOrDefault("limit", 100));
        String cursor = (String) arguments.get("cursor");
        String after = cursor == null ? null : cursor.substring("after ".length());
        Page page = memory.list(new ListRequest(user, after, limit));
        Map<String, Object> memories = new LinkedHashMap<>();
        Map<String, Object> entries = new LinkedHashMap<>();
        for (MemoryEntry entry : page.entries()) {
            memories.put(entry.key(), entry.value());
            Map<String, Object> detail = detail(entry);
            detail.put("metadata", entry.metadata());
            entries.put(entry.key(), detail);
            json.put("next_cursor", "after " + entry.key());
        }
        if (!page.more()) {
            json.remove("next_cursor");
        }
        json.put("memories", memories);
        json.put("total", memory.list(new ListRequest(user, null, 1)).total());
        about.put(PREFIX + "entries", entries);
    }

    private static void putLookup(Map<String, Object> about, Lookup held, boolean withContent) {
        if (held instanceof Lookup.Deleted deleted) {
            about.put(PREFIX + "lookup", Map.of("deleted", text(deleted.version())));
        } else if (held instanceof Lookup.Found found) {
            Map<String, Object> detail = detail(found.entry());
            if (withContent) {
                detail.put("value", found.entry().value());
                detail.put("metadata", found.entry().metadata());
            }
            about.put(PREFIX + "lookup", detail);
        }
    }

    private static void putRemoval(Map<String, Object> about, Removal removal) {
        about.put(PREFIX + "removal", Map.of("count", removal.count(), "survivor", text(removal.survivor())));
    }

    private static Map<String, Object> json(MemoryEntry entry) {
        Map<String, Object> json = detail(entry);
        json.remove("version");
        json.putAll(Map.of("user_id", entry.userId(), "key", entry.key(), "value", entry.value()));
        json.put("metadata", entry.metadata());
        return json;
    }

    private static Map<String, Object> detail(MemoryEntry entry) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("version", text(entry.version()));
        if (entry.createdAt() != null) {
            detail.put("created_at", entry.createdAt().toString());
        }
        if (entry.updatedAt() != null) {
            detail.put("updated_at", entry.updatedAt().toString());
        }
        if (entry.expiresAt() != null) {
            detail.put("expires_at", entry.expiresAt().toString());
        }
        if (entry.writtenBy() != null) {
            detail.put("written_by", entry.writtenBy());
        }
        return detail;
    }

    private static HlcTimestamp version(Map<String, Object> write) {
        return new HlcTimestamp(Long.parseLong(text(write, "version")));
    }

    private static String text(HlcTimestamp version) {
        return Long.toString(version.stamp());
    }

    private static String text(Map<String, Object> json, String name) {
        return String.valueOf(json.get(name));
    }

    private static @Nullable Instant time(@Nullable Object text) {
        return text == null ? null : Instant.parse(text.toString());
    }

    private static Map<String, Object> map(@Nullable Object json) {
        return json instanceof Map<?, ?> map ? ToolReply.object(map) : Map.of();
    }
}
