-- Each time that a version of the bundle began to serve, or was refused: who wanted it, and what changed.
CREATE TABLE bundle_activations (
    id      INTEGER NOT NULL PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    deed    TEXT    NOT NULL,
    hash    TEXT,
    before  TEXT,
    means   TEXT    NOT NULL,
    who     TEXT,
    changes TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);
CREATE INDEX bundle_activations_by_hash ON bundle_activations (hash, id);
