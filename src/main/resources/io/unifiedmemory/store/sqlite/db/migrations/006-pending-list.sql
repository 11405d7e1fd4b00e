-- The memories that the index does not know as they are now, noted by whatever changes a memory; how many memories
-- have a word.

CREATE TABLE search_pending (
    user_id    TEXT    NOT NULL,
    id         INTEGER NOT NULL,
    live       INTEGER NOT NULL,
    gone_key   TEXT,
    gone_value TEXT,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_pending_live ON search_pending (user_id) WHERE live = 1;
CREATE TRIGGER memory_stored AFTER INSERT ON memory BEGIN
    INSERT INTO search_pending VALUES (new.user_id, new.id, 1, NULL, NULL)
    ON CONFLICT DO UPDATE SET live = 1;
END;
CREATE TRIGGER memory_replaced AFTER UPDATE ON memory BEGIN
    INSERT INTO search_pending VALUES (old.user_id, old.id, 1, old.key, old.value) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER memory_deleted AFTER DELETE ON memory BEGIN
    INSERT INTO search_pending VALUES (old.user_id, old.id, 0, old.key, old.value)
    ON CONFLICT DO UPDATE SET live = 0;
END;
ALTER TABLE search_word ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
