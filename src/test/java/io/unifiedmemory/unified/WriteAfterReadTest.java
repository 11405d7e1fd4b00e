package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.reads.AlreadyShown;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a read has shown, a later write outdoes: whatever clock wrote it, and whoever makes the write. */
class WriteAfterReadTest {

    private static final Duration AHEAD = Duration.ofMinutes(2);

    /** How a caller comes to see what another machine wrote. */
    enum Shown {
        RETRIEVE,
        LIST,
        SEARCH;

        void in(UnifiedMemory memory) {
            switch (this) {
                case RETRIEVE -> memory.retrieve("u", "k");
                case LIST -> memory.list(new ListRequest("u", null, 10));
                case SEARCH -> memory.search(new SearchRequest("u", Query.of("theirs"), 10), AlreadyShown.NOTHING);
            }
        }
    }

    /** What happens between the read and the write. */
    enum Between {
        NOTHING,
        RESTART,
        ANOTHER_PROCESS,
        RESTART_WITH_THE_CLOCK_SET_BACK
    }

    /** The write. */
    enum Change {
        STORE,
        DELETE,
        DELETE_ALL,
        EXPIRE;

        void in(UnifiedMemory memory, Instant now) {
            switch (this) {
                case STORE -> memory.store("u", "k", "ours", Map.of());
                case DELETE -> memory.delete("u", "k", null);
                case DELETE_ALL -> memory.deleteAll("u", null);
                case EXPIRE -> memory.expire("u", now.plus(Duration.ofDays(1)), null);
            }
        }
    }

    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (Keeps keeps : Keeps.values()) {
            for (Shown shown : Shown.values()) {
                for (Between between : Between.values()) {
                    for (Change change : Change.values()) {
                        all.add(Arguments.of(keeps, shown, between, change));
                    }
                }
            }
        }
        return all.stream();
    }

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final InMemoryBackend upstreamStore = new InMemoryBackend();
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private final List<Machine> opened = new ArrayList<>();

    @BeforeEach
    void share() {
        upstream.share();
    }

    @AfterEach
    void close() {
        opened.forEach(Machine::close);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aWriteOutdoesWhatWasShownThoughTheUpstreamIsAway(Keeps keeps, Shown shown, Between between, Change change) {
        boolean setBack = between == Between.RESTART_WITH_THE_CLOCK_SET_BACK;
        theirs(setBack ? Duration.ZERO : AHEAD);
        Machine other = between == Between.ANOTHER_PROCESS ? open(keeps) : null;
        Machine machine = open(keeps);
        shown.in(machine.memory);
        if (between == Between.RESTART || setBack) {
            machine.close();
            clock.advance(setBack ? Duration.ofHours(-1) : Duration.ZERO);
            machine = open(keeps);
        }
        Machine writer = other == null ? machine : other;
        upstream.fail(1, Kind.UNAVAILABLE);
        change.in(writer.memory, clock.instant());
        upstream.recover();
        clock.advance(Duration.ofHours(2));
        writer.settle();
        assertThat(Machine.text(upstreamStore.retrieve("u", "k"))).isEqualTo(change == Change.STORE ? "ours" : "none");
        assertThat(writer.text("k")).isEqualTo(change == Change.STORE ? "ours" : "none");
    }

    @Test
    void aWriteOutdoesADeleteThatWasShown() {
        upstreamStore.delete(
                "u", "k", HlcTimestamp.atMillis(clock.instant().plus(AHEAD).toEpochMilli()));
        Machine machine = open(Keeps.MEMORIES);
        assertThat(machine.memory.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
        machine.close();
        machine = open(Keeps.MEMORIES);
        upstream.fail(1, Kind.UNAVAILABLE);
        machine.store("k", "ours");
        upstream.recover();
        clock.advance(Duration.ofHours(2));
        machine.settle();
        assertThat(Machine.text(upstreamStore.retrieve("u", "k"))).isEqualTo("ours");
    }

    @Test
    void whatABrokenClockWroteIsOutdoneAndDragsNothingElseAlong() {
        theirs(Duration.ofDays(400));
        Machine machine = open(Keeps.MEMORIES);
        Shown.LIST.in(machine.memory);
        upstream.fail(1, Kind.UNAVAILABLE);
        machine.delete("k");
        upstream.recover();
        machine.settle();
        clock.advance(Duration.ofHours(2));
        machine.settle();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        machine.store("other", "v");
        Lookup.Found other = (Lookup.Found) upstreamStore.retrieve("u", "other");
        assertThat(other.entry().version().millis()).isEqualTo(clock.millis());
    }

    @Test
    void anotherMachineThatIsAheadIsFollowedExactly() {
        theirs(AHEAD);
        HlcTimestamp theirs =
                ((Lookup.Found) upstreamStore.retrieve("u", "k")).entry().version();
        for (int restarts = 0; restarts < 3; restarts++) {
            Machine machine = open(Keeps.MEMORIES);
            Shown.LIST.in(machine.memory);
            machine.close();
        }
        Machine machine = open(Keeps.MEMORIES);
        machine.store("new", "v");
        MemoryEntry stored = ((Lookup.Found) machine.table.retrieve("u", "new")).entry();
        assertThat(stored.version()).isEqualTo(theirs.next());
    }

    @Test
    void whatAPeerSentFromAClockThatIsAheadIsOutdoneByTheNextProcess() {
        Machine machine = open(Keeps.NO_MEMORIES);
        HlcTimestamp ahead = HlcTimestamp.atMillis(clock.instant().plus(AHEAD).toEpochMilli());
        machine.memory.replicate(new MemoryEntry("u", "k", "theirs", Map.of(), null, null, ahead));
        machine.memory.deleteAll("another", ahead.next());
        machine.close();
        machine = open(Keeps.NO_MEMORIES);
        upstream.fail(1, Kind.UNAVAILABLE);
        machine.delete("k");
        machine.memory.store("another", "k", "ours", Map.of());
        upstream.recover();
        clock.advance(Duration.ofHours(2));
        machine.settle();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(Machine.text(upstreamStore.retrieve("another", "k"))).isEqualTo("ours");
    }

    // The time of a write

    @Test
    void afterTheClockWentBackTimeDoesNot() {
        Machine machine = open(Keeps.MEMORIES);
        machine.store("k", "old");
        machine.store("other", "old");
        clock.advance(Duration.ofMinutes(-30));
        machine.store("k", "new");
        machine.store("inTheSameProcess", "new");
        machine.close();
        clock.advance(Duration.ofMinutes(-15));
        machine = open(Keeps.MEMORIES);
        machine.store("afterARestart", "new");
        MemoryEntry replaced = ((Lookup.Found) machine.table.retrieve("u", "k")).entry();
        assertThat(replaced.updatedAt()).isAfterOrEqualTo(replaced.createdAt());
        assertThat(machine.memory
                        .search(new SearchRequest("u", null, 10), AlreadyShown.NOTHING)
                        .hits())
                .extracting(hit -> hit.entry().key())
                .containsExactly("afterARestart", "inTheSameProcess", "k", "other");
        assertThat(machine.memory.expire("u", clock.instant(), null).removal().count())
                .isZero();
    }

    @Test
    void aMemoryIsNeverOlderThanItsText() {
        Machine machine = open(Keeps.MEMORIES);
        Instant later = clock.instant().plus(Duration.ofDays(1));
        HlcTimestamp version = HlcTimestamp.atMillis(clock.millis());
        machine.memory.replicate(new MemoryEntry("u", "k", "theirs", Map.of(), later, clock.instant(), version));
        for (int writes = 0; writes < 2; writes++) {
            MemoryEntry held = ((Lookup.Found) machine.table.retrieve("u", "k")).entry();
            assertThat(held.createdAt()).isBeforeOrEqualTo(held.updatedAt());
            machine.store("k", "ours");
        }
    }

    private void theirs(Duration ahead) {
        Instant time = clock.instant().plus(ahead);
        upstreamStore.store(
                new MemoryEntry("u", "k", "theirs", Map.of(), time, time, HlcTimestamp.atMillis(time.toEpochMilli())));
    }

    private Machine open(Keeps keeps) {
        Machine machine = new Machine(folder.resolve("memory.db"), upstream, clock, keeps);
        opened.add(machine);
        return machine;
    }
}
