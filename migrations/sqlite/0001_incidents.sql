-- Every change of an incident, in the order in which they were recorded. Nothing here is ever changed
-- or removed: this table is the audit log.
CREATE TABLE incident_event (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    incident    TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,               -- from 1 in each incident
    type        TEXT    NOT NULL,               -- waylay.incident.opened.v1 and so on
    recorded_us INTEGER NOT NULL,               -- µs since 1970 in UTC
    event       TEXT    NOT NULL,               -- the whole CloudEvents object (JSON)
    UNIQUE (incident, sequence)
) STRICT;

CREATE TRIGGER incident_event_is_not_changed BEFORE UPDATE ON incident_event
BEGIN
    SELECT RAISE(ABORT, 'incident_event is append-only');
END;

CREATE TRIGGER incident_event_is_not_removed BEFORE DELETE ON incident_event
BEGIN
    SELECT RAISE(ABORT, 'incident_event is append-only');
END;

-- An incident as its events leave it: derived, so that a list needs no fold.
CREATE TABLE incident (
    id            TEXT    PRIMARY KEY,
    stream        TEXT    NOT NULL,
    sequence      INTEGER NOT NULL,             -- of the last event that was folded in
    state         TEXT    NOT NULL,             -- open | ended
    decoded       INTEGER NOT NULL,
    scheme        TEXT,                         -- unknown where it could not be decoded
    category      TEXT,
    destination   TEXT,
    class         TEXT    NOT NULL,             -- on_platform | off_platform | unknown
    severity      TEXT    NOT NULL,
    policy        TEXT    NOT NULL,             -- name@version
    first_seen_ms INTEGER NOT NULL,             -- media time
    last_seen_ms  INTEGER NOT NULL,
    visible_ms    INTEGER NOT NULL,
    sightings     INTEGER NOT NULL,
    opened_us     INTEGER NOT NULL,             -- µs since 1970 in UTC
    changed_us    INTEGER NOT NULL
) STRICT;

CREATE INDEX incident_by_stream ON incident (stream, opened_us);
CREATE INDEX incident_by_state  ON incident (state, opened_us);

-- The files that prove an incident, as the first event that names them says.
CREATE TABLE evidence (
    incident TEXT    NOT NULL,
    path     TEXT    NOT NULL,                  -- below the evidence folder
    kind     TEXT    NOT NULL,                  -- clean_frame | annotated_frame
    sha256   TEXT    NOT NULL,                  -- of the file, hexadecimal
    bytes    INTEGER NOT NULL,
    media_ms INTEGER NOT NULL,
    PRIMARY KEY (incident, path)
) STRICT;
