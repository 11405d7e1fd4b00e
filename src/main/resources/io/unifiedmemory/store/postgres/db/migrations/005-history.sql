-- What a key held before, and what ended that.

CREATE TABLE unified_memory.revision (
    owner      uuid NOT NULL,
    key        text COLLATE "C" NOT NULL,
    n          integer NOT NULL,
    value      text NOT NULL,
    metadata   text NOT NULL,
    created_at bigint,
    updated_at bigint,
    version    bigint NOT NULL,
    expires_at bigint,
    written_by text,
    ended_at   bigint NOT NULL,
    how        text COLLATE "C" NOT NULL,
    bytes      bigint NOT NULL,
    PRIMARY KEY (owner, key, n)
);
CREATE INDEX revision_by_end ON unified_memory.revision (owner, ended_at);
CREATE INDEX revision_by_age ON unified_memory.revision (ended_at);
