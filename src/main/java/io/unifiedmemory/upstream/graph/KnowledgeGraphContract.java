package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Pause;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Memories in a knowledge graph, as kept by {@code @modelcontextprotocol/server-memory}: one {@link Entity} per memory.
 * Every write is confirmed by reading it back, because that server acknowledges writes that it loses to another process
 * on the same file. Entities of other programs are shown to one configured user. They are never changed, and are
 * deleted only when that user asks for it ({@link #forget}).
 */
public final class KnowledgeGraphContract implements ToolContract {

    /** The name in a configuration. */
    public static final String NAME = "knowledge-graph";

    public static final Set<Capability> CAPABILITIES = Set.of(Capability.KEEP, Capability.SEARCH, Capability.LIST);

    public static final Map<String, Set<String>> TOOLS = ToolContract.signature(
            "create_entities entities entities.name entities.entityType entities.observations",
            "create_relations relations relations.from relations.to relations.relationType",
            "add_observations observations observations.entityName observations.contents",
            "delete_entities entityNames",
            "delete_observations deletions deletions.entityName deletions.observations",
            "delete_relations relations",
            "read_graph",
            "search_nodes query",
            "open_nodes names");

    /** A graph is written anew as a whole with each call. */
    private static final int STORES_AT_ONCE = 100;

    private static final int MAX_WRITES = 5;

    /** The largest jitter, because the competing writers saw their write fail at the same moment. */
    private static final Backoff BETWEEN_WRITES = Backoff.withJitter(Duration.ofMillis(20), Duration.ofMillis(320), 1);

    private final KnowledgeGraphTools graph;
    private final @Nullable String defaultUser;
    private final AnalysedGraph analysed = new AnalysedGraph();

    /**
     * The contract over a server's tools.
     *
     * @param defaultUser the user who sees foreign entities; null hides them
     * @param patience how long a write waits for other writers
     */
    public KnowledgeGraphContract(Tools tools, @Nullable String defaultUser, Duration patience) {
        this.graph = new KnowledgeGraphTools(tools, patience);
        this.defaultUser = defaultUser;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return graph.inTurn(() -> {
            MemoryEntry wanted = entry;
            for (int writes = 0; ; writes++) {
                Entity entity = entity(entry);
                MemoryEntry held = entity == null ? null : entity.memory();
                // The server already holds what was to be stored, which confirms the store.
                if (entity != null && held != null && !WriteOrder.isNewer(wanted, held)) {
                    deleteOutdated(entity);
                    return new Lookup.Found(held);
                }
                if (held != null && held.createdAt() != null) {
                    wanted = wanted.withCreatedAt(held.createdAt());
                }
                requireAnotherTry(writes);
                write(wanted, entity);
            }
        });
    }

    @Override
    public int storesAtOnce() {
        return STORES_AT_ONCE;
    }

    /**
     * Stores several memories. New ones are created in one call, because the server rewrites its whole file with each
     * call, and are confirmed by one read. The others are stored one by one.
     */
    @Override
    public List<Lookup> storeAll(List<MemoryEntry> entries) {
        Graph created = graph.inTurn(() -> createNew(entries));
        List<Lookup> answers = new ArrayList<>();
        for (MemoryEntry entry : entries) {
            MemoryEntry held = created.entity(EntityName.of(entry.userId(), entry.key()))
                    .map(Entity::memory)
                    .orElse(null);
            answers.add(held != null && !WriteOrder.isNewer(entry, held) ? new Lookup.Found(held) : store(entry));
        }
        return answers;
    }

    private Graph createNew(List<MemoryEntry> entries) {
        Map<String, List<String>> missing = new LinkedHashMap<>();
        entries.forEach(entry -> missing.put(EntityName.of(entry.userId(), entry.key()), observations(entry)));
        graph.open(List.copyOf(missing.keySet())).entities().forEach(entity -> missing.remove(entity.name()));
        if (missing.isEmpty()) {
            return new Graph(List.of(), List.of());
        }
        graph.create(Entity.OUR_TYPE, missing);
        return graph.open(List.copyOf(missing.keySet()));
    }

    private static List<String> observations(MemoryEntry entry) {
        return List.of(entry.value(), Envelope.of(entry, false).text());
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return graph.open(names(userId, key)).visibleTo(userId, seesForeign(userId)).stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .<Lookup>map(Lookup.Found::new)
                .orElse(Lookup.MISSING);
    }

    /** Reads everything and ranks it here, because the server finds only what contains the whole query. */
    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        return analysed.search(graph.readAll(), request.userId(), seesForeign(request.userId()))
                .hits(request);
    }

    @Override
    public Page list(ListRequest request) {
        List<MemoryEntry> all = graph.readAll().visibleTo(request.userId(), seesForeign(request.userId())).stream()
                .sorted(KeyOrder.ENTRIES)
                .toList();
        String after = request.afterKey();
        List<MemoryEntry> rest = after == null
                ? all
                : all.stream().filter(entry -> KeyOrder.isBehind(after, entry)).toList();
        List<MemoryEntry> page = rest.stream().limit(request.limit()).toList();
        return new Page(page, page.size() < rest.size(), after == null ? (long) all.size() : null);
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        Predicate<Entity> spared =
                entity -> seesForeign(userId) && entity.name().equals(key);
        return remove(() -> graph.open(names(userId, key)), named(userId, key), spared, false, version);
    }

    private List<String> names(String userId, String key) {
        String ours = EntityName.of(userId, key);
        return seesForeign(userId) ? List.of(ours, key) : List.of(ours);
    }

    @Override
    public Removal forget(String userId, String key, HlcTimestamp version) {
        if (!seesForeign(userId)) {
            return delete(userId, key, version);
        }
        return remove(
                () -> graph.open(names(userId, key)),
                named(userId, key),
                entity -> entity.name().equals(key),
                true,
                version);
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        Predicate<Entity> foreign = entity -> seesForeign(userId);
        return remove(graph::readAll, entity -> belongsTo(userId, entity), foreign, false, version);
    }

    @Override
    public Removal forgetAll(String userId, HlcTimestamp version) {
        Predicate<Entity> foreign = entity -> seesForeign(userId);
        return remove(graph::readAll, entity -> belongsTo(userId, entity), foreign, true, version);
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        Predicate<Entity> old = entity -> belongsTo(userId, entity) && wasUpdatedBefore(cutoff, entity);
        return remove(graph::readAll, old, entity -> false, false, version);
    }

    private static Predicate<Entity> named(String userId, String key) {
        String name = EntityName.of(userId, key);
        return entity -> entity.name().equals(name);
    }

    @Override
    public BackendStatus check() {
        graph.open(List.of()); // the server reads its whole file for this call, so a damaged one shows
        return new BackendStatus(true, NAME);
    }

    /** Finishes an update that a crash cut off after the new value was added. */
    private void deleteOutdated(Entity entity) {
        Set<String> outdated = entity.outdated();
        graph.deleteObservations(outdated.isEmpty() ? Map.of() : Map.of(entity.name(), outdated));
    }

    private void write(MemoryEntry entry, @Nullable Entity entity) {
        String name = EntityName.of(entry.userId(), entry.key());
        String value = entry.value();
        if (entity == null) {
            graph.create(Entity.OUR_TYPE, Map.of(name, observations(entry)));
            return;
        }
        boolean borrowed =
                entity.observations().contains(value) && !entity.ours().contains(value);
        List<String> contents = List.of(value, Envelope.of(entry, borrowed).text());
        graph.add(name, contents);
        Set<String> outdated = new LinkedHashSet<>(entity.ours());
        contents.forEach(outdated::remove);
        graph.deleteObservations(outdated.isEmpty() ? Map.of() : Map.of(name, outdated));
    }

    /**
     * Deletes until a reading confirms it.
     *
     * @param named selects entities that hold something of ours
     * @param foreign selects entities of other programs
     * @param forgets whether to delete these too, as they were when this began: what another program writes meanwhile
     *     under the same name stays
     */
    private Removal remove(
            Supplier<Graph> read,
            Predicate<Entity> named,
            Predicate<Entity> foreign,
            boolean forgets,
            HlcTimestamp version) {
        return graph.inTurn(() -> {
            Set<Entity> unwanted = new LinkedHashSet<>();
            Set<String> counted = new LinkedHashSet<>();
            for (int writes = 0; ; writes++) {
                List<Entity> targets = new ArrayList<>();
                HlcTimestamp survivor = HlcTimestamp.NONE;
                boolean spared = false;
                for (Entity entity : read.get().entities()) {
                    if (entity.isForeign()) {
                        spared |= !forgets && foreign.test(entity);
                        if (forgets && writes == 0 && foreign.test(entity)) {
                            unwanted.add(entity);
                            counted.add(entity.name());
                        }
                        if (unwanted.contains(entity)) {
                            targets.add(entity);
                        }
                    } else if (!entity.ours().isEmpty() && named.test(entity)) {
                        MemoryEntry memory = entity.memory();
                        if (!entity.version().isNewerThan(version)) {
                            targets.add(entity);
                            if (writes == 0 && memory != null) {
                                counted.add(memory.key());
                            }
                        } else if (memory != null && entity.version().isNewerThan(survivor)) {
                            survivor = entity.version();
                        }
                    }
                }
                if (targets.isEmpty()) {
                    return new Removal(counted.size(), survivor, spared);
                }
                requireAnotherTry(writes);
                delete(targets);
            }
        });
    }

    /** Deletes entities. What other programs added to an entity of ours stays. */
    private void delete(List<Entity> targets) {
        List<String> whole = new ArrayList<>();
        Map<String, Set<String>> parts = new LinkedHashMap<>();
        for (Entity entity : targets) {
            if (entity.isForeign() || entity.isOursAlone()) {
                whole.add(entity.name());
            } else {
                parts.put(entity.name(), entity.ours());
            }
        }
        graph.deleteEntities(whole);
        graph.deleteObservations(parts);
    }

    private @Nullable Entity entity(MemoryEntry entry) {
        String name = EntityName.of(entry.userId(), entry.key());
        return graph.open(List.of(name)).entity(name).orElse(null);
    }

    private boolean seesForeign(String userId) {
        return userId.equals(defaultUser);
    }

    private static boolean belongsTo(String userId, Entity entity) {
        return entity.name().startsWith(EntityName.of(userId, ""));
    }

    private static boolean wasUpdatedBefore(Instant cutoff, Entity entity) {
        MemoryEntry memory = entity.memory();
        Instant updatedAt = memory == null ? null : memory.updatedAt();
        return updatedAt != null && updatedAt.isBefore(cutoff);
    }

    /** Gives another process on the same file time to finish before the next try. */
    private static void requireAnotherTry(int writes) {
        if (writes == MAX_WRITES) {
            throw new BackendException(
                    Kind.OVERLOADED,
                    "the server acknowledged a write " + MAX_WRITES + " times that was not there afterwards",
                    "another program writes the same memory file at the same time");
        }
        if (writes > 0 && !Pause.of(BETWEEN_WRITES.after(writes))) {
            throw UpstreamFailures.interrupted("another try to write");
        }
    }
}
