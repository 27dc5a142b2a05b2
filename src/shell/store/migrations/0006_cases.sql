-- One row for each citizen's matter. Its history below is never rewritten.
CREATE TABLE cases (
    number     TEXT    NOT NULL PRIMARY KEY,
    call_id    TEXT    NOT NULL,
    citizen    TEXT    NOT NULL,
    entity     TEXT,
    department TEXT,
    kind       TEXT    NOT NULL CHECK (kind IN ('enquiry', 'complaint', 'suggestion', 'consultation')),
    reference  TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('open', 'waiting', 'done')),
    opened_ms  INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX cases_by_entity ON cases (entity, state, opened_ms);
CREATE INDEX cases_by_opening ON cases (opened_ms);

CREATE TABLE case_history (
    id      INTEGER PRIMARY KEY,
    number  TEXT    NOT NULL REFERENCES cases (number),
    at_ms   INTEGER NOT NULL,
    call_id TEXT    NOT NULL,
    act     TEXT    NOT NULL CHECK (act IN ('open', 'add', 'close', 'self_served')),
    text    TEXT    NOT NULL
);
CREATE INDEX case_history_by_case ON case_history (number, id);
CREATE TRIGGER case_history_stays BEFORE UPDATE ON case_history
BEGIN SELECT RAISE(ABORT, 'the history of a case is never rewritten'); END;
CREATE TRIGGER case_history_is_kept BEFORE DELETE ON case_history
BEGIN SELECT RAISE(ABORT, 'the history of a case is never rewritten'); END;

-- What citizens answered to surveys.
CREATE TABLE survey_answers (
    id       INTEGER PRIMARY KEY,
    call_id  TEXT    NOT NULL,
    number   TEXT,
    entity   TEXT,
    question TEXT    NOT NULL,
    answer   TEXT    NOT NULL,
    at_ms    INTEGER NOT NULL
);
CREATE INDEX survey_answers_by_question ON survey_answers (question, at_ms);
