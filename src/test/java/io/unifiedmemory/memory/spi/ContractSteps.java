package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** What each part of the contract builds on: a backend, a user of whom it knows nothing, a clock that ticks. */
interface ContractSteps {

    /** A backend over storage that may hold other users' memories already. Called before each test. */
    MemoryBackend open() throws Exception;

    /** What the backend has to declare, no less and no more. */
    Set<Capability> expectedCapabilities();

    /** The backend of the current test. */
    MemoryBackend backend();

    /** Has no memories when a test begins. */
    String user();

    /** A version above all earlier ones of this test. */
    HlcTimestamp tick();

    /** A memory of the test's user, made now. */
    default MemoryEntry memory(String key, String value) {
        return memory(user(), key, value, Map.of());
    }

    default MemoryEntry memory(String userId, String key, String value, Map<String, Object> metadata) {
        HlcTimestamp version = tick();
        Instant now = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry(userId, key, value, metadata, now, now, version);
    }

    /** Stores a memory made now and checks that the backend says so. */
    default MemoryEntry store(String key, String value) {
        return store(memory(key, value));
    }

    default MemoryEntry store(MemoryEntry entry) {
        assertThat(backend().store(entry))
                .as("store " + entry.key())
                .isInstanceOfSatisfying(Lookup.Found.class, found -> assertSame(found.entry(), entry));
        return entry;
    }

    default Lookup lookup(String key) {
        return backend().retrieve(user(), key);
    }

    default void assertHolds(MemoryEntry expected) {
        assertThat(backend().retrieve(expected.userId(), expected.key()))
                .as("retrieve " + expected.key())
                .isInstanceOfSatisfying(Lookup.Found.class, found -> assertSame(found.entry(), expected));
    }

    /** The key is gone; a backend that keeps versions says since when. */
    default void assertDeleted(String key, HlcTimestamp version) {
        assertThat(lookup(key)).isEqualTo(keepsVersions() ? new Lookup.Deleted(version) : Lookup.MISSING);
    }

    /** Everything but the version, which means nothing where versions are not kept. */
    default void assertSame(MemoryEntry actual, MemoryEntry expected) {
        assertThat(actual.value()).as("value of " + expected.key()).isEqualTo(expected.value());
        assertThat(comparable(actual)).isEqualTo(comparable(expected));
    }

    private MemoryEntry comparable(MemoryEntry entry) {
        return keepsVersions() ? entry : entry.withVersion(HlcTimestamp.NONE);
    }

    default List<String> found(@Nullable String query) {
        return keys(hits(user(), query, 1000));
    }

    default List<MemoryEntry> hits(String userId, @Nullable String query, int limit) {
        return backend()
                .search(new SearchRequest(userId, query == null ? null : Query.of(query), limit))
                .entries();
    }

    default List<MemoryEntry> search(@Nullable String query, int limit, SearchOrder order, SearchFilter filter) {
        return backend()
                .search(new SearchRequest(user(), query == null ? null : Query.of(query), limit, order, filter))
                .entries();
    }

    /** Reads page by page to the end. */
    default List<MemoryEntry> listed(String userId, int limit) {
        List<MemoryEntry> all = new ArrayList<>();
        String after = null;
        Page page;
        do {
            page = backend().list(new ListRequest(userId, after, limit));
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
            if (page.more()) {
                assertThat(page.entries())
                        .as("a page with more behind it moves on")
                        .isNotEmpty();
                after = page.entries().get(page.entries().size() - 1).key();
            }
            all.addAll(page.entries());
        } while (page.more());
        return all;
    }

    default List<String> keys(List<MemoryEntry> entries) {
        return entries.stream().map(MemoryEntry::key).toList();
    }

    default boolean declares(Capability capability) {
        return backend().capabilities().contains(capability);
    }

    default boolean keepsVersions() {
        return declares(Capability.VERSIONS);
    }

    /**
     * Whether a search finds whatever matches. Another program's search may promise less: what it finds is right, but it
     * need not find everything.
     */
    default boolean findsEverything() {
        return declares(Capability.SEARCH);
    }

    /** Skips the test, visibly in the report, for a backend that does not find everything. */
    default void assumeFindsEverything() {
        assumeTrue(findsEverything(), "the backend does not search, or promises less");
    }

    /** Skips the test, visibly in the report, for a backend that does not declare the capability. */
    default void assumeDeclared(Capability capability) {
        assumeTrue(declares(capability), () -> "the backend does not declare " + capability);
    }

    default void assertFails(BackendException.Kind kind, ThrowingCallable call) {
        BackendException failure = catchThrowableOfType(BackendException.class, call);
        assertThat(failure).as("fails as " + kind).isNotNull();
        assertThat(failure.kind()).as(failure.describe()).isEqualTo(kind);
        assertThat(failure.getMessage()).isNotBlank().doesNotContain("\n");
    }
}
