-- A list of all patients must not have to read all entries.
ALTER TABLE patient ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;

ALTER TABLE patient ADD COLUMN last_on TEXT NOT NULL DEFAULT '';

UPDATE patient SET
    entries = (SELECT count(*) FROM entry WHERE entry.patient = patient.key),
    last_on = (SELECT coalesce(max(happened_on), '') FROM entry WHERE entry.patient = patient.key);

CREATE TRIGGER patient_has_entry AFTER INSERT ON entry
WHEN NEW.patient IS NOT NULL
BEGIN
    UPDATE patient SET entries = entries + 1, last_on = max(last_on, NEW.happened_on)
    WHERE key = NEW.patient;
END;

-- What concerns the clinic (profiles, backups, erasures), found among millions of entries.
CREATE INDEX entry_of_clinic ON entry (kind, number) WHERE patient IS NULL;
