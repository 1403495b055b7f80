package poll

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/engine/schedule"
)

// watch is a recipe that is on and whose trigger looks at something outside.
type watch struct {
	recipeID int64
	version  int
	// place tells what is looked at from everything else: a trigger that looks elsewhere starts anew.
	place string
	// app is whose attention a look takes up.
	app    string
	title  string // of the app, for people
	pace   schedule.Pace
	source Source
	order  *recipe.Order // which of its runs wait for each other
	broken error         // why there is no source
	// connectionChanged is when the connection was changed last, and spec what the connector says: a
	// catalog that was loaded anew has another.
	connectionChanged time.Time
	spec              *engine.PollSpec
	// failures counts the looks that failed in a row.
	failures atomic.Int32
	// storeFailed is true since what was found could not be stored. Only the look that is under way
	// touches it.
	storeFailed bool

	// What follows is guarded by the table's mutex.

	next    time.Time // when to look; zero is now
	looking bool
	gone    bool // the recipe is off, or has another version
}

// same says whether w is what old is, so that old can go on.
func (w *watch) same(old *watch) bool {
	return w.version == old.version && w.place == old.place && w.spec == old.spec && w.broken == nil && old.broken == nil &&
		w.connectionChanged.Equal(old.connectionChanged)
}

// newWatch makes a recipe's watch. What is wrong with it is told when it is its time to look.
func (p *Poller) newWatch(r engine.Recipe, live engine.Definition, connector engine.Connector, operation engine.Operation) *watch {
	t := live.Trigger
	w := &watch{recipeID: r.ID, version: r.Published, place: placeOf(t), title: connector.Title, spec: operation.Poll}
	w.app = w.place
	if t.Connection != "" {
		w.app = t.Connection
	}
	w.pace, w.broken = schedule.ParsePace(operation, t.With)
	if w.broken == nil {
		w.source, w.broken = p.Sources.Source(t)
	}
	if w.broken == nil {
		w.order, w.broken = recipe.NewOrder(live)
	}
	return w
}

// placeOf is a hash of what a trigger looks at: its operation, connection and fields, but for those
// that only say how often and for what it starts runs.
func placeOf(t engine.Trigger) string {
	with := map[string]any{}
	for name, v := range t.With {
		switch name {
		case engine.FieldEvery, engine.FieldUnit, engine.FieldFirst, engine.FieldWhileOff:
		default:
			if v != nil && v != "" {
				with[name] = v
			}
		}
	}
	data, err := json.Marshal([]any{t.Use, t.Connection, with})
	if err != nil {
		data = []byte(t.Use + "\n" + t.Connection) // a recipe's fields are JSON values
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

func closeSource(s Source) {
	if c, ok := s.(io.Closer); ok {
		_ = c.Close() // nothing can be done about it, and nothing is lost
	}
}

const (
	// mostLooks is how many looks there are at the same time, and mostAtApp how many of them at one app:
	// a slow one must not hold up the others.
	mostLooks = 32
	mostAtApp = 2
)

// watchTable is the watches by recipe, and which of them look now.
type watchTable struct {
	mu      sync.Mutex
	all     map[int64]*watch
	looking int
	atApp   map[string]int
	wake    chan struct{}
	// seen is the latest time that the table has seen.
	seen time.Time
}

func newWatchTable() watchTable {
	return watchTable{all: map[int64]*watch{}, atApp: map[string]int{}, wake: make(chan struct{}, 1)}
}

// replace takes up the recipes that are on now. A recipe that stays as it is goes on as it was.
func (t *watchTable) replace(watches []*watch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make(map[int64]*watch, len(watches))
	for _, w := range watches {
		old := t.all[w.recipeID]
		switch {
		case old == nil:
		case w.same(old):
			closeSource(w.source)
			w = old
		case old.place == w.place && old.failures.Load() == 0:
			// As often as it says now, and not at once. What failed is tried at once: it may be mended.
			w.next = old.next
			if soon := t.seen.Add(w.pace.Every); w.next.After(soon) {
				w.next = soon
			}
		}
		all[w.recipeID] = w
	}
	for id, old := range t.all {
		if all[id] != old {
			old.gone = true
			if !old.looking {
				closeSource(old.source)
			}
		}
	}
	t.all = all
	signal(t.wake)
}

// due returns the watches whose time has come and for which there is room, marked as looking, and how
// long there will be no other.
func (t *watchTable) due(now time.Time) (due []*watch, rest time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.seen) {
		for _, w := range t.all { // the clock was set back, and what was to come would come too late
			if soon := now.Add(w.pace.Every); w.next.After(soon) {
				w.next = soon
			}
		}
	}
	t.seen = now
	waiting := make([]*watch, 0, len(t.all))
	rest = longestSleep
	for _, w := range t.all {
		switch {
		case w.looking:
		case w.next.After(now):
			rest = min(rest, w.next.Sub(now))
		default:
			waiting = append(waiting, w)
		}
	}
	slices.SortFunc(waiting, func(a, b *watch) int {
		return cmp.Or(a.next.Compare(b.next), cmp.Compare(a.recipeID, b.recipeID))
	})
	for _, w := range waiting {
		if t.looking < mostLooks && t.atApp[w.app] < mostAtApp {
			t.looking++
			t.atApp[w.app]++
			w.looking = true
			due = append(due, w)
		}
	}
	return due, rest // who finds no room is woken when there is some
}

// done says that a watch has looked.
func (t *watchTable) done(w *watch, next time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w.looking, w.next = false, next
	t.looking--
	if t.atApp[w.app]--; t.atApp[w.app] == 0 {
		delete(t.atApp, w.app)
	}
	if w.gone {
		closeSource(w.source)
	}
	signal(t.wake)
}

// watch looks at what is outside until ctx is done.
func (p *Poller) watch(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	for ctx.Err() == nil {
		// Only the clock on the wall counts: Go's own does not go on while the computer sleeps.
		due, rest := p.watches.due(p.Now().Round(0))
		for _, w := range due {
			work.Go(func() {
				next := p.look(ctx, w)
				p.watches.done(w, p.Now().Round(0).Add(next))
			})
		}
		sleep(ctx, rest, p.watches.wake)
	}
}
