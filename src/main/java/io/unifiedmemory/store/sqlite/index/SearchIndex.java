package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.DocumentNumber.Field;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.search.MemoryReader;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the search index. FTS5 keeps the lists of hits by {@linkplain TermCodec terms} that we read ourselves:
 * of it only the inverted index is used. Works within the transaction of its caller. Stateless.
 *
 * <p>{@code search_user} has each user's counts, {@code search_entry} what each memory is in the index. {@code
 * search_term} holds memories under their {@link DocumentId}, without positions: what they would tell is verified by
 * reading the text. Each of its segments costs a look-up some microseconds, so it has to merge early.
 */
public final class SearchIndex {

    /**
     * One user's part of the index.
     *
     * @param words of all memories, see {@link IndexedMemory#words}
     * @param listed up to which number the words stand in the lists of the {@link Dictionary}
     */
    public record User(long number, long entries, long words, long listed) {

        TermCodec terms() {
            return new TermCodec(number);
        }

        /** Reads number, entries, words and listed. */
        static User read(ResultSet row) throws SQLException {
            return new User(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
        }
    }

    /** Pages that are merged at a time. */
    private static final int PAGES_IN_STEP = 500;

    private static final String CHANGES = "SELECT total_changes()";

    /** What FTS5 counts for a command that had nothing to do. */
    private static final long CHANGES_OF_NOTHING = 1;

    private static final String HAS_HIT =
            "SELECT EXISTS (SELECT 1 FROM search_term WHERE search_term MATCH ?1 AND rowid & 3 = 0)";

    private final Dictionary dictionary = new Dictionary();

    /**
     * A memory that the index has to know as it is now.
     *
     * @param now null when there is none any more
     * @param gone words that it had when the index got to know it, as they were written
     */
    record Change(String userId, long id, @Nullable MemoryEntry now, Set<String> gone) {}

    /** Takes up changes. The more of one user's at once, the less each costs. */
    void update(Handle tx, List<Change> changes) throws SQLException {
        update(tx, changes, false);
    }

    /** The same as one of many steps, after which the index is to be {@link #tidy tidied}. */
    void updateInBuild(Handle tx, List<Change> changes) throws SQLException {
        update(tx, changes, true);
    }

    private void update(Handle tx, List<Change> changes, boolean inBuild) throws SQLException {
        Map<String, List<Change>> byUser = new LinkedHashMap<>();
        changes.forEach(change -> byUser.computeIfAbsent(change.userId(), user -> new ArrayList<>())
                .add(change));
        for (Map.Entry<String, List<Change>> ofUser : byUser.entrySet()) {
            update(tx, ofUser.getKey(), ofUser.getValue(), inBuild);
        }
    }

    private void update(Handle tx, String userId, List<Change> changes, boolean inBuild) throws SQLException {
        long number = numberOf(tx, userId);
        Map<String, Integer> gained = new LinkedHashMap<>();
        Map<String, Integer> lost = new LinkedHashMap<>();
        for (Change change : changes) {
            // Where there is none now, the number of the row may be that of another user's memory since.
            if (takeOut(tx, change.id(), change.now() == null ? number : null)) {
                change.gone().forEach(form -> lost.merge(form, 1, Integer::sum));
            }
            if (change.now() != null) {
                putIn(tx, number, change.id(), change.now()).forEach(form -> gained.merge(form, 1, Integer::sum));
            }
        }
        User user = Objects.requireNonNull(user(tx, userId));
        if (user.entries() == 0) {
            dictionary.forgetAll(tx, user);
            return;
        }
        forget(tx, user, dictionary.release(tx, user, less(lost, gained)));
        dictionary.learn(tx, user, less(gained, lost), inBuild);
    }

    /** How many more there are of each than on the other side; at least none. */
    private static Map<String, Integer> less(Map<String, Integer> these, Map<String, Integer> those) {
        Map<String, Integer> rest = new LinkedHashMap<>();
        these.forEach((form, count) -> rest.put(form, Math.max(0, count - those.getOrDefault(form, 0))));
        return rest;
    }

    /** Takes those of the words out that no memory has any more. */
    private void forget(Handle tx, User user, List<String> unused) throws SQLException {
        List<String> gone = new ArrayList<>();
        for (String form : unused) {
            if (tx.number(HAS_HIT, user.terms().match(IndexedMemory.termOf(form))) == 0) {
                gone.add(form);
            }
        }
        if (!gone.isEmpty()) {
            dictionary.forget(tx, user, gone);
        }
    }

