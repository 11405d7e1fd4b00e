package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.util.Sha256;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An entity of a knowledge graph, split into what we wrote and what other programs wrote. Immutable.
 *
 * <p>A memory is a value and the {@link Envelope} that names the value by its hash. A crash in the middle of an update
 * leaves two such pairs, of which the newer counts. A text that an envelope names is a value, even if it reads like an
 * envelope.
 */
final class Entity {

    /** The type of the entities that we create. */
    static final String OUR_TYPE = "unified_memory";

    private final String name;
    private final String type;
    private final List<String> observations;
    private final Set<String> ours = new LinkedHashSet<>();
    private final Set<String> outdated;
    private final HlcTimestamp version;
    private final @Nullable MemoryEntry memory;

    Entity(String name, String type, List<String> observations) {
        this.name = name;
        this.type = type;
        this.observations = List.copyOf(observations);
        Map<String, Envelope> envelopes = envelopes();
        Map<String, String> texts = envelopes.isEmpty() ? Map.of() : byHash();
        HlcTimestamp newest = HlcTimestamp.NONE;
        MemoryEntry newestMemory = null;
        Set<String> current = Set.of();
        for (Map.Entry<String, Envelope> found : envelopes.entrySet()) {
            Envelope envelope = found.getValue();
            String value = texts.get(envelope.valueHash());
            ours.add(found.getKey());
            newest = envelope.version().isNewerThan(newest) ? envelope.version() : newest;
            if (value != null) {
                if (!envelope.borrowed()) {
                    ours.add(value);
                }
                MemoryEntry candidate = envelope.with(value);
                if (newestMemory == null || WriteOrder.isNewer(candidate, newestMemory)) {
                    newestMemory = candidate;
                    current = Set.of(found.getKey(), value);
                }
            }
        }
        this.outdated = new LinkedHashSet<>(ours);
        outdated.removeAll(current);
        this.version = newest;
        this.memory = newestMemory;
    }

    String name() {
        return name;
    }

    String type() {
        return type;
    }

    List<String> observations() {
        return observations;
    }

    /** The memory that the entity holds; null when there is none. */
    @Nullable
    MemoryEntry memory() {
        return memory;
    }

    /** The observations that we wrote: envelopes and values, outdated ones included. */
    Set<String> ours() {
        return ours;
    }

    /** Our observations that are not part of the memory: an interrupted update left them. */
    Set<String> outdated() {
        return outdated;
    }

    /** The newest version that we wrote, even of a memory whose value is gone; {@code NONE} when there is none. */
    HlcTimestamp version() {
        return version;
    }

    /** Whether other programs made this entity and none of its observations is ours. */
    boolean isForeign() {
        return ours.isEmpty() && !type.equals(OUR_TYPE);
    }

    /** Whether all of its observations are ours, so that it can be deleted as a whole. */
    boolean isOursAlone() {
        return type.equals(OUR_TYPE) && ours.containsAll(observations);
    }

    /** Two entities are equal when they read the same. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Entity entity
                && name.equals(entity.name)
                && type.equals(entity.type)
                && observations.equals(entity.observations);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, observations);
    }

    private Map<String, Envelope> envelopes() {
        Map<String, Envelope> found = new LinkedHashMap<>();
        for (String observation : observations) {
            Envelope envelope = Envelope.parse(observation);
            if (envelope != null && name.equals(EntityName.of(envelope.userId(), envelope.key()))) {
                found.put(observation, envelope);
            }
        }
        Set<String> values = new HashSet<>();
        found.values().forEach(envelope -> values.add(envelope.valueHash()));
        Predicate<String> isValue = text -> values.contains(Sha256.hex(text));
        found.keySet().removeIf(isValue);
        return found;
    }

    private Map<String, String> byHash() {
        Map<String, String> texts = new HashMap<>();
        observations.forEach(text -> texts.put(Sha256.hex(text), text));
        return texts;
    }
}
