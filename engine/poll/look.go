package poll

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"bellhop/engine"
)

// memo is what a trigger remembers of its looks, under engine.TriggerLooked.
type memo struct {
	// Place is what it looked at, and Turn how often it was changed to look elsewhere.
	Place string `json:"place"`
	Turn  int    `json:"turn,omitempty"`
	// State is the source's.
	State string `json:"state,omitempty"`
	// Begun is engine.TriggerThrough of the last look: when the recipe was switched on.
	Begun string `json:"begun,omitempty"`
	// Quiet is true while what is found is only noted, but for the newest Runs items.
	Quiet bool `json:"quiet,omitempty"`
	Runs  int  `json:"runs,omitempty"`
}

// ready returns what a look starts from, for a watch of a recipe that was switched on at begun.
func (m memo) ready(w *watch, begun string) memo {
	switch {
	case m.Place != w.place:
		turn := m.Turn
		if m.Place != "" {
			turn++
		}
		return memo{Place: w.place, Turn: turn, Begun: begun, Quiet: true, Runs: w.pace.First}
	case m.Begun != begun:
		m.Begun = begun
		if !w.pace.WhileOff && !m.Quiet {
			m.Quiet, m.Runs = true, 0
		}
	}
	return m
}

func (m memo) String() string {
	data, err := json.Marshal(m)
	if err != nil {
		return "" // texts, numbers and bools can always be written
	}
	return string(data)
}

// start is what a look starts from.
type start struct {
	memo
	// left is the place that the trigger does not look at any more; "" if there is none.
	left string
	// kept is what is in the store, to see whether it is still the same when the look is over.
	kept string
	// trouble is what is known to be wrong; nil if all is well.
	trouble *engine.Trouble
}

func (p *Poller) startOf(ctx context.Context, w *watch) (start, error) {
	var s start
	begun, err := p.Store.TriggerState(ctx, w.recipeID, engine.TriggerThrough)
	if err != nil {
		return s, err
	}
	if s.kept, err = p.Store.TriggerState(ctx, w.recipeID, engine.TriggerLooked); err != nil {
		return s, err
	}
	trouble, err := p.Store.TriggerState(ctx, w.recipeID, engine.TriggerTrouble)
	if err != nil {
		return s, err
	}
	s.trouble = engine.ParseTrouble(trouble)
	if s.kept != "" {
		if err := json.Unmarshal([]byte(s.kept), &s.memo); err != nil {
			p.Log.Error("what a trigger remembers cannot be read, so it starts anew", "recipe", w.recipeID, "error", err)
		}
	}
	if s.Place != w.place {
		s.left = s.Place
	}
	s.memo = s.ready(w, begun)
	return s, nil
}

// look looks at a source once, stores what comes of it, and returns when to look again.
func (p *Poller) look(ctx context.Context, w *watch) (next time.Duration) {
	from, err := p.startOf(ctx, w)
	if err != nil {
		return p.notStored(ctx, w, err)
	}
	var found Found
	if err = w.broken; err == nil {
		looking, cancel := context.WithTimeout(ctx, p.LookTime)
		found, err = lookSafely(looking, w.source, Look{State: from.State, Quiet: from.Quiet, Runs: from.Runs, Now: p.Now()})
		if err != nil && looking.Err() != nil && ctx.Err() == nil && engine.ErrorCode(err) == engine.Internal {
			err = engine.Wrap(err, engine.Unavailable, "%s took too long to answer. It will be tried again.", w.title)
		}
		cancel()
	}
	if ctx.Err() != nil {
		return 0
	}
	if err != nil {
		return p.failed(ctx, w, from, err)
	}
	fresh, err := p.store(ctx, w, from, found)
	if errors.Is(err, errChanged) {
		return engine.ShortestLook // what it is now was told to Reload, or is about to be
	}
	if err != nil {
		return p.notStored(ctx, w, err)
	}
	w.failures.Store(0)
	w.storeFailed = false
	switch {
	case found.More && (fresh > 0 || found.State != from.State):
		return 0
	case found.Next > 0:
		return max(found.Next, engine.ShortestLook)
	}
	return w.pace.Every
}

// notStored notes that what there is cannot be read from the store or written to it.
func (p *Poller) notStored(ctx context.Context, w *watch, err error) time.Duration {
	if !w.storeFailed && ctx.Err() == nil {
		w.storeFailed = true
		p.Log.Error("what a trigger has found cannot be stored; it is looked for again until it can", "recipe", w.recipeID, "error", err)
	}
	return pause
}

const (
	// longestBackoff is the longest wait after looks that failed, unless the app asks for more, and
	// longestOffline that after looks that never got to the app.
	longestBackoff = time.Hour
	longestOffline = 5 * time.Minute
)

// failed keeps why a look failed where people can see it, and returns when to look again.
func (p *Poller) failed(ctx context.Context, w *watch, from start, err error) time.Duration {
	failures := w.failures.Add(1)
	trouble := engine.Trouble{Code: engine.ErrorCode(err), Message: engine.ErrorMessage(err), Since: p.Now().UTC().Truncate(time.Second)}
	if from.trouble != nil {
		trouble.Since = from.trouble.Since
	}
	if from.trouble == nil || *from.trouble != trouble {
		if failures == 1 || trouble.Code == engine.Internal {
			p.Log.Warn("a trigger cannot look", "recipe", w.recipeID, "error", err, "cause", errors.Unwrap(err))
		}
		stored := p.Store.Update(ctx, func(tx engine.Tx) error {
			return tx.SetTriggerState(w.recipeID, engine.TriggerTrouble, trouble.String())
		})
		if stored == nil {
			p.Troubled(w.recipeID)
		}
	}
	return Backoff{w.pace.Every, longestBackoff, longestOffline}.After(int(failures), err, p.Now())
}
