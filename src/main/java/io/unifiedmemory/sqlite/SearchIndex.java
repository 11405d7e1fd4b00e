package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.Json;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.sqlite.DocumentId.Field;
import io.unifiedmemory.text.Query;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the search index. FTS5 keeps the lists of hits by {@linkplain IndexTerms terms} that we read ourselves:
 * of it only the inverted index is used. Works within the transaction of its caller. Stateless.
 */
final class SearchIndex {

    /** Code points: longer words are looked through one by one, their parts would fill the file. */
    private static final int LONGEST_WITH_PARTS = 24;

    /** New words whose parts are written together, which touches fewer pages; until then they are looked through too. */
    private static final int MOST_WAITING = 64;

    /**
     * {@code search_term} holds memories under their {@link DocumentId}, without positions: what they would tell is
     * verified by reading the text. {@code search_word} holds the words of a user as they are written, {@code
     * search_part} each ending of each of them, so that a part of a word leads to the words.
     */
    static final String SCHEMA = """
            CREATE TABLE search_user (
                number  INTEGER PRIMARY KEY,
                user_id TEXT    NOT NULL UNIQUE,
                entries INTEGER NOT NULL,
                words   INTEGER NOT NULL
            ) STRICT;

            CREATE TABLE search_entry (
                id       INTEGER PRIMARY KEY,
                document INTEGER NOT NULL,
                user     INTEGER NOT NULL,
                words    INTEGER NOT NULL,
                session  INTEGER,
                at       INTEGER
            ) STRICT;
            CREATE INDEX search_entry_by_session ON search_entry (user, session, at, id) WHERE session IS NOT NULL;

            CREATE TABLE search_word (
                user  INTEGER NOT NULL,
                form  TEXT    NOT NULL,
                parts INTEGER NOT NULL,
                PRIMARY KEY (user, form)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX search_word_without_parts ON search_word (user, parts, form) WHERE parts <> 1;

            CREATE TABLE search_part (
                user INTEGER NOT NULL,
                tail TEXT    NOT NULL,
                head TEXT    NOT NULL,
                PRIMARY KEY (user, tail, head)
            ) STRICT, WITHOUT ROWID;

            CREATE VIRTUAL TABLE search_term USING fts5 (
                terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
            );
            """;

    /** One user's part of the index. */
    record User(long number, long entries, long words) {

        IndexTerms terms() {
            return new IndexTerms(number);
        }
    }

    /** New words wait for their parts (0), single letters have none (1), long words get none (2). */
    private static final String ADD_WORDS = """
            INSERT OR IGNORE INTO search_word (user, form, parts)
            SELECT ?1, value, CASE WHEN length(value) = 1 THEN 1 WHEN length(value) > %d THEN 2 ELSE 0 END
            FROM json_each(?2)""".formatted(LONGEST_WITH_PARTS);

    private static final String COUNT_WAITING =
            "SELECT count(*) FROM search_word WHERE user = ?1 AND parts = 0 AND parts <> 1";

    private static final String ADD_PARTS = """
            WITH RECURSIVE part (word, head) AS (
                SELECT form, 1 FROM search_word WHERE user = ?1 AND parts = 0 AND parts <> 1
                UNION ALL SELECT word, head + 1 FROM part WHERE head + 1 < length(word))
            INSERT OR IGNORE INTO search_part (user, tail, head)
            SELECT ?1, substr(word, head + 1), substr(word, 1, head) FROM part""";

    private static final String REMOVE_PARTS = """
            WITH RECURSIVE part (word, head) AS (
                SELECT value, 1 FROM json_each(?2) WHERE length(value) BETWEEN 2 AND %d
                UNION ALL SELECT word, head + 1 FROM part WHERE head + 1 < length(word))
            DELETE FROM search_part WHERE user = ?1
                AND (tail, head) IN (SELECT substr(word, head + 1), substr(word, 1, head) FROM part)""".formatted(LONGEST_WITH_PARTS);

    private static final String WORDS_WITH_PART = """
            SELECT form FROM search_word WHERE user = ?1 AND form BETWEEN ?2 AND ?3
            UNION SELECT head || tail FROM search_part WHERE user = ?1 AND tail BETWEEN ?2 AND ?3
            UNION SELECT form FROM search_word WHERE user = ?1 AND parts <> 1 AND instr(form, ?2)
            LIMIT ?4""";

    private static final String HAS_HIT =
            "SELECT EXISTS (SELECT 1 FROM search_term WHERE search_term MATCH ?1 AND rowid & 3 = 0)";

    private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

