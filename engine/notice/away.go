package notice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bellhop/engine"
)

// Why says what kept deliveries from arriving.
type Why string

// The reasons.
const (
	Slept   Why = "slept"   // the computer did
	Stopped Why = "stopped" // Bellhop was not running
	Offline Why = "offline" // there was no network
)

// absence is a time in which deliveries may have been missed.
type absence struct {
	Why Why       `json:"why"`
	At  time.Time `json:"at"` // when it was over
	// Since is when it began: recovered runs that were accepted later were missed in it.
	Since time.Time `json:"since"`
}

// has says whether a run is one of what was missed.
func (a *absence) has(r engine.Run) bool { return r.Recovered && !r.CreatedAt.Before(a.Since) }

// fetching is how far it is with finding out what was missed.
type fetching struct {
	turn  int       // counts absences: what was asked before one says nothing of it
	under bool      // the apps are being asked
	asked bool      // they all were, and have answered
	tries int       // that did not succeed
	next  time.Time // when to ask again
	done  time.Time // when all was stored
}

const (
	// runsFor is how long is waited for the runs of what was missed, so that it can be said how they went.
	runsFor = 2 * time.Minute
	// partly is how long after an absence is told what was fetched by then, where an app cannot be asked, and
	// givesUp how long it is tried to know the rest.
	partly  = 3 * time.Minute
	givesUp = 24 * time.Hour
	// firstRetry and longestRetry bound how soon is asked again.
	firstRetry   = 15 * time.Second
	longestRetry = 10 * time.Minute
	// mostMissed is up to how many events are counted.
	mostMissed = 2000
)

// Back says that deliveries arrive again, after a time in which they did not, or may not have: the apps are asked
// what was missed, and when all is fetched it is told. It returns at once.
func (n *Notices) Back(why Why, since time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.Now()
	n.reach.since = time.Time{} // what comes up with the network gets time to do so
	n.alive.awake(now)
	if n.CatchUp == nil {
		return
	}
	n.readLocked(context.Background())
	switch {
	case n.kept.Away == nil:
		n.kept.Away = &absence{Why: why, Since: since}
	case why != Offline: // which is what waking begins with
		n.kept.Away.Why = why
	}
	n.kept.Away.At = now
	n.away = fetching{turn: n.away.turn + 1, under: n.away.under}
	n.signal()
}

// lookAtAwayLocked sees how far it is with what was missed.
func (n *Notices) lookAtAwayLocked(ctx context.Context) {
	a, f, now := n.kept.Away, &n.away, n.Now()
	if a == nil || n.CatchUp == nil {
		return
	}
	if now.Before(a.At) {
		a.At = now // the clock was set back
	}
	n.askLocked(ctx)
	missed, err := n.Store.Runs(ctx, engine.RunFilter{Recovered: true, Since: a.Since, Limit: mostMissed})
	if err != nil {
		n.Log.Error("what was fetched cannot be read", "error", err)
		return
	}
	busy := 0
	for _, r := range missed {
		if r.State.Active() {
			busy++
		}
	}
	switch {
	case f.asked && (busy == 0 || now.Sub(f.done) > runsFor):
		n.kept.Away = nil
	case now.Sub(a.At) > givesUp:
		n.kept.Away = nil
	case !f.asked && now.Sub(a.At) > partly && busy == 0 && len(missed) > 0:
		n.kept.Away = &absence{Why: a.Why, At: a.At, Since: now}
	default:
		if f.asked || !f.under && f.next.Sub(now) < pulse {
			n.signal() // it is looked at again soon
		}
		return
	}
	if len(missed) > 0 {
		n.addLocked(n.sayAway(ctx, a.Why, missed, busy, now))
	}
}

// askNow has the apps asked what was missed, if it is time to.
func (n *Notices) askNow(ctx context.Context) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.askLocked(ctx)
}

func (n *Notices) askLocked(ctx context.Context) {
	if f := &n.away; n.kept.Away != nil && n.CatchUp != nil && !f.asked && !f.under && !f.next.After(n.Now()) {
		f.under = true
		turn := f.turn
		n.work.Go(func() { n.ask(ctx, turn) })
	}
}

// ask asks what was missed.
func (n *Notices) ask(ctx context.Context, turn int) {
	err := n.CatchUp(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	f, now := &n.away, n.Now()
	f.under = false
	switch {
	case turn != f.turn: // it is asked anew
	case err == nil:
		f.asked, f.done = true, now
	default:
		f.next = now.Add(min(firstRetry<<min(f.tries, 10), longestRetry))
		f.tries++
	}
	n.signal()
}

// sayAway tells what was missed and fetched: newest first, busy of it still being done.
func (n *Notices) sayAway(ctx context.Context, why Why, missed []engine.Run, busy int, now time.Time) engine.Notice {
	notice := engine.Notice{Kind: engine.NoticeAway, At: now, Title: map[Why]string{
		Slept: "While the computer slept", Stopped: "While Bellhop was not running", Offline: "While there was no network",
	}[why]}
	failed := 0
	one := missed[0].RecipeID
	for _, r := range missed {
		if r.State.NeedsPerson() {
			failed++
		}
		if r.RecipeID != one {
			one = 0
		}
	}
	notice.RecipeID = one
	count := things(len(missed), n.thing(ctx, missed))
	if len(missed) == mostMissed {
		count = fmt.Sprintf("More than %s", count)
	}
	parts := []string{fmt.Sprintf("%s were missed and have been fetched.", count)}
	if len(missed) == 1 {
		notice.RunID = missed[0].ID
		parts = []string{fmt.Sprintf("%s was missed and has been fetched.", count)}
	}
	switch {
	case failed == 1 && len(missed) == 1:
		parts = append(parts, "It needs you: see Activity.")
	case failed > 0 && failed == len(missed):
		parts = append(parts, "All need you: see Activity.")
	case failed > 0:
		parts = append(parts, counted(failed, "1 needs you: see Activity.", "%d need you: see Activity."))
	}
	if busy > 0 {
		parts = append(parts, counted(busy, "1 is still being done.", "%d are still being done."))
	}
	notice.Text = strings.Join(parts, " ")
	return notice
}

// things counts what was missed; the words that are known to be said most are whole phrases, as other languages need them.
func things(n int, thing string) string {
	switch thing {
	case "order":
		return counted(n, "1 order", "%d orders")
	case "payment":
		return counted(n, "1 payment", "%d payments")
	case "message":
		return counted(n, "1 message", "%d messages")
	case unknown:
		return counted(n, "1 event", "%d events")
	}
	return counted(n, "1 "+thing, "%d "+thing+"s")
}

// unknown is what was missed if it has no word of its own.
const unknown = "event"

// thing says what was missed, such as an order: the word that the labels of its triggers begin with, if they
// have one in common.
func (n *Notices) thing(ctx context.Context, runs []engine.Run) string {
	thing := ""
	seen := map[int64]bool{}
	for _, r := range runs {
		if seen[r.RecipeID] {
			continue
		}
		seen[r.RecipeID] = true
		live, err := n.Store.Version(ctx, r.RecipeID, r.Version)
		if err != nil {
			return unknown
		}
		_, o, _ := n.Catalog.Operation(live.Trigger.Use)
		word, _, found := strings.Cut(o.Label, " {{")
		word = strings.ToLower(word)
		if !found || word == "" || strings.ContainsAny(word, " {") || thing != "" && thing != word {
			return unknown
		}
		thing = word
	}
	return thing
}
