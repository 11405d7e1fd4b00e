-- What each memory means, as vectors: one for each model that is used. Made in the background, in the order of each user's
-- numbers: memories above the number up to which the vectors of a model are done wait, and so does a row without a vector, whose
-- memory was replaced. So a new memory writes nothing here, and text that was deleted or replaced leaves no vector.

CREATE TABLE unified_memory.vector_model (
    name    text COLLATE "C" PRIMARY KEY,
    used_at bigint NOT NULL
);

CREATE TABLE unified_memory.memory_vector (
    owner  uuid NOT NULL,
    id     bigint NOT NULL,
    model  text COLLATE "C" NOT NULL,
    vector bytea,
    PRIMARY KEY (owner, id, model)
);
CREATE INDEX memory_vector_missing ON unified_memory.memory_vector (owner, id) WHERE vector IS NULL;

CREATE TABLE unified_memory.vector_progress (
    owner uuid NOT NULL,
    model text COLLATE "C" NOT NULL,
    done  bigint NOT NULL,
    PRIMARY KEY (owner, model)
);
