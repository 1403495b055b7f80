package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"

	"bellhop/engine"
)

// skippedIDs is how many ids are left out at least after older data took the place of newer. More than
// that many runs since would need ten a second for a day. How many more is left to chance, one of
// skippedTimes: older data may be opened twice, and each time other runs follow.
const (
	skippedIDs   = 1_000_000
	skippedTimes = 100_000
)

// Distrust prepares a database that came out of a backup for use; happened says in a sentence why. What
// was under way when it was made may have been done since, so those runs are held for a person; it returns
// how many. And ids that were given out since are not given out again: a run's id is in the idempotency
// keys of its requests, a connection's in the name of its secrets.
func (db *DB) Distrust(ctx context.Context, happened string) (held int, err error) {
	failure, err := text(engine.Failure{Code: engine.Unavailable, Message: happened + " " +
		"This run was under way when the backup was made, and may have been done since. Look whether it was; if not, retry it."})
	if err != nil {
		return 0, explain(err)
	}
	err = db.writer.do(ctx, func(t *tx) error {
		if err := t.movedAll(engine.Held, active); err != nil {
			return err
		}
		result, err := t.exec(`UPDATE run SET state = 'held', due_at = 0, failure = ? WHERE `+active, failure)
		if err != nil {
			return t.note(err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return t.note(err)
		}
		held = int(n)
		for _, statement := range []string{
			// A table that was empty has no row there yet.
			`INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_schema
				WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)`,
			fmt.Sprintf(`UPDATE sqlite_sequence SET seq = seq + %d`, skippedIDs*(1+rand.Int64N(skippedTimes))),
		} {
			if _, err := t.exec(statement); err != nil {
				return t.note(err)
			}
		}
		return nil
	})
	return held, err
}
