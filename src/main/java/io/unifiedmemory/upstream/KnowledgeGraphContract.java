package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.Version;
import io.unifiedmemory.memory.WriteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Memories in a knowledge graph, as kept by {@code @modelcontextprotocol/server-memory}: one {@link Entity} per memory.
 * Every write is confirmed by reading it back, since that server acknowledges writes that it loses to another process
 * on the same file. Entities of other programs are shown to one configured user and never changed.
 */
final class KnowledgeGraphContract implements ToolContract {

    static final Set<Capability> CAPABILITIES = Set.of(Capability.SEARCH, Capability.LIST);

    static final Map<String, Set<String>> TOOLS = ToolContract.signature(
            "create_entities entities entities.name entities.entityType entities.observations",
            "create_relations relations relations.from relations.to relations.relationType",
            "add_observations observations observations.entityName observations.contents",
            "delete_entities entityNames",
            "delete_observations deletions deletions.entityName deletions.observations",
            "delete_relations relations",
            "read_graph",
            "search_nodes query",
            "open_nodes names");

    private static final int MAX_WRITES = 5;
    private static final int PAUSE_MILLIS = 20;

    private final KnowledgeGraphTools graph;
    private final @Nullable String defaultUser;

    /**
     * @param defaultUser to whom foreign entities belong; null hides them
     * @param patience how long a write waits for others
     */
    KnowledgeGraphContract(Tools tools, @Nullable String defaultUser, Duration patience) {
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
                // What was wanted is its own confirmation.
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

    /**
     * What is new is created in one call, since the server rewrites its whole file with each, and confirmed by one read.
     * The rest goes one by one.
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
        List<String> names =
                seesForeign(userId) ? List.of(EntityName.of(userId, key), key) : List.of(EntityName.of(userId, key));
        return graph.open(names).visibleTo(userId, seesForeign(userId)).stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .<Lookup>map(Lookup.Found::new)
                .orElse(Lookup.MISSING);
    }

    /** The server knows no filters: it says what contains the query, and the rest is decided here. */
    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        return matching(request)
                .filter(request.filter()::accepts)
                .limit(request.limit())
                .toList();
    }

    private Stream<MemoryEntry> matching(SearchRequest request) {
        String userId = request.userId();
        String query = request.query();
        if (query == null) {
            return graph.readAll().visibleTo(userId, seesForeign(userId)).stream()
                    .sorted(SearchOrder.NEWEST_FIRST);
        }
        GraphSearch search = new GraphSearch(query);
        Graph found = search.serverMayMiss() ? graph.readAll() : graph.search(query);
        List<MemoryEntry> foreign =
                seesForeign(userId) ? withoutHidden(found.foreign(userId).toList()) : List.of();
        return search.hits(Stream.concat(found.memoriesOf(userId), foreign.stream()), request.order());
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
    public Removal delete(String userId, String key, Version version) {
        List<String> name = List.of(EntityName.of(userId, key));
        return remove(() -> graph.open(name), entity -> entity.name().equals(name.get(0)), version);
    }

    @Override
    public Removal deleteAll(String userId, Version version) {
        return remove(graph::readAll, entity -> belongsTo(userId, entity), version);
    }

    @Override
    public Removal expire(String userId, Instant cutoff, Version version) {
        return remove(graph::readAll, entity -> belongsTo(userId, entity) && wasUpdatedBefore(cutoff, entity), version);
    }

    @Override
    public BackendStatus check() {
        graph.open(List.of()); // the server reads its whole file for it, so a damaged one shows
        return new BackendStatus(true, ContractType.KNOWLEDGE_GRAPH.text());
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

    private Removal remove(Supplier<Graph> read, Predicate<Entity> named, Version version) {
        return graph.inTurn(() -> {
            long count = -1;
            for (int writes = 0; ; writes++) {
                List<Entity> targets = new ArrayList<>();
                Version survivor = Version.NONE;
                for (Entity entity : read.get().entities()) {
                    if (!entity.ours().isEmpty() && named.test(entity)) {
                        if (!entity.version().isNewerThan(version)) {
                            targets.add(entity);
                        } else if (entity.memory() != null && entity.version().isNewerThan(survivor)) {
                            survivor = entity.version();
                        }
                    }
                }
                if (count < 0) {
                    count = targets.stream()
                            .filter(entity -> entity.memory() != null)
                            .count();
                }
                if (targets.isEmpty()) {
                    return new Removal(count, survivor);
                }
                requireAnotherTry(writes);
                graph.deleteEntities(targets.stream()
                        .filter(Entity::isOursAlone)
                        .map(Entity::name)
                        .toList());
                Map<String, Set<String>> shared = new LinkedHashMap<>();
                targets.stream()
                        .filter(entity -> !entity.isOursAlone())
                        .forEach(entity -> shared.put(entity.name(), entity.ours()));
                graph.deleteObservations(shared);
            }
        });
    }

    private @Nullable Entity entity(MemoryEntry entry) {
        String name = EntityName.of(entry.userId(), entry.key());
        return graph.open(List.of(name)).entity(name).orElse(null);
    }

    /** Without foreign entities whose key is that of a memory of ours, which the search need not have found. */
    private List<MemoryEntry> withoutHidden(List<MemoryEntry> foreign) {
        if (foreign.isEmpty()) {
            return foreign;
        }
        Graph hiding = graph.open(foreign.stream()
                .map(entry -> EntityName.of(entry.userId(), entry.key()))
                .toList());
        Set<String> hidden = new LinkedHashSet<>();
        hiding.memoriesOf(foreign.get(0).userId()).forEach(entry -> hidden.add(entry.key()));
        return foreign.stream().filter(entry -> !hidden.contains(entry.key())).toList();
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

    /** Lets another process on the same file finish before the next try. */
    private static void requireAnotherTry(int writes) {
        if (writes == MAX_WRITES) {
            throw new BackendException(
                    Kind.OVERLOADED,
                    "the server acknowledged a write " + MAX_WRITES + " times that was not there afterwards",
                    "another program writes the same memory file at the same time");
        }
        if (writes > 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS << writes));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failures.interrupted("another try to write");
            }
        }
    }
}
