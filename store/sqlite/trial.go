package sqlite

import "context"

// trials removes the drafts that were tried and of which no run is left.
func (b *broom) trials(ctx context.Context) error {
	return b.sweep(ctx, func(t *tx) (Pruned, error) {
		_, err := t.exec(`DELETE FROM version WHERE number < 0 AND NOT EXISTS
			(SELECT 1 FROM run WHERE run.recipe_id = version.recipe_id AND run.version = version.number AND run.version < 0)`)
		return Pruned{}, err
	})
}
