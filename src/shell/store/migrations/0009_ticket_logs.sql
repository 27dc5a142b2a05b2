-- One row for each wait in the pool that is over: all that routing told of it, for `hatif why`.
CREATE TABLE ticket_logs (
    ticket_id  TEXT    NOT NULL PRIMARY KEY,
    call_id    TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    entered_ms INTEGER NOT NULL,
    log        TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX ticket_logs_by_call ON ticket_logs (call_id, ticket_id);