    /** Puts a memory into the index that is not there. */
    void put(Session tx, long id, MemoryEntry entry) throws SQLException {
        EntryContext context = EntryContext.of(entry);
        long number = number(tx, entry.userId());
        IndexTerms.Indexed indexed = new IndexTerms(number).of(entry, context);
        long document = DocumentId.of(id, indexed);
        tx.update(
                "UPDATE search_user SET entries = entries + 1, words = words + ?2 WHERE number = ?1",
                number,
                indexed.words());
        tx.update(
                "INSERT INTO search_entry (id, document, user, words, session, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                id,
                document,
                number,
                indexed.words(),
                context.session() == null ? null : hash(context.session()),
                context.time() == null ? 0 : context.time().toEpochMilli());
        addTerms(tx, document, Field.TEXT, indexed.text());
        addTerms(tx, document, Field.REPEATED, indexed.repeated());
        addTerms(tx, document, Field.METADATA, indexed.metadata());
        learn(tx, number, indexed.forms());
    }

    private static void addTerms(Session tx, long document, Field field, String terms) throws SQLException {
        if (!terms.isEmpty()) {
            tx.update("INSERT INTO search_term (rowid, terms) VALUES (?1, ?2)", DocumentId.in(field, document), terms);
        }
    }

    private long number(Session tx, String userId) throws SQLException {
        User known = user(tx, userId);
        return known != null
                ? known.number()
                : tx.number(
                        "INSERT INTO search_user (user_id, entries, words) VALUES (?1, 0, 0) RETURNING number", userId);
    }

    private static void learn(Session tx, long user, Set<String> forms) throws SQLException {
        if (tx.update(ADD_WORDS, user, Json.write(forms)) > 0 && tx.number(COUNT_WAITING, user) >= MOST_WAITING) {
            tx.update(ADD_PARTS, user);
            tx.update("UPDATE search_word SET parts = 1 WHERE user = ?1 AND parts = 0 AND parts <> 1", user);
        }
    }

    /** A conversation's name, short enough to stand in every entry. */
    private static long hash(String session) {
        return UUID.nameUUIDFromBytes(session.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }

    /** Takes a memory out of the index, if it is there. Its words stay known until they are {@link #forget forgotten}. */
    void remove(Session tx, long id) throws SQLException {
        try (ResultSet entry = tx.query("DELETE FROM search_entry WHERE id = ?1 RETURNING document, user, words", id)) {
            if (entry.next()) {
                for (Field field : Field.values()) {
                    tx.update("DELETE FROM search_term WHERE rowid = ?1", DocumentId.in(field, entry.getLong(1)));
                }
                tx.update(
                        "UPDATE search_user SET entries = entries - 1, words = words - ?2 WHERE number = ?1",
                        entry.getLong(2),
                        entry.getLong(3));
            }
        }
    }

    /** Of these words of memories that are gone, takes those out of the index that no memory of the user has. */
    void forget(Session tx, String userId, Set<String> forms) throws SQLException {
        User user = user(tx, userId);
        if (user == null) {
            return;
        }
        if (user.entries() == 0) {
            tx.update("DELETE FROM search_word WHERE user = ?1", user.number());
            tx.update("DELETE FROM search_part WHERE user = ?1", user.number());
            return;
        }
        List<String> gone = new ArrayList<>();
        for (String form : forms) {
            if (tx.number(HAS_HIT, user.terms().matchForm(form)) == 0) {
                gone.add(form);
            }
        }
        if (!gone.isEmpty()) {
            String words = Json.write(gone);
            tx.update(
                    "DELETE FROM search_word WHERE user = ?1 AND form IN (SELECT value FROM json_each(?2))",
                    user.number(),
                    words);
            tx.update(REMOVE_PARTS, user.number(), words);
        }
    }

    /** The user's part of the index; null when there is none. */
    @Nullable
    User user(Session session, String userId) throws SQLException {
        try (ResultSet row =
                session.query("SELECT number, entries, words FROM search_user WHERE user_id = ?1", userId)) {
            return row.next() ? new User(row.getLong(1), row.getLong(2), row.getLong(3)) : null;
        }
    }

    /** The words of the user that fit an edge of a query; null when there are more than the limit. */
    @Nullable
    List<String> wordsAt(Session session, User user, Query.Edge edge, int limit) throws SQLException {
        String last = edge.openBehind() ? edge.form() + LAST_CHARACTER : edge.form();
        List<String> words = edge.openBefore()
                ? strings(session, WORDS_WITH_PART, user.number(), edge.form(), last, limit + 1)
                : wordsBetween(session, user, edge.form(), last, limit + 1);
        return words.size() > limit ? null : words.stream().filter(edge::fits).toList();
    }

    /** The words of the user that begin with a text. */
    List<String> wordsFrom(Session session, User user, String start, int limit) throws SQLException {
        return wordsBetween(session, user, start, start + LAST_CHARACTER, limit);
    }

    private static List<String> wordsBetween(Session session, User user, String first, String last, int limit)
            throws SQLException {
        return strings(
                session,
                "SELECT form FROM search_word WHERE user = ?1 AND form BETWEEN ?2 AND ?3 LIMIT ?4",
                user.number(),
                first,
                last,
                limit);
    }

    private static List<String> strings(Session session, String sql, @Nullable Object... arguments)
            throws SQLException {
        List<String> strings = new ArrayList<>();
        try (ResultSet rows = session.query(sql, arguments)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }
}
