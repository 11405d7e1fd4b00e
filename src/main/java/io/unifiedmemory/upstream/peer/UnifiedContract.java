package io.unifiedmemory.upstream.peer;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.memory.wire.ReplicaCodec.Write;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Memories in another instance of this server. Versions and exact times, which models need not see, travel in {@code
 * _meta} of request and result, see {@link UnifiedReply}, so nothing is lost on the way.
 */
public final class UnifiedContract implements ToolContract {

    /** The name in a configuration. */
    public static final String NAME = "unified";

    public static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    public static final Map<String, Set<String>> TOOLS = ToolContract.signature(
            "store user_id key value metadata",
            "retrieve user_id key",
            "search user_id query limit",
            "get_all user_id limit cursor",
            "delete user_id key all",
            "cleanup user_id max_age_days",
            "health");

    private static final String STORE_MANY = "store_many";

    /** The number of memories that {@code store_many} takes. */
    private static final int MOST_STORES = 500;

    /** The largest request, even to a server that accepts more. */
    private static final int MAX_LIMIT = 1000;

    /** The number of consecutive pages without a memory after which a walk counts as endless. */
    private static final int MAX_EMPTY_PAGES = 100;

    /** The largest number of pages that a walk skips before the requested one. */
    private static final int MAX_SKIPPED_PAGES = 10_000;

    private static final String PERMANENTLY = "permanently";

    private static final int MAX_AGE_DAYS = 36_500;
    private static final int MAX_PAGE_CHARS = 1 << 20;
    /** The bound on the hits in memory, however many were asked for. */
    private static final long MAX_HITS_CHARS = 8L << 20;

    private static final Map<String, Object> DETAIL = ReplicaCodec.detail();

    private final Tools tools;
    private final Supplier<@Nullable String> home;
    private final PageCursors cursors = new PageCursors();

    /** @param home names our own database file, null when it is not known */
    public UnifiedContract(Tools tools, Supplier<@Nullable String> home) {
        this.tools = tools;
        this.home = home;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        Map<String, Object> arguments =
                arguments(entry.userId(), "key", entry.key(), "value", entry.value(), "metadata", entry.metadata());
        Lookup held =
                call("store", arguments, ReplicaCodec.write(Write.of(entry))).lookup(entry);
        if (held instanceof Lookup.Missing) {
            throw silent("store");
        }
        return held;
    }

    /** As many as one call of {@code store_many} takes; older servers have no such tool. */
    @Override
    public int storesAtOnce() {
        return tools.argumentsOf(STORE_MANY).contains("memories") ? MOST_STORES : 1;
    }

