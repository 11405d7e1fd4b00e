package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.VectorStore.Vector;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.search.meaning.VectorCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The text of {@link VectorStore} in executable form, and what a store's searches make of the vectors. A made-up model of
 * two dimensions gives them: about tea, and about work.
 */
public abstract class VectorStoreContract {

    private static final String MODEL = "of two";
    private static final float[] TEA = {1, 0};
    private static final float[] WORK = {0, 1};
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    protected PrimaryStore store;
    private VectorStore vectors;
    private QueryMeaning meaning = QueryMeaning.UNKNOWN;
    private long clock;

    /** A store over an empty database. */
    protected abstract PrimaryStore open(QueryVectors queries);

    /** How many vectors the database holds, whatever they are of. */
    protected abstract long kept();

    @BeforeEach
    final void openStore() {
        store = open(query -> meaning);
        vectors = store.vectors();
        vectors.use(MODEL, NOW);
    }

    @AfterEach
    final void closeStore() {
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
    void thoseOfEveryUserWait() {
        for (String user : List.of("ann", "ben", "cleo")) {
            store(user, "a", "one");
            store(user, "b", "two");
        }
        int looks = 0;
        while (!vectors.waiting(MODEL, 4).isEmpty()) {
            keep(vectors.waiting(MODEL, 4), TEA);
            assertThat(++looks).isLessThanOrEqualTo(6);
        }
        assertThat(kept()).isEqualTo(6);
    }

    @Test
    void aMemoryWhoseTextIsReplacedWaitsAgainAndOneThatIsStoredUnchangedDoesNot() {
        store("a", "one");
        store("b", "two");
        keep(vectors.waiting(MODEL, 10), TEA);
        store("a", "another");
        store("b", "two");
        assertThat(vectors.waiting(MODEL, 10)).extracting(Waiting::value).containsExactly("another");
        assertThat(vectors.waitingCount(MODEL)).isEqualTo(1);
    }

    @Test
    void aTextThatGoesLeavesNoVector() {
        for (String key : List.of("a", "b", "c", "d")) {
            store(key, "text of " + key);
        }
        keep(vectors.waiting(MODEL, 10), TEA);
        vectors.use("other", NOW);
        vectors.keep("other", vectors(vectors.waiting("other", 10), TEA));
        assertThat(kept()).isEqualTo(8);

        store("a", "another");
        assertThat(kept()).as("one was replaced").isEqualTo(6);
        store.delete("ann", "b", next());
        assertThat(kept()).as("one was deleted").isEqualTo(4);
        store.expire("ann", time(3).plusMillis(1), next());
        assertThat(kept()).as("one was too old").isEqualTo(2);
        store.deleteAll("ann", next());
        assertThat(kept()).isZero();
        assertThat(vectors.waitingCount(MODEL)).isZero();
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
        assertThat(kept()).isEqualTo(1);
    }

    /** Two processes with different models on one database would make each other's vectors over and over. */
    @Test
    void everyModelHasVectorsOfItsOwn() {
        store("a", "one");
        keep(vectors.waiting(MODEL, 10), TEA);
        vectors.use("other", NOW);
        assertThat(vectors.waiting("other", 10)).hasSize(1);
        vectors.keep("other", vectors(vectors.waiting("other", 10), WORK));
        assertThat(vectors.waiting("other", 10)).isEmpty();
        assertThat(vectors.waiting(MODEL, 10)).isEmpty();
    }

    @Test
    void theVectorsOfAModelThatNobodyUsesGo() {
        store("a", "one");
        keep(vectors.waiting(MODEL, 10), TEA);
        Instant later = NOW.plus(VectorStore.KEPT_UNUSED).minus(Duration.ofHours(1));
        vectors.use("other", later);
        assertThat(vectors.waiting(MODEL, 10)).isEmpty();
        vectors.use(MODEL, later);
        vectors.use("third", later.plus(Duration.ofHours(2)));
        assertThat(vectors.waiting(MODEL, 10)).as("used meanwhile").isEmpty();
        vectors.use("third", later.plus(VectorStore.KEPT_UNUSED).plus(Duration.ofHours(1)));
        assertThat(vectors.waiting(MODEL, 10)).hasSize(1);
        assertThat(kept()).isZero();
    }

    @Test
    void aModelThatIsForgottenHasNoVectorsAndGetsNoneUntilItIsUsedAgain() {
        store("a", "one");
        List<Waiting> waiting = vectors.waiting(MODEL, 10);
        keep(waiting, TEA);
        vectors.forget(MODEL);
        assertThat(kept()).isZero();
        keep(waiting, TEA);
        assertThat(kept()).isZero();
        vectors.use(MODEL, NOW);
        keep(vectors.waiting(MODEL, 10), TEA);
        assertThat(kept()).isEqualTo(1);
    }

    @Test
    void amongMemoriesWithTheSameWordsTheOneThatMeansTheSameIsFirst() {
        store("a", "a cup in the office");
        store("b", "a cup in the kitchen");
        keep(vectors.waiting(MODEL, 1), WORK);
        keep(vectors.waiting(MODEL, 1), TEA);
        means(TEA);
        assertThat(search("which cup")).containsExactly("b", "a");
        means(WORK);
        assertThat(search("which cup")).containsExactly("a", "b");
    }

    /** Its vector is that of a topic, which the vector of no short text can be like as much. */
    @Test
    void aLongTextIsNotLiftedAboveAShortOneThatMeansNearlyAsMuch() {
        store("long", "a cup " + "saucer spoon plate ".repeat(100));
        store("short", "a cup in the cupboard");
        store("one", "a cup in room one");
        store("two", "a cup in room two");
        keep(vectors.waiting(MODEL, 1), TEA);
        keep(vectors.waiting(MODEL, 1), new float[] {0.9f, 0.1f});
        keep(vectors.waiting(MODEL, 2), WORK);
        means(TEA);
        assertThat(search("lovely cup").get(0)).isEqualTo("short");
    }

    /** Of the words of its question an answer has those that it lacks; its meaning is its own. */
    @Test
    void anAnswerDoesNotMeanWhatItsQuestionMeans() {
        store("ann", "question", "which cup would you buy?", Map.of("session", "s"));
        store("ann", "answer", "none of these", Map.of("session", "s"));
        store("rival", "a cup in the cupboard");
        keep(vectors.waiting(MODEL, 1), TEA);
        keep(vectors.waiting(MODEL, 1), WORK);
        keep(vectors.waiting(MODEL, 1), new float[] {0.5f, 0.5f});
        means(TEA);
        assertThat(search("lovely cup")).containsExactly("question", "rival", "answer");
    }

    @Test
    void whatContainsTheWholeQueryStaysFirst() {
        store("a", "office rules for a cup");
        store("b", "a cup of tea");
        keep(vectors.waiting(MODEL, 1), TEA);
        keep(vectors.waiting(MODEL, 1), WORK);
        means(TEA);
        assertThat(search("cup of")).containsExactly("b", "a");
    }

    @Test
    void whatStandsOutByItsMeaningIsFoundWithoutAnyWordBehindWhatContainsTheQueryAndSaysSo() {
        storeOneAboutTea();
        store("box", "a hot beverage box");
        keep(vectors.waiting(MODEL, 20), WORK);
        assertThat(search("hot beverage")).containsExactly("box");
        means(TEA);
        assertThat(search("hot beverage")).containsExactly("box", "tea");
        assertThat(search("drinks")).containsExactly("tea");
        assertThat(hits("hot beverage")).extracting(Hit::byMeaning).containsExactly(false, true);
    }

    @Test
    void aFilterAndAnotherOrderHoldForWhatIsFoundByItsMeaningToo() {
        storeOneAboutTea();
        means(TEA);
        Query query = Query.of("drinks");
        SearchFilter elsewhere = new SearchFilter(null, null, Map.of(), "job");
        assertThat(store.search(new SearchRequest("ann", query, 10, SearchOrder.RELEVANCE, elsewhere))
                        .hits())
                .isEmpty();
        assertThat(store.search(new SearchRequest("ben", query, 10)).hits())
                .as("another user")
                .isEmpty();
    }

    @Test
    void vectorsThatAreMissingOrOfAnotherModelChangeNothing() {
        store("a", "a cup in the office");
        store("b", "a cup in the kitchen, and a cup of tea");
        List<Hit> without = hits("which cup");
        means(TEA);
        assertThat(hits("which cup")).isEqualTo(without);
        keep(vectors.waiting(MODEL, 10), TEA);
        meaning = QueryMeaning.of(new QueryVector("other", WORK));
        assertThat(hits("which cup")).isEqualTo(without);
        meaning = QueryMeaning.of(new QueryVector(MODEL, new float[] {1, 0, 0}));
        assertThat(hits("which cup")).as("of other dimensions").isEqualTo(without);
    }

    @Test
    void whyAMeaningIsNotKnownIsSaidBesideTheHits() {
        store("a", "a cup");
        assertThat(store.search(new SearchRequest("ann", Query.of("cup"), 10)).note())
                .isNull();
        meaning = QueryMeaning.unknown("not now");
        Hits hits = store.search(new SearchRequest("ann", Query.of("cup"), 10));
        assertThat(hits.note()).isEqualTo("not now");
        assertThat(hits.hits()).hasSize(1);
        assertThat(hits.problem()).isNull();
    }

    private void storeOneAboutTea() {
        store("tea", "sencha in the morning");
        keep(vectors.waiting(MODEL, 1), TEA);
        for (int i = 0; i < 8; i++) {
            store("job " + i, "minutes of the meeting");
        }
        keep(vectors.waiting(MODEL, 20), WORK);
    }

    private void means(float[] vector) {
        meaning = QueryMeaning.of(new QueryVector(MODEL, vector));
    }

    private void store(String key, String value) {
        store("ann", key, value);
    }

    private void store(String user, String key, String value) {
        store(user, key, value, Map.of());
    }

    private void store(String user, String key, String value, Map<String, Object> metadata) {
        HlcTimestamp version = next();
        store.store(new MemoryEntry(user, key, value, metadata, time(clock), time(clock), version));
    }

    private static Instant time(long tick) {
        return Instant.ofEpochSecond(1_700_000_000 + tick);
    }

    private HlcTimestamp next() {
        return new HlcTimestamp(++clock);
    }

    private void keep(List<Waiting> waiting, float[] vector) {
        vectors.keep(MODEL, vectors(waiting, vector));
    }

    private static List<Vector> vectors(List<Waiting> waiting, float[] vector) {
        return waiting.stream()
                .map(of -> new Vector(of, VectorCodec.encode(vector)))
                .toList();
    }

    private List<Hit> hits(String query) {
        return store.search(new SearchRequest("ann", Query.of(query), 10)).hits();
    }

    private List<String> search(String query) {
        return hits(query).stream().map(hit -> hit.entry().key()).toList();
    }
}
