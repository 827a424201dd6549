-- +goose Up

-- How often datasets and their distributions were looked at and taken, by day.
-- There is nothing about who.

CREATE TABLE usage (
    dataset      TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    distribution TEXT NOT NULL, -- '' = the dataset as a whole
    kind         TEXT NOT NULL,
    day          BIGINT NOT NULL, -- since 1970-01-01, UTC
    n            BIGINT NOT NULL,
    PRIMARY KEY (dataset, distribution, kind, day)
);
CREATE INDEX usage_by_day ON usage (day);

-- +goose Down

DROP TABLE usage;
