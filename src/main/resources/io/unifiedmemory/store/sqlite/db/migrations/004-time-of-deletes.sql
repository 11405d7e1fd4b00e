-- A tombstone also says when the delete was made, which for a cleanup is later than the version that it deleted; what
-- is due in the outbox is found however much is not; when a backend was last compared.

ALTER TABLE tombstone ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
UPDATE tombstone SET made = version;
DROP INDEX tombstone_by_version;
CREATE INDEX tombstone_by_time ON tombstone (made);

CREATE INDEX outbox_by_time ON outbox (backend, dead, due_at);

CREATE TABLE comparison (
    backend TEXT    NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
