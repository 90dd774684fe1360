-- What reviewers see, filter and decide by. All of it follows from the events; it stands here so that no list needs a
-- fold, and so that triggers count what would otherwise be counted anew for every page.
ALTER TABLE incident ADD COLUMN number INTEGER;                         -- from 1, in the order of recording
ALTER TABLE incident ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';      -- of its stream, a list (JSON)
ALTER TABLE incident ADD COLUMN host TEXT;                              -- who streams: from the label `host:`
ALTER TABLE incident ADD COLUMN payload TEXT;                           -- its first 4096 characters
ALTER TABLE incident ADD COLUMN payee TEXT;
ALTER TABLE incident ADD COLUMN payee_name TEXT;
ALTER TABLE incident ADD COLUMN target_host TEXT;                       -- the host of the destination
ALTER TABLE incident ADD COLUMN domain TEXT;                            -- its registrable domain
ALTER TABLE incident ADD COLUMN action TEXT NOT NULL DEFAULT 'record';  -- what the policy wants done
ALTER TABLE incident ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';     -- of the verdict, a list (JSON)
ALTER TABLE incident ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;        -- of the severity: 0 info to 4 critical
ALTER TABLE incident ADD COLUMN review TEXT NOT NULL DEFAULT 'record';  -- record | open | escalated | decided
ALTER TABLE incident ADD COLUMN decision TEXT;                          -- the one that stands
ALTER TABLE incident ADD COLUMN decided_by TEXT;
ALTER TABLE incident ADD COLUMN decided_us INTEGER;                     -- µs since 1970 in UTC, as all times here
ALTER TABLE incident ADD COLUMN first_by TEXT;                          -- who confirmed it where two must
ALTER TABLE incident ADD COLUMN claimed_by TEXT;
ALTER TABLE incident ADD COLUMN claimed_us INTEGER;                     -- since when
ALTER TABLE incident ADD COLUMN claimed_until_us INTEGER;
-- Its place in the queue: escalated ones first, then the worst; none where it does not wait.
ALTER TABLE incident ADD COLUMN turn INTEGER GENERATED ALWAYS AS (
    CASE review WHEN 'escalated' THEN 4 - rank WHEN 'open' THEN 14 - rank END) VIRTUAL;

-- What was recorded before, from the last event of each.
UPDATE incident SET
    number = filled.number, labels = filled.labels, host = filled.host, payload = filled.payload,
    payee = filled.payee, payee_name = filled.payee_name, target_host = filled.target_host, domain = filled.domain,
    action = filled.action, reasons = filled.reasons,
    rank = CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END,
    review = CASE WHEN filled.action = 'record' THEN 'record' ELSE 'open' END
FROM (
    SELECT incident.id AS id, row_number() OVER (ORDER BY incident.opened_us, incident.id) AS number,
           coalesce(event ->> '$.data.labels', '[]') AS labels,
           (SELECT substr(value, 6) FROM json_each(event, '$.data.labels')
            WHERE value LIKE 'host:_%' ORDER BY key LIMIT 1) AS host,
           substr(event ->> '$.data.payload', 1, 4096) AS payload,
           nullif(substr(event ->> '$.data.fields.payee', 1, 512), '') AS payee,
           nullif(substr(event ->> '$.data.fields.payee_name', 1, 512), '') AS payee_name,
           event ->> '$.data.destination.host' AS target_host,
           event ->> '$.data.destination.registrable_domain' AS domain,
           coalesce(event ->> '$.data.verdict.action', 'record') AS action,
           coalesce(event ->> '$.data.verdict.reasons', '[]') AS reasons
    FROM incident JOIN incident_event ON incident_event.position = (
        SELECT max(position) FROM incident_event AS told
        WHERE told.incident = incident.id AND told.type LIKE 'waylay.incident.%')
) AS filled WHERE filled.id = incident.id;

UPDATE incident SET number = (SELECT coalesce(max(number), 0) FROM incident) + filled.number
FROM (SELECT id, row_number() OVER (ORDER BY opened_us, id) AS number FROM incident WHERE number IS NULL) AS filled
WHERE filled.id = incident.id;

