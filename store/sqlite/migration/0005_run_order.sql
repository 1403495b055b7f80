-- Where a run comes from, and which others it waits for.

ALTER TABLE run ADD COLUMN recovered    INTEGER NOT NULL DEFAULT 0; -- its event was missed, and found later
ALTER TABLE run ADD COLUMN called_by    INTEGER NOT NULL DEFAULT 0; -- the run that started this one
ALTER TABLE run ADD COLUMN depth        INTEGER NOT NULL DEFAULT 0; -- how many runs stand above it
ALTER TABLE run ADD COLUMN order_key    TEXT    NOT NULL DEFAULT ''; -- runs of a recipe with the same one go one after the other
ALTER TABLE run ADD COLUMN blocks_until INTEGER NOT NULL DEFAULT 0; -- though it is over, those behind it wait until then

-- The queue, recipe by recipe, so that one's long backlog hides no other's. It is small whatever the
-- length of the history, and read without touching the table. (The state is a column too, since SQLite
-- asks for it again although the condition has settled it.)
CREATE INDEX run_queue ON run (recipe_id, due_at, id, order_key, state) WHERE state IN ('queued', 'running', 'waiting');
DROP INDEX run_due;

-- Each line of runs that go one after the other: first whoever has the turn, then those behind, who are
-- due never, in the order they came.
CREATE INDEX run_turn ON run (recipe_id, order_key, due_at, id)
    WHERE order_key <> '' AND state IN ('queued', 'running', 'waiting');
CREATE INDEX run_block ON run (recipe_id, order_key, id) WHERE blocks_until > 0;

-- The few runs of a long history that did not succeed. Those that are not over are found through the
-- queue: an index here would cost each run four more writes.
DROP INDEX run_state;
CREATE INDEX run_state ON run (state) WHERE state NOT IN ('succeeded', 'queued', 'running', 'waiting');

-- Versions below 0 are drafts that were tried; they go with the last run of theirs.
CREATE INDEX run_trial ON run (recipe_id, version) WHERE version < 0;
