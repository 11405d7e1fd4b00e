package io.unifiedmemory.search;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.memory.util.Texts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the groups of one user's memories that say nearly the same. A memory belongs to a group when its text is similar
 * to that of any member, see {@link SimilarTexts}. Reads page by page and keeps only what is in a group. Used by one
 * thread.
 */
public final class SimilarGroups {

    /** How alike the two most similar members of a group are at least, and who they are, oldest first. */
    public record Group(double likeness, List<Member> members) {}

    /**
     * A memory of a group.
     *
     * @param updatedAt null where nobody knows
     * @param beginning of its text
     */
    public record Member(String key, @Nullable Instant updatedAt, String beginning) {}

    private static final int PAGE = 500;

    /** Of a memory of a large group, the most similar ones lead to the others. */
    private static final int MOST_SIMILAR = 20;

    private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);
    private static final int BEGINNING = 200;

    private final PrimaryStore store;
    private final String userId;
    private final Clock clock;
    private final Map<String, Member> members = new LinkedHashMap<>();
    /** Each member leads, over others of its group, to one that leads to itself. */
    private final Map<String, String> leads = new HashMap<>();

    private final Map<String, Double> likeness = new HashMap<>();

    private SimilarGroups(PrimaryStore store, String userId, Clock clock) {
        this.store = store;
        this.userId = userId;
        this.clock = clock;
    }

    /**
     * The groups of a user's memories, the most alike first.
     *
     * @param clock by which memories have expired, so that they are in no group
     * @param progress told the number of memories that were looked at, in ascending order
     */
    public static List<Group> of(PrimaryStore store, String userId, Clock clock, LongConsumer progress) {
        SimilarGroups groups = new SimilarGroups(store, userId, clock);
        groups.read(progress);
        return groups.groups();
    }

    private void read(LongConsumer progress) {
        // A search lets the index learn what was written lately.
        store.search(new SearchRequest(userId, Query.of(userId), 1));
        long looked = 0;
        @Nullable String after = null;
        Page page;
        do {
            page = store.list(new ListRequest(userId, after, PAGE));
            for (MemoryEntry entry : page.entries()) {
                if (!entry.isExpired(clock)) {
                    store.similar(entry, MOST_SIMILAR, LONGEST_LOOK).forEach(other -> join(entry, other));
                }
                after = entry.key();
                progress.accept(++looked);
            }
        } while (page.more());
    }

    private void join(MemoryEntry one, SimilarMemory other) {
        if (other.entry().isExpired(clock)) {
            return;
        }
        String first = add(one);
        String second = add(other.entry());
        likeness.merge(first, other.likeness(), Math::max);
        if (!first.equals(second)) {
            leads.put(second, first);
            likeness.merge(first, likeness.getOrDefault(second, 0.0), Math::max);
        }
    }

    /** Returns the key that stands for its group. */
    private String add(MemoryEntry entry) {
        members.computeIfAbsent(
                entry.key(),
                key -> new Member(key, entry.updatedAt(), Texts.shortened(Texts.oneLine(entry.value()), BEGINNING)));
        return leader(leads.computeIfAbsent(entry.key(), key -> key));
    }

    private String leader(String key) {
        String leader = key;
        for (String next = leads.get(leader); next != null && !next.equals(leader); next = leads.get(leader)) {
            leader = next;
        }
        leads.put(key, leader);
        return leader;
    }

    private List<Group> groups() {
        Map<String, List<Member>> byLeader = new LinkedHashMap<>();
        members.forEach((key, member) -> byLeader.computeIfAbsent(leader(key), leader -> new ArrayList<>())
                .add(member));
        List<Group> groups = new ArrayList<>();
        byLeader.forEach((leader, group) -> {
            group.sort(Comparator.comparing(Member::updatedAt, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparing(Member::key));
            groups.add(new Group(likeness.getOrDefault(leader, 0.0), List.copyOf(group)));
        });
        groups.sort(Comparator.comparingDouble(Group::likeness)
                .reversed()
                .thenComparing(group -> group.members().get(0).key()));
        return groups;
    }
}
