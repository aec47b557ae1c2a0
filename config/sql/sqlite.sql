-- MailProxy's default schema for SQLite. Apply as often as you like:
--   sqlite3 -bail users.db < sqlite.sql
-- The proxy only reads; docs/directory.md says what it may and may not do with the file.
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;

-- Which versions of this file were applied.
CREATE TABLE IF NOT EXISTS schema_version (
  version INTEGER PRIMARY KEY,
  applied TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- The domains that are ours.
CREATE TABLE IF NOT EXISTS domains (
  name TEXT NOT NULL PRIMARY KEY CHECK (name = lower(name))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS users (
  name TEXT NOT NULL PRIMARY KEY CHECK (name = lower(name) AND name LIKE '_%@_%'),
  password TEXT,                            -- with its scheme; NULL: logs in by rows of passwords only
  home TEXT,                                -- the store; NULL: routing decides
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  expired INTEGER NOT NULL DEFAULT 0 CHECK (expired IN (0, 1)),
  may_act_as TEXT,                          -- 'bob@example.org, carol@example.org': whom this user may name as authorization identity
  quota TEXT
) WITHOUT ROWID;

-- Application passwords: further passwords of a user.
CREATE TABLE IF NOT EXISTS passwords (
  user_name TEXT NOT NULL REFERENCES users (name) ON UPDATE CASCADE ON DELETE CASCADE,
  label TEXT NOT NULL,
  password TEXT NOT NULL,
  protocols TEXT,                           -- 'imap,submission'; NULL: all
  expired INTEGER NOT NULL DEFAULT 0 CHECK (expired IN (0, 1)),
  PRIMARY KEY (user_name, label)
) WITHOUT ROWID;

-- One row for each user or further alias that an address stands for.
CREATE TABLE IF NOT EXISTS aliases (
  address TEXT NOT NULL CHECK (address = lower(address)),
  target TEXT NOT NULL CHECK (target = lower(target)),
  PRIMARY KEY (address, target)
) WITHOUT ROWID;
-- For those who delete a user and ask what pointed there.
CREATE INDEX IF NOT EXISTS aliases_target ON aliases (target);

INSERT OR IGNORE INTO schema_version (version) VALUES (1);

COMMIT;
