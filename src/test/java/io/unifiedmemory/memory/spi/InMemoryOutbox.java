package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The outbox of {@link InMemoryStore} and its three sides. Not thread-safe. */
final class InMemoryOutbox {

    /** Of what one entry is at most. */
    private record Place(String backend, String userId, Scope scope, String key) {

        static final Comparator<Place> ORDER = Comparator.comparing(Place::backend, KeyOrder.COMPARATOR)
                .thenComparing(Place::userId, KeyOrder.COMPARATOR)
                .thenComparing(place -> place.scope.name())
                .thenComparing(Place::key, KeyOrder.COMPARATOR);

        static Place of(OutboxEntry entry) {
            return new Place(entry.backend(), entry.userId(), entry.operation().scope(), entry.key());
        }
    }

    /**
     * An entry with what only the outbox knows of it.
     *
     * @param busyMillis until when it may be under way
     */
    private record Row(
            OutboxEntry entry,
            long busyMillis,
            boolean dead,
            @Nullable String error) {

        Row due(long millis, long busy) {
            return new Row(entry.dueAt(millis), busy, dead, error);
        }

        Row triedInVain(long dueMillis, long busy, boolean isDead, String why) {
            OutboxEntry tried = new OutboxEntry(
                    entry.backend(),
                    entry.operation(),
                    entry.userId(),
                    entry.key(),
                    entry.version(),
                    entry.entry(),
                    entry.cutoff(),
                    entry.permanently(),
                    entry.attempts() + 1,
                    dueMillis);
            return new Row(tried, busy, isDead, why);
        }

        OutboxAdmin.Item item() {
            return new OutboxAdmin.Item(entry, dead, error);
        }

        boolean isOwedTo(@Nullable String backend) {
            return backend == null || entry.backend().equals(backend);
        }
    }

    private static final Comparator<Row> OLDEST_FIRST =
            Comparator.comparing(row -> row.entry().version());

    private static final Comparator<Row> PENDING_FIRST = Comparator.comparing(Row::dead)
            .thenComparing(OLDEST_FIRST)
            .thenComparing(row -> Place.of(row.entry()), Place.ORDER);

    private final Map<Place, Row> rows = new TreeMap<>(Place.ORDER);
    private final Map<String, Long> confirmed = new HashMap<>();

    InMemoryOutbox copy() {
        InMemoryOutbox copy = new InMemoryOutbox();
        copy.rows.putAll(rows);
        copy.confirmed.putAll(confirmed);
        return copy;
    }

    void owe(OutboxEntry entry) {
        if (entry.operation().scope() == Scope.USER) {
            rows.values().removeIf(row -> isCovered(row.entry, entry));
        }
        if (entry.operation() == Operation.EXPIRE) {
            rows.replaceAll((place, row) -> isDeleted(row.entry, entry) ? deleting(row) : row);
        }
        Row held = rows.get(Place.of(entry));
        if (held != null && isKept(held.entry, entry)) {
            return;
        }
        boolean isDelete = entry.operation() != Operation.STORE;
        Operation operation = held != null && held.entry.operation().forgets() && isDelete
                ? held.entry.operation()
                : entry.operation();
        boolean permanently = entry.permanently() || (held != null && held.entry.permanently());
        OutboxEntry owed = with(operation, entry, permanently, 0);
        rows.put(Place.of(owed), new Row(owed, owed.dueMillis(), false, null));
    }

    private static boolean isCovered(OutboxEntry held, OutboxEntry all) {
        return held.backend().equals(all.backend())
                && held.userId().equals(all.userId())
                && !held.version().isNewerThan(all.version())
                && (all.operation().forgets() || !held.operation().forgets())
                && (all.permanently() || !held.permanently());
    }

    private static boolean isDeleted(OutboxEntry held, OutboxEntry cleanup) {
        return held.backend().equals(cleanup.backend())
                && held.userId().equals(cleanup.userId())
                && held.entry() != null
                && isDeleted(held.entry(), cleanup);
    }

    private static boolean isDeleted(MemoryEntry entry, OutboxEntry cleanup) {
        return cleanup.cutoff() != null
                && entry.updatedAt() != null
                && entry.updatedAt().isBefore(cleanup.cutoff())
                && !entry.version().isNewerThan(cleanup.version());
    }

    private static Row deleting(Row row) {
        OutboxEntry delete = with(Operation.DELETE, row.entry, row.entry.permanently(), row.entry.attempts());
        return new Row(delete, row.busyMillis, row.dead, row.error);
    }

    private static boolean isKept(OutboxEntry held, OutboxEntry entry) {
        int order = held.version().compareTo(entry.version());
        if (order != 0) {
            return order > 0;
        }
        if (held.operation() == Operation.STORE && entry.operation() == Operation.STORE) {
            return held.entry() != null && entry.entry() != null && WriteOrder.isNewer(held.entry(), entry.entry());
        }
        return entry.operation() == Operation.STORE;
    }

