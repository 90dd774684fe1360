-- Who may ask. Of passwords, sessions, tokens and links only hashes are kept. A user is never removed: history names it.
CREATE TABLE user (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    role        TEXT    NOT NULL,               -- viewer | reviewer | lead | admin
    password    TEXT,                           -- $argon2id$...; unknown until the invitation was followed
    disabled    INTEGER NOT NULL DEFAULT 0,
    created_us  INTEGER NOT NULL,               -- µs since 1970 in UTC
    changed_us  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER user_is_not_removed BEFORE DELETE ON user
BEGIN
    SELECT RAISE(ABORT, 'a user stays on record');
END;

-- A browser that somebody signed in with. The row goes when the session ends.
CREATE TABLE session (
    id         TEXT    PRIMARY KEY,             -- no secret: names it on pages
    sha256     TEXT    NOT NULL UNIQUE,         -- of the secret in the cookie, hexadecimal
    user       TEXT    NOT NULL,
    agent      TEXT    NOT NULL,                -- what the browser calls itself, cut short
    created_us INTEGER NOT NULL,
    seen_us    INTEGER NOT NULL                 -- of its last request, to the minute
) STRICT;

CREATE INDEX session_by_user ON session (user, created_us);

-- What a program signs in with. The row stays when it was revoked: history names it.
CREATE TABLE token (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    sha256     TEXT    NOT NULL UNIQUE,         -- of the token, hexadecimal
    role       TEXT    NOT NULL,
    scopes     TEXT,                            -- permissions, separated by spaces; unknown where it may all that its role may
    made_by    TEXT    NOT NULL,
    created_us INTEGER NOT NULL,
    until_us   INTEGER NOT NULL,
    used_day   INTEGER,                         -- days since 1970 in UTC; unknown before the first use
    revoked_us INTEGER                          -- unknown where it was not
) STRICT;

CREATE TRIGGER token_is_not_removed BEFORE DELETE ON token
BEGIN
    SELECT RAISE(ABORT, 'a token stays on record');
END;

-- Links that work once: the first admin's, and invitations.
CREATE TABLE link (
    sha256     TEXT    PRIMARY KEY,             -- of the secret in the link, hexadecimal
    user       TEXT,                            -- who is invited; unknown where it makes an admin
    created_us INTEGER NOT NULL,
    until_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what, and who read which evidence. Nothing here is ever changed or removed.
CREATE TABLE audit (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us    INTEGER NOT NULL,                  -- µs since 1970 in UTC
    by_kind  TEXT    NOT NULL,                  -- user | token | local | nobody
    by_id    TEXT    NOT NULL,                  -- of the user or token
    by_name  TEXT    NOT NULL COLLATE NOCASE,
    action   TEXT    NOT NULL,                  -- such as stream.added
    subject  TEXT    NOT NULL,                  -- what it was done to
    detail   TEXT    NOT NULL                   -- what else is to be known of it (JSON object)
) STRICT;

CREATE INDEX audit_by_who     ON audit (by_name, position);
CREATE INDEX audit_by_action  ON audit (action, position);
CREATE INDEX audit_by_subject ON audit (subject, position);
CREATE INDEX audit_by_time    ON audit (at_us);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;
