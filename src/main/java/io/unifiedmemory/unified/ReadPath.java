package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Version;
import io.unifiedmemory.memory.WriteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the answers of many backends become one: a retrieve asks by priority until the memory is found, a listing
 * asks all at once and merges. What another backend still holds never outweighs what the local database knows to
 * be newer or deleted.
 */
final class ReadPath {

    private static final Logger LOG = LoggerFactory.getLogger(ReadPath.class);

    /** Names the outbox as the source of an answer. */
    static final String OUTBOX = "outbox";

    private final Backends backends;
    private final LocalVeto veto;
    private final boolean freshest;

    /** @param freshest whether a retrieve asks all backends at once, not one after the other by priority */
    ReadPath(Backends backends, LocalVeto veto, boolean freshest) {
        this.backends = backends;
        this.veto = veto;
        this.freshest = freshest;
    }

    /** The memory under one key: from the backend of the highest priority that has it, or the newest copy of all. */
    Retrieval retrieve(String userId, String key) {
        return freshest ? freshest(userId, key) : byPriority(userId, key);
    }

    /** A backend that is owed a write of this memory cannot know better than we do, and is not asked. */
    private Retrieval freshest(String userId, String key) {
        List<Slot> asked = backends.slots().enabled().stream()
                .filter(slot -> !isOutdated(slot, userId, key))
                .toList();
        Answers<Lookup> heard = backends.fanOut().askAll(asked, backend -> backend.retrieve(userId, key));
        Lookup newest = backends.local().isPresent() ? Lookup.MISSING : noted(userId, key);
        String source = newest instanceof Lookup.Found ? OUTBOX : null;
        if (heard.values().isEmpty() && !heard.failures().isEmpty() && newest instanceof Lookup.Missing) {
            throw Slots.nobody("retrieve the memory", heard);
        }
        for (Map.Entry<Slot, Lookup> answer : heard.values().entrySet()) {
            Lookup merged = WriteOrder.newest(newest, answer.getValue());
            source = merged == newest ? source : answer.getKey().name();
            newest = merged;
        }
        if (newest instanceof Lookup.Found found) {
            for (Slot slot : asked) {
                if (slot.name().equals(source)) {
                    mirror(found.entry(), slot, heard);
                }
            }
            return new Retrieval(newest, source, heard.problems());
        }
        return new Retrieval(newest, null, heard.problems());
    }

    /** When the first does not have it, the rest is asked at once, so that several that hang cost no more than one. */
    private Retrieval byPriority(String userId, String key) {
        Lookup noted = backends.local().isPresent() ? Lookup.MISSING : noted(userId, key);
        if (noted instanceof Lookup.Found) {
            return new Retrieval(noted, OUTBOX, Map.of());
        }
        Answers<Lookup> heard = new Answers<>(new LinkedHashMap<>(), new LinkedHashMap<>());
        List<Slot> rest = new ArrayList<>(backends.slots().enabled());
        boolean asked = false;
        while (!asked && !rest.isEmpty()) {
            Slot first = rest.remove(0);
            asked = !isOutdated(first, userId, key);
            Lookup lookup = asked ? ask(first, userId, key, heard) : null;
            if (lookup instanceof Lookup.Found found
                    && WriteOrder.outlives(found.entry(), newestDelete(noted, heard))) {
                return settled(first, found, heard);
            }
        }
        rest.removeIf(slot -> isOutdated(slot, userId, key));
        Answers<Lookup> others = backends.fanOut().askAll(rest, backend -> backend.retrieve(userId, key));
        heard.values().putAll(others.values());
        heard.failures().putAll(others.failures());
        if (heard.values().isEmpty()
                && (!heard.failures().isEmpty() || backends.slots().enabled().isEmpty())) {
            throw Slots.nobody("retrieve the memory", heard);
        }
        Version deletedAt = newestDelete(noted, heard);
        for (Map.Entry<Slot, Lookup> answer : heard.values().entrySet()) {
            if (answer.getValue() instanceof Lookup.Found found && WriteOrder.outlives(found.entry(), deletedAt)) {
                return settled(answer.getKey(), found, heard);
            }
        }
        Lookup nothing = deletedAt.equals(Version.NONE) ? Lookup.MISSING : new Lookup.Deleted(deletedAt);
        return new Retrieval(nothing, null, heard.problems());
    }

