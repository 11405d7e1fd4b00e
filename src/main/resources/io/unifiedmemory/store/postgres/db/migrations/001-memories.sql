-- Users, their memories and deletes, what is owed to other memory servers (the outbox), the search index, and what the
-- instances agree on. The user leads every key, as 16 bytes, so that the tables can be distributed by it.

CREATE TABLE unified_memory.account (
    owner        uuid PRIMARY KEY,
    user_id      text COLLATE "C" NOT NULL,
    last_id      bigint NOT NULL,
    indexed      bigint NOT NULL,
    last_segment bigint NOT NULL,
    newest       bigint NOT NULL,
    wall         bigint NOT NULL
);
CREATE INDEX account_by_user ON unified_memory.account (user_id);

CREATE TABLE unified_memory.memory (
    owner        uuid NOT NULL,
    key          text COLLATE "C" NOT NULL,
    id           bigint NOT NULL,
    value        text NOT NULL,
    metadata     text NOT NULL,
    created_at   bigint,
    updated_at   bigint,
    version      bigint NOT NULL,
    conversation bigint,
    said_at      bigint NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE UNIQUE INDEX memory_by_id ON unified_memory.memory (owner, id);
CREATE INDEX memory_by_update ON unified_memory.memory (owner, updated_at DESC NULLS LAST, version DESC);
CREATE INDEX memory_by_conversation ON unified_memory.memory (owner, conversation, said_at, id)
    WHERE conversation IS NOT NULL;

CREATE TABLE unified_memory.tombstone (
    owner   uuid NOT NULL,
    key     text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    made    bigint NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE INDEX tombstone_by_time ON unified_memory.tombstone (made);

CREATE TABLE unified_memory.user_tombstone (
    owner   uuid PRIMARY KEY,
    version bigint NOT NULL
);

CREATE TABLE unified_memory.outbox (
    owner      uuid NOT NULL,
    scope      text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    backend    text COLLATE "C" NOT NULL,
    user_id    text COLLATE "C" NOT NULL,
    operation  text COLLATE "C" NOT NULL,
    version    bigint NOT NULL,
    payload    text,
    attempts   integer NOT NULL,
    due_at     bigint NOT NULL,
    busy_until bigint NOT NULL,
    dead       integer NOT NULL,
    error      text,
    PRIMARY KEY (owner, scope, key, backend)
);
CREATE INDEX outbox_by_version ON unified_memory.outbox (backend, dead, version);
CREATE INDEX outbox_by_time ON unified_memory.outbox (backend, dead, due_at);

CREATE TABLE unified_memory.pending (
    owner uuid NOT NULL,
    id    bigint NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE unified_memory.segment (
    owner  uuid NOT NULL,
    number bigint NOT NULL,
    rank   bigint NOT NULL,
    root   bytea NOT NULL,
    PRIMARY KEY (owner, number)
);

CREATE TABLE unified_memory.segment_page (
    owner   uuid NOT NULL,
    segment bigint NOT NULL,
    page    integer NOT NULL,
    data    bytea NOT NULL,
    PRIMARY KEY (owner, segment, page)
);

CREATE TABLE unified_memory.lease (
    name   text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    until  bigint NOT NULL
);

CREATE TABLE unified_memory.confirmation (
    backend text COLLATE "C" PRIMARY KEY,
    at      bigint NOT NULL
);

CREATE TABLE unified_memory.comparison (
    backend text COLLATE "C" PRIMARY KEY,
    at      bigint NOT NULL,
    origin  text NOT NULL
);

CREATE TABLE unified_memory.clock (
    id     integer PRIMARY KEY,
    newest bigint NOT NULL,
    wall   bigint NOT NULL
);
INSERT INTO unified_memory.clock (id, newest, wall) VALUES (1, 0, 0);

CREATE TABLE unified_memory.property (
    name  text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);
