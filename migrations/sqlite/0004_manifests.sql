-- The chain of manifests: each says what is known of an incident, is signed, and names the hash of the one before it, so
-- that none can be changed or removed unseen. Nothing here is ever changed or removed.
CREATE TABLE manifest (
    position  INTEGER PRIMARY KEY AUTOINCREMENT, -- from 1, without gaps
    incident  TEXT    NOT NULL,
    kind      TEXT    NOT NULL,                 -- sealed | hold | release | tombstone
    sequence  INTEGER NOT NULL,                 -- of the incident's last event at that time
    previous  TEXT    NOT NULL,                 -- sha256 of the one before it; 64 zeros for the first
    sha256    TEXT    NOT NULL,                 -- of `manifest`, hexadecimal
    manifest  TEXT    NOT NULL,                 -- JSON, byte for byte as it was signed
    signature TEXT    NOT NULL,                 -- Ed25519 of `manifest`, base64
    key       TEXT    NOT NULL,                 -- the public key (whpk_...)
    sealed_us INTEGER NOT NULL                  -- µs since 1970 in UTC
) STRICT;

CREATE INDEX manifest_by_incident ON manifest (incident, position);

CREATE TRIGGER manifest_is_not_changed BEFORE UPDATE ON manifest
BEGIN
    SELECT RAISE(ABORT, 'manifest is append-only');
END;

CREATE TRIGGER manifest_is_not_removed BEFORE DELETE ON manifest
BEGIN
    SELECT RAISE(ABORT, 'manifest is append-only');
END;

-- What a time-stamping authority said of a manifest.
CREATE TABLE time_stamp (
    position INTEGER PRIMARY KEY,               -- of the manifest
    answer   BLOB    NOT NULL                   -- its answer as it came (RFC 3161, DER)
) STRICT;

-- What follows from the manifests, so that nobody has to look for it.
ALTER TABLE incident ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;     -- the last event that a manifest holds
ALTER TABLE incident ADD COLUMN entombed INTEGER NOT NULL DEFAULT 0;   -- whether its evidence is kept no more
ALTER TABLE evidence ADD COLUMN removed_us INTEGER;                     -- when the file was removed

CREATE INDEX incident_to_seal  ON incident (changed_us) WHERE sequence > sealed;
CREATE INDEX incident_entombed ON incident (id) WHERE entombed = 1;
CREATE INDEX evidence_by_path  ON evidence (path);

-- When streams ended: from then on evidence is kept for so long.
CREATE TABLE stream_end (
    stream   TEXT    NOT NULL,
    ended_us INTEGER NOT NULL,                  -- µs since 1970 in UTC
    PRIMARY KEY (stream, ended_us)
) STRICT, WITHOUT ROWID;

-- The policies that were in force.
CREATE TABLE policy (
    id       TEXT    PRIMARY KEY,               -- name@version, as verdicts name it
    sha256   TEXT    NOT NULL,                  -- of the file, hexadecimal
    since_us INTEGER NOT NULL                   -- µs since 1970 in UTC, the first time
) STRICT;
