package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.store.sqlite.SqliteHighWaterMark;
import io.unifiedmemory.store.sqlite.index.Dictionary;
import io.unifiedmemory.store.sqlite.index.IndexBuild;
import io.unifiedmemory.store.sqlite.index.PendingList;
import io.unifiedmemory.store.sqlite.index.SearchIndex;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * The schema, as the steps that lead to it. {@code PRAGMA user_version} counts the steps a file has taken. A released
 * step is never changed; a new one is added at the end.
 */
public final class Migrations {

    /** "UMem": says in the header of a file that it is one of ours. */
    static final int APPLICATION_ID = 0x554D_656D;

    /**
     * Wherever text leaves the tables it is noted: in the outbox at once, of memories when the index takes up the change,
     * see the triggers of memories. What builds that did not overwrite anything left in the file goes, too.
     */
    private static final String ERASURE = """
            CREATE TRIGGER outbox_text_deleted AFTER DELETE ON outbox
            WHEN old.payload IS NOT NULL OR old.error IS NOT NULL BEGIN
                %1$s;
            END;
            CREATE TRIGGER outbox_text_replaced AFTER UPDATE OF payload ON outbox
            WHEN old.payload IS NOT NULL OR old.error IS NOT NULL BEGIN
                %1$s;
            END;
            INSERT INTO lease (name, holder, until) SELECT 'erasure', '', 1 WHERE EXISTS (
                SELECT 1 FROM search_user UNION ALL SELECT 1 FROM memory UNION ALL SELECT 1 FROM tombstone
                UNION ALL SELECT 1 FROM user_tombstone UNION ALL SELECT 1 FROM outbox
            ) ON CONFLICT DO UPDATE SET until = until + 1;
            """.formatted(ErasureNote.NOTE);

    private static final String V1 = """
            PRAGMA application_id = %d;

            CREATE TABLE memory (
                id         INTEGER PRIMARY KEY,
                user_id    TEXT    NOT NULL,
                key        TEXT    NOT NULL,
                value      TEXT    NOT NULL,
                metadata   TEXT    NOT NULL,
                created_at INTEGER,
                updated_at INTEGER,
                version    INTEGER NOT NULL,
                UNIQUE (user_id, key)
            ) STRICT;
            CREATE INDEX memory_by_update ON memory (user_id, updated_at, version);

            CREATE TABLE tombstone (
                user_id TEXT    NOT NULL,
                key     TEXT    NOT NULL,
                version INTEGER NOT NULL,
                PRIMARY KEY (user_id, key)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE user_tombstone (
                user_id TEXT    NOT NULL PRIMARY KEY,
                version INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE outbox (
                backend   TEXT    NOT NULL,
                user_id   TEXT    NOT NULL,
                scope     TEXT    NOT NULL,
                key       TEXT    NOT NULL,
                operation TEXT    NOT NULL,
                version   INTEGER NOT NULL,
                payload   TEXT,
                attempts  INTEGER NOT NULL,
                due_at    INTEGER NOT NULL,
                dead      INTEGER NOT NULL,
                error     TEXT,
                PRIMARY KEY (backend, user_id, scope, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX outbox_by_version ON outbox (backend, dead, version);

            CREATE TABLE lease (
                name   TEXT    NOT NULL PRIMARY KEY,
                holder TEXT    NOT NULL,
                until  INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE VIRTUAL TABLE memory_text USING fts5 (
                key, value, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
            );
            """.formatted(APPLICATION_ID);

    /** The outbox by memory first, so that a write finds what it replaces however much is owed; ends of tombstones. */
    private static final String V2 = """
            CREATE INDEX tombstone_by_version ON tombstone (version);

            ALTER TABLE outbox RENAME TO outbox_by_backend;
            DROP INDEX outbox_by_version;
            CREATE TABLE outbox (
                backend   TEXT    NOT NULL,
                user_id   TEXT    NOT NULL,
                scope     TEXT    NOT NULL,
                key       TEXT    NOT NULL,
                operation TEXT    NOT NULL,
                version   INTEGER NOT NULL,
                payload   TEXT,
                attempts  INTEGER NOT NULL,
                due_at    INTEGER NOT NULL,
                dead      INTEGER NOT NULL,
                error     TEXT,
                PRIMARY KEY (user_id, scope, key, backend)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO outbox
            SELECT backend, user_id, scope, key, operation, version, payload, attempts, due_at, dead, error
            FROM outbox_by_backend;
            DROP TABLE outbox_by_backend;
            CREATE INDEX outbox_by_version ON outbox (backend, dead, version);
            CREATE INDEX outbox_postponed ON outbox (backend, due_at) WHERE attempts > 0;

            CREATE TABLE confirmation (
                backend TEXT    NOT NULL PRIMARY KEY,
                at      INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """;