    private long numberOf(Handle tx, String userId) throws SQLException {
        User user = user(tx, userId);
        return user != null
                ? user.number()
                : tx.number(
                        "INSERT INTO search_user (user_id, entries, words, listed) VALUES (?1, 0, 0, 0) RETURNING number",
                        userId);
    }

    /** Returns the words of the memory as they are written. */
    private static Set<String> putIn(Handle tx, long user, long id, MemoryEntry entry) throws SQLException {
        EntryContext context = EntryContext.of(entry);
        IndexedMemory indexed = IndexedMemory.of(entry, context);
        TermCodec codec = new TermCodec(user);
        long document = DocumentNumber.of(id, indexed);
        tx.update(
                "UPDATE search_user SET entries = entries + 1, words = words + ?2 WHERE number = ?1",
                user,
                indexed.words());
        tx.update(
                "INSERT INTO search_entry (id, document, user, words, session, at, analysis)"
                        + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                id,
                document,
                user,
                indexed.words(),
                context.session() == null ? null : hash(context.session()),
                context.time() == null ? 0 : context.time().toEpochMilli(),
                IndexedMemory.ANALYSIS);
        addTerms(tx, document, Field.TEXT, codec.encode(indexed.text()));
        addTerms(tx, document, Field.REPEATED, codec.encode(indexed.repeated()));
        addTerms(tx, document, Field.METADATA, codec.encode(indexed.metadata()));
        return indexed.surfaces();
    }

    private static void addTerms(Handle tx, long document, Field field, String terms) throws SQLException {
        if (!terms.isEmpty()) {
            tx.update(
                    "INSERT INTO search_term (rowid, terms) VALUES (?1, ?2)",
                    DocumentNumber.in(field, document),
                    terms);
        }
    }

    /** A conversation's name, short enough to stand in every entry. */
    private static long hash(String handle) {
        return UUID.nameUUIDFromBytes(handle.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }

    /** Takes a memory out, if it is there and of the user, if one is named; returns whether it was. */
    private static boolean takeOut(Handle tx, long id, @Nullable Long user) throws SQLException {
        String sql =
                "DELETE FROM search_entry WHERE id = ?1 AND user = coalesce(?2, user) RETURNING document, user, words";
        try (ResultSet entry = tx.query(sql, id, user)) {
            if (!entry.next()) {
                return false;
            }
            for (Field field : Field.values()) {
                tx.update("DELETE FROM search_term WHERE rowid = ?1", DocumentNumber.in(field, entry.getLong(1)));
            }
            tx.update(
                    "UPDATE search_user SET entries = entries - 1, words = words - ?2 WHERE number = ?1",
                    entry.getLong(2),
                    entry.getLong(3));
            return true;
        }
    }

    /** The user's part of the index; null when there is none. */
    @Nullable
    User user(Handle handle, String userId) throws SQLException {
        try (ResultSet row =
                handle.query("SELECT number, entries, words, listed FROM search_user WHERE user_id = ?1", userId)) {
            return row.next() ? User.read(row) : null;
        }
    }

    /** Takes a step to where look-ups are fastest; returns whether there may be more to do. */
    boolean tidy(Handle tx) throws SQLException {
        return dictionary.list(tx) || merge(tx);
    }

    /**
     * Takes a step to where the lists of hits hold no word that no memory has any more: FTS5 only marks what is
     * deleted, until it is merged. Returns whether there may be more to do.
     */
    public boolean merge(Handle tx) throws SQLException {
        long before = tx.number(CHANGES);
        tx.update("INSERT INTO search_term (search_term, rank) VALUES ('merge', ?1)", -PAGES_IN_STEP);
        return tx.number(CHANGES) - before > CHANGES_OF_NOTHING;
    }

    /**
     * What a search of the user's memories reads; null when the index knows none of them. To be called in a snapshot.
     */
    public @Nullable IndexReader<SQLException> reader(Handle handle, String userId) throws SQLException {
        User user = user(handle, userId);
        return user == null || user.entries() == 0 ? null : new SqliteIndexReader(handle, this, user);
    }

    /**
     * The memories beside it.
     *
     * @param without numbers of memories that are passed over
     * @param indexed whether those are passed over as well that the index does not know as they are now
     */
    public MemoryReader<SQLException> memories(Handle handle, String userId, Set<Long> without, boolean indexed) {
        return new SqliteMemoryReader(handle, userId, without, indexed);
    }

    /** The words of all users. */
    Dictionary dictionary() {
        return dictionary;
    }
}
