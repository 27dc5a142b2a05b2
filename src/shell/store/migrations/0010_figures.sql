-- What became of the callers who entered a queue for an entity in one quarter of an hour. Rows only
-- grow, by what happened later to those callers too. `docs/figures.md` says what each column counts.
CREATE TABLE figures_of_lines (
    quarter_ms            INTEGER NOT NULL,
    queue                 TEXT    NOT NULL,
    entity                TEXT    NOT NULL,
    offered               INTEGER NOT NULL,
    carried               INTEGER NOT NULL,
    answered              INTEGER NOT NULL,
    answered_in_target    INTEGER NOT NULL,
    answered_wait_ms      INTEGER NOT NULL,
    abandoned             INTEGER NOT NULL,
    abandoned_short       INTEGER NOT NULL,
    abandoned_in_target   INTEGER NOT NULL,
    abandoned_wait_ms     INTEGER NOT NULL,
    exited                INTEGER NOT NULL,
    callbacks_taken       INTEGER NOT NULL,
    overflowed_full       INTEGER NOT NULL,
    overflowed_no_agents  INTEGER NOT NULL,
    overflowed_timeout    INTEGER NOT NULL,
    talk_ms               INTEGER NOT NULL,
    hold_ms               INTEGER NOT NULL,
    wrap_up_ms            INTEGER NOT NULL,
    callbacks             INTEGER NOT NULL,
    callbacks_answered    INTEGER NOT NULL,
    callbacks_handling_ms INTEGER NOT NULL,
    transferred           INTEGER NOT NULL,
    transfers_failed      INTEGER NOT NULL,
    longest_wait_ms       INTEGER NOT NULL,
    PRIMARY KEY (quarter_ms, queue, entity)
) WITHOUT ROWID;

-- What each agent did in one quarter of an hour.
CREATE TABLE figures_of_agents (
    quarter_ms            INTEGER NOT NULL,
    agent                 TEXT    NOT NULL,
    offers                INTEGER NOT NULL,
    answered              INTEGER NOT NULL,
    missed                INTEGER NOT NULL,
    declined              INTEGER NOT NULL,
    unreachable           INTEGER NOT NULL,
    withdrawn             INTEGER NOT NULL,
    available_ms          INTEGER NOT NULL,
    ringing_ms            INTEGER NOT NULL,
    talk_ms               INTEGER NOT NULL,
    hold_ms               INTEGER NOT NULL,
    wrap_up_ms            INTEGER NOT NULL,
    away_ms               INTEGER NOT NULL,
    missed_ms             INTEGER NOT NULL,
    PRIMARY KEY (quarter_ms, agent)
) WITHOUT ROWID;

-- The last batch that each run of the engine added, so that none is added twice.
CREATE TABLE figures_batches (
    run  TEXT    NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) WITHOUT ROWID;