CREATE UNIQUE INDEX incident_by_number ON incident (number);
CREATE INDEX incident_by_time        ON incident (opened_us, id);
CREATE INDEX incident_by_host        ON incident (host, opened_us, id) WHERE host IS NOT NULL;
CREATE INDEX incident_by_scheme      ON incident (scheme, opened_us, id) WHERE scheme IS NOT NULL;
CREATE INDEX incident_by_category    ON incident (category, opened_us, id) WHERE category IS NOT NULL;
CREATE INDEX incident_by_destination ON incident (destination, opened_us, id) WHERE destination IS NOT NULL;
CREATE INDEX incident_by_payee       ON incident (payee, opened_us, id) WHERE payee IS NOT NULL;
CREATE INDEX incident_by_domain      ON incident (domain, opened_us, id) WHERE domain IS NOT NULL;
CREATE INDEX incident_by_decision    ON incident (decision, opened_us, id) WHERE decision IS NOT NULL;
CREATE INDEX incident_in_turn        ON incident (turn, opened_us, id) WHERE turn IS NOT NULL;
CREATE INDEX incident_in_turn_of_stream   ON incident (stream, turn, opened_us, id) WHERE turn IS NOT NULL;
CREATE INDEX incident_in_turn_of_host     ON incident (host, turn, opened_us, id) WHERE turn IS NOT NULL;
CREATE INDEX incident_in_turn_of_scheme   ON incident (scheme, turn, opened_us, id) WHERE turn IS NOT NULL;
CREATE INDEX incident_in_turn_of_category ON incident (category, turn, opened_us, id) WHERE turn IS NOT NULL;
CREATE INDEX incident_claimed        ON incident (claimed_by) WHERE claimed_by IS NOT NULL;
DROP INDEX incident_by_stream;
CREATE INDEX incident_by_stream      ON incident (stream, opened_us, id);

-- The writing of an incident in pieces of three characters: found wherever it stands, in every script.
CREATE VIRTUAL TABLE incident_text USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'trigram');

INSERT INTO incident_text (rowid, text)
SELECT number, concat_ws(char(10), substr(payload, 1, 2048), payee, payee_name, target_host)
FROM incident WHERE coalesce(payload, payee, payee_name, target_host) IS NOT NULL ORDER BY number;

CREATE TRIGGER incident_is_written AFTER INSERT ON incident
WHEN coalesce(NEW.payload, NEW.payee, NEW.payee_name, NEW.target_host) IS NOT NULL
BEGIN
    INSERT INTO incident_text (rowid, text) VALUES (NEW.number,
        concat_ws(char(10), substr(NEW.payload, 1, 2048), NEW.payee, NEW.payee_name, NEW.target_host));
END;

CREATE TRIGGER incident_is_rewritten AFTER UPDATE OF payload, payee, payee_name, target_host ON incident
WHEN OLD.payload IS NOT NEW.payload OR OLD.payee IS NOT NEW.payee OR OLD.payee_name IS NOT NEW.payee_name
    OR OLD.target_host IS NOT NEW.target_host
BEGIN
    DELETE FROM incident_text WHERE rowid = NEW.number;
    INSERT INTO incident_text (rowid, text) VALUES (NEW.number,
        concat_ws(char(10), substr(NEW.payload, 1, 2048), NEW.payee, NEW.payee_name, NEW.target_host));
END;

-- How many incidents there are in each state, and how many of those that wait are of each kind.
CREATE TABLE review_count (
    facet TEXT    NOT NULL,                     -- review | severity | class | category | scheme
    value TEXT    NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (facet, value)
) STRICT, WITHOUT ROWID;

INSERT INTO review_count (facet, value, n)
SELECT 'review', review, count(*) FROM incident GROUP BY review
UNION ALL SELECT 'severity', severity, count(*) FROM incident WHERE turn IS NOT NULL GROUP BY severity
UNION ALL SELECT 'class', class, count(*) FROM incident WHERE turn IS NOT NULL GROUP BY class
UNION ALL SELECT 'category', category, count(*) FROM incident
    WHERE turn IS NOT NULL AND category IS NOT NULL GROUP BY category
UNION ALL SELECT 'scheme', scheme, count(*) FROM incident
    WHERE turn IS NOT NULL AND scheme IS NOT NULL GROUP BY scheme;

-- One that is written through: the trigger counts it.
CREATE VIEW review_change AS
SELECT '' AS review, NULL AS turn, '' AS severity, '' AS class, '' AS category, '' AS scheme, 0 AS n;

