package io.unifiedmemory.store.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.BackendStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One text of SQL for PostgreSQL and the engines that speak its protocol: Citus, YugabyteDB, CockroachDB. What these do
 * not have in common is not used, so each word that the store uses is in a list here. Whoever adds one has looked it up
 * in the documentation of all of them.
 */
class PortableSqlTest {

    private static final Path SOURCES = Path.of("src/main/java/io/unifiedmemory/store/postgres");
    private static final Path MIGRATIONS = Path.of("src/main/resources/io/unifiedmemory/store/postgres/db/migrations");

    private static final Set<String> KEYWORDS = words("""
            ADD ALL ALTER AND ANY AS BEGIN BY CASE CAST COLLATE COLUMN COMMIT CONFLICT CREATE CROSS DEFAULT DELETE DESC DISTINCT DO ELSE END EXISTS
            FOR FROM GROUP HAVING IF IN INDEX INSERT INTO IS ISOLATION JOIN KEY LAST LATERAL LEFT LEVEL LIKE LIMIT LOCAL NOT NOTHING NULL
            NULLS OF OFFSET ON ONLY OR ORDER OVER PARTITION PRIMARY READ REPEATABLE RETURNING ROLLBACK SCHEMA SELECT SET TABLE THEN
            UNION UNIQUE UPDATE VALUES WHEN WHERE WITH""");

    private static final Set<String> FUNCTIONS = words("""
            clock_timestamp coalesce count current_database current_setting extract greatest json_array_elements json_build_array
            json_typeof least left lower max min octet_length position row_number strpos substr sum unnest version""");

    /** Asked only where the program can do without an answer: what a server is, and whether it is the server itself. */
    private static final Set<String> PROBES =
            words("pg_backend_pid pg_control_system pg_current_wal_lsn pg_walfile_name");

    private static final Set<Path> PROBING = Set.of(Path.of("Pooler.java"), Path.of("Server.java"));

    /** Have capitals in regular expressions and messages, and no statement. */
    private static final Set<Path> WITHOUT_STATEMENTS =
            Set.of(Path.of("Durability.java"), Path.of("PostgresFailures.java"));

    private static final Set<String> TYPES = words("bigint bytea integer json text uuid");

    /** Names within statements, columns of results and settings that every engine has. */
    private static final Set<String> LOCAL_NAMES = words("""
            a b built c changed cleared created day excluded gone kept l m n noted o p place r remembered side t tag tags total u v wanted word epoch system_identifier unified_memory
            information_schema tables table_schema table_name idle_in_transaction_session_timeout""");

