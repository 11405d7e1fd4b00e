-- The index for search: how many memories and words each user has, what each memory is in the index, the lists of hits
-- by term, the words as they are written, and the way from a part of a word to the words. The last statement has the
-- index built from the memories that are there already.

DROP TABLE IF EXISTS search_user;
DROP TABLE IF EXISTS search_entry;
DROP TABLE IF EXISTS search_word;
DROP TABLE IF EXISTS search_part;
DROP TABLE IF EXISTS search_term;
DROP TABLE IF EXISTS search_build;
CREATE TABLE search_user (
    number  INTEGER PRIMARY KEY,
    user_id TEXT    NOT NULL UNIQUE,
    entries INTEGER NOT NULL,
    words   INTEGER NOT NULL,
    listed  INTEGER NOT NULL
) STRICT;

CREATE TABLE search_entry (
    id       INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    user     INTEGER NOT NULL,
    words    INTEGER NOT NULL,
    session  INTEGER,
    at       INTEGER
) STRICT;
CREATE INDEX search_entry_by_session ON search_entry (user, session, at, id) WHERE session IS NOT NULL;

CREATE VIRTUAL TABLE search_term USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
INSERT INTO search_term (search_term, rank) VALUES ('crisismerge', 3);
CREATE TABLE search_word (
    user   INTEGER NOT NULL,
    form   TEXT    NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (user, form)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX search_word_by_number ON search_word (user, number);

CREATE TABLE search_gram (
    user  INTEGER NOT NULL,
    gram  TEXT    NOT NULL,
    words BLOB    NOT NULL,
    PRIMARY KEY (user, gram)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_build (
    done INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;
INSERT INTO search_build (done, last) SELECT 0, id FROM memory ORDER BY id DESC LIMIT 1;
