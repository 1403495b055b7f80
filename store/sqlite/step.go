package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"bellhop/engine"
)

// steps reads a run's steps with their attempts.
func steps(ctx context.Context, q querier, runID int64) ([]engine.StepRun, error) {
	all, err := collect(ctx, q, func(rows *sql.Rows) (s engine.StepRun, err error) {
		var first *firstAttempt
		err = rows.Scan(&s.Position, &s.Round, &s.Step, &s.Use, &s.State, &s.Ended, &s.Note, timeColumn{&s.DueAt}, timeColumn{&s.StartedAt}, timeColumn{&s.FinishedAt},
			jsonColumn{&s.Failure}, (*[]byte)(&s.Input), (*[]byte)(&s.Output), jsonColumn{&first})
		if first != nil {
			s.Attempts = []engine.Attempt{first.attempt()}
		}
		return s, err
	}, `SELECT position, round, step, use, state, ended, note, due_at, started_at, finished_at, failure, input, output, attempt
		FROM step WHERE run_id = ? ORDER BY position, round`, runID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if slices.ContainsFunc(all, func(s engine.StepRun) bool { return s.Round != "" }) { // whose order is no text's
		slices.SortStableFunc(all, func(a, b engine.StepRun) int {
			return cmp.Or(cmp.Compare(a.Position, b.Position), engine.CompareRounds(a.Round, b.Round))
		})
	}
	type place struct {
		position int
		round    string
	}
	at := make(map[place]*engine.StepRun, len(all))
	for i := range all {
		at[place{all[i].Position, all[i].Round}] = &all[i]
	}
	type placed struct {
		place
		engine.Attempt
	}
	attempts, err := collect(ctx, q, func(rows *sql.Rows) (a placed, err error) {
		return a, rows.Scan(&a.position, &a.round, &a.Number, timeColumn{&a.StartedAt}, timeColumn{&a.FinishedAt},
			jsonColumn{&a.Failure}, jsonColumn{&a.Request}, jsonColumn{&a.Response})
	}, `SELECT position, round, number, started_at, finished_at, failure, request, response
		FROM attempt WHERE run_id = ? ORDER BY position, round, number`, runID)
	for _, a := range attempts {
		at[a.place].Attempts = append(at[a.place].Attempts, a.Attempt)
	}
	return all, err
}

func (t *tx) SaveSteps(runID int64, steps ...engine.StepRun) error {
	for _, s := range steps {
		if err := t.saveStep(runID, s); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) saveStep(runID int64, s engine.StepRun) error {
	if !s.State.Valid() {
		return engine.Errorf(engine.Internal, "A step cannot be %q.", s.State)
	}
	failure, err := text(s.Failure)
	if err != nil {
		return t.note(err)
	}
	attempts := s.Attempts
	var first *firstAttempt
	if len(attempts) > 0 && attempts[0].Number == 1 {
		first, attempts = newFirstAttempt(attempts[0]), attempts[1:]
	}
	attempt, err := text(first)
	if err != nil {
		return t.note(err)
	}
	_, err = t.exec(`INSERT INTO step (run_id, position, round, step, use, state, ended, note, due_at, started_at, finished_at, failure, input, output, attempt)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run_id, position, round) DO UPDATE SET step = excluded.step, use = excluded.use, state = excluded.state,
			ended = excluded.ended, note = excluded.note, due_at = excluded.due_at, started_at = excluded.started_at, finished_at = excluded.finished_at, failure = excluded.failure,
			input = excluded.input, output = excluded.output, attempt = coalesce(excluded.attempt, attempt)`,
		runID, s.Position, s.Round, s.Step, s.Use, string(s.State), s.Ended, s.Note, micros(s.DueAt), micros(s.StartedAt), micros(s.FinishedAt), failure, raw(s.Input), raw(s.Output), attempt)
	if orphan(err) {
		return noRun(runID)
	}
	if err != nil {
		return t.note(err)
	}
	for _, a := range attempts {
		if err := t.saveAttempt(runID, s, a); err != nil {
			return t.note(err)
		}
	}
	return nil
}

// firstAttempt is a step's first attempt, which stands in the step's own row. Times are microseconds.
type firstAttempt struct {
	StartedAt  int64               `json:"started_at"`
	FinishedAt int64               `json:"finished_at"`
	Failure    *engine.Failure     `json:"failure,omitempty"`
	Request    *engine.SentRequest `json:"request,omitempty"`
	Response   *engine.Response    `json:"response,omitempty"`
}

func newFirstAttempt(a engine.Attempt) *firstAttempt {
	return &firstAttempt{micros(a.StartedAt), micros(a.FinishedAt), a.Failure, a.Request, a.Response}
}

func (f firstAttempt) attempt() engine.Attempt {
	return engine.Attempt{
		Number: 1, StartedAt: fromMicros(f.StartedAt), FinishedAt: fromMicros(f.FinishedAt),
		Failure: f.Failure, Request: f.Request, Response: f.Response,
	}
}

// saveAttempt stores an attempt after the first.
func (t *tx) saveAttempt(runID int64, s engine.StepRun, a engine.Attempt) error {
	failure, err := text(a.Failure)
	if err != nil {
		return err
	}
	request, err := text(a.Request)
	if err != nil {
		return err
	}
	response, err := text(a.Response)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO attempt (run_id, position, round, number, started_at, finished_at, failure, request, response)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run_id, position, round, number) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
			failure = excluded.failure, request = excluded.request, response = excluded.response`,
		runID, s.Position, s.Round, a.Number, micros(a.StartedAt), micros(a.FinishedAt), failure, request, response)
	return err
}

func (t *tx) DropSteps(runID int64, from int) error {
	if _, err := find(context.Background(), t, noRun(runID), number, `SELECT id FROM run WHERE id = ?`, runID); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM step WHERE run_id = ? AND position >= ?`, runID, from)
	return t.note(err)
}
