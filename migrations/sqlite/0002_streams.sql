-- The live streams that were added through the API: they are watched again after a restart.
CREATE TABLE stream (
    id         TEXT    PRIMARY KEY,
    url        TEXT    NOT NULL,                -- with everything in it: who reads this file can watch the stream
    labels     TEXT    NOT NULL,                -- a list (JSON)
    registry   TEXT,                            -- what belongs to its seller (JSON)
    policy     TEXT,                            -- the name of the policy that judges it
    changed_us INTEGER NOT NULL                 -- µs since 1970 in UTC
) STRICT;
