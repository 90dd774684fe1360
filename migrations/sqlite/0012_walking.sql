-- What was kept for long enough is found along an index, without a look at all that is kept.
CREATE INDEX incident_kept ON incident (class, tracked_us) WHERE entombed = 0;

-- The files of incidents that were taken leave of, until they are removed: one that several share waits for the last of them.
CREATE TABLE evidence_to_remove (
    path TEXT PRIMARY KEY                       -- below the evidence folder
) STRICT, WITHOUT ROWID;

INSERT INTO evidence_to_remove
SELECT DISTINCT path FROM incident JOIN evidence ON evidence.incident = incident.id
WHERE entombed = 1 AND removed_us IS NULL;

DROP INDEX incident_entombed;

-- A write whose program was gone before it answered is kept for as long as all others.
DROP INDEX idempotency_unanswered;
