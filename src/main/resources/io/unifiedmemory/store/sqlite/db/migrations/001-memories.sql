-- The memories, what is known about deletes, what is owed to other memory servers (the outbox), who does a task
-- (leases), and a first index for search. The application_id in the header says that a file is ours: "UMem".

PRAGMA application_id = 1431135597;

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