    /** Tables that all users share; every other one belongs to users. */
    private static final Set<String> SHARED =
            words("schema_step lease confirmation comparison clock property token vector_model");

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)//[^\n\"]*$");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern LOUD = Pattern.compile("\\b[A-Z]{2,}\\b");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*(\\()?");
    private static final Pattern TABLE = Pattern.compile("(?s)CREATE TABLE unified_memory\\.(\\w+) \\((.*?)\n\\);");
    private static final Pattern ADDED = Pattern.compile("ADD COLUMN (\\w+)");
    private static final Pattern INDEX =
            Pattern.compile("CREATE (UNIQUE )?INDEX (\\w+) ON unified_memory\\.(\\w+) (\\w* ?)\\(([^)]*)\\)");

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    @Test
    void theStatementsUseOnlyWhatAllEnginesHave() throws IOException {
        Set<String> names = names();
        int statements = 0;
        for (Path file : files(SOURCES, ".java")) {
            if (WITHOUT_STATEMENTS.contains(file.getFileName())) {
                continue;
            }
            Set<String> functions = new TreeSet<>(FUNCTIONS);
            if (PROBING.contains(file.getFileName())) {
                functions.addAll(PROBES);
            }
            for (String sql : sql(Files.readString(file, UTF_8))) {
                assertThat(foreign(sql, names, functions))
                        .as(file.getFileName() + ": " + sql)
                        .isEmpty();
                statements++;
            }
        }
        assertThat(statements).as("statements that were found").isGreaterThan(60);
    }

    @Test
    void theSchemaUsesOnlyWhatAllEnginesHave() throws IOException {
        for (Path file : files(MIGRATIONS, ".sql")) {
            assertThat(foreign(withoutComments(file), names(), FUNCTIONS))
                    .as(file.toString())
                    .isEmpty();
        }
    }

    /** So that the tables can be distributed by the user, and every unique key be checked where the user's rows are. */
    @Test
    void theUserLeadsEveryKeyOfItsTables() throws IOException {
        Map<String, String> keys = new LinkedHashMap<>();
        for (Path file : files(MIGRATIONS, ".sql")) {
            String text = withoutComments(file);
            TABLE.matcher(text).results().forEach(table -> keys.put(table.group(1), primaryKey(table.group(2))));
            INDEX.matcher(text)
                    .results()
                    .filter(index -> index.group(1) != null)
                    .forEach(index -> keys.put(index.group(3) + "." + index.group(2), index.group(5)));
            assertThat(INDEX.matcher(text).results().map(index -> index.group(4)))
                    .as("kinds of indexes")
                    .containsOnly("");
        }
        assertThat(keys).hasSizeGreaterThan(10);
        keys.forEach((table, key) -> {
            if (!SHARED.contains(table.replaceFirst("\\..*", ""))) {
                assertThat(key).as("key of " + table).matches("owner(, .*)?");
            }
        });
    }

    private static String primaryKey(String columns) {
        return Stream.of(Pattern.compile("PRIMARY KEY \\(([^)]*)\\)"), Pattern.compile("(\\w+) [^,]*PRIMARY KEY"))
                .map(pattern -> pattern.matcher(columns))
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_advisory_xact_lock(1)",
                "LISTEN news",
                "SELECT id FROM unified_memory.memory FOR UPDATE SKIP LOCKED",
                "CREATE TEMPORARY TABLE t (id bigint)",
                "CREATE TABLE t (id bigint) PARTITION BY RANGE (id)",
                "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY)",
                "CREATE TABLE t (id bigint REFERENCES m DEFERRABLE)",
                "CREATE INDEX m ON unified_memory.memory USING gin (owner, key)",
                "SELECT to_tsvector(value) FROM unified_memory.memory",
                "SET LOCAL search_path = unified_memory",
                "select id from unified_memory.memory for share"
            })
    void whatOnlySomeHaveIsNoticed(String sql) throws IOException {
        assertThat(sql("String sql = \"" + sql + "\";")).containsExactly(sql);
        assertThat(foreign(sql, names(), FUNCTIONS)).isNotEmpty();
    }

    /** An engine that keeps several copies itself knows none of the functions that tell the history of a server. */
    @Test
    void aServerThatDoesNotTellItsHistoryIsUsedAllTheSame() {
        TestStores stores = new TestStores(PostgresServer.shared(), null);
        stores.runAsSuperuser("REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_backend_pid() FROM PUBLIC");
        try (PostgresStore store = stores.open()) {
            BackendStatus status = store.check();

            assertThat(status.up()).as(status.detail()).isTrue();
            assertThat(store.identity()).isNotNull();
            assertThat(store.comparisons().isRestored("up")).isFalse();
        } finally {
            stores.drop();
        }
    }

    /** The words of a text that are in none of the lists. */
    private static List<String> foreign(String sql, Set<String> names, Set<String> functions) {
        String plain = sql.replaceAll("'[^']*'", " ")
                .replaceAll("\\\\?\"C\\\\?\"", " ")
                .replaceAll("\\b\\d+\\b", " ");
        List<String> foreign = new ArrayList<>();
        for (MatchResult match : (Iterable<MatchResult>) WORD.matcher(plain).results()::iterator) {
            String word = match.group().replace("(", "");
            boolean called = match.group(1) != null && !KEYWORDS.contains(word);
            boolean known = Stream.of(KEYWORDS, TYPES, LOCAL_NAMES, names).anyMatch(list -> list.contains(word));
            if (called ? !functions.contains(word) : !known) {
                foreign.add(word);
            }
        }
        return foreign;
    }

    /** The literals of a source file with a word in capitals or the name of the schema: nothing else but SQL has any. */
    private static List<String> sql(String source) {
        String code = COMMENT.matcher(source).replaceAll("").replaceAll("\"\\s*\\+\\s*\"", "");
        return LITERAL.matcher(code)
                .results()
                .map(literal -> literal.group(1))
                .filter(text -> LOUD.matcher(text).find() || text.contains("unified_memory."))
                .toList();
    }

    /** Every table and column. */
    private static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>(Set.of("schema_step", "number", "minimum"));
        for (Path file : files(MIGRATIONS, ".sql")) {
            String text = withoutComments(file);
            TABLE.matcher(text).results().forEach(table -> {
                names.add(table.group(1));
                table.group(2).lines().map(String::strip).forEach(line -> names.add(line.split("\\W", 2)[0]));
            });
            ADDED.matcher(text).results().forEach(column -> names.add(column.group(1)));
            INDEX.matcher(text).results().forEach(index -> names.add(index.group(2)));
        }
        return names;
    }

    private static String withoutComments(Path file) throws IOException {
        return Files.readString(file, UTF_8)
                .lines()
                .map(line -> line.replaceFirst("--.*", ""))
                .collect(Collectors.joining("\n"));
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }
}