CREATE TRIGGER review_is_counted INSTEAD OF INSERT ON review_change
BEGIN
    INSERT INTO review_count (facet, value, n)
    SELECT 'review', NEW.review, NEW.n
    UNION ALL SELECT 'severity', NEW.severity, NEW.n WHERE NEW.turn IS NOT NULL
    UNION ALL SELECT 'class', NEW.class, NEW.n WHERE NEW.turn IS NOT NULL
    UNION ALL SELECT 'category', NEW.category, NEW.n WHERE NEW.turn IS NOT NULL AND NEW.category IS NOT NULL
    UNION ALL SELECT 'scheme', NEW.scheme, NEW.n WHERE NEW.turn IS NOT NULL AND NEW.scheme IS NOT NULL
    ON CONFLICT (facet, value) DO UPDATE SET n = n + excluded.n;
END;

CREATE TRIGGER incident_is_counted AFTER INSERT ON incident
BEGIN
    INSERT INTO review_change VALUES (NEW.review, NEW.turn, NEW.severity, NEW.class, NEW.category, NEW.scheme, 1);
END;

CREATE TRIGGER incident_is_recounted AFTER UPDATE OF review, rank, severity, class, category, scheme ON incident
WHEN OLD.review IS NOT NEW.review OR OLD.severity IS NOT NEW.severity OR OLD.class IS NOT NEW.class
    OR OLD.category IS NOT NEW.category OR OLD.scheme IS NOT NEW.scheme
BEGIN
    INSERT INTO review_change VALUES (OLD.review, OLD.turn, OLD.severity, OLD.class, OLD.category, OLD.scheme, -1);
    INSERT INTO review_change VALUES (NEW.review, NEW.turn, NEW.severity, NEW.class, NEW.category, NEW.scheme, 1);
END;

-- The same destination, payee or domain over streams, hosts and days.
CREATE TABLE campaign (
    id        INTEGER PRIMARY KEY,
    kind      TEXT    NOT NULL,                 -- destination | payee | domain
    key       TEXT    NOT NULL,
    incidents INTEGER NOT NULL,
    waiting   INTEGER NOT NULL,                 -- those that wait for a decision
    streams   INTEGER NOT NULL,
    hosts     INTEGER NOT NULL,
    first_us  INTEGER NOT NULL,                 -- when its first incident was opened
    last_us   INTEGER NOT NULL,
    UNIQUE (kind, key)
) STRICT;

-- In which streams, by which hosts and on which days it was seen, and how often.
CREATE TABLE campaign_seen (
    campaign  INTEGER NOT NULL,
    what      TEXT    NOT NULL,                 -- stream | host | day
    name      TEXT    NOT NULL,                 -- a day is YYYY-MM-DD in UTC
    incidents INTEGER NOT NULL,
    PRIMARY KEY (campaign, what, name)
) STRICT, WITHOUT ROWID;

INSERT INTO campaign (kind, key, incidents, waiting, streams, hosts, first_us, last_us)
SELECT 'destination', destination, count(*), count(turn), 0, 0, min(opened_us), max(opened_us)
FROM incident WHERE destination IS NOT NULL GROUP BY destination
UNION ALL
SELECT 'payee', payee, count(*), count(turn), 0, 0, min(opened_us), max(opened_us)
FROM incident WHERE payee IS NOT NULL GROUP BY payee
UNION ALL
SELECT 'domain', domain, count(*), count(turn), 0, 0, min(opened_us), max(opened_us)
FROM incident WHERE domain IS NOT NULL GROUP BY domain;

INSERT INTO campaign_seen (campaign, what, name, incidents)
SELECT campaign.id, 'stream', stream, count(*) FROM campaign
    JOIN incident ON kind = 'destination' AND destination = key GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'stream', stream, count(*) FROM campaign
    JOIN incident ON kind = 'payee' AND payee = key GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'stream', stream, count(*) FROM campaign
    JOIN incident ON kind = 'domain' AND domain = key GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'host', host, count(*) FROM campaign
    JOIN incident ON kind = 'destination' AND destination = key WHERE host IS NOT NULL GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'host', host, count(*) FROM campaign
    JOIN incident ON kind = 'payee' AND payee = key WHERE host IS NOT NULL GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'host', host, count(*) FROM campaign
    JOIN incident ON kind = 'domain' AND domain = key WHERE host IS NOT NULL GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'day', date(opened_us / 1000000, 'unixepoch'), count(*) FROM campaign
    JOIN incident ON kind = 'destination' AND destination = key GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'day', date(opened_us / 1000000, 'unixepoch'), count(*) FROM campaign
    JOIN incident ON kind = 'payee' AND payee = key GROUP BY 1, 3
