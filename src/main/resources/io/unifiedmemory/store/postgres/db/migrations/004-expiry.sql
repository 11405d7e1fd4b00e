-- When a memory expires and who wrote it, with the version that both belong to: an instance of an earlier release that
-- is still running replaces a memory without them.

ALTER TABLE unified_memory.memory ADD COLUMN expires_at bigint;
ALTER TABLE unified_memory.memory ADD COLUMN written_by text;
ALTER TABLE unified_memory.memory ADD COLUMN stamped bigint;
CREATE INDEX memory_by_expiry ON unified_memory.memory (expires_at) WHERE expires_at IS NOT NULL;
