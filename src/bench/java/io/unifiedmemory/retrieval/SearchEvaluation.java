package io.unifiedmemory.retrieval;

import io.unifiedmemory.meaning.AddOn;
import io.unifiedmemory.meaning.EmbeddingModel;
import io.unifiedmemory.meaning.MemoryVectors;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.AlreadyShown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Stores the memories of a data folder in a new database, asks its questions, and prints how well they were answered;
 * see {@code scripts/search-eval}.
 *
 * <p>The folder holds two files of one JSON object per line: {@code entries.jsonl} with {@code user_id}, {@code key},
 * {@code value} and perhaps {@code metadata} and {@code created_at}, {@code queries.jsonl} with {@code id},
 * {@code user_id}, {@code query}, {@code relevant} (keys) and {@code category}.
 */
public final class SearchEvaluation {

    /** System property: the folder of the model's add-on, with which to evaluate. */
    private static final String MODEL = "unified-memory.model";

    private static final int DEPTH = 25;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * How one question was answered.
     *
     * @param ranking keys, best first
     * @param sessions the conversations of these, in the same order; empty where memories belong to none
     * @param relevantSessions the conversations of the relevant keys
     */
    record Answered(
            String id,
            String category,
            List<String> ranking,
            Set<String> relevant,
            List<String> sessions,
            Set<String> relevantSessions) {

        Map<String, Double> metrics() {
            Map<String, Double> metrics = Metrics.of(ranking, relevant);
            if (!sessions.isEmpty()) {
                metrics.putAll(Metrics.hits("session", sessions, relevantSessions));
            }
            return metrics;
        }
    }

    private SearchEvaluation() {}

    /** Evaluates a data folder. Arguments: the folder, and categories to leave out. */
    public static void main(String[] arguments) throws IOException {
        Path work = Files.createTempDirectory("search-eval");
        List<Answered> answered = run(Path.of(arguments[0]), work.resolve("memory.db")).stream()
                .filter(each -> !List.of(arguments).contains(each.category()))
                .toList();
        System.out.print(report(answered));
        try (var files = Files.list(work)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(work);
    }

    /** Asks every question of a data folder, over a new database file. */
    static List<Answered> run(Path data, Path file) throws IOException {
        String folder = System.getProperty(MODEL);
        return folder == null
                ? run(data, new SqliteStore(new SqliteDatabase(SqliteOptions.of(file))), null)
                : run(data, file, new AddOn(Path.of(folder)));
    }

    /** The same with a model, when each memory has its vector. */
    static List<Answered> run(Path data, Path file, AddOn model) throws IOException {
        try (EmbeddingModel loaded = model.load()) {
            QueryVectors queries = query -> QueryMeaning.of(new QueryVector(loaded.name(), loaded.ofQuery(query)));
            return run(data, SqliteStore.of(SqliteOptions.of(file), WaitListener.NONE, queries), loaded);
        }
    }

    /** Asks every question of a data folder, over an empty store, which is closed then. */
    static List<Answered> run(Path data, PrimaryStore store) throws IOException {
        return run(data, store, null);
    }

    private static void makeVectors(VectorStore vectors, EmbeddingModel model) {
        vectors.use(model.name(), Instant.now());
        boolean more = true;
        while (more) {
            more = MemoryVectors.step(vectors, model);
        }
    }

    private static List<Answered> run(Path data, PrimaryStore store, @Nullable EmbeddingModel model)
            throws IOException {
        try (UnifiedMemory memory = UnifiedMemory.builder()
                .primary("store", store, new BackendOptions(true, 1, PATIENCE, 0))
                .build()) {
            long stamp = 0;
            Map<List<String>, String> sessions = new HashMap<>();
            for (JsonNode line : lines(data.resolve("entries.jsonl"))) {
                MemoryEntry entry = entry(line, new HlcTimestamp(++stamp));
                memory.replicate(entry);
                if (entry.metadata().get("session") instanceof String session) {
                    sessions.put(List.of(entry.userId(), entry.key()), session);
                }
            }
            if (model != null) {
                makeVectors(store.vectors(), model);
            }
            List<Answered> answered = new ArrayList<>();
            for (JsonNode question : lines(data.resolve("queries.jsonl"))) {
                Set<String> relevant = StreamSupport.stream(
                                question.path("relevant").spliterator(), false)
                        .map(JsonNode::asString)
                        .collect(Collectors.toSet());
                if (!relevant.isEmpty()) {
                    String user = question.path("user_id").asString();
                    List<String> ranking = ranking(memory, question);
                    answered.add(new Answered(
                            question.path("id").asString(),
                            question.path("category").asString(""),
                            ranking,
                            relevant,
                            sessions(user, ranking, sessions),
                            Set.copyOf(sessions(user, relevant, sessions))));
                }
            }
            return answered;
        }
    }

    private static List<String> sessions(String user, Collection<String> keys, Map<List<String>, String> sessions) {
        return keys.stream()
                .map(key -> sessions.get(List.of(user, key)))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static List<String> ranking(UnifiedMemory memory, JsonNode question) {
        SearchRequest request = new SearchRequest(
                question.path("user_id").asString(),
                Query.of(question.path("query").asString()),
                DEPTH);
        return memory.search(request, AlreadyShown.NOTHING).hits().stream()
                .map(hit -> hit.entry().key())
                .toList();
    }

    private static MemoryEntry entry(JsonNode json, HlcTimestamp version) {
        Map<String, Object> metadata =
                json.has("metadata") ? Json.parseObject(json.path("metadata").toString()) : Map.of();
        @Nullable
        Instant time =
                json.has("created_at") ? Instant.parse(json.path("created_at").asString()) : null;
        return new MemoryEntry(
                json.path("user_id").asString(),
                json.path("key").asString(),
                json.path("value").asString(),
                metadata,
                time,
                time,
                version);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank())
                .map(Json.mapper()::readTree)
                .toList();
    }

    /** A line for all questions, and one for each category. */
    static String report(List<Answered> answered) {
        Map<String, List<Map<String, Double>>> byCategory = new TreeMap<>();
        List<Map<String, Double>> all = new ArrayList<>();
        for (Answered each : answered) {
            byCategory
                    .computeIfAbsent(each.category(), category -> new ArrayList<>())
                    .add(each.metrics());
            all.add(each.metrics());
        }
        Map<String, List<Map<String, Double>>> rows = new LinkedHashMap<>();
        rows.put("all", all);
        rows.putAll(byCategory);
        StringBuilder report = new StringBuilder();
        rows.forEach((category, metrics) -> report.append(
                        String.format(Locale.ROOT, "%-20s n=%-5d", category, metrics.size()))
                .append(Metrics.mean(metrics).entrySet().stream()
                        .map(metric -> String.format(Locale.ROOT, "  %s %.3f", metric.getKey(), metric.getValue()))
                        .collect(Collectors.joining()))
                .append('\n'));
        return report.toString();
    }
}
