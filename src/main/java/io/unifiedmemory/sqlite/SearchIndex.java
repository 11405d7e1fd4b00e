package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.Json;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.text.Query;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the search index. FTS5 keeps the lists of hits by {@linkplain IndexTerms terms} that we read ourselves:
 * of it only the inverted index is used. Works within the transaction of its caller. Stateless.
 */
final class SearchIndex {

    /**
     * {@code search_term} holds memories under their {@link DocumentId} and words of the users under the negative of
     * theirs. Without positions: what they would tell is verified by reading the text.
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
                id   INTEGER PRIMARY KEY,
                user INTEGER NOT NULL,
                form TEXT    NOT NULL,
                UNIQUE (user, form)
            ) STRICT;

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

    private static final String DOCUMENTS = """
            SELECT group_concat(rowid) FROM (
                SELECT rowid FROM search_term WHERE search_term MATCH ?1 ORDER BY rowid DESC LIMIT ?2)""";

    private static final String NEW_WORDS = """
            INSERT OR IGNORE INTO search_word (user, form) SELECT ?1, value FROM json_each(?2) WHERE true
            RETURNING id, form""";

    /** Puts a memory into the index, in place of what was there under its id. */
    void put(Session tx, long id, MemoryEntry entry) throws SQLException {
        remove(tx, id);
        EntryContext context = EntryContext.of(entry);
        tx.update("INSERT OR IGNORE INTO search_user (user_id, entries, words) VALUES (?1, 0, 0)", entry.userId());
        long number = tx.number("SELECT number FROM search_user WHERE user_id = ?1", entry.userId());
        IndexTerms terms = new IndexTerms(number);
        IndexTerms.Indexed indexed = terms.of(entry, context);
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
        tx.update("INSERT INTO search_term (rowid, terms) VALUES (?1, ?2)", document, indexed.terms());
        learn(tx, number, terms, indexed);
    }

    private static void learn(Session tx, long user, IndexTerms terms, IndexTerms.Indexed indexed) throws SQLException {
        Map<Long, String> unknown = new HashMap<>();
        try (ResultSet words = tx.query(NEW_WORDS, user, Json.write(indexed.forms()))) {
            while (words.next()) {
                unknown.put(words.getLong(1), words.getString(2));
            }
        }
        for (Map.Entry<Long, String> word : unknown.entrySet()) {
            tx.update(
                    "INSERT INTO search_term (rowid, terms) VALUES (?1, ?2)",
                    -word.getKey(),
                    terms.ofWord(word.getValue()));
        }
    }

    /** A conversation's name, short enough to stand in every entry. */
    private static long hash(String session) {
        return UUID.nameUUIDFromBytes(session.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }

    /** Takes a memory out of the index, if it is there; with the last one of a user, the user's words. */
    void remove(Session tx, long id) throws SQLException {
        long user;
        try (ResultSet entry = tx.query("DELETE FROM search_entry WHERE id = ?1 RETURNING document, user, words", id)) {
            if (!entry.next()) {
                return;
            }
            user = entry.getLong(2);
            tx.update("DELETE FROM search_term WHERE rowid = ?1", entry.getLong(1));
            tx.update(
                    "UPDATE search_user SET entries = entries - 1, words = words - ?2 WHERE number = ?1",
                    user,
                    entry.getLong(3));
        }
        if (tx.number("SELECT entries FROM search_user WHERE number = ?1", user) == 0) {
            tx.update("DELETE FROM search_term WHERE rowid IN (SELECT -id FROM search_word WHERE user = ?1)", user);
            tx.update("DELETE FROM search_word WHERE user = ?1", user);
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

    /** What stands under the terms of an expression, the latest first. */
    long[] documents(Session session, String expression, int limit) throws SQLException {
        try (ResultSet row = session.query(DOCUMENTS, expression, limit)) {
            String list = row.getString(1);
            return list == null ? new long[0] : numbers(list);
        }
    }

    /** One text with all numbers costs a fraction of a row for each. */
    private static long[] numbers(String list) {
        int count = 1 + (int) list.chars().filter(c -> c == ',').count();
        long[] numbers = new long[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            boolean negative = list.charAt(at) == '-';
            long number = 0;
            for (at += negative ? 1 : 0; at < list.length() && list.charAt(at) != ','; at++) {
                number = number * 10 + (list.charAt(at) - '0');
            }
            at++;
            numbers[i] = negative ? -number : number;
        }
        return numbers;
    }

    /** The words of the user that fit an edge of a query; null when there are more than the limit. */
    @Nullable
    List<String> wordsAt(Session session, IndexTerms terms, Query.Edge edge, int limit) throws SQLException {
        long[] words = documents(session, terms.matchParts(edge.form(), !edge.openBehind()), limit + 1);
        if (words.length > limit) {
            return null;
        }
        List<String> forms = new ArrayList<>();
        for (long word : words) {
            try (ResultSet row = session.query("SELECT form FROM search_word WHERE id = ?1", -word)) {
                String form = row.getString(1);
                if (edge.fits(form)) {
                    forms.add(form);
                }
            }
        }
        return forms;
    }

    /** The words of the user between two texts. */
    List<String> wordsBetween(Session session, User user, String from, String to, int limit) throws SQLException {
        List<String> forms = new ArrayList<>();
        try (ResultSet rows = session.query(
                "SELECT form FROM search_word WHERE user = ?1 AND form >= ?2 AND form < ?3 LIMIT ?4",
                user.number(),
                from,
                to,
                limit)) {
            while (rows.next()) {
                forms.add(rows.getString(1));
            }
        }
        return forms;
    }
}
