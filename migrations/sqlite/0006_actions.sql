-- Whoever starts asks which actions were asked for and not told the end of: few of all events.
CREATE INDEX incident_event_requested ON incident_event (recorded_us) WHERE type = 'waylay.action.requested.v1';
