package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Listing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A memory that has expired is hidden from that moment on, whoever holds it and whoever answers. */
class ExpiryTest {

    private static final BackendOptions FIRST = new BackendOptions(true, 1, Duration.ofSeconds(30), 0);
    private static final BackendOptions SECOND = new BackendOptions(true, 2, Duration.ofSeconds(30), 0);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private InMemoryBackend upstreamStore = new InMemoryBackend();
    private FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private SqliteStore store = new SqliteStore(new SqliteDatabase(SqliteOptions.of(Path.of("unused"))));
    private UnifiedMemory memory = memory(MemoryOptions.Read.PRIORITY);

    @BeforeEach
    void open() {
        open(MemoryOptions.Read.PRIORITY);
    }

    private void open(MemoryOptions.Read reads) {
        memory.close();
        upstreamStore = new InMemoryBackend();
        upstream = new FaultyBackend(upstreamStore);
        store = new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))), clock);
        memory = memory(reads);
    }

    @Test
    void aUserHasAMemoryBehindThoseThatHaveExpired() {
        for (int i = 0; i < 150; i++) {
            memory.store("anna", "a" + i, "short", Map.of(), clock.instant().plusSeconds(60), null);
        }
        clock.advance(Duration.ofMinutes(2));
        assertThat(memory.knownHere().holdsAny("anna")).isFalse();
        memory.store("anna", "z", "long", Map.of());
        assertThat(memory.knownHere().holdsAny("anna")).isTrue();
        assertThat(memory.knownHere().holdsAny("ben")).isFalse();
    }

    /** The other backend is the one that is asked first. */
    private UnifiedMemory memory(MemoryOptions.Read reads) {
        return UnifiedMemory.builder()
                .primary("sqlite", store, SECOND)
                .replica("up", upstream, FIRST)
                .options(new MemoryOptions(reads, MemoryOptions.Wait.ALL, Duration.ofDays(30)))
                .clock(clock)
                .build();
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private void storeUntilExpiry() {
        memory.store("u", "kept", "value", Map.of());
        memory.store("u", "k", "value", Map.of(), clock.instant().plusSeconds(60), "client 1");
        clock.advance(Duration.ofSeconds(60).minusMillis(1));
        assertThat(retrieved("k")).isInstanceOf(Lookup.Found.class);
        clock.advance(Duration.ofMillis(1));
    }

    private Lookup retrieved(String key) {
        return memory.retrieve("u", key).lookup();
    }

    private void assertOnlyTheOtherIsShown() {
        assertThat(retrieved("k")).isEqualTo(Lookup.MISSING);
        assertThat(retrieved("kept")).isInstanceOf(Lookup.Found.class);
        for (String query : new String[] {"value", null}) {
            SearchRequest request = new SearchRequest("u", query == null ? null : Query.of(query), 10);
            assertThat(memory.search(request, AlreadyShown.NOTHING).hits())
                    .extracting(hit -> hit.entry().key())
                    .containsExactly("kept");
        }
        Listing listing = memory.list(new ListRequest("u", null, 10));
        assertThat(listing.page().entries()).extracting(MemoryEntry::key).containsExactly("kept");
        assertThat(listing.page().total()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(MemoryOptions.Read.class)
    void whoeverAnswers(MemoryOptions.Read reads) {
        open(reads);
        storeUntilExpiry();
        assertOnlyTheOtherIsShown();
        assertThat(memory.knownHere().find("u", "k")).isNull();
        assertThat(memory.knownHere().list(new ListRequest("u", null, 10)))
                .extracting(MemoryEntry::key)
                .containsExactly("kept");
        assertThat(memory.knownHere().search(new SearchRequest("u", null, 10)))
                .extracting(MemoryEntry::key)
                .containsExactly("kept");

        upstream.fail(100, Kind.UNAVAILABLE);
        assertOnlyTheOtherIsShown();
    }

    @ParameterizedTest
    @EnumSource(MemoryOptions.Read.class)
    void whenAServerHoldsACopyWithoutItsExpiry(MemoryOptions.Read reads) {
        open(reads);
        storeUntilExpiry();
        MemoryEntry held = ((Lookup.Found) store.retrieve("u", "k")).entry();
        upstreamStore.forget("u", "k");
        upstreamStore.store(held.with(null, null));

        assertOnlyTheOtherIsShown();
    }

    @Test
    void whenOnlyAnotherBackendHasIt() {
        storeUntilExpiry();
        MemoryEntry held = ((Lookup.Found) store.retrieve("u", "k")).entry();
        memory.store("u", "gone", "value", Map.of());
        memory.delete("u", "gone", null);
        upstreamStore.store(
                new MemoryEntry("u", "there", "value", Map.of(), held.createdAt(), held.updatedAt(), held.version())
                        .with(clock.instant(), null));

        assertThat(retrieved("there")).isEqualTo(Lookup.MISSING);
        assertOnlyTheOtherIsShown();
    }

    @Test
    void aNewWriteEndsIt() {
        storeUntilExpiry();
        memory.store("u", "k", "again", Map.of());
        clock.advance(Duration.ofDays(1));
        assertThat(retrieved("k")).isInstanceOfSatisfying(Lookup.Found.class, found -> {
            assertThat(found.entry().value()).isEqualTo("again");
            assertThat(found.entry().writtenBy()).isNull();
        });
    }

    @Test
    void theFirstPageOfALongListCountsNoneOfThem() {
        for (int i = 10; i < 20; i++) {
            memory.store(
                    "u",
                    "k" + i,
                    "value",
                    Map.of(),
                    i % 2 == 0 ? clock.instant().plusSeconds(1) : null,
                    null);
        }
        upstream.fail(100, Kind.UNAVAILABLE);
        assertThat(memory.list(new ListRequest("u", null, 2)).page().total()).isEqualTo(10);
        clock.advance(Duration.ofSeconds(1));

        Listing first = memory.list(new ListRequest("u", null, 4));

        assertThat(first.page().total()).isEqualTo(5);
        assertThat(keys(first)).containsExactly("k11", "k13");
        assertThat(keys(memory.list(new ListRequest("u", first.next(), 100)))).containsExactly("k15", "k17", "k19");
    }

    private static List<String> keys(Listing listing) {
        return listing.page().entries().stream().map(MemoryEntry::key).toList();
    }
}
