package ui

import (
	"context"
	"sync/atomic"
	"time"

	"bellhop/engine"
)

// CoalesceEvery is how often pages are told of changes at most.
const CoalesceEvery = 100 * time.Millisecond

// maxBatch is the number of different changes above which a page had better read everything anew.
const maxBatch = 500

// live is the one bridge from the engine to the window: it gathers changes and posts them to the UI
// goroutine in batches, never more than one batch ahead of what the UI has taken.
type live struct {
	changes <-chan engine.Change
	post    func(func())
	apply   func([]engine.Change)

	hidden atomic.Bool
	// posted is true from the posting of a batch until the UI has taken it.
	posted atomic.Bool
}

// run gathers and posts until ctx ends or the changes do.
func (l *live) run(ctx context.Context) {
	var batch batch
	var due <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case c, ok := <-l.changes:
			if !ok {
				return
			}
			// A hidden window shows nothing, and reads everything when it is shown again.
			if l.hidden.Load() {
				batch.clear()
				continue
			}
			batch.add(c)
			if due == nil {
				due = time.After(CoalesceEvery)
			}
		case <-due:
			due = nil
			switch {
			case l.hidden.Load() || batch.empty():
				batch.clear()
			case l.posted.Load():
				due = time.After(CoalesceEvery) // the UI is busy: gather on
			default:
				l.posted.Store(true)
				changes := batch.take()
				l.post(func() {
					l.posted.Store(false)
					if !l.hidden.Load() {
						l.apply(changes)
					}
				})
			}
		}
	}
}

// batch is changes in order, the last of each kind, recipe and run.
type batch struct {
	changes []engine.Change
	index   map[batchKey]int
	lagged  bool
}

type batchKey struct {
	kind        engine.ChangeKind
	recipe, run int64
}

func (b *batch) add(c engine.Change) {
	if b.lagged {
		return
	}
	if c.Kind == engine.Lagged || len(b.changes) >= maxBatch {
		b.changes, b.index, b.lagged = []engine.Change{{Seq: c.Seq, Kind: engine.Lagged}}, nil, true
		return
	}
	key := batchKey{c.Kind, c.RecipeID, c.RunID}
	if i, ok := b.index[key]; ok {
		b.changes[i] = c
		return
	}
	if b.index == nil {
		b.index = map[batchKey]int{}
	}
	b.index[key] = len(b.changes)
	b.changes = append(b.changes, c)
}

func (b *batch) empty() bool { return len(b.changes) == 0 }
func (b *batch) clear()      { *b = batch{} }
func (b *batch) take() []engine.Change {
	changes := b.changes
	b.clear()
	return changes
}
