-- One row for each call that has ended. `record` is the whole of it; the columns are for finding it.
CREATE TABLE calls (
    call_id       TEXT    NOT NULL PRIMARY KEY,
    version       INTEGER NOT NULL,
    arrived_ms    INTEGER NOT NULL,
    answered_ms   INTEGER,
    ended_ms      INTEGER NOT NULL,
    from_number   TEXT    NOT NULL,
    to_number     TEXT    NOT NULL,
    trunk         TEXT    NOT NULL,
    line          TEXT    NOT NULL,
    bundle        TEXT    NOT NULL,
    flow          TEXT    NOT NULL,
    language      TEXT,
    entity        TEXT,
    queue         TEXT,
    class         INTEGER,
    queue_wait_ms INTEGER,
    agent         TEXT,
    talk_ms       INTEGER,
    held_ms       INTEGER NOT NULL,
    ended_by      TEXT    NOT NULL,
    ended_cause   TEXT    NOT NULL,
    record        TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX calls_by_entity ON calls (entity, call_id);
CREATE INDEX calls_by_arrival ON calls (arrived_ms);

-- Who talked in which call; a call that lost its agent has several.
CREATE TABLE call_agents (
    agent   TEXT NOT NULL,
    call_id TEXT NOT NULL REFERENCES calls (call_id) ON DELETE CASCADE,
    PRIMARY KEY (agent, call_id)
) WITHOUT ROWID;
CREATE INDEX call_agents_by_call ON call_agents (call_id);

CREATE TABLE agents (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    password_hash TEXT,
    skills        TEXT    NOT NULL,
    leg           TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('agent', 'supervisor')),
    is_on_duty    INTEGER NOT NULL CHECK (is_on_duty IN (0, 1))
) WITHOUT ROWID;
