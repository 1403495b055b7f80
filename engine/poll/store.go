package poll

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"bellhop/engine"
)

// piece is how many items are stored in one transaction: others want to write too.
const piece = 200

// seenPlace is where the keys are kept that a trigger has seen at a place.
func seenPlace(place string) string { return "trigger " + place }

// store stores what a look has found, and returns how much of it was new. Many items are stored in
// pieces, the source's state with the last: after a crash in between, all are found again, and those
// that were stored are known by their keys. errChanged if the recipe is not what it was.
func (p *Poller) store(ctx context.Context, w *watch, from start, found Found) (fresh int, err error) {
	after := from.memo
	after.State = found.State
	if !found.More {
		after.Quiet, after.Runs = false, 0
	}
	if len(found.Items) == 0 && after.String() == from.kept && from.trouble == nil {
		return 0, nil // as it mostly is
	}
	// Of a quiet look, the last items run that are to run.
	runs := 0
	if from.Quiet {
		runs = len(found.Items)
		if !found.More {
			runs = max(0, runs-from.Runs)
		}
	}
	for begin := 0; ; begin += piece {
		end := min(begin+piece, len(found.Items))
		part := part{watch: w, from: from, items: found.Items[begin:end], quiet: runs - begin}
		if end == len(found.Items) {
			part.after = after.String()
		}
		err := p.Store.Update(ctx, func(tx engine.Tx) error { return part.store(ctx, tx, p) })
		if err != nil {
			return fresh, err
		}
		fresh += part.fresh
		for _, job := range part.jobs {
			p.Accepted(job)
		}
		if end == len(found.Items) {
			break
		}
	}
	if from.trouble != nil {
		p.Troubled(w.recipeID)
		p.Log.Info("a trigger can look again", "recipe", w.recipeID)
	}
	return fresh, nil
}

// part is what one transaction stores.
type part struct {
	watch *watch
	from  start
	items []Item
	// quiet is how many of the items, from the first on, are only noted.
	quiet int
	// after is the memo that is kept with the last part; "" in those before.
	after string
	// fresh and jobs are what came of it.
	fresh int
	jobs  []engine.Job
}

func (s *part) store(ctx context.Context, tx engine.Tx, p *Poller) error {
	s.fresh, s.jobs = 0, nil
	if err := s.unchanged(ctx, tx); err != nil {
		return err
	}
	for i, item := range s.items {
		key := keyOf(item)
		first, _, err := tx.MarkSeen(s.watch.recipeID, seenPlace(s.watch.place), key)
		if err != nil {
			return err
		}
		if !first {
			continue
		}
		s.fresh++
		if i < s.quiet {
			continue
		}
		if s.from.Turn > 0 { // elsewhere there may have been the same keys
			key = fmt.Sprintf("%s (%d)", key, s.from.Turn)
		}
		if err := s.add(tx, p, key, item); err != nil && engine.ErrorCode(err) != engine.Conflict {
			return err
		}
	}
	if s.after == "" {
		return nil
	}
	if s.from.left != "" {
		if err := tx.ForgetSeen(s.watch.recipeID, seenPlace(s.from.left), ""); err != nil {
			return err
		}
	}
	if err := tx.SetTriggerState(s.watch.recipeID, engine.TriggerLooked, s.after); err != nil || s.from.trouble == nil {
		return err
	}
	return tx.SetTriggerState(s.watch.recipeID, engine.TriggerTrouble, "")
}

// unchanged makes sure that what was found is still asked for.
func (s *part) unchanged(ctx context.Context, tx engine.Tx) error {
	r, err := tx.Recipe(ctx, s.watch.recipeID)
	if engine.ErrorCode(err) == engine.NotFound || err == nil && (!r.On || r.Published != s.watch.version) {
		return errChanged
	}
	if err != nil {
		return err
	}
	begun, err := tx.TriggerState(ctx, r.ID, engine.TriggerThrough)
	if err != nil {
		return err
	}
	kept, err := tx.TriggerState(ctx, r.ID, engine.TriggerLooked)
	if err != nil {
		return err
	}
	if begun != s.from.Begun || kept != s.from.kept {
		return errChanged
	}
	return nil
}

// add stores an item's event and its run.
func (s *part) add(tx engine.Tx, p *Poller, key string, item Item) error {
	now := p.Now()
	event := engine.Event{
		RecipeID: s.watch.recipeID, Key: key, Body: item.Body, ContentType: item.ContentType,
		File: item.File, FileSize: item.FileSize, ReceivedAt: now,
	}
	if err := tx.AddEvent(&event); err != nil {
		return err
	}
	run := engine.Run{
		RecipeID: event.RecipeID, Version: s.watch.version, EventID: event.ID, State: engine.Queued, CreatedAt: now,
		OrderKey: s.watch.order.OfEvent(event),
	}
	if err := tx.AddRun(&run); err != nil {
		return err
	}
	s.jobs = append(s.jobs, engine.JobOf(run))
	return nil
}

// longestKey is how long a key may be before it is shortened.
const longestKey = 200

// keyOf returns an item's key: short, text, and never empty.
func keyOf(item Item) string {
	key := strings.ToValidUTF8(strings.TrimSpace(item.Key), "\uFFFD")
	switch {
	case key == "":
		sum := sha256.Sum256(item.Body)
		return hex.EncodeToString(sum[:16])
	case len(key) > longestKey:
		sum := sha256.Sum256([]byte(key))
		return strings.ToValidUTF8(key[:longestKey-40], "") + "…" + hex.EncodeToString(sum[:16])
	}
	return key
}
