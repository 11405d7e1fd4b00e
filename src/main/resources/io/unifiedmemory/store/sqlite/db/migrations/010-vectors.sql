-- What each memory means, as vectors: one for each model that is used. Made in the background, in the order of the ids: a
-- memory whose id is above all that have one of a model waits for its vector, and so does a row without one, whose memory was
-- replaced. So a store has nothing to write here, and text that was deleted or replaced leaves no vector.

CREATE TABLE vector_model (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    used_at INTEGER NOT NULL
) STRICT;
CREATE TABLE memory_vector (
    model  INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    vector BLOB,
    PRIMARY KEY (model, id)
) STRICT;
CREATE INDEX memory_vector_missing ON memory_vector (model, id) WHERE vector IS NULL;
CREATE TRIGGER memory_vector_replaced AFTER UPDATE ON memory WHEN new.value <> old.value BEGIN
    UPDATE memory_vector SET vector = NULL WHERE model IN (SELECT id FROM vector_model) AND id = old.id;
END;
CREATE TRIGGER memory_vector_deleted AFTER DELETE ON memory BEGIN
    DELETE FROM memory_vector WHERE model IN (SELECT id FROM vector_model) AND id = old.id;
END;
