-- When a memory expires and who wrote it, with the version that both belong to: a process of an earlier build that is
-- still running replaces a memory without them.

ALTER TABLE memory ADD COLUMN expires_at INTEGER;
ALTER TABLE memory ADD COLUMN written_by TEXT;
ALTER TABLE memory ADD COLUMN stamped INTEGER;
CREATE INDEX memory_by_expiry ON memory (expires_at, user_id) WHERE expires_at IS NOT NULL;