    private static OutboxEntry with(Operation operation, OutboxEntry entry, boolean permanently, int attempts) {
        return new OutboxEntry(
                entry.backend(),
                operation,
                entry.userId(),
                entry.key(),
                entry.version(),
                operation == Operation.STORE ? entry.entry() : null,
                entry.cutoff(),
                permanently,
                attempts,
                entry.dueMillis());
    }

    long busyUntil(OutboxEntry next, HlcTimestamp own) {
        boolean ofKey = next.operation().scope() == Scope.KEY;
        return of(next.userId())
                .filter(row -> !row.dead && row.isOwedTo(next.backend()))
                .filter(row -> !row.entry.version().equals(own))
                .filter(row -> !ofKey || concerns(row.entry, next.key()))
                .mapToLong(Row::busyMillis)
                .max()
                .orElse(0);
    }

    private static boolean concerns(OutboxEntry entry, String key) {
        return entry.operation().scope() != Scope.KEY || entry.key().equals(key);
    }

    private Stream<Row> of(String userId) {
        return rows.values().stream().filter(row -> row.entry.userId().equals(userId));
    }

    /** Whether anybody is owed what may concern this memory. */
    boolean owesOf(String userId, String key) {
        return of(userId).anyMatch(row -> concerns(row.entry, key));
    }

    /** Whether anybody is owed anything of this user. */
    boolean owesOf(String userId) {
        return of(userId).findAny().isPresent();
    }

    private boolean change(OutboxEntry entry, Predicate<Row> which, Function<Row, @Nullable Row> how) {
        Place place = Place.of(entry);
        Row held = rows.get(place);
        if (held == null || !which.test(held)) {
            return false;
        }
        Row changed = how.apply(held);
        if (changed == null) {
            rows.remove(place);
        } else {
            rows.put(place, changed);
        }
        return true;
    }

    private static boolean isSame(Row held, OutboxEntry entry) {
        return held.entry.version().equals(entry.version()) && held.entry.operation() == entry.operation();
    }

    /** Work on the outbox in a transaction of its own. */
    interface Access {
        <R> R run(Function<InMemoryOutbox, R> work);
    }

    /** For whoever delivers. */
    record Delivering(Access access, Clock clock) implements Outbox {

        @Override
        public List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit) {
            return access.run(outbox -> outbox.rows.values().stream()
                    .filter(row -> !row.dead && row.isOwedTo(backend))
                    .filter(row -> isDue(row.entry, nowMillis, longestTryMillis))
                    .sorted(OLDEST_FIRST)
                    .limit(limit)
                    .map(Row::entry)
                    .toList());
        }

        private static boolean isDue(OutboxEntry entry, long nowMillis, long longestTryMillis) {
            long pause = 1000L << Math.min(entry.attempts(), 8);
            return entry.dueMillis() <= nowMillis || entry.dueMillis() > nowMillis + longestTryMillis + pause;
        }

        @Override
        public List<OutboxEntry> claim(Collection<OutboxEntry> entries, long nowMillis, long busyMillis) {
            return access.run(outbox -> {
                List<OutboxEntry> claimed = new ArrayList<>();
                for (OutboxEntry entry : entries) {
                    boolean taken = outbox.change(
                            entry,
                            held -> isSame(held, entry)
                                    && !held.dead
                                    && (held.busyMillis <= nowMillis || held.busyMillis > busyMillis),
                            held -> held.due(busyMillis, busyMillis));
                    if (taken) {
                        claimed.add(entry.dueAt(busyMillis));
                    }
                }
                return claimed;
            });
        }

        @Override
        public void acknowledge(Collection<OutboxEntry> delivered) {
            access.run(outbox -> {
                long now = clock.millis();
                for (OutboxEntry one : delivered) {
                    outbox.change(
                            one,
                            held -> (one.permanently() || !held.entry.permanently())
                                    && (one.version().isNewerThan(held.entry.version()) || isSame(held, one)),
                            held -> null);
                    outbox.change(
                            one,
                            held -> held.entry.version().isNewerThan(one.version())
                                    && held.busyMillis == one.dueMillis(),
                            held -> held.due(Math.min(held.entry.dueMillis(), now), 0));
                    outbox.confirmed.put(one.backend(), now);
                }
                return delivered.size();
            });
        }

        @Override
        public void postpone(OutboxEntry entry, long dueMillis, long busyMillis, String error) {
            access.run(outbox -> outbox.change(
                    entry,
                    held -> held.entry.version().equals(entry.version()),
                    held -> held.triedInVain(dueMillis, busyMillis, held.dead, error)));
        }

