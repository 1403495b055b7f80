package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// The limits of a loop: the fields at_once and limit are whole numbers from 1 up to these.
const (
	mostAtOnce   = 20
	mostRounds   = 10_000
	defaultLimit = 1000
	// mostResults is how many bytes of results a loop hands on, as JSON.
	mostResults = 8 << 20
)

// round is one time that a loop's steps were done.
type round struct {
	ending
	result any
}

// loop does its steps for each item. What comes of the rounds is in the records of their steps, so a
// loop that goes on after a crash or a retry does only those that are not over.
func (x *execution) loop(ctx context.Context, s *step, record *engine.StepRun, sc *scope) (ending, error) {
	fields, err := x.loopFields(s, record, sc)
	if err != nil {
		return x.failed(s, record, err, 0)
	}
	items, atOnce, err := loopItems(fields)
	if err != nil {
		return x.failed(s, record, err, 0)
	}
	record.State, record.Failure = engine.Running, nil
	x.keep(record, 0)
	rounds := make([]round, len(items))
	if atOnce = min(atOnce, len(items)); atOnce > 1 {
		err = x.together(ctx, s, sc, items, rounds, atOnce)
	} else {
		rounds, err = x.inTurn(ctx, s, sc, items, rounds)
	}
	if errors.Is(err, errTaken) { // cancelled: the loop does no more
		record.State, record.FinishedAt = engine.Cancelled, x.Now()
		x.keep(record, 0)
	}
	if err != nil {
		return ending{}, err
	}
	return x.sumUp(s, record, sc, rounds)
}

// loopFields are the fields as they were when the loop began: its rounds are told apart by the places
// of the items.
func (x *execution) loopFields(s *step, record *engine.StepRun, sc *scope) (map[string]any, error) {
	if record.State == engine.Queued || len(record.Input) == 0 {
		return x.fields(s, record, sc)
	}
	input, err := x.decode(record.Input)
	if err != nil {
		return nil, fmt.Errorf("the stored items of step %q: %w", s.ID, err)
	}
	fields, _ := input.(map[string]any)
	return fields, nil
}

func loopItems(fields map[string]any) (items []any, atOnce int, err error) {
	items, ok := fields["items"].([]any)
	if !ok {
		return nil, 0, engine.Errorf(engine.Invalid,
			"A loop needs a list, and this is %s. Insert the data of a list, such as the lines of an order.", mapping.Kind(fields["items"]))
	}
	if atOnce, err = whole(fields, "at_once", 1, mostAtOnce); err != nil {
		return nil, 0, err
	}
	limit, err := whole(fields, "limit", defaultLimit, mostRounds)
	if err != nil {
		return nil, 0, err
	}
	if len(items) > limit {
		return nil, 0, engine.Errorf(engine.Invalid,
			"The list has %d entries, and the loop takes %d at most, so none was done. Raise its limit, or let a filter make the list shorter.", len(items), limit)
	}
	return items, atOnce, nil
}

// whole reads a whole number from 1 to most.
func whole(fields map[string]any, name string, otherwise, most int) (int, error) {
	text := mapping.Text(fields[name])
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, engine.Errorf(engine.Invalid, "%q is no whole number from 1 to %d.", text, most)
	}
	return n, nil
}

// inTurn does one round after the other, up to one that waits.
func (x *execution) inTurn(ctx context.Context, s *step, sc *scope, items []any, rounds []round) ([]round, error) {
	for i, item := range items {
		var err error
		if rounds[i], err = x.round(ctx, s, sc, i, item, sc.aside); err != nil {
			return nil, err
		}
		if rounds[i].state == engine.Waiting {
			return rounds[:i+1], nil
		}
	}
	return rounds, nil
}

