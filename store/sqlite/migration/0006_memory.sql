-- What steps and triggers remember from run to run.

-- recipe_id 0 is shared by all recipes; what is a recipe's own goes with it.
CREATE TABLE memory (
    recipe_id  INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL, -- JSON
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (recipe_id, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER memory_forgotten AFTER DELETE ON recipe BEGIN
    DELETE FROM memory WHERE recipe_id = old.id;
END;

-- Keys that were met before, by a trigger that asks or by a step that lets each through once.
CREATE TABLE seen (
    recipe_id INTEGER NOT NULL REFERENCES recipe ON DELETE CASCADE,
    place     TEXT    NOT NULL, -- the step's id, or what the trigger looks at
    key       TEXT    NOT NULL,
    seen_at   INTEGER NOT NULL, -- the first time
    met_at    INTEGER NOT NULL, -- the last time, to the day: what still comes is not forgotten
    PRIMARY KEY (recipe_id, place, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_age ON seen (met_at);

-- What a step has changed here for a run, so that a retry does not change it again.
CREATE TABLE change_made (
    run_id  INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    step    TEXT    NOT NULL,
    round   TEXT    NOT NULL,
    input   TEXT    NOT NULL, -- a hash of the step's fields: other fields are another change
    outcome TEXT    NOT NULL, -- JSON
    PRIMARY KEY (run_id, step, round, input)
) STRICT, WITHOUT ROWID;

-- What is collected until there is enough of it; the first run of a batch waits and takes it all. When it
-- has, the batch stays for a retry until its run is removed.
CREATE TABLE batch (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    recipe_id  INTEGER NOT NULL REFERENCES recipe ON DELETE CASCADE,
    place      TEXT    NOT NULL,
    run_id     INTEGER NOT NULL, -- the run that takes it
    open       INTEGER NOT NULL, -- 1 while more is added
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX batch_open ON batch (recipe_id, place) WHERE open = 1;
CREATE INDEX batch_run ON batch (run_id);

CREATE TRIGGER batch_removed AFTER DELETE ON run BEGIN
    DELETE FROM batch WHERE run_id = old.id AND open = 0;
END;

CREATE TABLE batch_item (
    batch_id INTEGER NOT NULL REFERENCES batch ON DELETE CASCADE,
    run_id   INTEGER NOT NULL, -- the run that brought it
    value    TEXT    NOT NULL, -- JSON
    PRIMARY KEY (batch_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_item_run ON batch_item (run_id);

-- Small local data: a table has named columns, a row has a text for each.
CREATE TABLE data_table (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    columns    TEXT    NOT NULL, -- JSON array of names
    n          INTEGER NOT NULL, -- of rows
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX data_table_name ON data_table (name);

CREATE TABLE data_row (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    table_id   INTEGER NOT NULL REFERENCES data_table ON DELETE CASCADE,
    cells      TEXT    NOT NULL, -- JSON array of texts in the order of the columns; it may be too short
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX data_row_table ON data_row (table_id, id);

-- Steps look rows up while others wait to write, so the first columns have an index each, of the first 100
-- characters. The store's queries have these terms literally.
CREATE INDEX data_row_0 ON data_row (table_id, substr(json_extract(cells, '$[0]'), 1, 100)) WHERE json_extract(cells, '$[0]') <> '';
CREATE INDEX data_row_1 ON data_row (table_id, substr(json_extract(cells, '$[1]'), 1, 100)) WHERE json_extract(cells, '$[1]') <> '';
CREATE INDEX data_row_2 ON data_row (table_id, substr(json_extract(cells, '$[2]'), 1, 100)) WHERE json_extract(cells, '$[2]') <> '';
CREATE INDEX data_row_3 ON data_row (table_id, substr(json_extract(cells, '$[3]'), 1, 100)) WHERE json_extract(cells, '$[3]') <> '';
CREATE INDEX data_row_4 ON data_row (table_id, substr(json_extract(cells, '$[4]'), 1, 100)) WHERE json_extract(cells, '$[4]') <> '';
CREATE INDEX data_row_5 ON data_row (table_id, substr(json_extract(cells, '$[5]'), 1, 100)) WHERE json_extract(cells, '$[5]') <> '';
CREATE INDEX data_row_6 ON data_row (table_id, substr(json_extract(cells, '$[6]'), 1, 100)) WHERE json_extract(cells, '$[6]') <> '';
CREATE INDEX data_row_7 ON data_row (table_id, substr(json_extract(cells, '$[7]'), 1, 100)) WHERE json_extract(cells, '$[7]') <> '';
CREATE INDEX data_row_8 ON data_row (table_id, substr(json_extract(cells, '$[8]'), 1, 100)) WHERE json_extract(cells, '$[8]') <> '';
CREATE INDEX data_row_9 ON data_row (table_id, substr(json_extract(cells, '$[9]'), 1, 100)) WHERE json_extract(cells, '$[9]') <> '';
CREATE INDEX data_row_10 ON data_row (table_id, substr(json_extract(cells, '$[10]'), 1, 100)) WHERE json_extract(cells, '$[10]') <> '';
CREATE INDEX data_row_11 ON data_row (table_id, substr(json_extract(cells, '$[11]'), 1, 100)) WHERE json_extract(cells, '$[11]') <> '';
CREATE INDEX data_row_12 ON data_row (table_id, substr(json_extract(cells, '$[12]'), 1, 100)) WHERE json_extract(cells, '$[12]') <> '';
CREATE INDEX data_row_13 ON data_row (table_id, substr(json_extract(cells, '$[13]'), 1, 100)) WHERE json_extract(cells, '$[13]') <> '';
CREATE INDEX data_row_14 ON data_row (table_id, substr(json_extract(cells, '$[14]'), 1, 100)) WHERE json_extract(cells, '$[14]') <> '';
CREATE INDEX data_row_15 ON data_row (table_id, substr(json_extract(cells, '$[15]'), 1, 100)) WHERE json_extract(cells, '$[15]') <> '';

CREATE TRIGGER data_row_added AFTER INSERT ON data_row BEGIN
    UPDATE data_table SET n = n + 1, updated_at = new.updated_at WHERE id = new.table_id;
END;

CREATE TRIGGER data_row_changed AFTER UPDATE OF cells ON data_row BEGIN
    UPDATE data_table SET updated_at = new.updated_at WHERE id = new.table_id;
END;

CREATE TRIGGER data_row_removed AFTER DELETE ON data_row BEGIN
    UPDATE data_table SET n = n - 1 WHERE id = old.table_id;
END;
