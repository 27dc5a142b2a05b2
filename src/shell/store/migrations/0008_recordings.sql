-- One row for each recording of a call and each message that a caller left. While it goes on,
-- `ended_ms` is null; so it stays after a crash, until the next start mends it.
CREATE TABLE recordings (
    id          TEXT    NOT NULL PRIMARY KEY,
    call_id     TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('call', 'message')),
    file        TEXT    NOT NULL UNIQUE,
    consent     TEXT,
    case_number TEXT,
    started_ms  INTEGER NOT NULL,
    ended_ms    INTEGER,
    length_ms   INTEGER,
    sha256      TEXT,
    silences    TEXT    NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE INDEX recordings_by_call ON recordings (call_id);
CREATE INDEX recordings_by_kind ON recordings (kind, id);
CREATE INDEX recordings_open ON recordings (id) WHERE ended_ms IS NULL;

-- Who listened to what, and to which part of it.
CREATE TABLE recording_hearings (
    recording TEXT    NOT NULL,
    agent     TEXT    NOT NULL,
    at_ms     INTEGER NOT NULL,
    part      TEXT    NOT NULL
);
CREATE INDEX recording_hearings_by_recording ON recording_hearings (recording, at_ms);
