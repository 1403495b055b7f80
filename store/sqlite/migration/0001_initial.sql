-- Times are microseconds since 1970 in UTC; 0 means "not yet". JSON is text, as it is written once
-- and read whole. Ids are never used again (AUTOINCREMENT): secrets are kept under a connection's
-- id, and a request's idempotency key is made from its run's.

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recipe (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    enabled    INTEGER NOT NULL,
    token      TEXT    NOT NULL,
    draft      TEXT    NOT NULL, -- canonical JSON, so that equal recipes are equal bytes
    published  INTEGER NOT NULL, -- number of the version that runs; 0 if there is none
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX recipe_token ON recipe (token) WHERE token <> '';

CREATE TABLE version (
    recipe_id  INTEGER NOT NULL REFERENCES recipe ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    definition TEXT    NOT NULL, -- canonical JSON
    created_at INTEGER NOT NULL,
    PRIMARY KEY (recipe_id, number)
) STRICT;

CREATE TABLE connection (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    connector     TEXT    NOT NULL,
    fields        TEXT,             -- JSON object of the values that are not secret
    secret_fields TEXT,             -- JSON array of names; the values are in the keyring
    base_url      TEXT    NOT NULL,
    practice      INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

-- The body comes last: what stands before it is read without following the pages it spills over.
CREATE TABLE event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    recipe_id    INTEGER NOT NULL REFERENCES recipe ON DELETE CASCADE,
    key          TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    request      TEXT,
    body         BLOB    NOT NULL,
    UNIQUE (recipe_id, key)
) STRICT;

-- event_id has no foreign key: checking it when a recipe goes would need one more index on the
-- busiest table. A recipe's events and runs go together, both by recipe_id.
CREATE TABLE run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    recipe_id   INTEGER NOT NULL REFERENCES recipe ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    event_id    INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    due_at      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    replay_of   INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    failure     TEXT
) STRICT;

-- The queue: small whatever the length of the history, and read without touching the table. (The
-- state is a column too, since SQLite asks for it again although the condition has settled it.)
CREATE INDEX run_due ON run (due_at, id, recipe_id, state) WHERE state IN ('queued', 'running', 'waiting');
-- Nearly all runs of a long history succeeded: those are found by id, all others through this.
CREATE INDEX run_state ON run (state) WHERE state <> 'succeeded';
CREATE INDEX run_recipe ON run (recipe_id);
CREATE INDEX run_created ON run (created_at, recipe_id);

-- How many runs are in each state: counting millions each time a page is drawn would take seconds.
CREATE TABLE run_count (
    state TEXT PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER run_added AFTER INSERT ON run BEGIN
    INSERT INTO run_count (state, n) VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER run_changed AFTER UPDATE OF state ON run WHEN new.state <> old.state BEGIN
    UPDATE run_count SET n = n - 1 WHERE state = old.state;
    INSERT INTO run_count (state, n) VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER run_removed AFTER DELETE ON run BEGIN
    UPDATE run_count SET n = n - 1 WHERE state = old.state;
END;

CREATE TABLE step (
    run_id      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    step        TEXT    NOT NULL,
    use         TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    failure     TEXT,
    input       TEXT,
    output      TEXT,
    PRIMARY KEY (run_id, position)
) STRICT;

CREATE TABLE attempt (
    run_id      INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    failure     TEXT,
    request     TEXT,
    response    TEXT,
    PRIMARY KEY (run_id, position, number),
    FOREIGN KEY (run_id, position) REFERENCES step ON DELETE CASCADE
) STRICT;
