package io.unifiedmemory.search.segment;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.search.FullTextSearch;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.search.MemoryReader;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A few memories of one user in the heap, to be searched like those of a store: their index lives as long as the search.
 * They are numbered from 1 on, in their order. Not thread-safe.
 */
public final class HeldMemories implements MemoryReader<RuntimeException>, Conversations<RuntimeException> {

    /** On each side of a memory. */
    private static final int MOST_NEIGHBOURS = 2;

    private final List<MemoryEntry> entries;
    private final List<EntryContext> contexts = new ArrayList<>();
    /** The numbers of each conversation's memories, in the order in which they were said. */
    private final Map<String, List<Long>> conversations = new HashMap<>();

    /** @param entries each key once, those that were stored first at the beginning */
    public HeldMemories(Collection<MemoryEntry> entries) {
        this.entries = List.copyOf(entries);
        this.entries.forEach(entry -> contexts.add(EntryContext.of(entry)));
        for (long number = 1; number <= this.entries.size(); number++) {
            String session = context(number).session();
            if (session != null) {
                conversations
                        .computeIfAbsent(session, name -> new ArrayList<>())
                        .add(number);
            }
        }
        conversations.values().forEach(numbers -> numbers.sort(Comparator.comparing(this::saidMillis)));
    }

    private EntryContext context(long number) {
        return contexts.get((int) number - 1);
    }

    private long saidMillis(long number) {
        EntryContext context = context(number);
        return context.time() == null ? 0 : context.time().toEpochMilli();
    }

    /** The hits, in the order that was asked for. */
    public List<Hit> search(SearchRequest request, Query query) {
        if (entries.isEmpty()) {
            return List.of();
        }
        SegmentBuilder builder = new SegmentBuilder();
        for (int i = 0; i < entries.size(); i++) {
            builder.add(i + 1L, IndexedMemory.of(entries.get(i), contexts.get(i)));
        }
        List<Segment> segments = List.of(Segment.inMemory(builder.build()));
        LiveSegments<RuntimeException> live = new LiveSegments<>(segments, pages -> Map.of(), new PageCache(0));
        return new FullTextSearch<>(live.reader(this), this, request, query).hits();
    }

    @Override
    public @Nullable MemoryEntry load(long number) {
        return entries.get((int) number - 1);
    }

    @Override
    public void scan(Query query, Visitor<RuntimeException> visitor) {
        List<Long> newestFirst = LongStream.rangeClosed(1, entries.size())
                .boxed()
                .sorted(Comparator.comparing(number -> entries.get((int) (number - 1)), SearchOrder.NEWEST_FIRST))
                .toList();
        boolean more = true;
        for (int i = 0; more && i < newestFirst.size(); i++) {
            more = visitor.visit(newestFirst.get(i));
        }
    }

    @Override
    public List<Neighbours> neighbours(long[] numbers) {
        List<Neighbours> neighbours = new ArrayList<>();
        Map<String, Long> conversationNumbers = new HashMap<>();
        Arrays.stream(numbers).forEach(number -> {
            String session = context(number).session();
            if (session != null) {
                long conversation =
                        conversationNumbers.computeIfAbsent(session, name -> (long) conversationNumbers.size());
                neighbours.add(around(number, conversation, conversations.getOrDefault(session, List.of())));
            }
        });
        return neighbours;
    }

    private static Neighbours around(long number, long conversation, List<Long> inOrder) {
        int place = inOrder.indexOf(number);
        List<Long> previous = new ArrayList<>();
        for (int i = place - 1; i >= Math.max(0, place - MOST_NEIGHBOURS); i--) {
            previous.add(inOrder.get(i));
        }
        List<Long> next = inOrder.subList(place + 1, Math.min(inOrder.size(), place + 1 + MOST_NEIGHBOURS));
        return new Neighbours(number, conversation, List.copyOf(next), previous);
    }
}
