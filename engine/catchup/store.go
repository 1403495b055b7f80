package catchup

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"bellhop/engine"
	"bellhop/engine/poll"
)

// piece is how many events are stored in one transaction: others want to write too.
const piece = 200

// store stores what was missed. Much of it is stored in pieces, up to where the app was asked with the last:
// after a crash in between, all is found again, and what was stored is known by its key. errChanged if the
// recipe is not what it was. trouble is what else is wrong.
func (f *Fetcher) store(ctx context.Context, l *line, from start, after memo, found poll.Found, trouble error) error {
	told := f.troubleOf(l, from, trouble)
	news := deref(told) != deref(from.trouble)
	var fresh int
	for begin := 0; ; begin += piece {
		end := min(begin+piece, len(found.Items))
		last := end == len(found.Items)
		var jobs []engine.Job
		err := f.Store.Update(ctx, func(tx engine.Tx) error {
			jobs = nil
			if err := unchanged(ctx, tx, l, from); err != nil {
				return err
			}
			for _, item := range found.Items[begin:end] {
				job, err := f.add(tx, l, after.From, item)
				if err != nil {
					return err
				}
				if job != nil {
					jobs = append(jobs, *job)
				}
			}
			if !last {
				return nil
			}
			if err := tx.SetTriggerState(l.recipe.ID, engine.TriggerCaughtUp, after.String()); err != nil || !news {
				return err
			}
			kept := ""
			if told != nil {
				kept = told.String()
			}
			return tx.SetTriggerState(l.recipe.ID, engine.TriggerUncaught, kept)
		})
		if err != nil {
			return err
		}
		fresh += len(jobs)
		for _, job := range jobs {
			f.Accepted(job)
		}
		if last {
			break
		}
	}
	if fresh > 0 {
		f.Log.Info("missed events were fetched", "recipe", l.recipe.ID, "events", fresh)
	}
	if news {
		f.Troubled(l.recipe.ID)
	}
	return nil
}

// unchanged makes sure that what was found is still asked for.
func unchanged(ctx context.Context, tx engine.Tx, l *line, from start) error {
	r, err := tx.Recipe(ctx, l.recipe.ID)
	if engine.ErrorCode(err) == engine.NotFound || err == nil && (!r.On || r.Published != l.recipe.Published) {
		return errChanged
	}
	if err != nil {
		return err
	}
	for key, was := range map[string]string{engine.TriggerCaughtUp: from.kept, engine.TriggerThrough: from.begun} {
		now, err := tx.TriggerState(ctx, r.ID, key)
		if err != nil {
			return err
		}
		if now != was {
			return errChanged
		}
	}
	return nil
}

// KeyMark stands in the key of a fetched event behind the app's own: elsewhere there may be the same.
const KeyMark = "@"

// add stores an item's event and its run, if the recipe listened when it happened and it has not come yet.
func (f *Fetcher) add(tx engine.Tx, l *line, began time.Time, item poll.Item) (*engine.Job, error) {
	key := shared(item.Key)
	if key == "" {
		return nil, nil // it could not be told from one that came
	}
	if fits, err := l.match.Fits(bytes.NewReader(item.Body), item.ContentType); err != nil || !fits {
		return nil, err
	}
	first, err := mark(tx, l.recipe.ID, l.place, key)
	if err != nil || !first || !item.At.IsZero() && item.At.Before(began) {
		return nil, err
	}
	now := f.Now()
	event := engine.Event{
		RecipeID: l.recipe.ID, Key: key + KeyMark + l.place, Body: item.Body, ContentType: item.ContentType, ReceivedAt: now,
		Request: engine.Request{Method: http.MethodPost, Headers: l.operation.Webhook.Match, Query: map[string]string{}},
	}
	if err := tx.AddEvent(&event); err != nil {
		if engine.ErrorCode(err) == engine.Conflict {
			return nil, nil // it was fetched before its mark was forgotten
		}
		return nil, err
	}
	run := engine.Run{
		RecipeID: event.RecipeID, Version: l.recipe.Published, EventID: event.ID, State: engine.Queued, CreatedAt: now,
		Recovered: true, OrderKey: l.order.OfEvent(event),
	}
	if err := tx.AddRun(&run); err != nil {
		return nil, err
	}
	job := engine.JobOf(run)
	return &job, nil
}
