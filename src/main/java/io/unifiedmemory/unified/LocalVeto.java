package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What another backend still holds never outweighs what the local database knows to be newer or deleted. Thread-safe. */
final class LocalVeto {

    private static final Logger LOG = LoggerFactory.getLogger(LocalVeto.class);

    private final Slots slots;
    private final FanOut fanOut;

    LocalVeto(Slots slots, FanOut fanOut) {
        this.slots = slots;
        this.fanOut = fanOut;
    }

    /**
     * The entries of one backend without those of which the local database knows better: deleted since, or stored anew
     * (then the local answer speaks for the key, if the new text belongs there at all).
     *
     * @param found what each backend answered; without an answer of the local database nothing is taken away
     */
    List<MemoryEntry> current(Slot slot, List<MemoryEntry> entries, Map<Slot, List<MemoryEntry>> found) {
        Slot local = slots.local().orElse(slot);
        List<MemoryEntry> foundLocally = found.get(local);
        if (slot == local || foundLocally == null) {
            return entries;
        }
        Set<String> compared = foundLocally.stream().map(MemoryEntry::key).collect(Collectors.toSet());
        return entries.stream()
                .filter(entry -> compared.contains(entry.key()) || !isOutdated(entry, local))
                .toList();
    }

    private boolean isOutdated(MemoryEntry entry, Slot local) {
        try {
            Lookup known = fanOut.ask(local, backend -> backend.retrieve(entry.userId(), entry.key()));
            return (known instanceof Lookup.Found held && WriteOrder.isNewer(held.entry(), entry))
                    || (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(entry, deleted.version()));
        } catch (BackendException e) {
            LOG.debug("{} cannot say whether it knows better: {}", local.name(), e.describe());
            return false;
        }
    }
}