// together does several rounds at the same time. One that waits leaves its place to the next.
func (x *execution) together(ctx context.Context, s *step, sc *scope, items []any, rounds []round, atOnce int) error {
	var workers sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Pointer[error]
	for range atOnce {
		workers.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(items) {
					return
				}
				var err error
				if rounds[i], err = x.round(ctx, s, sc, i, items[i], true); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	workers.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// round does the loop's steps for one item.
func (x *execution) round(ctx context.Context, s *step, sc *scope, i int, item any, aside bool) (round, error) {
	name := strconv.Itoa(i)
	number := json.Number(strconv.Itoa(i + 1))
	if sc.round != "" {
		name = sc.round + "." + name
	}
	if over, err := x.over(s, name); over.state != "" || err != nil {
		return over, err
	}
	data := maps.Clone(sc.data)
	data[s.ID] = map[string]any{"item": item, "index": json.Number(strconv.Itoa(i)), "number": number}
	inner := &scope{round: name, data: data, aside: aside}
	end, err := x.list(ctx, s.body, inner)
	if end.state == "" {
		end.state = engine.Succeeded
	}
	if err == nil && aside {
		err = x.flush(ctx) // others may take long, and what was done must not be forgotten meanwhile
	}
	return round{end, inner.last}, err
}

// over returns a round that went through in an earlier go, without going through all its steps.
func (x *execution) over(s *step, name string) (round, error) {
	if len(x.records) == 0 || len(s.body) == 0 {
		return round{}, nil
	}
	last := s.body[len(s.body)-1]
	record := x.records[place{last.position, name}]
	if record == nil || record.State != engine.Succeeded || len(last.paths) > 0 || len(record.Output) == 0 {
		return round{}, nil // or its result is that of a step before
	}
	result, err := x.decode(record.Output)
	if err != nil || result == nil {
		return round{}, err
	}
	return round{ending{state: engine.Succeeded}, result}, nil
}

// sumUp makes the loop's result of its rounds. While one waits the loop does; one that needs a person
// needs it for the whole loop, once all others are over.
func (x *execution) sumUp(s *step, record *engine.StepRun, sc *scope, rounds []round) (ending, error) {
	var waiting, unsure, held *round
	for i := range rounds {
		r := &rounds[i]
		switch {
		case r.state == engine.Waiting && (waiting == nil || r.due.Before(waiting.due)):
			waiting = r
		case r.state == engine.Unsure && unsure == nil:
			unsure = r
		case r.state == engine.Held && held == nil:
			held = r
		}
	}
	switch {
	case waiting != nil:
		return waiting.ending, nil
	case unsure != nil:
		return x.needsPerson(record, unsure.ending), nil
	case held != nil:
		return x.needsPerson(record, held.ending), nil
	}
	output, failed := loopResult(rounds)
	var err error
	if record.Output, err = x.encode(output); err != nil {
		return x.failed(s, record, err, 0)
	}
	if len(record.Output) > mostResults {
		return x.failed(s, record, engine.Errorf(engine.Invalid,
			"All was done, but the results are too large to hand on: %d MB, of at most %d. Let the loop end with a step whose result is small, such as Put data together.",
			len(record.Output)>>20, mostResults>>20), 0)
	}
	if failed == nil {
		x.succeed(record, sc, output)
		return ending{}, nil
	}
	sc.see(s.ID, output)
	return x.failed(s, record, engine.Errorf(failed.Code, "%s of %d failed. The first: %s",
		output["failed"], len(rounds), failed.Message), 0)
}

func (x *execution) needsPerson(record *engine.StepRun, end ending) ending {
	record.State, record.Failure = end.state, end.failure
	x.keep(record, 0)
	return end
}

// loopResult is what steps after the loop see of it, and its first failure. A round that a filter ended
// did not fail, but has no result either.
func loopResult(rounds []round) (output map[string]any, first *engine.Failure) {
	results, failures := []any{}, []any{}
	filtered := 0
	for i, r := range rounds {
		switch r.state {
		case engine.Failed:
			if first == nil {
				first = r.failure
			}
			failures = append(failures, map[string]any{
				"index": json.Number(strconv.Itoa(i)), "message": shorten(r.failure.Message, longestNote),
			})
		case engine.Filtered:
			filtered++
		default:
			results = append(results, r.result)
		}
	}
	count := func(n int) json.Number { return json.Number(strconv.Itoa(n)) }
	return map[string]any{
		"count": count(len(rounds)), "succeeded": count(len(results)), "failed": count(len(failures)),
		"filtered": count(filtered), "results": results, "failures": failures,
	}, first
}
