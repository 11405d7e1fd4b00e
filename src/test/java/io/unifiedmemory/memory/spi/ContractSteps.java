package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the parts of the contract are written with: a backend, a user of whom it knows nothing, a clock that ticks. */
abstract class ContractSteps {

    /** A backend over storage that may hold other users' memories already. Called before each test. */
    protected abstract MemoryBackend open() throws Exception;

    /** Of the current test; closed after it. */
    protected MemoryBackend backend = new InMemoryBackend();

    /** Has no memories when a test begins. */
    protected String user = "";

    private HlcTimestamp clock = HlcTimestamp.NONE;

    @BeforeEach
    void openBackend() throws Exception {
        backend = open();
        user = "user-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        clock = HlcTimestamp.atMillis(System.currentTimeMillis());
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    /** A version above all earlier ones of this test. */
    protected final HlcTimestamp tick() {
        clock = HlcTimestamp.atMillis(clock.millis() + 1);
        return clock;
    }

    /** A memory of the test's user, made now. */
    protected final MemoryEntry memory(String key, String value) {
        return memory(user, key, value, Map.of());
    }

    protected final MemoryEntry memory(String userId, String key, String value, Map<String, Object> metadata) {
        HlcTimestamp version = tick();
        Instant now = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry(userId, key, value, metadata, now, now, version);
    }

    /** Stores a memory made now and checks that the backend says so. */
    protected final MemoryEntry store(String key, String value) {
        return store(memory(key, value));
    }

    protected final MemoryEntry store(MemoryEntry entry) {
        assertThat(backend.store(entry))
                .as("store " + entry.key())
                .isInstanceOfSatisfying(Lookup.Found.class, found -> assertSame(found.entry(), entry));
        return entry;
    }

    protected final Lookup lookup(String key) {
        return backend.retrieve(user, key);
    }

    protected final void assertHolds(MemoryEntry expected) {
        assertThat(backend.retrieve(expected.userId(), expected.key()))
                .as("retrieve " + expected.key())
                .isInstanceOfSatisfying(Lookup.Found.class, found -> assertSame(found.entry(), expected));
    }

    /** The key is gone; a backend that keeps versions says since when. */
    protected final void assertDeleted(String key, HlcTimestamp version) {
        assertThat(lookup(key)).isEqualTo(keepsVersions() ? new Lookup.Deleted(version) : Lookup.MISSING);
    }

    /** Everything but the version, which means nothing where versions are not kept. */
    protected final void assertSame(MemoryEntry actual, MemoryEntry expected) {
        assertThat(actual.value()).as("value of " + expected.key()).isEqualTo(expected.value());
        assertThat(comparable(actual)).isEqualTo(comparable(expected));
    }

    private MemoryEntry comparable(MemoryEntry entry) {
        return keepsVersions() ? entry : entry.withVersion(HlcTimestamp.NONE);
    }

    protected final List<String> found(@Nullable String query) {
        return keys(backend.search(new SearchRequest(user, query == null ? null : Query.of(query), 1000))
                .entries());
    }

    protected final List<MemoryEntry> search(
            @Nullable String query, int limit, SearchOrder order, SearchFilter filter) {
        return backend.search(new SearchRequest(user, query == null ? null : Query.of(query), limit, order, filter))
                .entries();
    }

    /** Reads page by page to the end. */
    protected final List<MemoryEntry> listed(String userId, int limit) {
        List<MemoryEntry> all = new ArrayList<>();
        String after = null;
        Page page;
        do {
            page = backend.list(new ListRequest(userId, after, limit));
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

    protected static List<String> keys(List<MemoryEntry> entries) {
        return entries.stream().map(MemoryEntry::key).toList();
    }

    protected final boolean keepsVersions() {
        return backend.capabilities().contains(Capability.VERSIONS);
    }

    /** True when versions are not kept, after a check that the backend does not pretend to remember a delete. */
    protected final boolean forgetsDeletes() {
        if (keepsVersions()) {
            return false;
        }
        store("forgotten", "value");
        backend.delete(user, "forgotten", tick());
        assertThat(lookup("forgotten")).isEqualTo(Lookup.MISSING);
        return true;
    }

    /** True when the capability is not declared, after a check that the call is then refused as unsupported. */
    protected final boolean undeclared(Capability capability, ThrowingCallable call) {
        if (backend.capabilities().contains(capability)) {
            return false;
        }
        assertFails(BackendException.Kind.UNSUPPORTED, call);
        return true;
    }

    protected static void assertFails(BackendException.Kind kind, ThrowingCallable call) {
        BackendException failure = catchThrowableOfType(BackendException.class, call);
        assertThat(failure).as("fails as " + kind).isNotNull();
        assertThat(failure.kind()).as(failure.describe()).isEqualTo(kind);
        assertThat(failure.getMessage()).isNotBlank().doesNotContain("\n");
    }
}
