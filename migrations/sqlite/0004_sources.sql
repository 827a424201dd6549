-- +goose Up

-- Who harvests which source, what is known of a source beside what people say
-- of it, and which datasets tell of the same data.

ALTER TABLE runs ADD COLUMN beat BIGINT NOT NULL DEFAULT 0; -- the latest sign of life
ALTER TABLE runs ADD COLUMN slot BIGINT NOT NULL DEFAULT 0; -- the moment of the schedule; 0 = by hand
ALTER TABLE runs ADD COLUMN stop BOOLEAN NOT NULL DEFAULT FALSE; -- somebody wants it to stop
ALTER TABLE runs ADD COLUMN worker TEXT NOT NULL DEFAULT ''; -- the process, as it names itself; '' = unknown
UPDATE runs SET status = 'interrupted', finished = started WHERE status = 'running';
CREATE UNIQUE INDEX runs_running ON runs (source) WHERE status = 'running';

CREATE TABLE source_state (
    source   TEXT PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
    due      BIGINT NOT NULL, -- 0 = by hand
    failures BIGINT NOT NULL,
    memo     TEXT NOT NULL, -- JSON, or ''
    secret   TEXT NOT NULL -- sealed, or ''
);

-- Filled by the program when it finds it empty.
CREATE TABLE identities (
    dataset    TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    holder     TEXT NOT NULL,
    identifier TEXT NOT NULL
);
CREATE INDEX identities_of ON identities (holder, identifier);

-- +goose Down
DROP TABLE identities;
DROP TABLE source_state;
DROP INDEX runs_running;
ALTER TABLE runs DROP COLUMN worker;
ALTER TABLE runs DROP COLUMN stop;
ALTER TABLE runs DROP COLUMN slot;
ALTER TABLE runs DROP COLUMN beat;