    /** The first index for search goes; that in its place has become the one of the fifth step. */
    private static final String V3 = """
            DROP TABLE memory_text;
            """;

    /**
     * A tombstone also says when the delete was made, which for a cleanup is later than the version that it deleted; what
     * is due in the outbox is found however much is not; when a backend was last compared.
     */
    private static final String V4 = """
            ALTER TABLE tombstone ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
            UPDATE tombstone SET made = version;
            DROP INDEX tombstone_by_version;
            CREATE INDEX tombstone_by_time ON tombstone (made);

            CREATE INDEX outbox_by_time ON outbox (backend, dead, due_at);

            CREATE TABLE comparison (
                backend TEXT    NOT NULL PRIMARY KEY,
                at      INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """;

    /** The index for search, which {@link IndexBuild} fills with the memories that are there. */
    private static final String V5 = """
            DROP TABLE IF EXISTS search_user;
            DROP TABLE IF EXISTS search_entry;
            DROP TABLE IF EXISTS search_word;
            DROP TABLE IF EXISTS search_part;
            DROP TABLE IF EXISTS search_term;
            DROP TABLE IF EXISTS search_build;
            """ + SearchIndex.SCHEMA + IndexBuild.SCHEMA + IndexBuild.BEGIN;

    /** What the index does not know yet; how often words are used. */
    private static final String V6 = PendingList.FIRST_SCHEMA + Dictionary.USES;

    /**
     * How far the clock has been; until when a write may be on its way to a backend; the texts that only the outbox holds, so
     * that a read finds them however much is owed; what the index does not know yet in one order; that
     * text leaves the outbox.
     */
    private static final String V7 = SqliteHighWaterMark.SCHEMA + """
            ALTER TABLE outbox ADD COLUMN busy_until INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX outbox_text ON outbox (user_id, key) WHERE operation = 'STORE' AND payload IS NOT NULL;
            """ + PendingList.SCHEMA + ERASURE;

    /** To which file the database belongs. */
    private static final String V8 = Origin.SCHEMA;

    public static final List<String> STEPS = List.of(V1, V2, V3, V4, V5, V6, V7, V8);

    /** Before that nobody can tell whether the file is the original. */
    private static final int WITH_ORIGIN = 8;

    private Migrations() {}

    /**
     * Brings a file to the newest schema; of several processes that do so at once, one does. All steps are one transaction:
     * a new file has no write-ahead log yet, so each would wait for the disk three times.
     *
     * @param name of the file that the session has open, by which it is known again
     */
    static void apply(Handle session, Path file, String name) throws SQLException {
        long version = userVersion(session);
        if (version < STEPS.size()) {
            version = session.write(tx -> takeSteps(tx, name));
        }
        requireKnown(version, file);
    }

    private static long takeSteps(Handle tx, String name) throws SQLException {
        long before = userVersion(tx);
        long taken = before;
        for (; taken < STEPS.size(); taken++) {
            tx.script(STEPS.get((int) taken) + "PRAGMA user_version = " + (taken + 1));
        }
        if (before < WITH_ORIGIN) {
            Origin.note(tx, name);
        }
        return taken;
    }

    /** Refuses a file that a newer version of the program has migrated. */
    static void requireKnown(long userVersion, Path file) {
        if (userVersion > STEPS.size()) {
            throw new BackendException(
                    Kind.BROKEN,
                    "the database " + file + " was written by a newer version of this program (schema " + userVersion
                            + ", known are schemas up to " + STEPS.size() + ")",
                    "update this program, or choose another database file; the file was not changed");
        }
    }

    private static long userVersion(Handle session) throws SQLException {
        return session.number("PRAGMA user_version");
    }
}
