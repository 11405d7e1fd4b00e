package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a knowledge graph server: entities, and relations as the server wrote them. Immutable.
 *
 * @param entities each name once
 */
record Graph(List<Entity> entities, List<Map<String, Object>> relations) {

    /** Reads an answer strictly; null when it is not a graph. */
    static @Nullable Graph parse(Map<String, Object> json) {
        if (!(json.get("entities") instanceof List<?> entities)
                || !(json.get("relations") instanceof List<?> relations)) {
            return null;
        }
        Map<String, Entity> byName = new LinkedHashMap<>();
        for (Object each : entities) {
            if (!(each instanceof Map<?, ?> entity)
                    || !(entity.get("name") instanceof String name)
                    || !(entity.get("entityType") instanceof String type)
                    || !(entity.get("observations") instanceof List<?> observations)
                    || !observations.stream().allMatch(String.class::isInstance)) {
                return null;
            }
            byName.putIfAbsent(name, new Entity(name, type, texts(observations)));
        }
        List<Map<String, Object>> between = new ArrayList<>();
        for (Object each : relations) {
            if (!(each instanceof Map<?, ?> relation)) {
                return null;
            }
            between.add(ToolReply.object(relation));
        }
        return new Graph(List.copyOf(byName.values()), between);
    }

    Optional<Entity> entity(String name) {
        return entities.stream().filter(entity -> entity.name().equals(name)).findFirst();
    }

    /** Our memories of a user. */
    Stream<MemoryEntry> memoriesOf(String userId) {
        return entities.stream()
                .map(Entity::memory)
                .flatMap(Stream::ofNullable)
                .filter(entry -> entry.userId().equals(userId));
    }

    /** The entities of other programs, as memories of a user, without times and version, which nobody noted. */
    Stream<MemoryEntry> foreign(String userId) {
        Map<Object, List<Map<String, Object>>> byEnd = new HashMap<>();
        for (Map<String, Object> relation : relations) {
            for (Object end : new LinkedHashSet<>(Arrays.asList(relation.get("from"), relation.get("to")))) {
                byEnd.computeIfAbsent(end, name -> new ArrayList<>()).add(relation);
            }
        }
        return entities.stream()
                .filter(Entity::isForeign)
                .map(entity -> foreign(entity, userId, byEnd.getOrDefault(entity.name(), List.of())));
    }

    /** The memories of both kinds; a memory of ours hides a foreign entity of the same key. */
    Collection<MemoryEntry> visibleTo(String userId, boolean withForeign) {
        Map<String, MemoryEntry> byKey = new LinkedHashMap<>();
        memoriesOf(userId).forEach(entry -> byKey.put(entry.key(), entry));
        if (withForeign) {
            foreign(userId).forEach(entry -> byKey.putIfAbsent(entry.key(), entry));
        }
        return byKey.values();
    }

    private static MemoryEntry foreign(Entity entity, String userId, List<Map<String, Object>> own) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("entity_type", entity.type());
        if (!own.isEmpty()) {
            metadata.put("relations", own);
        }
        return new MemoryEntry(
                userId,
                entity.name(),
                String.join("\n", entity.observations()),
                metadata,
                null,
                null,
                HlcTimestamp.NONE);
    }

    private static List<String> texts(List<?> observations) {
        return observations.stream().map(String.class::cast).toList();
    }
}
