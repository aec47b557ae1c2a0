-- MailProxy's default schema for PostgreSQL. Apply as the owner of the database, as often as you like:
--   psql -v ON_ERROR_STOP=1 -d mail -f postgresql.sql
-- The proxies read as another role that may do nothing else; docs/directory.md has the lines.
BEGIN;

CREATE SCHEMA IF NOT EXISTS mailproxy;

-- Which versions of this file were applied. A later version adds its changes below, guarded by this table.
CREATE TABLE IF NOT EXISTS mailproxy.schema_version (
  version integer PRIMARY KEY,
  applied timestamptz NOT NULL DEFAULT now()
);

-- The domains that are ours.
CREATE TABLE IF NOT EXISTS mailproxy.domains (
  name text PRIMARY KEY CHECK (name = lower(name))
);

CREATE TABLE IF NOT EXISTS mailproxy.users (
  name text PRIMARY KEY CHECK (name = lower(name) AND name LIKE '_%@_%'),
  password text,                            -- with its scheme; NULL: logs in by rows of passwords only
  home text,                                -- the store; NULL: routing decides
  disabled boolean NOT NULL DEFAULT false,
  expired boolean NOT NULL DEFAULT false,
  may_act_as text[],                        -- users whom this one may name as SASL authorization identity
  quota text
);

-- Application passwords: further passwords of a user.
CREATE TABLE IF NOT EXISTS mailproxy.passwords (
  user_name text NOT NULL REFERENCES mailproxy.users (name) ON UPDATE CASCADE ON DELETE CASCADE,
  label text NOT NULL,
  password text NOT NULL,
  protocols text,                           -- 'imap,submission'; NULL: all
  expired boolean NOT NULL DEFAULT false,
  PRIMARY KEY (user_name, label)
);

-- One row for each user or further alias that an address stands for.
CREATE TABLE IF NOT EXISTS mailproxy.aliases (
  address text NOT NULL CHECK (address = lower(address)),
  target text NOT NULL CHECK (target = lower(target)),
  PRIMARY KEY (address, target)
);
-- For those who delete a user and ask what pointed there.
CREATE INDEX IF NOT EXISTS aliases_target ON mailproxy.aliases (target);

INSERT INTO mailproxy.schema_version (version) VALUES (1) ON CONFLICT DO NOTHING;

COMMIT;
