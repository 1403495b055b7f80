-- What came to the door and was not let in, so that it can be told why; the newest are kept.
CREATE TABLE refusal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    recipe_id  INTEGER NOT NULL, -- 0 if the address is nobody's
    at         INTEGER NOT NULL,
    method     TEXT    NOT NULL,
    status     INTEGER NOT NULL, -- what the sender was told
    reason     TEXT    NOT NULL,
    sender     TEXT    NOT NULL, -- the sender's address and program
    times      INTEGER NOT NULL  -- how often in a row
) STRICT;

CREATE INDEX refusal_recipe ON refusal (recipe_id, id);

CREATE TRIGGER refusal_forgotten AFTER DELETE ON recipe BEGIN
    DELETE FROM refusal WHERE recipe_id = old.id;
END;

-- Large bodies are files beside the database; event.body is empty then.
CREATE TABLE event_file (
    event_id INTEGER PRIMARY KEY REFERENCES event ON DELETE CASCADE,
    name     TEXT    NOT NULL,
    size     INTEGER NOT NULL
) STRICT;