UNION ALL SELECT campaign.id, 'day', date(opened_us / 1000000, 'unixepoch'), count(*) FROM campaign
    JOIN incident ON kind = 'domain' AND domain = key GROUP BY 1, 3;

UPDATE campaign SET streams = seen.streams, hosts = seen.hosts
FROM (SELECT campaign AS id, count(*) FILTER (WHERE what = 'stream') AS streams,
             count(*) FILTER (WHERE what = 'host') AS hosts FROM campaign_seen GROUP BY campaign) AS seen
WHERE seen.id = campaign.id;

-- One incident by itself is no campaign.
CREATE INDEX campaign_by_waiting ON campaign (kind, waiting, last_us, id) WHERE incidents > 1 AND waiting > 0;
CREATE INDEX campaign_by_time    ON campaign (kind, last_us, id) WHERE incidents > 1;

CREATE TRIGGER campaign_has_one_more AFTER INSERT ON campaign_seen WHEN NEW.what <> 'day'
BEGIN
    UPDATE campaign SET streams = streams + (NEW.what = 'stream'), hosts = hosts + (NEW.what = 'host')
    WHERE id = NEW.campaign;
END;

CREATE TRIGGER campaign_has_one_less AFTER DELETE ON campaign_seen WHEN OLD.what <> 'day'
BEGIN
    UPDATE campaign SET streams = streams - (OLD.what = 'stream'), hosts = hosts - (OLD.what = 'host')
    WHERE id = OLD.campaign;
END;

CREATE VIEW campaign_change AS
SELECT '' AS kind, '' AS key, '' AS stream, '' AS host, 0 AS opened_us, 0 AS incidents, 0 AS waiting;

CREATE TRIGGER campaign_is_counted INSTEAD OF INSERT ON campaign_change WHEN NEW.key IS NOT NULL
BEGIN
    INSERT INTO campaign (kind, key, incidents, waiting, streams, hosts, first_us, last_us)
    VALUES (NEW.kind, NEW.key, NEW.incidents, NEW.waiting, 0, 0, NEW.opened_us, NEW.opened_us)
    ON CONFLICT (kind, key) DO UPDATE SET
        incidents = incidents + excluded.incidents, waiting = waiting + excluded.waiting,
        first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us);
    INSERT INTO campaign_seen (campaign, what, name, incidents)
    SELECT campaign.id, seen.what, seen.name, NEW.incidents
    FROM campaign, (
        SELECT 'stream' AS what, NEW.stream AS name
        UNION ALL SELECT 'host', NEW.host WHERE NEW.host IS NOT NULL
        UNION ALL SELECT 'day', date(NEW.opened_us / 1000000, 'unixepoch')) AS seen
    WHERE campaign.kind = NEW.kind AND campaign.key = NEW.key AND NEW.incidents <> 0
    ON CONFLICT (campaign, what, name) DO UPDATE SET incidents = incidents + excluded.incidents;
    DELETE FROM campaign_seen
    WHERE NEW.incidents < 0 AND incidents <= 0
        AND campaign = (SELECT id FROM campaign WHERE kind = NEW.kind AND key = NEW.key);
END;

CREATE TRIGGER incident_joins_campaigns AFTER INSERT ON incident
BEGIN
    INSERT INTO campaign_change
    SELECT 'destination', NEW.destination, NEW.stream, NEW.host, NEW.opened_us, 1, NEW.turn IS NOT NULL
    UNION ALL SELECT 'payee', NEW.payee, NEW.stream, NEW.host, NEW.opened_us, 1, NEW.turn IS NOT NULL
    UNION ALL SELECT 'domain', NEW.domain, NEW.stream, NEW.host, NEW.opened_us, 1, NEW.turn IS NOT NULL;
END;

