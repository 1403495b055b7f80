-- Where a run comes from, and which others it waits for.

ALTER TABLE run ADD COLUMN recovered INTEGER NOT NULL DEFAULT 0; -- its event was missed, and found later
ALTER TABLE run ADD COLUMN called_by INTEGER NOT NULL DEFAULT 0; -- the run that started this one
ALTER TABLE run ADD COLUMN depth     INTEGER NOT NULL DEFAULT 0; -- how many runs stand above it
ALTER TABLE run ADD COLUMN order_key TEXT    NOT NULL DEFAULT ''; -- runs of a recipe with the same one wait for each other

-- Those that go one after the other and are not over for good, in the order they came.
CREATE INDEX run_order ON run (recipe_id, order_key, id)
    WHERE order_key <> '' AND state IN ('queued', 'running', 'waiting', 'failed', 'held', 'unsure');
-- The queue by recipe, so that one recipe's long backlog hides no other's.
CREATE INDEX run_recipe_due ON run (recipe_id, due_at, id) WHERE state IN ('queued', 'running', 'waiting');
