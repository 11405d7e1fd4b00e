package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.sync.RestoredFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one answer out of the answers of many backends: a retrieve asks by priority until the memory is found, a
 * listing asks all at once and merges. A copy in another backend never outweighs what the store of record knows to be
 * newer or deleted.
 */
public final class ReadPath {

    private static final Logger LOG = LoggerFactory.getLogger(ReadPath.class);

    /**
     * How many pages without a result a listing passes over, each larger than the one before, before it leaves the rest
     * to the next call.
     */
    private static final int MOST_EMPTY_PAGES = 8;

    private static final int LARGEST_PAGE = 1000;

    private final Backends backends;
    private final boolean freshest;
    private final RestoredFile putBack;
    private final Runnable awaitConfirmations;

    /**
     * The reads from these backends.
     *
     * @param freshest whether a retrieve asks all backends at once, not one after the other by priority
     * @param awaitConfirmations waits a little until the outbox knows what was confirmed
     */
    public ReadPath(Backends backends, boolean freshest, RestoredFile putBack, Runnable awaitConfirmations) {
        this.backends = backends;
        this.freshest = freshest;
        this.putBack = putBack;
        this.awaitConfirmations = awaitConfirmations;
    }

    /**
     * Returns the memory under one key: from the backend of the highest priority that has it, or the newest copy of
     * all.
     */
    public Retrieval retrieve(String userId, String key) {
        List<BackendHandle> uncompared = putBack.uncompared();
        if (uncompared.isEmpty() && !freshest) {
            Retrieval retrieval = shown(byPriority(userId, key));
            uncompared = putBack.uncompared(); // the file may have been replaced just before it was read
            if (uncompared.isEmpty()) {
                return retrieval;
            }
        }
        return withGap(shown(freshest(userId, key)), uncompared);
    }

    /** Hides a memory that has expired, whichever backend holds it. */
    private Retrieval shown(Retrieval retrieval) {
        return retrieval.lookup() instanceof Lookup.Found found && found.entry().isExpired(backends.clock())
                ? new Retrieval(Lookup.MISSING, null, retrieval.problems())
                : retrieval;
    }

    /** Adds a gap while a restored file is not yet reliable: a backend that was not reached may know better. */
    private Retrieval withGap(Retrieval retrieval, List<BackendHandle> uncompared) {
        List<BackendHandle> unheard = uncompared.stream()
                .filter(handle -> retrieval.problems().containsKey(handle.name()))
                .toList();
        return new Retrieval(retrieval.lookup(), retrieval.source(), putBack.added(retrieval.problems(), unheard));
    }

    /**
     * Asks all backends. A copy that another program wrote has no version: it counts only where no backend has a
     * versioned copy.
     */
    private Retrieval freshest(String userId, String key) {
        Map<String, String> gaps = new LinkedHashMap<>();
        Lookup newest = noted(userId, key, gaps); // before it is delivered to those who are asked
        Answers<Lookup> heard =
                backends.fanOut().askAll(backends.handles().keepers(), backend -> backend.retrieve(userId, key));
        heard.gaps().putAll(gaps);
        heard.values().replaceAll((handle, lookup) -> held(lookup, owed(handle, userId, key, heard)));
        String source = newest instanceof Lookup.Found ? Backends.OUTBOX : null;
        if (heard.values().isEmpty() && !heard.failures().isEmpty() && newest instanceof Lookup.Missing) {
            throw BackendHandles.nobody("retrieve the memory", heard);
        }
        BackendHandle newestHandle = null;
        for (Map.Entry<BackendHandle, Lookup> answer : heard.values().entrySet()) {
            Lookup merged = isForeign(answer.getValue()) ? newest : WriteOrder.newest(newest, answer.getValue());
            if (merged != newest) {
                newest = merged;
                newestHandle = answer.getKey();
                source = newestHandle.name();
            }
        }
        if (newest instanceof Lookup.Found found) {
            if (newestHandle != null) {
                mirror(found.entry(), newestHandle, heard);
            }
            return new Retrieval(newest, source, heard.problems());
        }
        for (Map.Entry<BackendHandle, Lookup> answer : heard.values().entrySet()) {
            if (isForeign(answer.getValue())) {
                return new Retrieval(answer.getValue(), answer.getKey().name(), heard.problems());
            }
        }
        return new Retrieval(newest, null, heard.problems());
    }

