package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.spi.VectorStore.Vector;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.VectorCodec;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors that a made-up model of two dimensions gives: about tea, and about work. */
class SqliteVectorsTest {

    private static final String MODEL = "of two";
    private static final float[] TEA = {1, 0};
    private static final float[] WORK = {0, 1};

    @TempDir
    Path folder;

    private Path file;
    private SqliteStore store;
    private VectorStore vectors;
    private @Nullable QueryVector meant;
    private long clock;

    @BeforeEach
    void open() {
        file = folder.resolve("memory.db");
        store = SqliteStore.of(SqliteOptions.of(file), WaitListener.NONE, query -> meant);
        vectors = store.vectors();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void everyMemoryWaitsUntilItHasItsVector() {
        store("a", "one");
        store("b", "two");
        assertThat(vectors.waiting(MODEL, 10)).extracting(Waiting::key).containsExactly("a", "b");
        keep(vectors.waiting(MODEL, 1), TEA);
        assertThat(vectors.waiting(MODEL, 10)).extracting(Waiting::key).containsExactly("b");
        store("c", "three");
        assertThat(vectors.waitingCount(MODEL)).isEqualTo(2);
        keep(vectors.waiting(MODEL, 10), TEA);
        assertThat(vectors.waiting(MODEL, 10)).isEmpty();
        assertThat(vectors.waitingCount(MODEL)).isZero();
    }

    @Test
    void aMemoryWhoseTextIsReplacedWaitsAgainAndOneThatIsStoredUnchangedDoesNot() {
        store("a", "one");
        store("b", "two");
        keep(vectors.waiting(MODEL, 10), TEA);
        store("a", "another");
        store("b", "two");
        assertThat(vectors.waiting(MODEL, 10)).extracting(Waiting::value).containsExactly("another");
    }

    @Test
    void aTextThatGoesLeavesNoVector() throws Exception {
        store("a", "one");
        store("b", "two");
        store("c", "three");
        keep(vectors.waiting(MODEL, 10), TEA);
        store("a", "another");
        store.delete("ann", "b", next());
        assertThat(OldFile.rows(file, "SELECT id FROM memory_vector WHERE vector IS NOT NULL"))
                .hasSize(1);
        store.deleteAll("ann", next());
        assertThat(OldFile.rows(file, "SELECT id FROM memory_vector")).isEmpty();
    }

    @Test
    void aVectorOfATextThatWasReplacedMeanwhileIsNotKept() {
        store("a", "one");
        store("b", "two");
        store("c", "three");
        List<Waiting> read = vectors.waiting(MODEL, 10);
        store("b", "another");
        store.delete("ann", "c", next());
        keep(read, TEA);
        assertThat(vectors.waiting(MODEL, 10)).extracting(Waiting::value).containsExactly("another");
    }

    @Test
    void anotherModelBeginsAnew() {
        store("a", "one");
        keep(vectors.waiting(MODEL, 10), TEA);
        assertThat(vectors.waiting("other", 10)).hasSize(1);
        assertThat(vectors.waitingCount("other")).isEqualTo(1);
        assertThat(vectors.waiting(MODEL, 10))
                .as("until the other one has made its first")
                .isEmpty();
        vectors.keep("other", List.of(new Vector(vectors.waiting("other", 10).get(0), VectorCodec.encode(WORK))));
        assertThat(vectors.waiting("other", 10)).isEmpty();
        assertThat(vectors.waiting(MODEL, 10)).hasSize(1);
    }

    @Test
    void amongMemoriesWithTheSameWordsTheOneThatMeansTheSameIsFirst() {
        store("a", "a cup in the office");
        store("b", "a cup in the kitchen");
        keep(vectors.waiting(MODEL, 1), WORK);
        keep(vectors.waiting(MODEL, 1), TEA);
        meant = new QueryVector(MODEL, TEA);
        assertThat(search("which cup")).containsExactly("b", "a");
        meant = new QueryVector(MODEL, WORK);
        assertThat(search("which cup")).containsExactly("a", "b");
    }

    @Test
    void whatContainsTheWholeQueryStaysFirst() {
        store("a", "office rules for a cup");
        store("b", "a cup of tea");
        keep(vectors.waiting(MODEL, 1), TEA);
        keep(vectors.waiting(MODEL, 1), WORK);
        meant = new QueryVector(MODEL, TEA);
        assertThat(search("cup of")).containsExactly("b", "a");
    }

    @Test
    void whatStandsOutByItsMeaningIsFoundWithoutAnyWordAndBehindWhatContainsTheQuery() {
        store("tea", "sencha in the morning");
        keep(vectors.waiting(MODEL, 1), TEA);
        for (int i = 0; i < 8; i++) {
            store("job " + i, "minutes of the meeting");
        }
        store("box", "a hot beverage box");
        keep(vectors.waiting(MODEL, 20), WORK);
        assertThat(search("hot beverage")).containsExactly("box");
        meant = new QueryVector(MODEL, TEA);
        assertThat(search("hot beverage")).containsExactly("box", "tea");
        assertThat(search("drinks")).containsExactly("tea");
    }

    @Test
    void vectorsThatAreMissingOrOfAnotherModelChangeNothing() {
        store("a", "a cup in the office");
        store("b", "a cup in the kitchen, and a cup of tea");
        List<Hit> without = hits("which cup");
        meant = new QueryVector(MODEL, TEA);
        assertThat(hits("which cup")).isEqualTo(without);
        keep(vectors.waiting(MODEL, 10), TEA);
        meant = new QueryVector("other", WORK);
        assertThat(hits("which cup")).isEqualTo(without);
        meant = new QueryVector(MODEL, new float[] {1, 0, 0});
        assertThat(hits("which cup")).as("of other dimensions").isEqualTo(without);
    }

    private void store(String key, String value) {
        Instant now = Instant.ofEpochSecond(1_700_000_000 + clock);
        store.store(new MemoryEntry("ann", key, value, Map.of(), now, now, next()));
    }

    private HlcTimestamp next() {
        return new HlcTimestamp(++clock);
    }

    private void keep(List<Waiting> waiting, float[] vector) {
        vectors.keep(
                MODEL,
                waiting.stream()
                        .map(of -> new Vector(of, VectorCodec.encode(vector)))
                        .toList());
    }

    private List<Hit> hits(String query) {
        return store.search(new SearchRequest("ann", Query.of(query), 10)).hits();
    }

    private List<String> search(String query) {
        return hits(query).stream().map(hit -> hit.entry().key()).toList();
    }
}
