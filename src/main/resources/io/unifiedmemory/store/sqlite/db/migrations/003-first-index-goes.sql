-- The first index for search goes; the one in its place has become that of the fifth step. Files that a build with
-- three or four steps wrote have more tables for search, which the fifth step drops.

DROP TABLE memory_text;