    /**
     * Asks the first backend, and if it does not have the memory, all others at once, so that several hung ones cost no
     * more than one. A backend that has not confirmed a write of this very memory is never the first: the outbox knows
     * better.
     */
    private Retrieval byPriority(String userId, String key) {
        Answers<Lookup> heard = new Answers<>(new LinkedHashMap<>(), new LinkedHashMap<>());
        Lookup noted = noted(userId, key, heard.gaps());
        if (noted instanceof Lookup.Found) {
            return new Retrieval(noted, Backends.OUTBOX, heard.problems());
        }
        List<BackendHandle> rest = new ArrayList<>(backends.handles().keepers());
        BackendHandle first = rest.stream()
                .filter(handle -> owed(handle, userId, key, heard).stream()
                        .noneMatch(write -> write.operation().scope() == OutboxEntry.Scope.KEY))
                .findFirst()
                .orElse(null);
        if (first != null) {
            rest.remove(first);
            Lookup lookup = ask(first, userId, key, heard);
            if (lookup instanceof Lookup.Found found && !StaleReadFilter.isOutdone(noted, found.entry())) {
                return settled(first, found, heard);
            }
        }
        Answers<Lookup> others = backends.fanOut().askAll(rest, backend -> backend.retrieve(userId, key));
        others.values()
                .forEach((handle, lookup) ->
                        heard.values().put(handle, held(lookup, owed(handle, userId, key, heard))));
        heard.failures().putAll(others.failures());
        if (heard.values().isEmpty()
                && noted instanceof Lookup.Missing
                && (!heard.failures().isEmpty() || backends.handles().keepers().isEmpty())) {
            throw BackendHandles.nobody("retrieve the memory", heard);
        }
        HlcTimestamp deletedAt = newestDelete(noted, heard);
        Lookup nothing = deletedAt.equals(HlcTimestamp.NONE) ? Lookup.MISSING : new Lookup.Deleted(deletedAt);
        for (BackendHandle handle : backends.handles().keepers()) {
            if (heard.values().get(handle) instanceof Lookup.Found found
                    && !StaleReadFilter.isOutdone(nothing, found.entry())) {
                return settled(handle, found, heard);
            }
        }
        return new Retrieval(nothing, null, heard.problems());
    }

    private static HlcTimestamp newestDelete(Lookup noted, Answers<Lookup> heard) {
        return Stream.concat(Stream.of(noted), heard.values().values().stream())
                .map(lookup -> lookup instanceof Lookup.Deleted deleted ? deleted.version() : HlcTimestamp.NONE)
                .max(HlcTimestamp::compareTo)
                .orElse(HlcTimestamp.NONE);
    }

    private static boolean isForeign(Lookup lookup) {
        return lookup instanceof Lookup.Found found && found.entry().isForeign();
    }

    /** Corrects what a backend says by the writes that it has not confirmed. */
    private static Lookup held(Lookup lookup, List<OutboxEntry> owed) {
        if (!(lookup instanceof Lookup.Found found)) {
            return lookup;
        }
        Lookup known = lookup;
        for (OutboxEntry write : owed) {
            if (StaleReadFilter.isOutdone(write, found.entry())) {
                Lookup outdone = switch (write.operation()) {
                    case STORE -> Lookup.MISSING;
                    case EXPIRE -> new Lookup.Deleted(found.entry().version());
                    case DELETE, FORGET, DELETE_ALL, FORGET_ALL -> new Lookup.Deleted(write.version());
                };
                known = known == lookup ? outdone : WriteOrder.newest(known, outdone);
            }
        }
        return known;
    }

