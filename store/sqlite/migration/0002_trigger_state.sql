-- What a trigger remembers, such as up to when it has looked: written with the runs it caused.
CREATE TABLE trigger_state (
    recipe_id INTEGER NOT NULL REFERENCES recipe ON DELETE CASCADE,
    key       TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    PRIMARY KEY (recipe_id, key)
) STRICT, WITHOUT ROWID;
