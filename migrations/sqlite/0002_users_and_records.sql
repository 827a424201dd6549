-- +goose Up

-- Users as CKAN's clients know them, who is in which organization, and what
-- those clients keep here.

ALTER TABLE users ADD COLUMN full_name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN image_url TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'active'; -- 'active' or 'deleted'
ALTER TABLE users ADD COLUMN password TEXT NOT NULL DEFAULT ''; -- argon2id in PHC form; '' = none
ALTER TABLE users ADD COLUMN seen BIGINT NOT NULL DEFAULT 0; -- to the minute; 0 = never
-- Not unique: what was there before may clash, and only new addresses are held to it.
CREATE INDEX users_email ON users (lower(email)) WHERE state = 'active';

ALTER TABLE tokens ADD COLUMN name TEXT NOT NULL DEFAULT '';

ALTER TABLE activities ADD COLUMN actor_id TEXT NOT NULL DEFAULT ''; -- of a user; '' = the program or a visitor
CREATE INDEX activities_actor ON activities (actor_id, id DESC) WHERE actor_id <> '';
CREATE INDEX activities_at ON activities (at);
CREATE INDEX activities_kind ON activities (kind, id DESC) WHERE kind <> 'dataset';

CREATE INDEX datasets_creator ON datasets (creator) WHERE creator <> '';

CREATE TABLE members (
    id      TEXT PRIMARY KEY,
    body    TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL, -- 'user' or 'group'
    object  TEXT NOT NULL, -- ID of the member
    role    TEXT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (body, kind, object)
);
CREATE INDEX members_object ON members (object);

CREATE TABLE records (
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    about    TEXT NOT NULL,
    owner    TEXT NOT NULL,
    position INTEGER NOT NULL,
    created  BIGINT NOT NULL,
    body     TEXT NOT NULL, -- JSON, or ''
    PRIMARY KEY (kind, key)
);
CREATE INDEX records_about ON records (kind, about);
CREATE INDEX records_owner ON records (kind, owner);

-- +goose Down
DROP TABLE records;
DROP TABLE members;
DROP INDEX datasets_creator;
DROP INDEX activities_kind;
DROP INDEX activities_at;
DROP INDEX activities_actor;
ALTER TABLE activities DROP COLUMN actor_id;
ALTER TABLE tokens DROP COLUMN name;
DROP INDEX users_email;
ALTER TABLE users DROP COLUMN seen;
ALTER TABLE users DROP COLUMN password;
ALTER TABLE users DROP COLUMN state;
ALTER TABLE users DROP COLUMN image_url;
ALTER TABLE users DROP COLUMN about;
ALTER TABLE users DROP COLUMN full_name;
