package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a store of record keeps of what its keys held before. */
interface HistoryContract extends PrimaryStoreSteps {

    Duration RETENTION = Duration.ofDays(30);

    /** Another store on the database of the test's, which keeps a history; closed with the test's. */
    PrimaryStore openKeeping(HistoryOptions options);

    private PrimaryStore keeping(int maxRevisions) {
        return openKeeping(new HistoryOptions(RETENTION, maxRevisions, 1L << 30));
    }

    private static List<Revision> all(PrimaryStore store, String user, @Nullable String key) {
        return store.history().list(user, key, null, 1000, Long.MAX_VALUE);
    }

    private List<String> told(PrimaryStore store, @Nullable String key) {
        return all(store, user(), key).stream()
                .map(one -> one.entry().key() + " " + one.number() + " "
                        + one.entry().value() + " " + one.how())
                .toList();
    }

    private MemoryEntry put(PrimaryStore store, String key, String value) {
        MemoryEntry entry = memory(key, value);
        store.store(entry);
        clock().advance(Duration.ofMillis(1));
        return entry;
    }

    @Test
    default void nothingIsKeptWhereNobodyWantsIt() {
        store("key", "first");
        backend().store(memory("key", "second"));
        backend().delete(user(), "key", tick());

        assertThat(told(primary(), "key")).isEmpty();
        assertThat(primary().historyOptions().isOn()).isFalse();
    }

    @Test
    default void whereNothingIsKeptADeleteErasesWhatWasKeptBefore() {
        PrimaryStore keeping = keeping(50);
        for (String key : List.of("a", "b", "c", "old")) {
            put(keeping, key, "first");
            put(keeping, key, "second");
        }
        keeping.delete(user(), "b", tick());
        MemoryEntry old = updatedAt("old", Instant.ofEpochMilli(1000));
        keeping.store(old);
        assertThat(told(primary(), null)).isEmpty();
        assertThat(primary().history().find(user(), "a", 1)).isNull();

        primary().delete(user(), "a", tick());
        primary().delete(user(), "b", tick());
        primary().expire(user(), Instant.ofEpochMilli(2000), tick());
        assertThat(told(keeping, null)).containsExactly("c 1 first REPLACED");
        primary().deleteAll(user(), tick());
        assertThat(told(keeping, null)).isEmpty();
    }

