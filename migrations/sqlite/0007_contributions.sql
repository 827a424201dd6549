-- +goose Up

-- What people say without an account: ratings, reports of faults, requests for
-- data. The number is what they are called by in public.

CREATE TABLE contributions (
    id      TEXT PRIMARY KEY,
    number  BIGINT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    dataset TEXT NOT NULL, -- '' = about none; it may be gone
    state   TEXT NOT NULL,
    stars   BIGINT NOT NULL, -- of a rating, else 0
    created BIGINT NOT NULL,
    body    TEXT NOT NULL -- JSON
);
CREATE INDEX contributions_by_state ON contributions (kind, state, number);
CREATE INDEX contributions_of ON contributions (dataset, kind, state, number);

-- +goose Down

DROP TABLE contributions;
