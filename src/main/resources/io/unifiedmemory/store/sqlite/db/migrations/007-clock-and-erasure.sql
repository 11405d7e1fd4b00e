-- How far the clock has been; until when a write may be on its way to a backend; the texts that only the outbox holds,
-- so that a read finds them however much is owed; what the index does not know in one order, the live ones of a user
-- together; that text left the outbox, or was left in the file by builds that did not overwrite it, to be erased.

CREATE TABLE clock (
    newest INTEGER NOT NULL,
    wall   INTEGER NOT NULL
) STRICT;
INSERT INTO clock (newest, wall) VALUES (0, 0);
ALTER TABLE outbox ADD COLUMN busy_until INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_text ON outbox (user_id, key) WHERE operation = 'STORE' AND payload IS NOT NULL;
DROP TRIGGER memory_stored;
DROP TRIGGER memory_replaced;
DROP TRIGGER memory_deleted;
DROP INDEX search_pending_live;
ALTER TABLE search_pending RENAME TO search_pending_before;
CREATE TABLE search_pending (
    user_id    TEXT    NOT NULL,
    live       INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    gone_key   TEXT,
    gone_value TEXT,
    PRIMARY KEY (user_id, live, id)
) STRICT, WITHOUT ROWID;
INSERT INTO search_pending SELECT user_id, live, id, gone_key, gone_value FROM search_pending_before;
DROP TABLE search_pending_before;
CREATE TRIGGER memory_stored AFTER INSERT ON memory BEGIN
    UPDATE search_pending SET live = 1 WHERE user_id = new.user_id AND live = 0 AND id = new.id;
    INSERT INTO search_pending VALUES (new.user_id, 1, new.id, NULL, NULL) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER memory_replaced AFTER UPDATE ON memory BEGIN
    INSERT INTO search_pending VALUES (old.user_id, 1, old.id, old.key, old.value)
    ON CONFLICT DO UPDATE SET gone_key = '', gone_value = '' WHERE gone_value IS NULL;
END;
CREATE TRIGGER memory_deleted AFTER DELETE ON memory BEGIN
    UPDATE search_pending
    SET live = 0, gone_key = coalesce(gone_key, ''), gone_value = coalesce(gone_value, '')
    WHERE user_id = old.user_id AND live = 1 AND id = old.id;
    INSERT INTO search_pending VALUES (old.user_id, 0, old.id, old.key, old.value) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER outbox_text_deleted AFTER DELETE ON outbox
WHEN old.payload IS NOT NULL OR old.error IS NOT NULL BEGIN
    INSERT INTO lease (name, holder, until) VALUES ('erasure', '', 1) ON CONFLICT DO UPDATE SET until = until + 1;
END;
CREATE TRIGGER outbox_text_replaced AFTER UPDATE OF payload ON outbox
WHEN old.payload IS NOT NULL OR old.error IS NOT NULL BEGIN
    INSERT INTO lease (name, holder, until) VALUES ('erasure', '', 1) ON CONFLICT DO UPDATE SET until = until + 1;
END;
INSERT INTO lease (name, holder, until) SELECT 'erasure', '', 1 WHERE EXISTS (
    SELECT 1 FROM search_user UNION ALL SELECT 1 FROM memory UNION ALL SELECT 1 FROM tombstone
    UNION ALL SELECT 1 FROM user_tombstone UNION ALL SELECT 1 FROM outbox
) ON CONFLICT DO UPDATE SET until = until + 1;
