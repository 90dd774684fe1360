-- When the last event was recorded by which an incident itself went on: what is done and decided of it later does not keep
-- its evidence any longer.
ALTER TABLE incident ADD COLUMN tracked_us INTEGER NOT NULL DEFAULT 0; -- µs since 1970 in UTC

UPDATE incident SET tracked_us = coalesce(
    (SELECT max(recorded_us) FROM incident_event
     WHERE incident_event.incident = incident.id AND type LIKE 'waylay.incident.%'),
    changed_us
);
