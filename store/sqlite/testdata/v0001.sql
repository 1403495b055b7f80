-- A database as the first Bellhop left it: a snapshot of its form, and of what shops had in it. It is
-- not to be changed; a later form gets a file of its own.
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
CREATE TABLE migration (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO migration VALUES ('0001_initial', 1765000000000000);

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

CREATE INDEX run_due ON run (due_at, id, recipe_id, state) WHERE state IN ('queued', 'running', 'waiting');
CREATE INDEX run_state ON run (state) WHERE state <> 'succeeded';
CREATE INDEX run_recipe ON run (recipe_id);
CREATE INDEX run_created ON run (created_at, recipe_id);

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
INSERT INTO setting VALUES ('listen', '127.0.0.1:8420');
INSERT INTO connection VALUES (1, 'My shop', 'shopify', '{"shop":"casa-ana"}', '["access_token","secret"]', '', 0, 1765000000000000, 1765000000000000);
INSERT INTO recipe VALUES (1, 'Big orders', 1, 'b1946ac92492d2347c6235b4d2611184', '{"recipe":1,"name":"Big orders","trigger":{"use":"shopify.order_created","connection":"My shop"},"steps":[]}', 1, 1765000000000000, 1765000000000000);
INSERT INTO version VALUES (1, 1, '{"recipe":1,"name":"Big orders","trigger":{"use":"shopify.order_created","connection":"My shop"},"steps":[]}', 1765000000000000);
INSERT INTO event VALUES
    (1, 1, 'evt-1', 1765000000000000, 'application/json', '{"method":"POST","headers":{"X-Shopify-Topic":"orders/create"}}', CAST('{"id":5678901234567890123,"name":"#1042"}' AS BLOB)),
    (2, 1, 'evt-2', 1765000100000000, 'application/json', '{"method":"POST"}', CAST('{"id":5678901234567890124,"name":"#1043"}' AS BLOB));
INSERT INTO run VALUES
    (1, 1, 1, 1, 'succeeded', 0, 1765000000000000, 1765000000100000, 1765000000200000, 0, 'Order #1042', NULL),
    (2, 1, 1, 2, 'queued', 0, 1765000100000000, 0, 0, 0, '', NULL);
INSERT INTO step VALUES (1, 0, 'post', 'slack.send_message', 'succeeded', '', 1765000000100000, 1765000000200000, NULL, '{"channel":"#orders"}', '{"ok":true}');
INSERT INTO attempt VALUES (1, 0, 1, 1765000000100000, 1765000000200000, NULL, '{"method":"POST","url":"https://slack.com/api/chat.postMessage"}', '{"status":200}');
