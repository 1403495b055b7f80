package catchup

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// mostAtOnce is how many recipes' apps are asked at the same time: after a night all of them are.
const mostAtOnce = 4

// table is the recipes that may miss something, and which of them are seen to now.
type table struct {
	mu   sync.Mutex
	all  map[int64]*line
	busy int
	away bool // nothing arrives, as far as is known
	wake chan struct{}
	seen time.Time // the latest time that due has seen
}

func newTable() table { return table{all: map[int64]*line{}, wake: make(chan struct{}, 1)} }

// replace takes up the recipes that are on now. One that stays as it is goes on as it was.
func (t *table) replace(lines []*line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make(map[int64]*line, len(lines))
	for _, l := range lines {
		if old := t.all[l.recipe.ID]; old != nil && l.same(old) {
			l = old
		}
		all[l.recipe.ID] = l
	}
	for id, old := range t.all {
		switch now := all[id]; {
		case now == old:
		case now == nil || now.place != old.place:
			old.answer(errChanged)
		default: // such as a connection with a new key: the same will be asked
			now.asked, old.asked = append(now.asked, old.asked...), nil
		}
	}
	t.all = all
	t.signal()
}

// due returns the recipes whose time has come and for which there is room, marked as busy, and how long
// there will be no other.
func (t *table) due(now time.Time) (due []*line, rest time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	back := t.seen.Sub(now) // above 0 if the clock was set back
	t.seen = now
	if rest = pulse; len(t.all) == 0 {
		rest = time.Hour // nothing can be missed
	}
	var waiting []*line
	for _, l := range t.all {
		if back > 0 && !l.next.IsZero() {
			l.next = l.next.Add(-back)
		}
		switch {
		case l.busy:
		case l.next.After(now):
			rest = min(rest, l.next.Sub(now))
		default:
			waiting = append(waiting, l)
		}
	}
	slices.SortFunc(waiting, func(a, b *line) int {
		return cmp.Or(a.next.Compare(b.next), cmp.Compare(a.recipe.ID, b.recipe.ID))
	})
	for _, l := range waiting[:min(len(waiting), mostAtOnce-t.busy)] {
		t.busy++
		l.busy, l.again = true, false
		l.answering, l.asked = l.asked, nil
		due = append(due, l)
	}
	return due, rest // who finds no room is woken when there is some
}

// done says that a recipe was seen to, and when it is its time again; now if that is not after it.
func (t *table) done(l *line, next time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy--
	l.busy, l.next = false, next
	if l.more {
		l.asked = append(l.answering, l.asked...)
		l.answering = nil
	}
	for _, c := range l.answering {
		c <- err
	}
	l.answering = nil
	if l.again {
		l.next = time.Time{}
	}
	if t.all[l.recipe.ID] != l {
		l.answer(errChanged)
	}
	t.signal()
}

// hurry makes a recipe's time come now, or all recipes' if id is 0, and returns how many those are. Each of
// them puts its answer into the channel that is returned, if answers are wanted.
func (t *table) hurry(id int64, wanted bool) (answers <-chan error, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	into := make(chan error, len(t.all))
	for _, l := range t.all {
		if id != 0 && l.recipe.ID != id {
			continue
		}
		n++
		l.next, l.again = time.Time{}, true
		if wanted {
			l.asked = append(l.asked, into)
		}
	}
	t.signal()
	return into, n
}

// noticed notes whether nothing arrives, and says whether nothing did before.
func (t *table) noticed(away bool) (was bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	was, t.away = t.away, away
	return was
}

// sleep waits for a time, or until there may be something to do.
func (t *table) sleep(ctx context.Context, rest time.Duration) {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-t.wake:
	case <-timer.C:
	}
}

// signal wakes who sleeps, now or the next time.
func (t *table) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}
