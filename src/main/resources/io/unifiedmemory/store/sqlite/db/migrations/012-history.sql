-- What a key held before, and what ended that. A delete of many copies them all, so there is one tree and no index beside it;
-- the texts come last, so that sums and times of long ones are read without them.

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
