package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.meaning.AddOn;
import io.unifiedmemory.meaning.EmbeddingModel;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.search.meaning.VectorCodec;
import io.unifiedmemory.store.GeneratedText;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Measures what comparing meanings adds to a search of one user with many memories: the same queries in turn without and with
 * the model, in time of the processor, so that other load on the machine counts little and meets both. The vectors of the memories are random, since making them takes
 * longer than all else and their content changes no time. Arguments: the folder of the add-on, and numbers of memories.
 */
final class MeaningBenchmark {

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final String USER = "user";

    /** Of 12 tokens without the word; a made-up word has three to six. */
    private static final String QUESTION = "What did we say about the colour of the %s last summer?";

    private static final int LIMIT = 10;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 500;
    private static final int BATCH = 10_000;
    private static final long START = 1_767_225_600_000L;

    private final SqliteStore words;
    private final SqliteStore meanings;
    private final EmbeddingModel model;

    private MeaningBenchmark(SqliteStore words, SqliteStore meanings, EmbeddingModel model) {
        this.model = model;
        this.words = words;
        this.meanings = meanings;
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("""
                Milliseconds of one core, p50 / p99, one user.

                | memories | query | words | words and meaning | difference of p50 | of it the model |
                | --- | --- | --- | --- | --- | --- |""");
        try (EmbeddingModel model = new AddOn(Path.of(arguments[0])).load()) {
            QueryVectors queries = query -> QueryMeaning.of(new QueryVector(model.name(), model.ofQuery(query)));
            for (String entries : List.of(arguments).subList(1, arguments.length)) {
                measure(model, queries, Integer.parseInt(entries));
            }
        }
    }

    private static void measure(EmbeddingModel model, QueryVectors queries, int entries) throws Exception {
        Path file = Files.createTempFile("meaning-benchmark", ".db");
        SqliteOptions options = SqliteOptions.of(file);
        fill(options, model, entries);
        try (SqliteStore words = new SqliteStore(new SqliteDatabase(options));
                SqliteStore meanings = SqliteStore.of(options, WaitListener.NONE, queries)) {
            words.rebuildIndex(percent -> {});
            MeaningBenchmark benchmark = new MeaningBenchmark(words, meanings, model);
            Random random = new Random(1);
            benchmark.print(entries, "rare word", i -> GeneratedText.rareWord(i % entries));
            benchmark.print(entries, "word in 1 %", i -> GeneratedText.wordOfOnePercent(random));
            benchmark.print(
                    entries, "question with that", i -> QUESTION.formatted(GeneratedText.wordOfOnePercent(random)));
            benchmark.print(entries, "ten made-up words", i -> GeneratedText.question(i % entries, random));
        }
        Files.delete(file);
    }

    private static void fill(SqliteOptions options, EmbeddingModel model, int entries) {
        int dimensions = model.ofQuery(USER).length;
        Random random = new Random(2);
        try (SqliteDatabase database = new SqliteDatabase(options)) {
            new SqliteVectors(database).use(model.name(), Instant.ofEpochMilli(START));
            for (int from = 0; from < entries; from += BATCH) {
                int first = from;
                database.<Boolean>write(tx -> {
                    long number = SqliteVectors.number(tx, model.name());
                    for (int i = first; i < Math.min(entries, first + BATCH); i++) {
                        tx.update(
                                "INSERT INTO memory (user_id, key, value, metadata, created_at, updated_at, version)"
                                        + " VALUES (?1, ?2, ?3, '{}', ?4, ?4, ?4)",
                                USER,
                                "note " + i,
                                GeneratedText.value(i),
                                START + i);
                        tx.update(
                                "INSERT INTO memory_vector SELECT ?1, max(id), ?2 FROM memory",
                                number,
                                VectorCodec.encode(vector(random, dimensions)));
                    }
                    return true;
                });
            }
        }
    }

    private static float[] vector(Random random, int dimensions) {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private void print(int entries, String name, IntFunction<String> query) {
        long[] without = new long[ROUNDS];
        long[] with = new long[ROUNDS];
        long[] ofModel = new long[ROUNDS];
        long found = 0;
        for (int i = -WARM_UP; i < ROUNDS; i++) {
            String text = query.apply(7_919 * (i + WARM_UP));
            SearchRequest request = new SearchRequest(USER, Query.of(text), LIMIT);
            long start = CPU.getCurrentThreadCpuTime();
            found += words.search(request).hits().size();
            long between = CPU.getCurrentThreadCpuTime();
            found += meanings.search(request).hits().size();
            long alone = CPU.getCurrentThreadCpuTime();
            found += model.ofQuery(text).length;
            if (i >= 0) {
                without[i] = between - start;
                with[i] = alone - between;
                ofModel[i] = CPU.getCurrentThreadCpuTime() - alone;
            }
        }
        if (found <= 0) {
            throw new IllegalStateException("nothing was found");
        }
        Arrays.sort(without);
        Arrays.sort(with);
        Arrays.sort(ofModel);
        System.out.printf(
                "| %,d | %s | %s | %s | %.1f | %.1f |%n",
                entries,
                name,
                shown(without),
                shown(with),
                (with[ROUNDS / 2] - without[ROUNDS / 2]) / 1e6,
                ofModel[ROUNDS / 2] / 1e6);
    }

    private static String shown(long[] sorted) {
        return "%.1f / %.1f".formatted(sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6);
    }
}
