-- +goose Up

-- The snapshots of the search index that may be read at a start. While there
-- is one, marks of what was indexed since stay, and are done.

ALTER TABLE stale ADD COLUMN done BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE index_snapshots (
    token TEXT PRIMARY KEY,
    revision BIGINT NOT NULL -- all that changed until it is in the snapshot
);

-- +goose Down

DROP TABLE index_snapshots;
DELETE FROM stale WHERE done;
ALTER TABLE stale DROP COLUMN done;