    private List<OutboxEntry> owed(BackendHandle handle, String userId, String key, Answers<?> heard) {
        try {
            PendingWrites pending = backends.store().pendingWrites();
            if (handle.isPrimary()
                    || pending.concerning(handle.name(), userId, key).isEmpty()) {
                return List.of();
            }
            awaitConfirmations.run();
            return pending.concerning(handle.name(), userId, key);
        } catch (BackendException e) {
            heard.gaps().put(Backends.OUTBOX, e.describe());
            return List.of();
        }
    }

    /** What the outbox knows of the last write, where the store of record keeps no memories. */
    private Lookup noted(String userId, String key, Map<String, String> gaps) {
        try {
            return backends.keeping().isPresent()
                    ? Lookup.MISSING
                    : backends.store().pendingWrites().lookup(userId, key);
        } catch (BackendException e) {
            gaps.put(Backends.OUTBOX, e.describe());
            return Lookup.MISSING;
        }
    }

    /** Checks a copy found elsewhere against what the store of record knows. */
    private Retrieval settled(BackendHandle source, Lookup.Found found, Answers<Lookup> heard) {
        BackendHandle local = backends.keeping().orElse(source);
        boolean heardLocal =
                heard.values().containsKey(local) || heard.failures().containsKey(local);
        Lookup known = heardLocal
                ? heard.values().getOrDefault(local, Lookup.MISSING)
                : ask(local, found.entry().userId(), found.entry().key(), heard);
        if (local != source && StaleReadFilter.isOutdone(known, found.entry())) {
            return new Retrieval(known, known instanceof Lookup.Found ? local.name() : null, heard.problems());
        }
        mirror(found.entry(), source, heard);
        return new Retrieval(found, source.name(), heard.problems());
    }

    /**
     * Read repair: stores what the store of record lacks, so that it is available in the next outage of the other
     * backend.
     */
    private void mirror(MemoryEntry entry, BackendHandle source, Answers<Lookup> heard) {
        BackendHandle local = backends.keeping().orElse(source);
        boolean works = local != source && !heard.failures().containsKey(local);
        if (works && !entry.isForeign()) {
            backends.versions().observe(entry.version());
            try {
                backends.ask(local, backend -> backend.store(entry));
            } catch (BackendException e) {
                LOG.debug("a memory read from {} could not be kept here: {}", source.name(), e.describe());
            }
        }
    }

    private Lookup ask(BackendHandle handle, String userId, String key, Answers<Lookup> heard) {
        try {
            Lookup lookup = backends.ask(handle, backend -> backend.retrieve(userId, key));
            Lookup held = held(lookup, owed(handle, userId, key, heard));
            heard.values().put(handle, held);
            return held;
        } catch (BackendException e) {
            heard.failures().put(handle, e);
            return Lookup.MISSING;
        }
    }

    /**
     * The next memories of a user, one entry per key, in the order of their keys. When all entries that the backends
     * returned are deleted or replaced meanwhile, or the filter leaves few of them, the walk continues, and the answer
     * says how far it has got even when it found nothing.
     *
     * @param filter which memories are listed
     */
    public Listing list(ListRequest request, SearchFilter filter) {
        int enough = filter.isNone() ? 1 : request.limit();
        Listing listing = page(request, request.limit(), filter);
        Long total = filter.isNone() ? listing.page().total() : null;
        List<MemoryEntry> entries = new ArrayList<>(listing.page().entries());
        Map<String, String> sources = new LinkedHashMap<>(listing.sources());
        Map<String, String> problems = new LinkedHashMap<>(listing.problems());
        int limit = request.limit();
        for (int pages = 1; entries.size() < enough && pages < MOST_EMPTY_PAGES; pages++) {
            String after = listing.next();
            if (after == null) {
                break;
            }
            limit = Math.max(limit, Math.min(LARGEST_PAGE, 4 * limit));
            ListRequest next = new ListRequest(request.userId(), after, limit, request.maxChars());
            listing = page(next, request.limit() - entries.size(), filter);
            entries.addAll(listing.page().entries());
            sources.putAll(listing.sources());
            listing.problems().forEach(problems::putIfAbsent);
        }
        boolean more = listing.page().more();
        Long told = request.afterKey() != null ? null : more ? total : Long.valueOf(entries.size());
        return new Listing(new Page(entries, more, told), listing.next(), sources, problems);
    }