    /** Sends one call for each user, all at once, and then waits for the answers. */
    @Override
    public List<Lookup> storeAll(List<MemoryEntry> entries) {
        if (storesAtOnce() == 1) {
            return ToolContract.super.storeAll(entries);
        }
        Map<String, List<Integer>> byUser = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            byUser.computeIfAbsent(entries.get(i).userId(), user -> new ArrayList<>())
                    .add(i);
        }
        List<Sent> sent = new ArrayList<>();
        byUser.forEach((user, places) -> {
            List<MemoryEntry> stores = places.stream().map(entries::get).toList();
            sent.add(new Sent(places, stores, send(user, stores)));
        });
        Lookup[] held = new Lookup[entries.size()];
        for (Sent one : sent) {
            UnifiedReply reply =
                    requireTaken(new UnifiedReply(STORE_MANY, one.call().await()));
            List<Lookup> answers = reply.lookups(one.stores());
            for (int i = 0; i < answers.size(); i++) {
                held[one.places().get(i)] = answers.get(i);
            }
        }
        return List.of(held);
    }

    /** The call for one user: which of all memories it stores, and where these stand among all. */
    private record Sent(List<Integer> places, List<MemoryEntry> stores, Tools.Call call) {}

    private Tools.Call send(String userId, List<MemoryEntry> entries) {
        List<Map<String, Object>> memories = new ArrayList<>();
        for (MemoryEntry entry : entries) {
            Map<String, Object> memory = new LinkedHashMap<>();
            memory.put("key", entry.key());
            memory.put("value", entry.value());
            memory.put("metadata", entry.metadata());
            memories.add(memory);
        }
        return tools.send(
                STORE_MANY,
                arguments(userId, "memories", memories),
                ReplicaCodec.writes(entries.stream().map(Write::of).toList()));
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        UnifiedReply reply = call("retrieve", arguments(userId, "key", key), DETAIL);
        MemoryEntry entry = reply.entry();
        Lookup held = reply.lookup(entry);
        if (held instanceof Lookup.Missing) {
            if (entry != null) {
                throw silent("retrieve");
            }
            reply.requireComplete();
        }
        return held;
    }

    /**
     * Searches, and asks again when a reply ended before the limit, because servers bound the size of replies. A server
     * too old for filters and orders is asked for its best hits, which are filtered and ordered here.
     */
    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        if (request.filter().isContradictory()) {
            return List.of();
        }
        Map<String, Object> arguments = arguments(request.userId());
        putText(
                arguments,
                "query",
                request.query() == null ? null : request.query().text());
        Map<String, Object> narrowing = narrowing(request);
        if (understands(narrowing.keySet())) {
            arguments.putAll(narrowing);
            return hits(arguments, request.limit());
        }
        Stream<MemoryEntry> accepted =
                hits(arguments, Math.max(request.limit(), MAX_LIMIT)).stream().filter(request.filter()::accepts);
        return (request.order() == SearchOrder.RECENCY ? accepted.sorted(SearchOrder.NEWEST_FIRST) : accepted)
                .limit(request.limit())
                .toList();
    }

    /** A server without tags compares the fields of the metadata as a whole, so it would not find an element of an array. */
    private boolean understands(Set<String> narrowing) {
        Set<String> known = tools.argumentsOf("search");
        return known.containsAll(narrowing) && (!narrowing.contains("metadata") || known.contains("tags"));
    }

    private List<MemoryEntry> hits(Map<String, Object> arguments, int limit) {
        List<MemoryEntry> hits = new ArrayList<>();
        long chars = 0;
        Walk walk = new Walk("search", null);
        do {
            arguments.put("limit", Math.min(limit - hits.size(), mostAtOnce("search")));
            putText(arguments, "cursor", walk.cursor);
            UnifiedReply reply = call("search", arguments, DETAIL);
            List<MemoryEntry> more = reply.hits();
            hits.addAll(more);
            chars += more.stream().mapToLong(hit -> hit.value().length()).sum();
            if (hits.isEmpty()) {
                reply.requireComplete();
            }
            walk.goOn(reply.cursor(), more.isEmpty());
        } while (walk.cursor != null && hits.size() < limit && chars < MAX_HITS_CHARS);
        return hits;
    }

    /** The largest limit of a tool of the server, which refuses calls that ask for more. */
    private int mostAtOnce(String tool) {
        return Math.max(1, Math.min(MAX_LIMIT, tools.maximumOf(tool, "limit", MAX_LIMIT)));
    }

    /** A walk from page to page by a server's cursors, which ends whatever the server says. */
    private static final class Walk {
        private final String tool;
        private final Set<String> given = new HashSet<>();
        private @Nullable String cursor;
        private int emptyPages;

        /** @param start the first cursor; null for the first page */
        Walk(String tool, @Nullable String start) {
            this.tool = tool;
            goOn(start, false);
        }

        /** @param empty whether the page was empty: the server may have filtered it, so more can follow */
        void goOn(@Nullable String next, boolean empty) {
            emptyPages = empty ? emptyPages + 1 : 0;
            if (next != null && (!given.add(next) || emptyPages > MAX_EMPTY_PAGES)) {
                throw UpstreamFailures.broken(
                        tool + ": goes from page to page without an end",
                        "the server repeats its cursors, or all its pages are empty");
            }
            cursor = next;
        }
    }

    /** The arguments besides what to look for. */
    private static Map<String, Object> narrowing(SearchRequest request) {
        SearchFilter filter = request.filter();
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (request.order() != SearchOrder.RELEVANCE) {
            arguments.put("order", request.order().name().toLowerCase(Locale.ROOT));
        }
        putTime(arguments, "since", filter.since());
        putTime(arguments, "until", filter.until());
        if (!filter.metadata().isEmpty()) {
            arguments.put("metadata", filter.metadata());
        }
        putText(arguments, "key_prefix", filter.keyPrefix());
        if (!filter.tags().isEmpty()) {
            arguments.put("tags", filter.tags());
        }
        return arguments;
    }

    /**
     * Continues with the cursor of the nearest page that ended at the key or before it; without one from the beginning.
     * A walk whose keys do not ascend is refused, because it might have no end. A half-full page is enough, because the
     * server's next reply would hardly fit.
     */
    @Override
    public Page list(ListRequest request) {
        String userId = request.userId();
        String after = request.afterKey();
        PageCursors.Mark mark = after == null ? null : cursors.behind(userId, after);
        String last = mark == null ? null : mark.key();
        Walk walk = new Walk("get_all", mark == null ? null : mark.cursor());
        List<MemoryEntry> page = new ArrayList<>();
        long enough = Math.min(MAX_PAGE_CHARS, request.maxChars() / 2);
        long chars = 0;
        for (int pages = 1; ; pages++) {
            UnifiedReply reply = page(userId, walk.cursor, request.limit() - page.size());
            List<MemoryEntry> listed = reply.listed(userId);
            if (last != null && !listed.isEmpty() && !KeyOrder.isBehind(last, listed.get(0))) {
                throw UpstreamFailures.broken("get_all: a page begins before the end of the one before", "");
            }
            walk.goOn(reply.cursor(), listed.isEmpty());
            last = listed.isEmpty() ? last : listed.get(listed.size() - 1).key();
            if (walk.cursor != null && last != null) {
                cursors.note(userId, last, walk.cursor);
            }
            for (MemoryEntry entry : listed) {
                if (after == null || KeyOrder.isBehind(after, entry)) {
                    page.add(entry);
                    chars += entry.key().length() + entry.value().length();
                }
            }
            if (walk.cursor == null || page.size() >= request.limit() || chars > enough) {
                return new Page(page, walk.cursor != null, after == null ? reply.number("total") : null);
            }
            if (page.isEmpty() && pages > MAX_SKIPPED_PAGES) {
                throw UpstreamFailures.broken("get_all: does not reach the key where the page begins", "");
            }
        }
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return call("delete", arguments(userId, "key", key), ReplicaCodec.write(Write.of(version)))
                .removal();
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return call("delete", arguments(userId, "all", true), ReplicaCodec.write(Write.of(version)))
                .removal();
    }

    /** A server that does not know the argument is of a release without a history: its deletes leave nothing to erase. */
    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return erased(arguments(userId, "key", key), version);
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return erased(arguments(userId, "all", true), version);
    }

    private Removal erased(Map<String, Object> arguments, HlcTimestamp version) {
        if (tools.argumentsOf("delete").contains(PERMANENTLY)) {
            arguments.put(PERMANENTLY, true);
        }
        return call("delete", arguments, ReplicaCodec.write(Write.of(version))).removal();
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        Write write = new Write(version, null, null, cutoff);
        Duration age = Duration.between(cutoff, Instant.now());
        long days =
                Math.min(MAX_AGE_DAYS, Math.max(1, age.plusDays(1).minusNanos(1).toDays()));
        return call("cleanup", arguments(userId, "max_age_days", days), ReplicaCodec.write(write))
                .removal();
    }

    @Override
    public BackendStatus check() {
        UnifiedReply reply = call("health", Map.of(), DETAIL);
        String status = reply.text("status");
        String detail = NAME + " " + reply.text("version") + ", its status is " + status;
        return new BackendStatus(Stream.of("ok", "degraded").anyMatch(status::equals), detail);
    }

    private UnifiedReply page(String userId, @Nullable String cursor, int limit) {
        Map<String, Object> arguments = arguments(userId, "limit", Math.min(limit, mostAtOnce("get_all")));
        putText(arguments, "cursor", cursor);
        UnifiedReply reply = call("get_all", arguments, DETAIL);
        reply.requireComplete(); // a memory that is missing from an incomplete listing would count as deleted
        return reply;
    }

    private UnifiedReply call(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        return requireTaken(new UnifiedReply(tool, tools.call(tool, arguments, meta)));
    }

    private UnifiedReply requireTaken(UnifiedReply reply) {
        BackendException failure = reply.failure();
        if (failure != null) {
            throw failure;
        }
        requireAnotherFile(reply.database());
        return reply;
    }

    private void requireAnotherFile(@Nullable String database) {
        if (database != null && database.equals(home.get())) {
            throw new BackendException(
                    Kind.MISCONFIGURED,
                    "it keeps its memories in the very database of this server, so it is no second copy",
                    "give it a file of its own, by --db among its args");
        }
    }

    private static BackendException silent(String tool) {
        return UpstreamFailures.broken(
                tool + ": says nothing of the version that it holds", "is it an older version of this server?");
    }

    private static Map<String, Object> arguments(String userId, Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("user_id", userId);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return arguments;
    }

    private static void putText(Map<String, Object> arguments, String name, @Nullable String text) {
        if (text != null) {
            arguments.put(name, text);
        }
    }

    private static void putTime(Map<String, Object> arguments, String field, @Nullable Instant time) {
        if (time != null) {
            arguments.put(field, time.toString());
        }
    }
}
