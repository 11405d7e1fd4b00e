-- What a key held before, and what ended that. The index has what is asked of many revisions at once, so that their texts
-- need not be read for it.

CREATE TABLE revision (
    id         INTEGER PRIMARY KEY,
    user_id    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    value      TEXT    NOT NULL,
    metadata   TEXT    NOT NULL,
    created_at INTEGER,
    updated_at INTEGER,
    version    INTEGER NOT NULL,
    expires_at INTEGER,
    written_by TEXT,
    ended_at   INTEGER NOT NULL,
    how        TEXT    NOT NULL,
    bytes      INTEGER NOT NULL
) STRICT;
CREATE INDEX revision_by_key ON revision (user_id, key, n, ended_at, bytes);