    /** @param most the number of entries on the page; the rest is left to the next one */
    private Listing page(ListRequest request, int most, SearchFilter filter) {
        List<OutboxEntry> before = backends.owedBefore(request.userId());
        Answers<Page> answers = backends.fanOut()
                .askAll(backends.handles().enabledWith(Capability.LIST), backend -> backend.list(request))
                .with(page -> page, Page::problem);
        if (answers.values().isEmpty()) {
            throw BackendHandles.nobody("list the memories", answers);
        }
        answers.gaps().putAll(backends.handles().unable(Capability.LIST));
        answers.values().forEach((handle, page) -> {
            if (page.more() && page.end() == null) {
                answers.gaps().put(handle.name(), "says that it has more and does not show it");
            }
        });
        String end = endOf(answers);
        Map<BackendHandle, List<MemoryEntry>> found = new LinkedHashMap<>();
        answers.values().forEach((handle, page) -> found.put(handle, upTo(end, page.entries())));
        StaleReadFilter veto = new StaleReadFilter(backends, request.userId(), before, found, answers);
        Map<String, MemoryEntry> byKey = new TreeMap<>(KeyOrder.COMPARATOR);
        found.keySet()
                .forEach(handle ->
                        veto.current(handle).forEach(entry -> byKey.merge(entry.key(), entry, WriteOrder::newest)));

        List<MemoryEntry> merged = byKey.values().stream()
                .filter(entry -> !entry.isExpired(backends.clock()) && filter.accepts(entry))
                .toList();
        List<MemoryEntry> entries = merged.subList(0, Math.min(merged.size(), most));
        String next = entries.size() < merged.size() ? entries.get(most - 1).key() : end;
        Long total = request.afterKey() == null ? total(entries, answers) : null;
        return new Listing(new Page(entries, next != null, total), next, sources(entries, found), answers.problems());
    }

    /** The sources whose entries are among these, by key. */
    private static Map<String, String> sources(List<MemoryEntry> entries, Map<BackendHandle, List<MemoryEntry>> found) {
        Map<String, String> sources = new LinkedHashMap<>();
        found.keySet().stream().filter(BackendHandle::isSource).forEach(handle -> {
            Set<MemoryEntry> held = new HashSet<>(found.getOrDefault(handle, List.of()));
            entries.stream().filter(held::contains).forEach(entry -> sources.put(entry.key(), handle.name()));
        });
        return sources;
    }

    /** A lower bound: backends need not hold the same memories. */
    private static Long total(List<MemoryEntry> entries, Answers<Page> answers) {
        return answers.values().values().stream()
                .map(Page::total)
                .filter(Objects::nonNull)
                .reduce((long) entries.size(), Math::max);
    }

    /**
     * The last key of the shortest unfinished page. Its backend may hold more behind that key, so other backends'
     * entries there must wait.
     */
    private static @Nullable String endOf(Answers<Page> answers) {
        return answers.values().values().stream()
                .map(Page::end)
                .flatMap(Stream::ofNullable)
                .min(KeyOrder.COMPARATOR)
                .orElse(null);
    }

    private static List<MemoryEntry> upTo(@Nullable String end, List<MemoryEntry> entries) {
        return entries.stream()
                .filter(entry -> end == null || !KeyOrder.isBehind(end, entry))
                .toList();
    }
}
