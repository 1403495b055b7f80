package sqlite

import (
	"context"

	"bellhop/engine"
)

// tally is by how much a transaction changes the numbers of runs in each state. Counting millions of runs
// each time a page is drawn would take seconds, so the numbers are kept; they are written once a commit.
type tally map[engine.State]int

func (t tally) add(other tally) {
	for state, n := range other {
		t[state] += n
	}
}

// moved notes that n runs came from one state, "" if they are new, into another.
func (t *tx) moved(from, to engine.State, n int) {
	if from == to || n == 0 {
		return
	}
	if t.tally == nil {
		t.tally = tally{}
	}
	if from != "" {
		t.tally[from] -= n
	}
	t.tally[to] += n
}

// movedAll notes that the runs that a condition chooses are about to come into a state.
func (t *tx) movedAll(to engine.State, where string, args ...any) error {
	counts, err := stateCounts(context.Background(), t, `SELECT state, count(*) FROM run WHERE `+where+` GROUP BY state`, args...)
	for from, n := range counts {
		t.moved(from, to, n)
	}
	return err
}

// count writes the transaction's tally.
func (w *writer) count() error {
	for state, n := range w.tally {
		if n == 0 {
			continue
		}
		if _, err := w.statements.exec(`INSERT INTO run_count (state, n) VALUES (?, ?) ON CONFLICT (state) DO UPDATE SET n = n + excluded.n`,
			string(state), n); err != nil {
			return err
		}
	}
	return nil
}

// StateCounts adds what the transaction, and those that share its commit, have not written yet.
func (t *tx) StateCounts(ctx context.Context) (map[engine.State]int, error) {
	counts, err := t.reads.StateCounts(ctx)
	if err != nil {
		return nil, err
	}
	all := tally(counts)
	all.add(t.writer.tally)
	all.add(t.tally)
	for state, n := range all {
		if n <= 0 {
			delete(all, state)
		}
	}
	return all, nil
}
