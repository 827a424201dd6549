-- +goose Up

-- What people say without an account: ratings, reports of faults, requests for
-- data. The number is what they are called by in public.

CREATE TABLE contributions (
    id      TEXT COLLATE "C" PRIMARY KEY,
    number  BIGINT NOT NULL UNIQUE,
    kind    TEXT COLLATE "C" NOT NULL,
    dataset TEXT COLLATE "C" NOT NULL, -- '' = about none; it may be gone
    state   TEXT COLLATE "C" NOT NULL,
    stars   BIGINT NOT NULL, -- of a rating, else 0
    created BIGINT NOT NULL,
    body    TEXT NOT NULL -- JSON
);
CREATE INDEX contributions_by_state ON contributions (kind, state, number);
CREATE INDEX contributions_of ON contributions (dataset, kind, state, number);

-- +goose Down

DROP TABLE contributions;
