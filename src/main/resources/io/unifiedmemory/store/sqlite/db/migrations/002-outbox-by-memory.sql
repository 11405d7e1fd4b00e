-- The outbox by memory first, so that a write finds what it replaces however much is owed; the tombstones by age, so
-- that old ones are found; when a backend last confirmed a write.

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
