-- What each memory means, as a vector of the model that the table beside it names. Made in the background, in the order of
-- the ids: a memory whose id is above all of these waits for its vector, and so does a row without one, whose memory was
-- replaced. So a store has nothing to write here, and text that was deleted or replaced leaves no vector.

CREATE TABLE memory_vector (
    id     INTEGER PRIMARY KEY,
    vector BLOB
) STRICT;
CREATE INDEX memory_vector_missing ON memory_vector (id) WHERE vector IS NULL;
CREATE TABLE vector_model (
    name TEXT NOT NULL
) STRICT;
CREATE TRIGGER memory_vector_replaced AFTER UPDATE ON memory WHEN new.value <> old.value BEGIN
    UPDATE memory_vector SET vector = NULL WHERE id = old.id;
END;
CREATE TRIGGER memory_vector_deleted AFTER DELETE ON memory BEGIN
    DELETE FROM memory_vector WHERE id = old.id;
END;
