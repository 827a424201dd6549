-- +goose Up

-- Columns hold what SQL filters, sorts or joins on; the rest of a thing is one
-- JSON body. Moments are microseconds since 1970 UTC, so that both engines
-- store and sort them alike. Text is compared by code point.

CREATE TABLE datasets (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    organization TEXT COLLATE "C" NOT NULL, -- '' = none
    state        TEXT COLLATE "C" NOT NULL,
    private      BOOLEAN NOT NULL,
    published    BOOLEAN NOT NULL, -- has been seen by all at some time, so its address may answer Gone
    quarantined  BOOLEAN NOT NULL, -- left out of RDF feeds
    creator      TEXT COLLATE "C" NOT NULL,
    source       TEXT COLLATE "C" NOT NULL, -- '' = made here
    record       TEXT COLLATE "C" NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL,
    holder       TEXT COLLATE "C" NOT NULL, -- identifier
    title_sort   TEXT COLLATE "C" NOT NULL, -- the beginning of the title
    created      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    revision     BIGINT NOT NULL,
    body_version INTEGER NOT NULL,
    body         TEXT COLLATE "C" NOT NULL
);

-- The name of a deleted dataset is free again.
CREATE UNIQUE INDEX datasets_name ON datasets (name) WHERE state <> 'deleted';
CREATE INDEX datasets_deleted_name ON datasets (name) WHERE state = 'deleted';
CREATE UNIQUE INDEX datasets_origin ON datasets (source, record) WHERE source <> '';
CREATE INDEX datasets_organization ON datasets (organization);
CREATE INDEX datasets_holder ON datasets (holder);

-- What a visitor sees, in the orders that pages are asked for; each covers its
-- query, so that a deep page or a count reads no bodies.
CREATE INDEX datasets_open_id ON datasets (id) WHERE state = 'active' AND NOT private;
CREATE INDEX datasets_open_name ON datasets (name, id) WHERE state = 'active' AND NOT private;
CREATE INDEX datasets_open_updated ON datasets (updated DESC, id) WHERE state = 'active' AND NOT private;
CREATE INDEX datasets_open_created ON datasets (created DESC, id) WHERE state = 'active' AND NOT private;
CREATE INDEX datasets_open_title ON datasets (title_sort, id) WHERE state = 'active' AND NOT private;
CREATE INDEX datasets_open_organization ON datasets (organization, id) WHERE state = 'active' AND NOT private;
CREATE INDEX datasets_fed ON datasets (id) WHERE state = 'active' AND NOT private AND NOT quarantined;

-- In which dataset a distribution is.
CREATE TABLE distributions (
    id      TEXT COLLATE "C" NOT NULL,
    dataset TEXT COLLATE "C" NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    PRIMARY KEY (id, dataset)
);
CREATE INDEX distributions_dataset ON distributions (dataset);

CREATE TABLE dataset_groups (
    dataset TEXT COLLATE "C" NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    name    TEXT COLLATE "C" NOT NULL, -- of a group, which need not be there
    PRIMARY KEY (dataset, name)
);
CREATE INDEX dataset_groups_name ON dataset_groups (name, dataset);

-- Organizations and groups share their names, as they do in CKAN.
CREATE TABLE organizations (
    id           TEXT COLLATE "C" PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL, -- 'organization' or 'group'
    name         TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    created      BIGINT NOT NULL,
    body_version INTEGER NOT NULL,
    body         TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX organizations_name ON organizations (name) WHERE state <> 'deleted';

-- The datasets whose search document is out of date, or should be no more.
CREATE TABLE stale (
    dataset TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL -- the catalog's revision at the change, so that none is missed
);

-- How often the catalog has changed.
CREATE TABLE revision (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    value BIGINT NOT NULL
);
INSERT INTO revision (one, value) VALUES (1, 0);

CREATE TABLE sources (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    created      BIGINT NOT NULL,
    body_version INTEGER NOT NULL,
    body         TEXT COLLATE "C" NOT NULL
);

CREATE TABLE runs (
    id       TEXT COLLATE "C" PRIMARY KEY,
    source   TEXT COLLATE "C" NOT NULL,
    status   TEXT COLLATE "C" NOT NULL,
    started  BIGINT NOT NULL,
    finished BIGINT NOT NULL, -- 0 = not yet
    error    TEXT COLLATE "C" NOT NULL,
    report   TEXT COLLATE "C" NOT NULL -- JSON, or ''
);
CREATE INDEX runs_source ON runs (source, started DESC, id DESC);
CREATE INDEX runs_started ON runs (started DESC, id DESC);

CREATE TABLE users (
    id       TEXT COLLATE "C" PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL UNIQUE,
    email    TEXT COLLATE "C" NOT NULL,
    sysadmin BOOLEAN NOT NULL,
    created  BIGINT NOT NULL
);

CREATE TABLE tokens (
    id      TEXT COLLATE "C" PRIMARY KEY,
    owner   TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash    TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256; the token itself is not kept
    scope   TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL, -- 0 = never
    used    BIGINT NOT NULL -- to the minute; 0 = never
);
CREATE INDEX tokens_owner ON tokens (owner, created);

-- Who changed what, and when (decision D17).
CREATE TABLE activities (
    id     BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT COLLATE "C" NOT NULL,
    verb   TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL, -- of the object: 'dataset', 'organization', 'source', …
    object TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    public BOOLEAN NOT NULL, -- the object was to be seen by all after the change
    body   TEXT COLLATE "C" NOT NULL -- the object after the change, JSON or ''
);
CREATE INDEX activities_object ON activities (object, id DESC);

-- +goose Down
DROP TABLE activities;
DROP TABLE tokens;
DROP TABLE users;
DROP TABLE runs;
DROP TABLE sources;
DROP TABLE revision;
DROP TABLE stale;
DROP TABLE organizations;
DROP TABLE dataset_groups;
DROP TABLE distributions;
DROP TABLE datasets;
