package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryTest {

    private static final int EVERY = 1_000;
    private static final List<String> LETTERS = List.of("a", "b", "c", "\u00DF", "\u6211", "\uD801\uDC28", "\uFFEE");

    @TempDir
    Path folder;

    private final Dictionary dictionary = new Dictionary();
    private final SearchIndex index = new SearchIndex();
    private SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(Path.of("unused")));

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private interface Steps {
        void run(Handle tx) throws SQLException;
    }

    private void inOneTransaction(Steps steps) {
        database.<Boolean>write(tx -> {
            steps.run(tx);
            return true;
        });
    }

    @Test
    void knowsWordsByTheirBeginningMiddleAndEnd() {
        inOneTransaction(tx -> {
            addUser(tx, "u");
            learn(tx, "u", Map.of("tea", 1, "teapot", 1, "steam", 1, "pot", 1), false);

            for (boolean listed : new boolean[] {false, true}) {
                assertThat(dictionary.from(tx, user(tx, "u"), "tea", EVERY)).containsExactly("tea", "teapot");
                assertThat(dictionary.from(tx, user(tx, "u"), "", 2)).containsExactly("pot", "steam");
                assertThat(at(tx, "u", "tea", true, true)).containsExactlyInAnyOrder("tea", "teapot", "steam");
                assertThat(at(tx, "u", "pot", true, false)).containsExactlyInAnyOrder("teapot", "pot");
                assertThat(at(tx, "u", "te", false, true)).containsExactlyInAnyOrder("tea", "teapot");
                assertThat(dictionary.list(tx)).as("listed %s", listed).isEqualTo(!listed);
            }
        });
    }

    @Test
    void cannotTellWhichWordsHaveOneCharacterOrTooManyHaveMore() {
        inOneTransaction(tx -> {
            addUser(tx, "u");
            learn(tx, "u", Map.of("tea", 1, "teapot", 1, "steam", 1), true);
            dictionary.list(tx);

            assertThat(at(tx, "u", "t", true, true)).isNull();
            assertThat(at(tx, "u", "t", true, false)).isNull();
            assertThat(dictionary.at(tx, user(tx, "u"), new Query.Edge("tea", true, true), 2))
                    .isNull();
            assertThat(dictionary.at(tx, user(tx, "u"), new Query.Edge("te", false, true), 1))
                    .isNull();
        });
    }

    /** Each of its three neighbours may stand elsewhere in a word, and a word that has it may go on behind. */
    @Test
    void countsWordsThatFitAndNotThoseThatMay() {
        inOneTransaction(tx -> {
            addUser(tx, "u");
            learn(tx, "u", Map.of("abcd", 1, "bcdabc", 1, "abcdx", 1, "xcd", 1), true);

            for (boolean listed : new boolean[] {false, true}) {
                assertThat(dictionary.at(tx, user(tx, "u"), new Query.Edge("abcd", true, true), 2))
                        .containsExactlyInAnyOrder("abcd", "abcdx");
                assertThat(dictionary.at(tx, user(tx, "u"), new Query.Edge("cd", true, false), 2))
                        .containsExactlyInAnyOrder("abcd", "xcd");
                assertThat(dictionary.list(tx)).as("listed %s", listed).isEqualTo(!listed);
            }
        });
    }

    @Test
    void aWordThatNoMemoryHasAnyMoreIsNamedAndCanBeForgotten() {
        inOneTransaction(tx -> {
            addUser(tx, "u");
            learn(tx, "u", Map.of("tea", 2, "pot", 1), false);

            assertThat(dictionary.release(tx, user(tx, "u"), Map.of("tea", 1, "never", 1)))
                    .isEmpty();
            assertThat(dictionary.release(tx, user(tx, "u"), Map.of("tea", 1, "pot", 0)))
                    .containsExactly("tea");
            dictionary.forget(tx, user(tx, "u"), List.of("tea"));
            assertThat(dictionary.from(tx, user(tx, "u"), "", EVERY)).containsExactly("pot");
        });
    }

    @Test
    void newWordsWaitUntilThereAreSixtyFourOrInABuildTwoThousand() {
        inOneTransaction(tx -> {
            addUser(tx, "u");
            addUser(tx, "build");
            learn(tx, "u", words(0, 63), false);
            assertThat(user(tx, "u").listed()).isZero();
            learn(tx, "u", words(63, 64), false);
            assertThat(user(tx, "u").listed()).isEqualTo(64);
            learn(tx, "build", words(0, 1_999), true);
            assertThat(user(tx, "build").listed()).isZero();
            learn(tx, "build", words(1_999, 2_000), true);
            assertThat(user(tx, "build").listed()).isEqualTo(2_000);
        });
    }

    private static Map<String, Integer> words(int from, int to) {
        Map<String, Integer> words = new LinkedHashMap<>();
        IntStream.range(from, to).forEach(number -> words.put("word" + number, 1));
        return words;
    }

    /** Two users go through any history side by side, as one set of words with their uses does. */
    @Test
    void agreesWithASetOfWords() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            String name = "seed " + seed;
            inOneTransaction(tx -> {
                Map<String, Map<String, Integer>> users = new TreeMap<>();
                for (String user : List.of(name + " a", name + " b")) {
                    addUser(tx, user);
                    users.put(user, new TreeMap<>(KeyOrder.COMPARATOR));
                }
                for (int step = 0; step < 60; step++) {
                    String user = name + (random.nextBoolean() ? " a" : " b");
                    Map<String, Integer> expected = Objects.requireNonNull(users.get(user));
                    change(tx, user, expected, random);
                    check(tx, user, expected, random, name + ", step " + step);
                }
                for (String user : users.keySet()) {
                    dictionary.forget(
                            tx,
                            user(tx, user),
                            Objects.requireNonNull(users.get(user)).keySet());
                    assertThat(rows(tx, user)).as(name).isZero();
                }
            });
        }
    }

    private void change(Handle tx, String user, Map<String, Integer> expected, Random random) throws SQLException {
        int choice = random.nextInt(20);
        if (choice == 0) {
            dictionary.forgetAll(tx, user(tx, user));
            expected.clear();
            assertThat(rows(tx, user)).isZero();
        } else if (choice < 3) {
            dictionary.list(tx);
        } else if (choice < 9) {
            Map<String, Integer> fewer = new LinkedHashMap<>();
            expected.forEach((word, uses) -> {
                if (random.nextInt(3) == 0) {
                    fewer.put(word, random.nextInt(uses + 1));
                }
            });
            List<String> unused = dictionary.release(tx, user(tx, user), fewer);
            fewer.forEach((word, count) -> expected.merge(word, -count, Integer::sum));
            List<String> unusedAsExpected = fewer.keySet().stream()
                    .filter(word -> fewer.getOrDefault(word, 0) > 0 && expected.getOrDefault(word, 0) == 0)
                    .toList();
            assertThat(unused).containsExactlyInAnyOrderElementsOf(unusedAsExpected);
            List<String> forgotten =
                    unused.stream().filter(word -> random.nextInt(4) > 0).toList();
            dictionary.forget(tx, user(tx, user), forgotten);
            expected.keySet().removeAll(forgotten);
        } else {
            Map<String, Integer> more = new LinkedHashMap<>();
            for (int words = random.nextInt(15); words > 0; words--) {
                more.put(word(random), 1 + random.nextInt(3));
            }
            learn(tx, user, more, random.nextBoolean());
            more.forEach((word, count) -> expected.merge(word, count, Integer::sum));
        }
    }

    private void check(Handle tx, String user, Map<String, Integer> expected, Random random, String what)
            throws SQLException {
        String part = word(random);
        int limit = random.nextBoolean() ? EVERY : 1 + random.nextInt(10);
        assertThat(dictionary.from(tx, user(tx, user), part, limit))
                .as("%s: from %s", what, part)
                .isEqualTo(expected.keySet().stream()
                        .filter(word -> word.startsWith(part))
                        .limit(limit)
                        .toList());

        Query.Edge edge = new Query.Edge(part, random.nextInt(3) > 0, random.nextBoolean());
        List<String> fitting = expected.keySet().stream().filter(edge::fits).toList();
        List<String> found = dictionary.at(tx, user(tx, user), edge, limit);
        boolean cannotTell = edge.openBefore() && part.codePointCount(0, part.length()) == 1;
        if (cannotTell || fitting.size() > limit) {
            assertThat(found).as("%s: %s", what, edge).isNull();
        } else {
            assertThat(found).as("%s: %s", what, edge).containsExactlyInAnyOrderElementsOf(fitting);
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int letters = 1 + random.nextInt(5); letters > 0; letters--) {
            word.append(LETTERS.get(random.nextInt(LETTERS.size())));
        }
        return word.toString();
    }

    private @Nullable List<String> at(Handle tx, String user, String form, boolean openBefore, boolean openBehind)
            throws SQLException {
        return dictionary.at(tx, user(tx, user), new Query.Edge(form, openBefore, openBehind), EVERY);
    }

    private void learn(Handle tx, String user, Map<String, Integer> more, boolean inBuild) throws SQLException {
        dictionary.learn(tx, user(tx, user), more, inBuild);
    }

    private static void addUser(Handle tx, String user) throws SQLException {
        tx.update("INSERT INTO search_user (user_id, entries, words, listed) VALUES (?1, 0, 0, 0)", user);
    }

    private SearchIndex.User user(Handle tx, String user) throws SQLException {
        return Objects.requireNonNull(index.user(tx, user));
    }

    /** What the tables hold of the user. */
    private long rows(Handle tx, String user) throws SQLException {
        long number = user(tx, user).number();
        return tx.number("SELECT count(*) FROM search_word WHERE user = ?1", number)
                + tx.number("SELECT count(*) FROM search_gram WHERE user = ?1", number);
    }
}
