package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.WriteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The contract in its plainest form: maps behind one lock. For tests. Thread-safe. */
public final class InMemoryBackend implements MemoryBackend {

    private final Set<Capability> capabilities;

    public InMemoryBackend() {
        this(EnumSet.allOf(Capability.class));
    }

    /** A backend that declares less than it can. */
    public InMemoryBackend(Set<Capability> capabilities) {
        this.capabilities = capabilities;
    }

    private static final class UserMemories {
        final NavigableMap<String, MemoryEntry> entries = new TreeMap<>(KeyOrder.COMPARATOR);
        final Map<String, Tombstone> deleted = new HashMap<>();

        @Nullable
        HlcTimestamp allDeleted;

        UserMemories copy() {
            UserMemories copy = new UserMemories();
            copy.entries.putAll(entries);
            copy.deleted.putAll(deleted);
            copy.allDeleted = allDeleted;
            return copy;
        }

        boolean isEmpty() {
            return entries.isEmpty() && deleted.isEmpty() && allDeleted == null;
        }
    }

    /**
     * A remembered delete.
     *
     * @param version up to which the key is deleted
     * @param made when: later than that, where a cleanup took what was old
     */
    private record Tombstone(HlcTimestamp version, HlcTimestamp made) {

        Tombstone with(Tombstone other) {
            return new Tombstone(newer(version, other.version), newer(made, other.made));
        }
    }

    private final Map<String, UserMemories> users = new HashMap<>();
    private boolean closed;

    /** Loses a memory, or the trace of a deleted one, as a storage does that is damaged or put back in time. */
    public synchronized void forget(String userId, String key) {
        UserMemories memories = of(userId);
        memories.entries.remove(key);
        memories.deleted.remove(key);
    }

    /** Another one that holds the same. */
    synchronized InMemoryBackend copy() {
        InMemoryBackend copy = new InMemoryBackend();
        users.forEach((user, memories) -> copy.users.put(user, memories.copy()));
        return copy;
    }

    /** The memories of all users. */
    synchronized List<MemoryEntry> all() {
        return users.values().stream()
                .flatMap(memories -> memories.entries.values().stream())
                .toList();
    }

    /** Of whom there is a memory or a remembered delete. */
    synchronized List<String> users() {
        return users.entrySet().stream()
                .filter(user -> !user.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .sorted(KeyOrder.COMPARATOR)
                .toList();
    }

    /**
     * Forgets the deletes of keys that were made before that.
     *
     * @param stays tells by user and key which of them stay
     */
    synchronized int forgetDeletes(HlcTimestamp before, int limit, BiPredicate<String, String> stays) {
        int forgotten = 0;
        for (Map.Entry<String, UserMemories> user : users.entrySet()) {
            Map<String, Tombstone> deleted = user.getValue().deleted;
            for (Map.Entry<String, Tombstone> one : List.copyOf(deleted.entrySet())) {
                boolean old = before.isNewerThan(one.getValue().made);
                if (forgotten < limit && old && !stays.test(user.getKey(), one.getKey())) {
                    deleted.remove(one.getKey());
                    forgotten++;
                }
            }
        }
        return forgotten;
    }

    /** All memories of a user. */
    synchronized List<MemoryEntry> memories(String userId) {
        UserMemories memories = users.get(userId);
        return memories == null ? List.of() : List.copyOf(memories.entries.values());
    }

    /** All deletes of a user, that of all memories first. */
    synchronized List<Tombstones.Tombstone> deletes(String userId) {
        List<Tombstones.Tombstone> deletes = new ArrayList<>();
        UserMemories memories = users.get(userId);
        if (memories != null) {
            if (memories.allDeleted != null) {
                deletes.add(new Tombstones.Tombstone(null, memories.allDeleted));
            }
            memories.deleted.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(KeyOrder.COMPARATOR))
                    .map(one -> new Tombstones.Tombstone(one.getKey(), one.getValue().version))
                    .forEach(deletes::add);
        }
        return deletes;
    }

    /** The same of the deletes of all of a user's memories. */
    synchronized int forgetDeletesOfAll(HlcTimestamp before, int limit, Predicate<String> stays) {
        int forgotten = 0;
        for (Map.Entry<String, UserMemories> user : users.entrySet()) {
            HlcTimestamp version = user.getValue().allDeleted;
            if (forgotten < limit && version != null && before.isNewerThan(version) && !stays.test(user.getKey())) {
                user.getValue().allDeleted = null;
                forgotten++;
            }
        }
        return forgotten;
    }

    /** Since when it has kept its data; null for a backend that does not know. */
    public volatile @Nullable Instant unharmedSince;

    @Override
    public @Nullable Instant unharmedSince() {
        return unharmedSince;
    }

