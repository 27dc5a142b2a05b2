-- One row for each call-back that was promised. `body` is the whole of it; the columns are for finding it.
CREATE TABLE callbacks (
    id          TEXT    NOT NULL PRIMARY KEY,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'given_up')),
    number      TEXT    NOT NULL,
    queue       TEXT    NOT NULL,
    entity      TEXT,
    asked_ms    INTEGER NOT NULL,
    due_ms      INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    body        TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX callbacks_by_state ON callbacks (state, id);
