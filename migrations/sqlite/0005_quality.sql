-- +goose Up

-- What is known of the addresses of data, and how good the metadata of datasets
-- were found. All of it is observed or computed, so a dump leaves it out.

CREATE TABLE links (
    id      TEXT PRIMARY KEY, -- SHA-256 of the address
    seen    BIGINT NOT NULL, -- when a dataset was last found to have it
    due     BIGINT NOT NULL,
    checked BIGINT NOT NULL, -- 0 = not yet
    since   BIGINT NOT NULL, -- the first of its failures in a row; 0 = it answers
    strikes BIGINT NOT NULL,
    body    TEXT NOT NULL -- JSON
);
CREATE INDEX links_due ON links (due);
CREATE INDEX links_checked ON links (checked);
CREATE INDEX links_failing ON links (strikes, since) WHERE strikes > 0;

CREATE TABLE scores (
    dataset  TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL, -- of the dataset; -1 = to be scored again
    scheme   TEXT NOT NULL,
    rated    BIGINT NOT NULL,
    points   BIGINT NOT NULL,
    body     TEXT NOT NULL -- JSON
);
CREATE INDEX scores_rated ON scores (rated);

-- +goose Down

DROP TABLE scores;
DROP TABLE links;