CREATE TRIGGER incident_changes_campaigns AFTER UPDATE OF destination, payee, domain, host ON incident
WHEN OLD.destination IS NOT NEW.destination OR OLD.payee IS NOT NEW.payee OR OLD.domain IS NOT NEW.domain
    OR OLD.host IS NOT NEW.host
BEGIN
    INSERT INTO campaign_change
    SELECT 'destination', OLD.destination, OLD.stream, OLD.host, OLD.opened_us, -1, -(OLD.turn IS NOT NULL)
    UNION ALL SELECT 'payee', OLD.payee, OLD.stream, OLD.host, OLD.opened_us, -1, -(OLD.turn IS NOT NULL)
    UNION ALL SELECT 'domain', OLD.domain, OLD.stream, OLD.host, OLD.opened_us, -1, -(OLD.turn IS NOT NULL);
    INSERT INTO campaign_change
    SELECT 'destination', NEW.destination, NEW.stream, NEW.host, NEW.opened_us, 1, NEW.turn IS NOT NULL
    UNION ALL SELECT 'payee', NEW.payee, NEW.stream, NEW.host, NEW.opened_us, 1, NEW.turn IS NOT NULL
    UNION ALL SELECT 'domain', NEW.domain, NEW.stream, NEW.host, NEW.opened_us, 1, NEW.turn IS NOT NULL;
END;

-- Where the campaigns change too, the trigger before has counted what waits.
CREATE TRIGGER incident_waits_in_campaigns AFTER UPDATE OF review ON incident
WHEN (OLD.turn IS NULL) <> (NEW.turn IS NULL) AND OLD.destination IS NEW.destination AND OLD.payee IS NEW.payee
    AND OLD.domain IS NEW.domain AND OLD.host IS NEW.host
BEGIN
    INSERT INTO campaign_change
    SELECT 'destination', NEW.destination, NEW.stream, NEW.host, NEW.opened_us, 0,
           iif(NEW.turn IS NULL, -1, 1)
    UNION ALL SELECT 'payee', NEW.payee, NEW.stream, NEW.host, NEW.opened_us, 0, iif(NEW.turn IS NULL, -1, 1)
    UNION ALL SELECT 'domain', NEW.domain, NEW.stream, NEW.host, NEW.opened_us, 0, iif(NEW.turn IS NULL, -1, 1);
END;

-- Every decision on an incident, with what stood before it: an undo puts that back.
CREATE TABLE review_decision (
    id              TEXT    PRIMARY KEY,        -- of its event
    incident        TEXT    NOT NULL,
    decision        TEXT    NOT NULL,
    reason          TEXT,
    made_by         TEXT    NOT NULL,
    made_us         INTEGER NOT NULL,
    waited_us       INTEGER NOT NULL,           -- from the opening of the incident
    took_us         INTEGER,                    -- from the claim; unknown without one
    late            INTEGER NOT NULL,           -- whether it came after its time
    state           TEXT    NOT NULL,           -- proposed | standing | undone | reversed
    campaign        TEXT,                       -- the decision on a campaign that it is part of
    entry           INTEGER,                    -- what it added to a registry
    replaced_by     TEXT,                       -- the event that reversed it
    before_review   TEXT    NOT NULL,
    before_decision TEXT,
    before_by       TEXT,
    before_us       INTEGER,
    before_first    TEXT
) STRICT;

CREATE INDEX review_decision_by_incident ON review_decision (incident, made_us);
CREATE INDEX review_decision_by_time     ON review_decision (made_us, id);
CREATE INDEX review_decision_by_campaign ON review_decision (campaign, incident) WHERE campaign IS NOT NULL;

CREATE TABLE campaign_decision (
    id        TEXT    PRIMARY KEY,
    kind      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    decision  TEXT    NOT NULL,
    reason    TEXT,
    made_by   TEXT    NOT NULL,
    made_us   INTEGER NOT NULL,
    incidents INTEGER NOT NULL,                 -- how many it settled
    entry     INTEGER,
    undone_us INTEGER
) STRICT;

CREATE INDEX campaign_decision_by_campaign ON campaign_decision (kind, key, made_us);

