-- Bearer tokens that all instances accept, as hashes. One that was revoked has no description any more.

CREATE TABLE unified_memory.token (
    id          text COLLATE "C" PRIMARY KEY,
    name        text COLLATE "C",
    description text,
    created_at  bigint NOT NULL,
    used_at     bigint
);
CREATE UNIQUE INDEX token_by_name ON unified_memory.token (name);
