package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Listing;
import io.unifiedmemory.unified.reads.SearchResult;
import io.unifiedmemory.unified.writes.Deleted;
import io.unifiedmemory.unified.writes.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SQLite is disabled for a while, or for one of two processes on the file: what was acknowledged meanwhile holds after.
 */
class SwitchedOffTest {

    /** Whether both processes run at the same time, or one after the other. */
    enum When {
        AFTER,
        BESIDE
    }

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final ForgetfulBackend upstreamStore = new ForgetfulBackend();
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private final List<Machine> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Machine::close);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasQueuedIsRead(When when) {
        Machine on = open(Keeps.MEMORIES);
        on.store("replaced", "old tea");
        on.store("kept", "kept tea");
        Machine off = off(when, on);
        upstream.fail(10_000, Kind.UNAVAILABLE);
        assertThat(off.store("replaced", "new tea").durability()).isEqualTo(Durability.QUEUED);
        clock.advance(Duration.ofSeconds(1));
        off.store("added", "added tea");
        on = on(when, on, off);

        assertThat(on.text("replaced")).isEqualTo("new tea");
        assertThat(on.text("added")).isEqualTo("added tea");
        assertThat(on.listed()).containsExactly("added tea", "kept tea", "new tea");
        assertThat(on.found("tea")).containsExactlyInAnyOrder("added tea", "kept tea", "new tea");
        assertThat(on.found("old")).isEmpty();
        assertThat(on.memory
                        .search(new SearchRequest("u", null, 2), AlreadyShown.NOTHING)
                        .hits())
                .extracting(hit -> hit.entry().value())
                .containsExactly("added tea", "new tea");
        assertThat(on.delete("added").durability()).isEqualTo(Durability.QUEUED);
        assertThat(on.listed()).containsExactly("kept tea", "new tea");
        on.store("replaced", "newest tea");
        assertThat(on.found("new tea")).doesNotContain("new tea");

        upstream.recover();
        clock.advance(Duration.ofHours(1));
        on.settle();
        assertThat(on.listed()).containsExactly("kept tea", "newest tea");
        assertThat(upstreamText("replaced")).isEqualTo("newest tea");
        assertThat(upstreamText("added")).isEqualTo("none");
    }

    @ParameterizedTest
    @EnumSource
    void whatWasConfirmedIsNotContradicted(When when) {
        Machine on = open(Keeps.MEMORIES);
        for (String key : List.of("replaced", "deleted", "untouched")) {
            on.store(key, "old " + key);
        }
        Machine off = off(when, on);
        assertThat(off.store("replaced", "new").durability()).isEqualTo(Durability.REPLICATED);
        assertThat(off.delete("deleted").durability()).isEqualTo(Durability.REPLICATED);
        on = on(when, on, off);

        assertThat(on.text("replaced")).isEqualTo("new");
        assertThat(on.text("deleted")).isEqualTo("none");
        assertThat(on.listed()).containsExactly("new", "old untouched");
        assertThat(on.found("old")).containsExactly("old untouched");
        clock.advance(Duration.ofHours(1));
        on.settle();
        assertThat(on.listed()).containsExactly("new", "old untouched");
        assertThat(upstreamText("deleted")).isEqualTo("none");
        assertThat(upstreamText("replaced")).isEqualTo("new");
        upstream.fail(10_000, Kind.UNAVAILABLE);
        assertThat(on.text("replaced")).isEqualTo("new");
    }

    @ParameterizedTest
    @EnumSource
    void aDeleteOfManyIsNotContradicted(When when) {
        for (boolean all : List.of(true, false)) {
            Machine on = open(Keeps.MEMORIES);
            on.store("k", "old");
            Machine off = off(when, on);
            Deleted deleted = all
                    ? off.memory.deleteAll("u", null)
                    : off.memory.expire("u", clock.instant().plus(Duration.ofDays(1)), null);
            assertThat(deleted.report().durability()).isEqualTo(Durability.REPLICATED);
            on = on(when, on, off);
            assertThat(on.listed()).isEmpty();
            on.settle();
            assertThat(upstreamText("k")).isEqualTo("none");
            assertThat(on.text("k")).isEqualTo("none");
        }
    }

    @Test
    void aWriteOutdoesTheCopyOfAClockThatIsAhead() {
        Machine on = open(Keeps.MEMORIES);
        HlcTimestamp ahead =
                HlcTimestamp.atMillis(clock.millis() + Duration.ofDays(400).toMillis());
        on.table.store(new MemoryEntry("u", "k", "ahead", Map.of(), clock.instant(), clock.instant(), ahead));
        on.table.store(new MemoryEntry("u", "l", "ahead", Map.of(), clock.instant(), clock.instant(), ahead));
        Machine off = off(When.AFTER, on);
        off.store("k", "ours");
        off.delete("l");
        on = on(When.AFTER, on, off);
        on.settle();
        assertThat(on.listed()).containsExactly("ours");
        assertThat(upstreamText("k")).isEqualTo("ours");
        assertThat(upstreamText("l")).isEqualTo("none");
    }

    @Test
    void whatTheOtherProcessKeepsAndOwesIsReadWithoutMemoriesToo() {
        Machine on = open(Keeps.MEMORIES);
        Machine off = open(Keeps.NO_MEMORIES);
        upstream.fail(10_000, Kind.UNAVAILABLE);
        on.store("k", "theirs");
        assertThat(off.text("k")).isEqualTo("theirs");
        off.store("k", "ours");
        assertThat(on.text("k")).isEqualTo("ours");
        on.store("k", "theirs again");
        assertThat(off.text("k")).isEqualTo("theirs again");
        off.delete("k");
        assertThat(on.text("k")).isEqualTo("none");
    }

    @Test
    void aCleanupCoversWhatIsStillQueued() {
        Machine off = open(Keeps.NO_MEMORIES);
        upstream.fail(1, Kind.UNAVAILABLE);
        off.store("k", "old");
        clock.advance(Duration.ofDays(60));
        off.memory.expire("u", clock.instant().minus(Duration.ofDays(30)), null);
        assertThat(off.text("k")).isEqualTo("none");
        Machine on = on(When.AFTER, off, off);
        assertThat(on.text("k")).isEqualTo("none");
        assertThat(on.listed()).isEmpty();
        on.settle();
        assertThat(upstreamText("k")).isEqualTo("none");
        assertThat(on.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void manyQueuedTextsAreListedPageByPage() {
        Machine on = open(Keeps.MEMORIES);
        Machine off = open(Keeps.NO_MEMORIES);
        upstream.fail(100_000, Kind.UNAVAILABLE);
        for (int i = 0; i < 20; i++) {
            (i % 2 == 0 ? on : off).store("k" + (10 + i), "v" + i);
        }
        List<String> keys = new ArrayList<>();
        @Nullable String after = null;
        boolean more = true;
        while (more) {
            Page page = on.memory.list(new ListRequest("u", after, 3)).page();
            page.entries().forEach(entry -> keys.add(entry.key()));
            if (after == null) {
                assertThat(page.total()).isEqualTo(20);
            }
            after = keys.get(keys.size() - 1);
            more = page.more();
        }
        assertThat(keys).hasSize(20).isSorted().doesNotHaveDuplicates();
    }

    /** Then neither the answer nor the outbox shows what was written. */
    @Test
    void whatIsDeliveredWhileTheUpstreamAnswersIsNeitherMissingNorBack() {
        Machine off = open(Keeps.NO_MEMORIES);
        Machine relay = new Machine(folder.resolve("memory.db"), upstreamStore, clock, Keeps.NO_MEMORIES);
        opened.add(relay);
        Runnable deliver = () -> {
            clock.advance(Duration.ofHours(1));
            relay.deliver();
        };
        for (int i = 0; i < 2; i++) {
            off.store("doomed", "doomed tea");
            assertThat(upstreamText("doomed")).isEqualTo("doomed tea");
            upstream.fail(10_000, Kind.UNAVAILABLE);
            off.delete("doomed");
            off.store("added" + i, "added tea " + i);
            upstream.recover();
            off.memory.health();
            upstream.meanwhile(deliver);

            if (i == 0) {
                Listing listing = off.memory.list(new ListRequest("u", null, 100));
                assertThat(listing.page().entries())
                        .extracting(MemoryEntry::key)
                        .doesNotContain("doomed");
                assertThat(listing.problems()).containsKey("outbox");
            } else {
                SearchResult found =
                        off.memory.search(new SearchRequest("u", Query.of("tea"), 100), AlreadyShown.NOTHING);
                assertThat(found.hits()).extracting(hit -> hit.entry().key()).doesNotContain("doomed");
                assertThat(found.problems()).containsKey("outbox");
            }
            assertThat(upstreamText("added" + i)).as("delivered meanwhile").isEqualTo("added tea " + i);
            assertThat(upstreamText("doomed")).isEqualTo("none");
        }
    }

    private Machine off(When when, Machine on) {
        if (when == When.AFTER) {
            on.close();
        }
        return open(Keeps.NO_MEMORIES);
    }

    private Machine on(When when, Machine on, Machine off) {
        if (when == When.BESIDE) {
            return on;
        }
        off.close();
        return open(Keeps.MEMORIES);
    }

    private String upstreamText(String key) {
        return Machine.text(upstreamStore.retrieve("u", key));
    }

    private Machine open(Keeps keeps) {
        clock.advance(Duration.ofSeconds(1));
        Machine machine = new Machine(folder.resolve("memory.db"), upstream, clock, keeps);
        opened.add(machine);
        return machine;
    }
}
