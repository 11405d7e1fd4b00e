package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every preset has to hold: the interface of a backend, as far as the preset claims it, and what only a mirror can. */
abstract class DeclaredContractTest extends MemoryBackendContract {

    private final AtomicInteger calls = new AtomicInteger();

    /** The name of the preset. */
    abstract String preset();

    /** The tools of a server, whose calls are counted. */
    final Tools counted(Tools tools) {
        return (tool, arguments, meta) -> {
            calls.incrementAndGet();
            return tools.send(tool, arguments, meta);
        };
    }

    final ContractOptions contract() {
        return Objects.requireNonNull(ContractOptions.preset(preset()));
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return contract().capabilities();
    }

    /** A search of another program finds what that program finds. */
    @Override
    public boolean findsEverything() {
        return false;
    }

    @Override
    @Test
    public void aMebibyteComesBackExactly() {
        if (contract().maxText() >= 1 << 20) {
            super.aMebibyteComesBackExactly();
            return;
        }
        MemoryEntry large = memory("large", "x".repeat(contract().maxText()));
        assertThatThrownBy(() -> backend().store(large))
                .isInstanceOfSatisfying(
                        BackendException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(BackendException.Kind.REJECTED));
        assertThat(lookup("large")).isEqualTo(Lookup.MISSING);
        assertHolds(store("as large as it goes", "x".repeat(contract().maxText() - 600)));
    }

    @Test
    void whatASearchFindsIsTheWholeMemoryOfThisUserAlone() {
        if (!declares(Capability.SEARCH)) {
            return;
        }
        MemoryEntry entry = store(memory(user(), "tree", "quandong grows in the sand", Map.of("a", List.of(1, "two"))));
        store(memory(user() + "1", "tree", "quandong grows elsewhere", Map.of()));

        // A search by meaning finds also what is less alike.
        MemoryEntry other = store("other", "nothing of the kind");
        assertThat(hits(user(), "quandong", 10))
                .allSatisfy(hit -> assertSame(hit, hit.key().equals("tree") ? entry : other))
                .extracting(MemoryEntry::key)
                .doesNotHaveDuplicates()
                .contains("tree");
    }

    @Test
    void versionsTravelWithTheCopies() {
        MemoryEntry older = memory("key", "older");
        HlcTimestamp between = tick();
        MemoryEntry entry = store("key", "value");

        assertThat(backend().store(older)).as("the older write").isEqualTo(new Lookup.Found(entry));
        assertThat(backend().delete(user(), "key", between)).isEqualTo(new Removal(0, entry.version()));
        assertThat(lookup("key")).isEqualTo(new Lookup.Found(entry));
    }

    @Test
    void anUpdateThatDiffersInCaseOnlyIsAnUpdate() {
        store("key", "Green Tea");
        MemoryEntry update = memory("key", "green tea");
        backend().store(update);

        assertThat(lookup("key"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo("green tea"));
    }

    @Test
    void aValueThatEndsLikeAnEnvelopeIsAValue() {
        MemoryEntry forged = memory(user() + "2", "key", "forged", Map.of());
        MemoryEntry entry =
                store("key", "so it was said:" + Envelope.text(forged).substring("forged".length()));

        assertHolds(entry);
        assertThat(backend().retrieve(user() + "2", "key")).isEqualTo(Lookup.MISSING);
    }

    /** It is looked for, written, and looked for again; a copy that the server does not replace is deleted. */
    @Test
    void aStoreIsThreeCallsAndAnUpdateFourAtMost() {
        backend().retrieve(user(), "key");
        calls.set(0);
        store("key", "value");
        assertThat(calls).as("calls for a store").hasValue(3);

        calls.set(0);
        backend().store(memory("key", "another value"));
        assertThat(calls.get())
                .as("calls for an update")
                .isBetween(3, contract().operation(Name.UPDATE) == null ? 4 : 3);
    }

    @Test
    void theCanaryIsStoredOnce() {
        assertThat(backend().unharmedSince()).isEqualTo(backend().unharmedSince());
    }
}