-- What decisions added to the registries of the platform and of sellers. An entry is never changed, only revoked, once.
CREATE TABLE registry_entry (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    scope      TEXT    NOT NULL,                -- platform | seller
    seller     TEXT,                            -- `host:` and who it is, or `stream:` and the stream's id
    key        TEXT    NOT NULL,                -- of the destination
    made_by    TEXT    NOT NULL,
    made_us    INTEGER NOT NULL,
    revoked_us INTEGER,
    revoked_by TEXT
) STRICT;

CREATE INDEX registry_entry_in_force ON registry_entry (id) WHERE revoked_us IS NULL;

CREATE TRIGGER registry_entry_is_not_changed BEFORE UPDATE OF id, scope, seller, key, made_by, made_us ON registry_entry
BEGIN
    SELECT RAISE(ABORT, 'an entry is only revoked');
END;

CREATE TRIGGER registry_entry_is_revoked_once BEFORE UPDATE OF revoked_us, revoked_by ON registry_entry
WHEN OLD.revoked_us IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an entry is revoked once');
END;

CREATE TRIGGER registry_entry_is_not_removed BEFORE DELETE ON registry_entry
BEGIN
    SELECT RAISE(ABORT, 'an entry stays on record');
END;

-- Decisions that somebody else makes again, without seeing the first.
CREATE TABLE second_review (
    incident         TEXT    PRIMARY KEY,
    first            TEXT    NOT NULL,          -- the first decision (its id)
    first_by         TEXT    NOT NULL,
    first_decision   TEXT    NOT NULL,
    made_us          INTEGER NOT NULL,
    claimed_by       TEXT,
    claimed_until_us INTEGER,
    decision         TEXT,                      -- the second one; none yet
    decided_by       TEXT,
    decided_us       INTEGER
) STRICT;

CREATE INDEX second_review_waits ON second_review (made_us) WHERE decision IS NULL;
CREATE INDEX second_review_held  ON second_review (claimed_by) WHERE decision IS NULL;
CREATE INDEX second_review_done  ON second_review (decided_us) WHERE decision IS NOT NULL;

-- Incidents whose right decision is known, and how reviewers answered.
CREATE TABLE golden (
    incident TEXT    PRIMARY KEY,
    decision TEXT    NOT NULL,
    made_by  TEXT    NOT NULL,
    made_us  INTEGER NOT NULL
) STRICT;

CREATE TABLE golden_answer (
    incident    TEXT    NOT NULL,
    reviewer    TEXT    NOT NULL,
    asked_us    INTEGER NOT NULL,
    decision    TEXT,
    answered_us INTEGER,
    PRIMARY KEY (incident, reviewer)
) STRICT;

CREATE INDEX golden_answer_open    ON golden_answer (reviewer) WHERE decision IS NULL;
CREATE INDEX golden_answer_by_time ON golden_answer (answered_us) WHERE decision IS NOT NULL;

CREATE TABLE appeal (
    id         TEXT    PRIMARY KEY,
    incident   TEXT    NOT NULL,
    reference  TEXT,                            -- what the platform calls it
    reason     TEXT    NOT NULL,
    original   TEXT    NOT NULL,                -- the decision that it is about
    decided_by TEXT    NOT NULL,                -- who made that
    made_by    TEXT    NOT NULL,
    made_us    INTEGER NOT NULL,
    outcome    TEXT,                            -- upheld | overturned; none while it is open
    settled_by TEXT,
    settled_us INTEGER
) STRICT;

CREATE INDEX appeal_by_incident ON appeal (incident, made_us);
CREATE UNIQUE INDEX appeal_open ON appeal (incident) WHERE outcome IS NULL;
CREATE INDEX appeal_by_end ON appeal (settled_us) WHERE outcome IS NOT NULL;

CREATE TABLE saved_filter (
    id      TEXT    PRIMARY KEY,
    owner   TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    shared  INTEGER NOT NULL,
    query   TEXT    NOT NULL,                   -- as it stands in a URL
    made_us INTEGER NOT NULL,
    UNIQUE (owner, name)
) STRICT;

-- What was answered to writes that carry a key, for a day: the same request again gets the same answer.
CREATE TABLE idempotency (
    asked_by TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,                  -- of the request
    status   INTEGER,                           -- none while it is being answered
    answer   TEXT,
    made_us  INTEGER NOT NULL,
    PRIMARY KEY (asked_by, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_time ON idempotency (made_us);
