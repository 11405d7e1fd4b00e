package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is known of many keys, asked for at once. */
interface RetrieveAllContract extends PrimaryStoreSteps {

    int MANY = 120;

    @Test
    default void whatIsKnownOfManyKeysIsToldInTheirOrder() {
        MemoryEntry held = store("held", "value");
        MemoryEntry deleted = store("deleted", "value");
        backend().delete(user(), "deleted", deleted.version().next());
        List<Subject> memories = List.of(
                new Subject(user(), "missing"),
                new Subject(user(), "held"),
                new Subject(user(), "deleted"),
                new Subject(user() + "-other", "held"),
                new Subject(user(), "held"));

        List<Lookup> known = primary().retrieveAll(memories, Long.MAX_VALUE);

        assertThat(known)
                .containsExactly(
                        Lookup.MISSING,
                        new Lookup.Found(held),
                        new Lookup.Deleted(deleted.version().next()),
                        Lookup.MISSING,
                        new Lookup.Found(held));
    }

    @Test
    default void textsThatOnlyTheOutboxHoldsCountToo() {
        store("old", "value");
        MemoryEntry newer = memory("old", "newer");
        MemoryEntry first = memory("first", "value");
        owe(carrying(newer), carrying(first));

        List<Lookup> known = primary()
                .retrieveAll(List.of(new Subject(user(), "old"), new Subject(user(), "first")), Long.MAX_VALUE);

        assertThat(known)
                .containsExactly(backend().retrieve(user(), "old"), backend().retrieve(user(), "first"));
    }

    @Test
    default void everyTextMayBeAKey() {
        List<String> keys =
                List.of("1", "01", "null", "\"", "\\u0041", "A", "a", "\ud83c\udf75", "e\u0301", "\u00e9", " ", "[1]");
        List<Subject> memories = keys.stream()
                .map(key -> new Subject(user(), store(key, "value of " + key).key()))
                .toList();

        assertThat(primary().retrieveAll(memories, Long.MAX_VALUE))
                .extracting(known -> ((Lookup.Found) known).entry().value())
                .containsExactlyElementsOf(
                        keys.stream().map(key -> "value of " + key).toList());
    }

    @Test
    default void aReplyThatEndsForItsSizeGoesOnWhereItEnded() {
        List<Subject> memories = IntStream.range(0, MANY)
                .mapToObj(
                        i -> new Subject(user(), store("key " + i, "ten chars!").key()))
                .toList();

        List<Lookup> known = new ArrayList<>(primary().retrieveAll(memories, 15));
        assertThat(known).hasSizeBetween(1, MANY - 1);
        while (known.size() < MANY) {
            List<Lookup> more = primary().retrieveAll(memories.subList(known.size(), MANY), 0);
            assertThat(more).isNotEmpty();
            known.addAll(more);
        }

        assertThat(known)
                .extracting(one -> ((Lookup.Found) one).entry().key())
                .containsExactlyElementsOf(memories.stream().map(Subject::key).toList());
    }
}
