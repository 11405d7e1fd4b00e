-- By which rules the memories of each segment were read. Those that an earlier release read, or still reads in an
-- instance of it, are read again, see SegmentWork.

ALTER TABLE unified_memory.segment ADD COLUMN analysis integer NOT NULL DEFAULT 0;
CREATE INDEX segment_outdated ON unified_memory.segment (owner) WHERE analysis < 1;