    @Test
    default void whatIsReplacedOrDeletedBecomesARevisionWithAllThatWasKnownOfIt() {
        PrimaryStore store = keeping(50);
        Instant later = Instant.ofEpochMilli(now()).plusSeconds(3600);
        MemoryEntry first = memory(user(), "key", "first", Map.of("tags", List.of("work"), "n", 1))
                .with(later, "claude-code 1.2 (token:laptop)");
        store.store(first);
        clock().advance(Duration.ofSeconds(1));
        Instant replaced = Instant.ofEpochMilli(now());
        MemoryEntry second = memory("key", "second");
        store.store(second);
        clock().advance(Duration.ofSeconds(1));
        store.delete(user(), "key", tick());

        List<Revision> kept = all(store, user(), "key");
        assertThat(kept).extracting(Revision::number).containsExactly(2, 1);
        assertThat(kept.get(1)).isEqualTo(new Revision(1, first, replaced, How.REPLACED));
        assertThat(kept.get(0).how()).isEqualTo(How.DELETED);
        assertThat(kept.get(0).entry().value()).isEqualTo("second");
        assertThat(kept.get(0).endedAt()).isEqualTo(replaced.plusSeconds(1));
        assertThat(store.history().find(user(), "key", 1)).isEqualTo(kept.get(1));
        assertThat(store.history().find(user(), "key", 3)).isNull();
        assertThat(store.<@Nullable Revision>commit(new Subject(user(), "key"), tx -> tx.revision(user(), "key", 2)))
                .isEqualTo(kept.get(0));
        assertThat(store.<@Nullable Revision>commit(new Subject(user(), "key"), tx -> tx.revision(user(), "key", 3)))
                .isNull();
        assertThat(store.history().find(user(), "other", 1)).isNull();
        assertThat(store.history().find(user() + " other", "key", 1)).isNull();
        assertThat(store.retrieve(user(), "key")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    default void aWriteThatChangesNothingMakesNoRevision() {
        PrimaryStore store = keeping(50);
        MemoryEntry first = put(store, "key", "same");
        store.store(first);
        store.store(memory("key", "same"));
        store.store(new MemoryEntry(
                user(), "key", "older", Map.of(), first.createdAt(), first.updatedAt(), HlcTimestamp.atMillis(1)));
        store.delete(user(), "key", HlcTimestamp.atMillis(1));
        store.delete(user(), "missing", tick());
        assertThat(told(store, null)).isEmpty();

        store.store(memory(user(), "key", "same", Map.of("a", 1)));
        assertThat(told(store, null)).containsExactly("key 1 same REPLACED");
    }

    @Test
    default void whatHadExpiredWhenItWasDeletedIsToldApart() {
        PrimaryStore store = keeping(50);
        Instant now = Instant.ofEpochMilli(now());
        store.store(memory("expired", "value").with(now, null));
        store.store(memory("expires", "value").with(now.plusMillis(1), null));
        store.delete(user(), "expired", tick());
        store.delete(user(), "expires", tick());

        assertThat(told(store, null)).containsExactlyInAnyOrder("expires 1 value DELETED", "expired 1 value EXPIRED");
    }

    @Test
    default void deletesOfMoreThanOneKeyAreKeptToo() {
        PrimaryStore store = keeping(2);
        for (String key : List.of("a", "b")) {
            IntStream.range(1, 4).forEach(i -> put(store, key, "value " + i));
        }
        MemoryEntry newer = put(store, "newer", "value");
        store.store(updatedAt("old", Instant.ofEpochMilli(1000)));
        store.expire(user(), Instant.ofEpochMilli(2000), newer.version());
        store.expire(user(), Instant.ofEpochMilli(2000), tick());
        clock().advance(Duration.ofMillis(1));
        store.deleteAll(user(), newer.version().previous());

        assertThat(told(store, null))
                .containsExactly(
                        "b 3 value 3 DELETED",
                        "a 3 value 3 DELETED",
                        "old 1 value of old DELETED",
                        "b 2 value 2 REPLACED",
                        "a 2 value 2 REPLACED");
        assertThat(store.retrieve(user(), "newer")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    default void revisionsAreBoundedByKeyByUserAndByAge() {
        PrimaryStore store = openKeeping(new HistoryOptions(RETENTION, 3, 1000));
        IntStream.range(0, 10).forEach(i -> put(store, "key", "value " + i));
        assertThat(told(store, "key"))
                .containsExactly("key 9 value 8 REPLACED", "key 8 value 7 REPLACED", "key 7 value 6 REPLACED");

        store.store(memory(user() + " other", "key", "x".repeat(100), Map.of()));
        store.delete(user() + " other", "key", tick());
        for (int i = 0; i < 20; i++) {
            put(store, "key " + i, "x".repeat(200));
            store.delete(user(), "key " + i, tick());
            clock().advance(Duration.ofMillis(1));
        }
        assertThat(all(store, user(), null))
                .extracting(one -> one.entry().key())
                .startsWith("key 19", "key 18", "key 17", "key 16")
                .hasSizeBetween(4, 5);
        assertThat(all(store, user() + " other", null)).hasSize(1);

        clock().advance(RETENTION.minusDays(1));
        assertThat(store.history().forget(100)).isZero();
        clock().advance(Duration.ofDays(1));
        assertThat(store.history().forget(2)).isEqualTo(2);
        assertThat(store.history().forget(100)).isBetween(3, 4);
        assertThat(told(store, null)).isEmpty();
    }

    /** As by many short processes, none of which has looked at the sum. */
    @Test
    default void whatIsTooMuchOfAnyUserIsForgotten() {
        PrimaryStore store = keeping(50);
        for (String user : List.of(user() + " 1", user() + " 2", user() + " 3")) {
            for (int i = 0; i < (user.endsWith("3") ? 4 : 9); i++) {
                store.store(memory(user, "key", "x".repeat(50) + i, Map.of("note", "y".repeat(129))));
                clock().advance(Duration.ofMillis(1));
            }
        }
        PrimaryStore bounded = openKeeping(new HistoryOptions(RETENTION, 50, 1000));
        assertThat(bounded.history().forgetExcess(1)).isEqualTo(1);
        assertThat(bounded.history().forgetExcess(100)).isEqualTo(5);
        assertThat(bounded.history().forgetExcess(100)).isZero();
        for (String user : List.of(user() + " 1", user() + " 2")) {
            assertThat(all(bounded, user, "key")).extracting(Revision::number).containsExactly(8, 7, 6, 5, 4);
        }
        assertThat(all(bounded, user() + " 3", "key")).hasSize(3);
    }

    @Test
    default void ofADeleteOfMoreThanFitsTheNewestAreKeptAndCounted() {
        PrimaryStore store = openKeeping(new HistoryOptions(RETENTION, 50, 1000));
        put(store, "earlier", "x".repeat(300));
        assertThat(store.delete(user(), "earlier", tick()).kept()).isEqualTo(1);
        clock().advance(Duration.ofMillis(1));
        for (int i = 0; i < 10; i++) {
            put(store, "key " + i, "x".repeat(188));
        }
        put(store, "too large", "x".repeat(1200));
        assertThat(store.delete(user(), "too large", tick())).isEqualTo(new Removal(1, HlcTimestamp.NONE, false, 0));
        assertThat(told(store, null)).as("what is too large drives nothing out").hasSize(1);
        put(store, "too large", "x".repeat(1200));

        assertThat(store.deleteAll(user(), tick())).isEqualTo(new Removal(11, HlcTimestamp.NONE, false, 5));
        assertThat(all(store, user(), null))
                .extracting(one -> one.entry().key())
                .containsExactly("key 9", "key 8", "key 7", "key 6", "key 5");
        assertThat(store.deleteAll(user(), tick()).kept()).isZero();

        for (int i = 0; i < 10; i++) {
            put(store, "next " + i, "x".repeat(188));
        }
        Instant later = Instant.ofEpochMilli(tick().millis()).plusSeconds(1);
        assertThat(store.expire(user(), later, tick())).isEqualTo(new Removal(10, HlcTimestamp.NONE, false, 5));
        assertThat(store.erase(user(), "next 9", tick(), true).kept()).isZero();
        assertThat(told(store, null)).hasSize(4);
    }

    @Test
    default void theyAreListedPageByPageNewestFirst() {
        PrimaryStore store = keeping(50);
        for (int i = 0; i < 60; i++) {
            put(store, "key " + i % 3, "value " + i);
        }
        List<Revision> whole = all(store, user(), null);
        assertThat(whole).hasSize(57);
        for (String key : new @Nullable String[] {null, "key 1"}) {
            List<Revision> walked = new ArrayList<>();
            List<Revision> page = store.history().list(user(), key, null, 7, 40);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeBetween(1, 7);
                walked.addAll(page);
                page = store.history()
                        .list(user(), key, page.get(page.size() - 1).position(), 7, 40);
            }
            assertThat(walked)
                    .containsExactlyElementsOf(whole.stream()
                            .filter(one -> key == null || one.entry().key().equals(key))
                            .toList());
        }
        assertThat(store.history().list(user(), "key 1", null, 50, 1)).hasSize(1);
    }

    @Test
    default void erasingLeavesNothingOfTheKeyUpToItsVersion() {
        PrimaryStore store = keeping(50);
        put(store, "key", "first");
        put(store, "key", "second");
        put(store, "other", "first");
        put(store, "other", "second");
        HlcTimestamp version = tick();
        put(store, "key", "third");
        put(store, "key", "fourth");

        assertThat(store.erase(user(), "key", version, true).count()).isZero();
        assertThat(told(store, "key")).containsExactly("key 3 third REPLACED");
        assertThat(store.erase(user(), "key", tick(), false).count()).isEqualTo(1);
        assertThat(told(store, null)).containsExactly("other 1 first REPLACED");
        assertThat(store.retrieve(user(), "key")).isInstanceOf(Lookup.Deleted.class);

        store.store(memory(user() + " else", "key", "first", Map.of()));
        store.delete(user() + " else", "key", tick());
        assertThat(store.eraseAll(user(), tick(), true).count()).isEqualTo(1);
        assertThat(told(store, null)).isEmpty();
        assertThat(all(store, user() + " else", null)).hasSize(1);
    }

    @Test
    default void aWalkGoesByKeysAndSaysWhatCountsThereNow() {
        PrimaryStore store = keeping(50);
        put(store, "all gone", "1");
        store.deleteAll(user(), tick());
        HlcTimestamp ofAll = deletedAt(store, "all gone");
        Map<String, HlcTimestamp> current = new TreeMap<>(Map.of("all gone", ofAll));
        for (String key : List.of("held", "gone", "\uFFFD", "\uD83D\uDE00")) {
            put(store, key, "first");
            put(store, key, "second");
            current.put(key, put(store, key, "third").version());
        }
        HlcTimestamp deleted = tick();
        store.delete(user(), "gone", deleted);
        current.put("gone", deleted);
        store.store(memory(user() + " other", "held", "x", Map.of()));
        store.delete(user() + " other", "held", tick());

        List<KeptRevision> whole = store.history().walk(user(), null, 100, Long.MAX_VALUE);
        assertThat(whole)
                .extracting(one -> one.revision().entry().key() + " "
                        + one.revision().number() + " " + one.revision().entry().value())
                .containsExactly(
                        "all gone 1 1",
                        "gone 1 first",
                        "gone 2 second",
                        "gone 3 third",
                        "held 1 first",
                        "held 2 second",
                        "\uFFFD 1 first",
                        "\uFFFD 2 second",
                        "\uD83D\uDE00 1 first",
                        "\uD83D\uDE00 2 second");
        assertThat(whole).allSatisfy(one -> {
            MemoryEntry entry = one.revision().entry();
            assertThat(one.current()).as(entry.key()).isEqualTo(current.get(entry.key()));
            assertThat(store.history().find(user(), entry.key(), one.revision().number()))
                    .isEqualTo(one.revision());
        });
        List<KeptRevision> walked = new ArrayList<>();
        List<KeptRevision> page = store.history().walk(user(), null, 3, 16);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeBetween(1, 3);
            walked.addAll(page);
            page = store.history()
                    .walk(user(), page.get(page.size() - 1).revision().position(), 3, 16);
        }
        assertThat(walked).containsExactlyElementsOf(whole);
        assertThat(store.history().walk(user(), null, 5, 1)).hasSize(1);
    }

    /** The version of the delete under a key. */
    private HlcTimestamp deletedAt(PrimaryStore store, String key) {
        return ((Lookup.Deleted) store.retrieve(user(), key)).version();
    }

    private int take(PrimaryStore store, Revision... revisions) {
        return store.commit(new Subject(user(), null), tx -> tx.keep(List.of(revisions)));
    }

    private Revision ended(MemoryEntry entry, Instant at, How how) {
        return new Revision(9, entry, at, how);
    }

    @Test
    default void revisionsOfAnotherStoreAreTakenOnceBehindThoseThatAreHere() {
        PrimaryStore store = keeping(50);
        Instant now = Instant.ofEpochMilli(now());
        MemoryEntry early = memory(user(), "key", "early", Map.of());
        put(store, "key", "mine");
        store.delete(user(), "key", tick());
        MemoryEntry late = memory(user(), "key", "late", Map.of("tags", List.of("work"), "n", 1))
                .with(now.plusSeconds(60), "claude-code 1.2 (token:laptop)");
        MemoryEntry later = memory("key", "\u0000 \uD83D\uDE00");
        MemoryEntry other = memory("other", "");
        Revision[] revisions = {
            ended(early, now.minusSeconds(9), How.REPLACED),
            ended(late, now.minusSeconds(5), How.EXPIRED),
            ended(later, now.minusSeconds(7), How.DELETED)
        };

        assertThat(take(store, revisions)).isEqualTo(2);
        assertThat(take(store, revisions)).isZero();
        assertThat(take(store, ended(other, now, How.DELETED))).isEqualTo(1);

        List<Revision> kept = all(store, user(), "key");
        assertThat(kept).extracting(Revision::number).containsExactly(3, 2, 1);
        assertThat(kept.get(0)).isEqualTo(new Revision(3, later, now.minusSeconds(7), How.DELETED));
        assertThat(kept.get(1)).isEqualTo(new Revision(2, late, now.minusSeconds(5), How.EXPIRED));
        assertThat(told(store, "other")).containsExactly("other 1  DELETED");
        assertThat(all(store, user(), null)).hasSize(4);
        assertThat(store.retrieve(user(), "key")).isInstanceOf(Lookup.Deleted.class);
        assertThat(store.erase(user(), "key", tick(), false).count()).isZero();
        assertThat(told(store, "key")).isEmpty();
    }

    /** As one write that met itself may have. */
    @Test
    default void ofRevisionsOfOneVersionTheOrderOfWritesDecides() {
        PrimaryStore store = keeping(50);
        Instant now = Instant.ofEpochMilli(now());
        MemoryEntry first = memory("key", "first");
        Instant time = Objects.requireNonNull(first.updatedAt());
        MemoryEntry second = new MemoryEntry(
                user(), "key", "second", Map.of(), first.createdAt(), time.plusMillis(1), first.version());

        assertThat(take(store, ended(first, now, How.REPLACED))).isEqualTo(1);
        assertThat(take(store, ended(first, now, How.REPLACED), ended(second, now, How.REPLACED)))
                .isEqualTo(1);
        assertThat(take(store, ended(first, now, How.REPLACED), ended(second, now, How.REPLACED)))
                .isZero();
        assertThat(told(store, "key")).containsExactly("key 2 second REPLACED", "key 1 first REPLACED");
    }

    @Test
    default void whatIsTakenKeepsToTheBounds() {
        PrimaryStore store = openKeeping(new HistoryOptions(RETENTION, 3, 1000));
        Instant now = Instant.ofEpochMilli(now());
        Instant oldest = now.minus(RETENTION);
        Revision[] ten = IntStream.range(0, 10)
                .mapToObj(i -> ended(memory("key", "value " + i), now.plusSeconds(i), How.REPLACED))
                .toArray(Revision[]::new);
        assertThat(take(store, ten)).isEqualTo(10);
        assertThat(take(store, ten)).isZero();
        assertThat(told(store, "key"))
                .containsExactly("key 10 value 9 REPLACED", "key 9 value 8 REPLACED", "key 8 value 7 REPLACED");
        assertThat(all(store, user(), "key"))
                .allSatisfy(one -> assertThat(one.endedAt())
                        .as("nothing ends later than now")
                        .isEqualTo(now));

        assertThat(take(
                        store,
                        ended(memory("old", "too old"), oldest.minusMillis(1), How.REPLACED),
                        ended(memory("old", "just not"), oldest, How.DELETED)))
                .isEqualTo(1);
        assertThat(told(store, "old")).containsExactly("old 1 just not DELETED");

        for (int i = 0; i < 20; i++) {
            take(store, ended(memory("key " + i, "x".repeat(200)), now.minusSeconds(20 - i), How.DELETED));
        }
        assertThat(all(store, user(), null))
                .extracting(one -> one.entry().value())
                .filteredOn(value -> value.length() == 200)
                .hasSizeBetween(4, 5);

        PrimaryStore off = openKeeping(HistoryOptions.OFF);
        assertThat(take(off, ended(memory("new", "value"), now, How.REPLACED))).isZero();
        assertThat(told(off, "new")).isEmpty();
    }

    /** Random writes of a few keys, against lists. */
    @Test
    default void everyHistoryIsThatOfASimpleModel() {
        for (int seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            PrimaryStore store = keeping(4);
            String owner = user() + " " + seed;
            Map<String, MemoryEntry> held = new TreeMap<>();
            Map<String, List<String>> kept = new TreeMap<>();
            for (int i = 0; i < 150; i++) {
                String key = "key " + random.nextInt(3);
                clock().advance(Duration.ofMillis(random.nextInt(2000)));
                int kind = random.nextInt(20);
                if (kind < 11) {
                    Instant expiry = random.nextInt(3) > 0 ? null : Instant.ofEpochMilli(now() + random.nextInt(9000));
                    MemoryEntry next = memory(owner, key, "value " + random.nextInt(3), Map.of())
                            .with(expiry, "writer " + i);
                    MemoryEntry before = held.put(key, next);
                    store.store(next);
                    if (before != null && !before.hasContentOf(next)) {
                        note(kept, before, How.REPLACED);
                    }
                } else if (kind < 15) {
                    store.delete(owner, key, tick());
                    ended(kept, held.remove(key));
                } else if (kind < 16) {
                    store.deleteAll(owner, tick());
                    held.values().forEach(entry -> ended(kept, entry));
                    held.clear();
                } else if (kind < 18) {
                    store.erase(owner, key, tick(), random.nextBoolean());
                    held.remove(key);
                    kept.remove(key);
                } else if (kind < 19) {
                    store.eraseAll(owner, tick(), random.nextBoolean());
                    held.clear();
                    kept.clear();
                } else {
                    MemoryEntry now = held.get(key);
                    Revision last = all(store, owner, key).stream().findFirst().orElse(null);
                    if (last != null) {
                        MemoryEntry again = memory(owner, key, last.entry().value(), Map.of());
                        store.store(again);
                        held.put(key, again);
                        if (now != null && !now.hasContentOf(again)) {
                            note(kept, now, How.REPLACED);
                        }
                    }
                }
                Map<String, List<String>> found = new TreeMap<>();
                for (Revision one : all(store, owner, null)) {
                    found.computeIfAbsent(one.entry().key(), name -> new ArrayList<>())
                            .add(0, text(one.entry(), one.how()));
                }
                assertThat(found).as("seed " + seed + ", write " + i).isEqualTo(kept);
            }
        }
    }

    private void ended(Map<String, List<String>> kept, @Nullable MemoryEntry entry) {
        if (entry != null) {
            boolean expired = entry.expiresAt() != null
                    && Objects.requireNonNull(entry.expiresAt()).toEpochMilli() <= now();
            note(kept, entry, expired ? How.EXPIRED : How.DELETED);
        }
    }

    private static void note(Map<String, List<String>> kept, MemoryEntry entry, How how) {
        List<String> revisions = kept.computeIfAbsent(entry.key(), key -> new ArrayList<>());
        revisions.add(text(entry, how));
        if (revisions.size() > 4) {
            revisions.remove(0);
        }
    }

    private static String text(MemoryEntry entry, How how) {
        return entry.value() + " " + entry.writtenBy() + " " + how;
    }
}
