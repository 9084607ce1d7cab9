-- The patients by the codes under which the clinic knows them. The key is the number of the entry
-- with which a patient began, so it never comes back.
CREATE TABLE patient (
    key INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE
) STRICT;

-- What is known. An erased entry keeps its number, commitment and link, and nothing else.
CREATE TABLE entry (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    patient INTEGER REFERENCES patient (key),
    kind TEXT,
    version INTEGER,
    happened_on TEXT,
    body TEXT,
    warnings TEXT,
    replaces INTEGER REFERENCES entry (number),
    entered_at TEXT,
    clock_behind_s INTEGER,
    entered_by TEXT,
    why TEXT,
    salt BLOB,
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    link BLOB NOT NULL CHECK (length(link) = 32),
    CHECK (
        (salt IS NULL AND patient IS NULL AND kind IS NULL AND version IS NULL
            AND happened_on IS NULL AND body IS NULL AND warnings IS NULL AND replaces IS NULL
            AND entered_at IS NULL AND clock_behind_s IS NULL AND entered_by IS NULL
            AND why IS NULL)
        OR (length(salt) = 16 AND kind IS NOT NULL AND version IS NOT NULL
            AND happened_on IS NOT NULL AND body IS NOT NULL AND warnings IS NOT NULL
            AND entered_at IS NOT NULL AND clock_behind_s IS NOT NULL AND entered_by IS NOT NULL
            AND why IS NOT NULL)
    )
) STRICT;

CREATE INDEX entry_of_patient ON entry (patient, number);

-- An entry is corrected once; a second correction corrects the first.
CREATE UNIQUE INDEX entry_replaced ON entry (replaces) WHERE replaces IS NOT NULL;

-- Work that must be brought to its end when the record is opened next.
CREATE TABLE unfinished (
    what TEXT PRIMARY KEY
) STRICT;

CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entry)
BEGIN
    SELECT RAISE(ABORT, 'entries are numbered without gaps');
END;

CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'entries are never taken out');
END;

-- The one change that is let through turns an entry of a patient into an erased one.
CREATE TRIGGER entry_unchanged BEFORE UPDATE ON entry
WHEN NOT (
    NEW.number IS OLD.number AND NEW.commitment IS OLD.commitment AND NEW.link IS OLD.link
    AND NEW.salt IS NULL AND OLD.patient IS NOT NULL
)
BEGIN
    SELECT RAISE(ABORT, 'entries are never changed');
END;