    @Override
    public String type() {
        return "in-memory";
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public synchronized Lookup store(MemoryEntry given) {
        UserMemories memories = of(given.userId());
        MemoryEntry entry = inMillis(given);
        Lookup known = known(memories, entry.key());
        if (known instanceof Lookup.Found found) {
            if (!WriteOrder.isNewer(entry, found.entry())) {
                return known;
            }
            if (found.entry().createdAt() != null) {
                entry = entry.withCreatedAt(found.entry().createdAt());
            }
        }
        if (known instanceof Lookup.Deleted deleted && !entry.version().isNewerThan(deleted.version())) {
            return known;
        }
        memories.deleted.remove(entry.key());
        memories.entries.put(entry.key(), entry);
        return new Lookup.Found(entry);
    }

    @Override
    public synchronized Lookup retrieve(String userId, String key) {
        return known(of(userId), key);
    }

    private static Lookup known(UserMemories memories, String key) {
        MemoryEntry entry = memories.entries.get(key);
        if (entry != null) {
            return new Lookup.Found(entry);
        }
        Tombstone tombstone = memories.deleted.get(key);
        return Stream.of(tombstone == null ? null : tombstone.version, memories.allDeleted)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .<Lookup>map(Lookup.Deleted::new)
                .orElse(Lookup.MISSING);
    }

    @Override
    public synchronized Hits search(SearchRequest request) {
        String query = request.query() == null ? "" : caseless(request.query().text());
        List<MemoryEntry> found = of(request.userId()).entries.values().stream()
                .filter(entry -> caseless(entry.key()).contains(query)
                        || caseless(entry.value()).contains(query))
                .filter(request.filter()::accepts)
                .sorted(SearchOrder.NEWEST_FIRST)
                .limit(request.limit())
                .toList();
        return Hits.of(request, found);
    }

    @Override
    public synchronized Page list(ListRequest request) {
        NavigableMap<String, MemoryEntry> all = of(request.userId()).entries;
        NavigableMap<String, MemoryEntry> rest =
                request.afterKey() == null ? all : all.tailMap(request.afterKey(), false);
        List<MemoryEntry> page = rest.values().stream().limit(request.limit()).toList();
        return new Page(page, rest.size() > page.size(), request.afterKey() == null ? (long) all.size() : null);
    }

    @Override
    public synchronized Removal delete(String userId, String key, HlcTimestamp version) {
        UserMemories memories = of(userId);
        Removal removal = remove(memories, entry -> entry.key().equals(key), version, entry -> version);
        if (!memories.entries.containsKey(key)) {
            memories.deleted.merge(key, new Tombstone(version, version), Tombstone::with);
        }
        return removal;
    }

    @Override
    public synchronized Removal deleteAll(String userId, HlcTimestamp version) {
        UserMemories memories = of(userId);
        HlcTimestamp before = memories.allDeleted;
        memories.allDeleted = before == null ? version : newer(before, version);
        Removal removal = remove(memories, entry -> true, version, entry -> version);
        memories.deleted.values().removeIf(tombstone -> !tombstone.version.isNewerThan(version));
        return removal;
    }

    @Override
    public synchronized Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return remove(
                of(userId),
                entry -> entry.updatedAt() != null && entry.updatedAt().isBefore(cutoff),
                version,
                MemoryEntry::version);
    }

    private static Removal remove(
            UserMemories memories,
            Predicate<MemoryEntry> named,
            HlcTimestamp version,
            Function<MemoryEntry, HlcTimestamp> remembered) {
        List<MemoryEntry> all = memories.entries.values().stream().filter(named).toList();
        List<MemoryEntry> removed = all.stream()
                .filter(entry -> !entry.version().isNewerThan(version))
                .toList();
        for (MemoryEntry entry : removed) {
            memories.entries.remove(entry.key());
            Tombstone tombstone = new Tombstone(remembered.apply(entry), version);
            memories.deleted.merge(entry.key(), tombstone, Tombstone::with);
        }
        HlcTimestamp survivor = all.stream()
                .map(MemoryEntry::version)
                .filter(held -> held.isNewerThan(version))
                .max(Comparator.naturalOrder())
                .orElse(HlcTimestamp.NONE);
        return new Removal(removed.size(), survivor);
    }

    @Override
    public synchronized BackendStatus check() {
        return new BackendStatus(!closed, closed ? "closed" : "in memory");
    }

    /** Loses everything, as when its file is lost. */
    public synchronized void wipe() {
        users.clear();
    }

    @Override
    public synchronized void close() {
        closed = true;
        users.clear();
    }

    private UserMemories of(String userId) {
        if (closed) {
            throw new BackendException(BackendException.Kind.UNAVAILABLE, "closed", "");
        }
        return users.computeIfAbsent(userId, id -> new UserMemories());
    }

    private static HlcTimestamp newer(HlcTimestamp left, HlcTimestamp right) {
        return left.isNewerThan(right) ? left : right;
    }

    private static String caseless(String text) {
        return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static MemoryEntry inMillis(MemoryEntry entry) {
        return new MemoryEntry(
                entry.userId(),
                entry.key(),
                entry.value(),
                entry.metadata(),
                inMillis(entry.createdAt()),
                inMillis(entry.updatedAt()),
                entry.version(),
                inMillis(entry.expiresAt()),
                entry.writtenBy());
    }

    private static @Nullable Instant inMillis(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS);
    }
}
