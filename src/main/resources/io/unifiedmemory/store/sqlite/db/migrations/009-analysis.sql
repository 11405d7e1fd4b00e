-- By which rules the index has read each memory. Those that an earlier build read, or still reads in a process that
-- began before this step, are read again, see IndexBuild.

ALTER TABLE search_entry ADD COLUMN analysis INTEGER NOT NULL DEFAULT 0;
CREATE INDEX search_entry_outdated ON search_entry (id) WHERE analysis < 1;