        @Override
        public void expedite(String backend, long nowMillis) {
            access.run(outbox -> {
                outbox.rows.replaceAll((place, row) ->
                        row.isOwedTo(backend) && row.entry.attempts() > 0 && row.entry.dueMillis() > nowMillis
                                ? row.due(Math.max(nowMillis, row.busyMillis), row.busyMillis)
                                : row);
                return backend;
            });
        }

        @Override
        public void deadLetter(OutboxEntry entry, String error) {
            access.run(outbox -> outbox.change(
                    entry,
                    held -> held.entry.version().equals(entry.version()),
                    held -> held.triedInVain(held.entry.dueMillis(), held.busyMillis, true, error)));
        }
    }

    /** For whoever reads. */
    record Reading(Supplier<InMemoryOutbox> outbox, BiFunction<String, String, Lookup> memories)
            implements PendingWrites {

        private List<OutboxEntry> of(String userId) {
            return outbox.get().of(userId).map(Row::entry).toList();
        }

        @Override
        public List<OutboxEntry> concerning(String backend, String userId, String key) {
            return of(userId).stream()
                    .filter(entry -> entry.backend().equals(backend) && concerns(entry, key))
                    .toList();
        }

        @Override
        public List<OutboxEntry> ofUser(String userId, int limit) {
            return of(userId).stream().limit(limit).toList();
        }

        @Override
        public List<String> backends(String userId) {
            return of(userId).stream().map(OutboxEntry::backend).distinct().toList();
        }

        @Override
        public Lookup lookup(String userId, String key) {
            List<OutboxEntry> all = of(userId);
            Lookup known = all.stream()
                    .filter(entry -> entry.operation().scope() != Scope.AGE && concerns(entry, key))
                    .max(Comparator.comparing(OutboxEntry::version)
                            .thenComparing(entry -> entry.operation() != Operation.STORE))
                    .map(entry -> known(entry))
                    .orElse(Lookup.MISSING);
            return known instanceof Lookup.Found found
                            && all.stream().anyMatch(cleanup -> isDeleted(found.entry(), cleanup))
                    ? new Lookup.Deleted(found.entry().version())
                    : known;
        }

        private Lookup known(OutboxEntry newest) {
            if (newest.operation() != Operation.STORE) {
                return new Lookup.Deleted(newest.version());
            }
            return newest.entry() == null
                    ? memories.apply(newest.userId(), newest.key())
                    : new Lookup.Found(newest.entry());
        }

        @Override
        public HlcTimestamp newest() {
            return outbox.get().rows.values().stream()
                    .map(row -> row.entry.version())
                    .max(Comparator.naturalOrder())
                    .orElse(HlcTimestamp.NONE);
        }
    }

    /** For people. */
    record Administering(Access access) implements OutboxAdmin {

        @Override
        public List<String> backends() {
            return access.run(outbox ->
                    outbox.rows.keySet().stream().map(Place::backend).distinct().toList());
        }

        @Override
        public Backlog backlog(String backend) {
            return access.run(outbox -> {
                List<Row> owed = outbox.owedTo(backend);
                List<Row> pending = owed.stream().filter(row -> !row.dead).toList();
                Long oldest = pending.isEmpty()
                        ? null
                        : (Long) pending.get(0).entry.version().millis();
                return new Backlog(pending.size(), oldest, owed.size() - pending.size(), outbox.confirmed.get(backend));
            });
        }

        @Override
        public List<Item> page(String backend, @Nullable Item after, int limit) {
            return access.run(outbox -> outbox.owedTo(backend).stream()
                    .filter(row -> after == null || PENDING_FIRST.compare(row, row(after)) > 0)
                    .limit(limit)
                    .map(Row::item)
                    .toList());
        }

        private static Row row(Item item) {
            return new Row(item.entry(), 0, item.dead(), item.error());
        }

        @Override
        public int retry(@Nullable String backend) {
            return access.run(outbox -> {
                int dead = (int) outbox.dead(backend);
                outbox.rows.replaceAll((place, row) ->
                        row.isOwedTo(backend) ? new Row(row.entry.dueAt(0), row.busyMillis, false, row.error) : row);
                return dead;
            });
        }

        @Override
        public int drop(@Nullable String backend) {
            return access.run(outbox -> {
                int dead = (int) outbox.dead(backend);
                outbox.rows.values().removeIf(row -> row.dead && row.isOwedTo(backend));
                return dead;
            });
        }

        @Override
        public int dropAll(String backend) {
            return access.run(outbox -> {
                int before = outbox.rows.size();
                outbox.rows.values().removeIf(row -> row.isOwedTo(backend));
                return before - outbox.rows.size();
            });
        }
    }

    private List<Row> owedTo(String backend) {
        return rows.values().stream()
                .filter(row -> row.isOwedTo(backend))
                .sorted(PENDING_FIRST)
                .toList();
    }

    private long dead(@Nullable String backend) {
        return rows.values().stream()
                .filter(row -> row.dead && row.isOwedTo(backend))
                .count();
    }
}
