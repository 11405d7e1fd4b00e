CREATE INDEX memory_by_expiry ON memory (expires_at, user_id) WHERE expires_at IS NOT NULL;

CREATE INDEX memory_by_update ON memory (user_id, updated_at, version);

CREATE INDEX memory_vector_missing ON memory_vector (model, id) WHERE vector IS NULL;

CREATE INDEX outbox_by_time ON outbox (backend, dead, due_at);

CREATE INDEX outbox_by_version ON outbox (backend, dead, version);

CREATE INDEX outbox_postponed ON outbox (backend, due_at) WHERE attempts > 0;

CREATE INDEX outbox_text ON outbox (user_id, key) WHERE operation = 'STORE' AND payload IS NOT NULL;

CREATE INDEX search_entry_by_session ON search_entry (user, session, at, id) WHERE session IS NOT NULL;

CREATE INDEX search_entry_outdated ON search_entry (id) WHERE analysis < 1;

CREATE UNIQUE INDEX search_word_by_number ON search_word (user, number);

CREATE INDEX tombstone_by_time ON tombstone (made);

CREATE TABLE clock (
    newest INTEGER NOT NULL,
    wall   INTEGER NOT NULL
, file TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE comparison (
    backend TEXT    NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL
, file TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;

CREATE TABLE confirmation (
    backend TEXT    NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lease (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memory (
    id         INTEGER PRIMARY KEY,
    user_id    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    metadata   TEXT    NOT NULL,
    created_at INTEGER,
    updated_at INTEGER,
    version    INTEGER NOT NULL, expires_at INTEGER, written_by TEXT, stamped INTEGER,
    UNIQUE (user_id, key)
) STRICT;

CREATE TABLE memory_vector (
    model  INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    vector BLOB,
    PRIMARY KEY (model, id)
) STRICT;

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
    error     TEXT, busy_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, scope, key, backend)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision (
    user_id    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    how        TEXT    NOT NULL,
    created_at INTEGER,
    updated_at INTEGER,
    expires_at INTEGER,
    written_by TEXT,
    metadata   TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (user_id, key, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_build (
    done INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE search_entry (
    id       INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    user     INTEGER NOT NULL,
    words    INTEGER NOT NULL,
    session  INTEGER,
    at       INTEGER
, analysis INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE search_gram (
    user  INTEGER NOT NULL,
    gram  TEXT    NOT NULL,
    words BLOB    NOT NULL,
    PRIMARY KEY (user, gram)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_pending (
    user_id    TEXT    NOT NULL,
    live       INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    gone_key   TEXT,
    gone_value TEXT,
    PRIMARY KEY (user_id, live, id)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search_term USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

CREATE TABLE search_user (
    number  INTEGER PRIMARY KEY,
    user_id TEXT    NOT NULL UNIQUE,
    entries INTEGER NOT NULL,
    words   INTEGER NOT NULL,
    listed  INTEGER NOT NULL
) STRICT;

CREATE TABLE search_word (
    user   INTEGER NOT NULL,
    form   TEXT    NOT NULL,
    number INTEGER NOT NULL, uses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, form)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone (
    user_id TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    version INTEGER NOT NULL, made INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_tombstone (
    user_id TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE vector_model (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    used_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER memory_deleted AFTER DELETE ON memory BEGIN
    UPDATE search_pending
    SET live = 0, gone_key = coalesce(gone_key, ''), gone_value = coalesce(gone_value, '')
    WHERE user_id = old.user_id AND live = 1 AND id = old.id;
    INSERT INTO search_pending VALUES (old.user_id, 0, old.id, old.key, old.value) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER memory_replaced AFTER UPDATE ON memory BEGIN
    INSERT INTO search_pending VALUES (old.user_id, 1, old.id, old.key, old.value)
    ON CONFLICT DO UPDATE SET gone_key = '', gone_value = '' WHERE gone_value IS NULL;
END;

CREATE TRIGGER memory_stored AFTER INSERT ON memory BEGIN
    UPDATE search_pending SET live = 1 WHERE user_id = new.user_id AND live = 0 AND id = new.id;
    INSERT INTO search_pending VALUES (new.user_id, 1, new.id, NULL, NULL) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER memory_vector_deleted AFTER DELETE ON memory BEGIN
    DELETE FROM memory_vector WHERE model IN (SELECT id FROM vector_model) AND id = old.id;
END;

CREATE TRIGGER memory_vector_replaced AFTER UPDATE ON memory WHEN new.value <> old.value BEGIN
    UPDATE memory_vector SET vector = NULL WHERE model IN (SELECT id FROM vector_model) AND id = old.id;
END;

CREATE TRIGGER outbox_text_deleted AFTER DELETE ON outbox
WHEN old.payload IS NOT NULL OR old.error IS NOT NULL BEGIN
    INSERT INTO lease (name, holder, until) VALUES ('erasure', '', 1) ON CONFLICT DO UPDATE SET until = until + 1;
END;

CREATE TRIGGER outbox_text_replaced AFTER UPDATE OF payload ON outbox
WHEN old.payload IS NOT NULL OR old.error IS NOT NULL BEGIN
    INSERT INTO lease (name, holder, until) VALUES ('erasure', '', 1) ON CONFLICT DO UPDATE SET until = until + 1;
END;
