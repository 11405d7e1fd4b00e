-- To which file the database belongs, so that one that was put back from a copy is known as such.

ALTER TABLE clock ADD COLUMN file TEXT NOT NULL DEFAULT '';
ALTER TABLE comparison ADD COLUMN file TEXT NOT NULL DEFAULT '';
