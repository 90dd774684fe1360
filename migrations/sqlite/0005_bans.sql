-- Who may not publish, and who could not before: nothing here is ever removed, and all that changes of a ban is that it is
-- lifted, once.
CREATE TABLE ban (
    id         TEXT    PRIMARY KEY,
    server     TEXT    NOT NULL,                -- the ingest server
    vhost      TEXT    NOT NULL,                -- empty for the default one
    app        TEXT    NOT NULL,
    name       TEXT    NOT NULL,                -- often the stream key
    stream     TEXT    NOT NULL,                -- the id under which it was watched
    publisher  TEXT,                            -- who published it then, as the server calls it
    reason     TEXT    NOT NULL,
    made_by    TEXT    NOT NULL,
    created_us INTEGER NOT NULL,                -- µs since 1970 in UTC
    until_us   INTEGER NOT NULL,
    lifted_us  INTEGER,                         -- absent where it was not
    lifted_by  TEXT
) STRICT;

CREATE INDEX ban_by_end ON ban (until_us);

CREATE TRIGGER ban_is_not_changed
BEFORE UPDATE OF id, server, vhost, app, name, stream, publisher, reason, made_by, created_us, until_us ON ban
BEGIN
    SELECT RAISE(ABORT, 'a ban is only lifted');
END;

CREATE TRIGGER ban_is_lifted_once BEFORE UPDATE OF lifted_us, lifted_by ON ban WHEN OLD.lifted_us IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a ban is lifted once');
END;

CREATE TRIGGER ban_is_not_removed BEFORE DELETE ON ban
BEGIN
    SELECT RAISE(ABORT, 'a ban stays on record');
END;
