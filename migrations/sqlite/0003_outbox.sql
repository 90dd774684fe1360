-- An event has an id of its own, and the store counts the events of an incident: so other kinds of events can stand
-- between those that the tracker tells. SQLite adds no unique column to a table, so the log is copied as it is.
CREATE TABLE incident_event_with_id (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,        -- that of the CloudEvents object
    incident    TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,               -- from 1 in each incident, in the order of recording
    type        TEXT    NOT NULL,               -- waylay.incident.opened.v1 and so on
    recorded_us INTEGER NOT NULL,               -- µs since 1970 in UTC
    event       TEXT    NOT NULL,               -- the whole CloudEvents object (JSON)
    UNIQUE (incident, sequence)
) STRICT;

INSERT INTO incident_event_with_id (position, id, incident, sequence, type, recorded_us, event)
SELECT position, incident || '.' || sequence, incident, sequence, type, recorded_us, event
FROM incident_event ORDER BY position;

-- The triggers go with the table.
DROP TABLE incident_event;
ALTER TABLE incident_event_with_id RENAME TO incident_event;

CREATE TRIGGER incident_event_is_not_changed BEFORE UPDATE ON incident_event
BEGIN
    SELECT RAISE(ABORT, 'incident_event is append-only');
END;

CREATE TRIGGER incident_event_is_not_removed BEFORE DELETE ON incident_event
BEGIN
    SELECT RAISE(ABORT, 'incident_event is append-only');
END;

-- What is still to be delivered, and what could not be. A row goes when its event was delivered.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order of recording
    endpoint    TEXT    NOT NULL,               -- its name in the configuration
    event       TEXT    NOT NULL,               -- the id of the event
    incident    TEXT    NOT NULL,
    state       TEXT    NOT NULL,               -- pending | dead
    attempts    INTEGER NOT NULL,               -- those that failed
    created_us  INTEGER NOT NULL,               -- µs since 1970 in UTC
    changed_us  INTEGER NOT NULL,
    tried_us    INTEGER,                        -- of the first attempt; unknown before it
    next_us     INTEGER,                        -- of the next attempt; unknown where one of the same incident comes first
    last_status INTEGER,                        -- of the answer to the last attempt; unknown where none came
    last_error  TEXT                            -- why it failed
) STRICT;

CREATE INDEX outbox_by_turn ON outbox (endpoint, next_us) WHERE next_us IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (endpoint, state, incident, id);