    private static Version newestDelete(Lookup noted, Answers<Lookup> heard) {
        return Stream.concat(Stream.of(noted), heard.values().values().stream())
                .map(lookup -> lookup instanceof Lookup.Deleted deleted ? deleted.version() : Version.NONE)
                .max(Version::compareTo)
                .orElse(Version.NONE);
    }

    /** A backend that has not confirmed a write of this memory is passed over: the write is known here. */
    private boolean isOutdated(Slot slot, String userId, String key) {
        try {
            return !slot.isLocal() && backends.outbox().owes(slot.name(), userId, key);
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return false;
        }
    }

    private Lookup noted(String userId, String key) {
        try {
            return backends.outbox().known(userId, key);
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return Lookup.MISSING;
        }
    }

    /** Holds a copy found elsewhere against what the local database knows. */
    private Retrieval settled(Slot source, Lookup.Found found, Answers<Lookup> heard) {
        Slot local = backends.local().orElse(source);
        boolean heardLocal =
                heard.values().containsKey(local) || heard.failures().containsKey(local);
        Lookup known = heardLocal
                ? heard.values().get(local)
                : ask(local, found.entry().userId(), found.entry().key(), heard);
        if (known instanceof Lookup.Found newer && WriteOrder.isNewer(newer.entry(), found.entry())) {
            return new Retrieval(newer, local.name(), heard.problems());
        }
        if (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(found.entry(), deleted.version())) {
            return new Retrieval(deleted, null, heard.problems());
        }
        mirror(found.entry(), source, heard);
        return new Retrieval(found, source.name(), heard.problems());
    }

    /** Read repair: what the local database lacks is written there, so that the next outage finds it here. */
    private void mirror(MemoryEntry entry, Slot source, Answers<Lookup> heard) {
        Slot local = backends.local().orElse(source);
        boolean works = local != source && !heard.failures().containsKey(local);
        if (works && !entry.version().equals(Version.NONE)) {
            backends.versions().observe(entry.version());
            try {
                backends.ask(local, backend -> backend.store(entry));
            } catch (BackendException e) {
                LOG.debug("a memory read from {} could not be kept here: {}", source.name(), e.describe());
            }
        }
    }

    private @Nullable Lookup ask(Slot slot, String userId, String key, Answers<Lookup> heard) {
        try {
            Lookup lookup = backends.ask(slot, backend -> backend.retrieve(userId, key));
            heard.values().put(slot, lookup);
            return lookup;
        } catch (BackendException e) {
            heard.failures().put(slot, e);
            return null;
        }
    }

    /** All memories of a user, one entry per key, in the order of their keys. */
    Listing list(ListRequest request) {
        Answers<Page> answers = backends.fanOut()
                .askAll(backends.slots().enabledWith(Capability.LIST), backend -> backend.list(request))
                .with(page -> page, Page::problem);
        if (answers.values().isEmpty()) {
            throw Slots.nobody("list the memories", answers);
        }
        Map<String, MemoryEntry> byKey = new TreeMap<>(KeyOrder.COMPARATOR);
        Map<Slot, List<MemoryEntry>> found = new LinkedHashMap<>();
        answers.values().forEach((slot, page) -> found.put(slot, upTo(endOf(answers), page.entries())));
        found.forEach((slot, entries) -> veto.current(slot, entries, found)
                .forEach(entry ->
                        byKey.merge(entry.key(), entry, (held, next) -> WriteOrder.isNewer(next, held) ? next : held)));

        List<MemoryEntry> merged = List.copyOf(byKey.values());
        boolean more = merged.size() > request.limit()
                || answers.values().values().stream().anyMatch(Page::more);
        List<MemoryEntry> entries = merged.subList(0, Math.min(merged.size(), request.limit()));
        return new Listing(new Page(entries, more, total(request, entries, more, answers)), answers.problems());
    }

    private static @Nullable Long total(
            ListRequest request, List<MemoryEntry> entries, boolean more, Answers<Page> answers) {
        if (request.afterKey() != null) {
            return null;
        }
        long listed = entries.size();
        return more
                ? answers.values().values().stream()
                        .map(Page::total)
                        .filter(Objects::nonNull)
                        .reduce(listed, Math::max)
                : listed;
    }

    /** Behind the last key of an unfinished page its backend may hold more: what others have there must wait. */
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
