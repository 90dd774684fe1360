-- What an undo looks for: what a decision had replaced, and whether somebody is to make it again.
CREATE INDEX review_decision_by_replacement ON review_decision (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX second_review_by_first         ON second_review (first);

-- An incident that somebody left, or that was given to somebody else meanwhile, is not given to them again to decide it without
-- seeing what was decided: they may have seen it.
CREATE TABLE second_declined (
    incident TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    PRIMARY KEY (incident, reviewer)
) STRICT, WITHOUT ROWID;

ALTER TABLE golden_answer ADD COLUMN claimed_until_us INTEGER;
ALTER TABLE golden_answer ADD COLUMN declined_us INTEGER;               -- when it was left; none where it was not

-- Answers that hold a secret are not kept any more.
DELETE FROM idempotency WHERE answer LIKE '%"secret":%' OR answer LIKE '%"link":%';

-- What a write clears away is found without looking through the rest, and counted as it changes.
CREATE INDEX idempotency_unanswered ON idempotency (made_us) WHERE status IS NULL;

CREATE TABLE idempotency_count (
    n INTEGER NOT NULL
) STRICT;

INSERT INTO idempotency_count SELECT count(*) FROM idempotency;

CREATE TRIGGER idempotency_has_one_more AFTER INSERT ON idempotency
BEGIN
    UPDATE idempotency_count SET n = n + 1;
END;

CREATE TRIGGER idempotency_has_one_less AFTER DELETE ON idempotency
BEGIN
    UPDATE idempotency_count SET n = n - 1;
END;

-- As before, but for the end: an incident that leaves a campaign is asked for where it was, and not where all others are.
DROP TRIGGER campaign_is_counted;

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
    WHERE NEW.incidents < 0 AND campaign = (SELECT id FROM campaign WHERE kind = NEW.kind AND key = NEW.key)
        AND what = 'stream' AND name = NEW.stream AND incidents <= 0;
    DELETE FROM campaign_seen
    WHERE NEW.incidents < 0 AND campaign = (SELECT id FROM campaign WHERE kind = NEW.kind AND key = NEW.key)
        AND what = 'host' AND name = NEW.host AND incidents <= 0;
    DELETE FROM campaign_seen
    WHERE NEW.incidents < 0 AND campaign = (SELECT id FROM campaign WHERE kind = NEW.kind AND key = NEW.key)
        AND what = 'day' AND name = date(NEW.opened_us / 1000000, 'unixepoch') AND incidents <= 0;
END;
