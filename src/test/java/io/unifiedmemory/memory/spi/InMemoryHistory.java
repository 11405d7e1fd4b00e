package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The history of {@link InMemoryStore}. Not thread-safe. */
final class InMemoryHistory {

    private static final Comparator<Position> NEWEST_FIRST = Comparator.comparing(Position::endedAt)
            .thenComparing(Position::key, KeyOrder.COMPARATOR)
            .thenComparing(Position::number)
            .reversed();

    private final List<Revision> revisions = new ArrayList<>();

    InMemoryHistory copy() {
        InMemoryHistory copy = new InMemoryHistory();
        copy.revisions.addAll(revisions);
        return copy;
    }

    void keep(MemoryEntry entry, How how, Instant now, HistoryOptions options) {
        if (bytes(entry) > options.maxBytes()) {
            return;
        }
        int number =
                of(entry.userId(), entry.key()).mapToInt(Revision::number).max().orElse(0) + 1;
        boolean expired = entry.expiresAt() != null && !entry.expiresAt().isAfter(now);
        add(new Revision(number, entry, now, how == How.DELETED && expired ? How.EXPIRED : how), options);
    }

    private void add(Revision revision, HistoryOptions options) {
        MemoryEntry entry = revision.entry();
        revisions.add(revision);
        revisions.removeIf(one ->
                isOf(one, entry.userId(), entry.key()) && one.number() <= revision.number() - options.maxRevisions());
        revisions.removeAll(excess(entry.userId(), options.maxBytes()));
    }

    boolean holds(MemoryEntry entry) {
        return revisions.stream().anyMatch(one -> one.entry().equals(entry));
    }

    private List<Revision> excess(String userId, long maxBytes) {
        List<Revision> excess = new ArrayList<>();
        long bytes = 0;
        for (Revision one : list(userId, null, null, Integer.MAX_VALUE, Long.MAX_VALUE)) {
            bytes += bytes(one.entry());
            if (bytes > maxBytes) {
                excess.add(one);
            }
        }
        return excess;
    }

    int forgetExcess(long maxBytes, int limit) {
        List<Revision> excess = revisions.stream()
                .map(one -> one.entry().userId())
                .distinct()
                .flatMap(user -> excess(user, maxBytes).stream())
                .limit(limit)
                .toList();
        revisions.removeAll(excess);
        return excess.size();
    }

    int keep(List<Revision> others, Instant now, HistoryOptions options) {
        int taken = 0;
        for (Revision one : others) {
            MemoryEntry entry = one.entry();
            boolean isNewest =
                    of(entry.userId(), entry.key()).allMatch(here -> WriteOrder.isNewer(entry, here.entry()));
            if (options.isOn() && isNewest && !one.endedAt().isBefore(now.minus(options.retention()))) {
                int last = of(entry.userId(), entry.key())
                        .mapToInt(Revision::number)
                        .max()
                        .orElse(0);
                Instant end = one.endedAt().isAfter(now) ? now : one.endedAt();
                add(new Revision(last + 1, entry, end, one.how()), options);
                taken++;
            }
        }
        return taken;
    }

    private static long bytes(MemoryEntry entry) {
        return (long) entry.value().getBytes(StandardCharsets.UTF_8).length
                + Json.write(entry.metadata()).getBytes(StandardCharsets.UTF_8).length;
    }

    private static boolean isOf(Revision one, String userId, @Nullable String key) {
        return one.entry().userId().equals(userId)
                && (key == null || one.entry().key().equals(key));
    }

    private Stream<Revision> of(String userId, @Nullable String key) {
        return revisions.stream().filter(one -> isOf(one, userId, key));
    }

    void erase(String userId, @Nullable String key, HlcTimestamp version) {
        revisions.removeIf(
                one -> isOf(one, userId, key) && !one.entry().version().isNewerThan(version));
    }

    int forget(Instant before, int limit) {
        List<Revision> old = revisions.stream()
                .filter(one -> one.endedAt().isBefore(before))
                .limit(limit)
                .toList();
        revisions.removeAll(old);
        return old.size();
    }

    /** @param current the version that counts under a key */
    List<KeptRevision> walk(
            String userId, @Nullable Position after, int limit, long maxChars, Function<String, HlcTimestamp> current) {
        Comparator<Position> order =
                Comparator.comparing(Position::key, KeyOrder.COMPARATOR).thenComparing(Position::number);
        return page(of(userId, null), order, after, limit, maxChars).stream()
                .map(one -> new KeptRevision(one, current.apply(one.entry().key())))
                .toList();
    }

    List<Revision> list(String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars) {
        Comparator<Position> order = key == null
                ? NEWEST_FIRST
                : Comparator.comparing(Position::number).reversed();
        return page(of(userId, key), order, after, limit, maxChars);
    }

    private static List<Revision> page(
            Stream<Revision> all, Comparator<Position> order, @Nullable Position after, int limit, long maxChars) {
        Predicate<Revision> behind = one -> after == null || order.compare(one.position(), after) > 0;
        List<Revision> listed = new ArrayList<>();
        long chars = 0;
        for (Revision one : all.filter(behind)
                .sorted(Comparator.comparing(Revision::position, order))
                .limit(limit)
                .toList()) {
            chars += one.entry().value().length();
            if (chars > maxChars && !listed.isEmpty()) {
                break;
            }
            listed.add(one);
        }
        return listed;
    }
}
