package notice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/schedule"
)

// silence is how long a recipe has not run.
type silence struct {
	// Last is its newest run, or when it was seen to be on if that is later.
	Last time.Time `json:"last"`
	// Awake is for how long Bellhop has been there since: while the computer is off nothing is expected.
	Awake time.Duration `json:"awake"`
	// Said is true if it was told that the recipe is silent; it is told again after it has run.
	Said bool `json:"said,omitempty"`
	// Trouble is since when it is told that the trigger cannot look; zero if it was not.
	Trouble time.Time `json:"trouble,omitzero"`
}

// alive is what is known of silent recipes in this process.
type alive struct {
	saved    string    // what is in the store
	seen     time.Time // when the recipes were last looked at
	since    time.Time // since when Bellhop is there without a break
	kept     time.Time // when the silences were last kept
	quiet    map[int64]*silence
	expected map[int64]expected
}

// expected is when a recipe is silent for too long, which stays the same until it runs.
type expected struct {
	last, at time.Time
	awake    time.Duration // for how long Bellhop has to have been there too
	usual    string
}

func (a *alive) awake(now time.Time) { a.seen, a.since = time.Time{}, now }

const (
	// looksEvery is how often recipes are looked at, and keepsEvery how often is kept how long they are silent.
	looksEvery = 10 * time.Minute
	keepsEvery = time.Hour
	// leastAwake is how long Bellhop must have been there before a recipe counts as silent: what was missed is
	// fetched, and who comes back from holidays has time to begin.
	leastAwake = 12 * time.Hour
	// blindFor is how long a trigger that cannot look is given, and late how long a schedule.
	blindFor = time.Hour
	late     = time.Hour
	// mostLearned is from how many runs is learned.
	mostLearned = 3000
)

// lookAtSilenceLocked sees whether a recipe that is on has not run as expected.
func (n *Notices) lookAtSilenceLocked(ctx context.Context) {
	a, now := &n.alive, n.Now()
	if a.quiet == nil {
		a.quiet = map[int64]*silence{}
		for id, s := range n.kept.Quiet {
			s := *s
			a.quiet[id] = &s
		}
		a.expected = map[int64]expected{}
		a.since, a.kept = now, now
	}
	if a.seen.IsZero() || a.seen.After(now) {
		a.seen = now
		return
	}
	passed := now.Sub(a.seen)
	if passed < looksEvery {
		return
	}
	a.seen = now
	passed = min(passed, 2*looksEvery)
	recipes, err := n.Store.Recipes(ctx)
	if err != nil {
		n.Log.Error("silent recipes cannot be looked for", "error", err)
		return
	}
	on := map[int64]bool{}
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		on[r.ID] = true
		if err := n.lookAtRecipe(ctx, r, passed, now); err != nil && ctx.Err() == nil {
			n.Log.Error("whether a recipe is silent cannot be seen", "recipe", r.ID, "error", err)
		}
	}
	gone := func(id int64) bool { return !on[id] }
	maps.DeleteFunc(a.quiet, func(id int64, _ *silence) bool { return gone(id) })
	maps.DeleteFunc(a.expected, func(id int64, _ expected) bool { return gone(id) })
	n.kept.Pending = slices.DeleteFunc(n.kept.Pending, func(p engine.Notice) bool {
		return p.Kind == engine.NoticeSilent && (gone(p.RecipeID) || a.quiet[p.RecipeID] != nil && !a.quiet[p.RecipeID].says())
	})
	if now.Sub(a.kept).Abs() >= keepsEvery {
		n.keepSilenceLocked()
	}
}

func (s *silence) says() bool { return s.Said || !s.Trouble.IsZero() }

// keepSilenceLocked has what is known of silent recipes kept with the rest: not each time, as it is not worth a
// write to the disk.
func (n *Notices) keepSilenceLocked() {
	if n.alive.quiet == nil {
		return
	}
	n.alive.kept = n.Now()
	n.kept.Quiet = map[int64]*silence{}
	for id, s := range n.alive.quiet {
		s := *s
		n.kept.Quiet[id] = &s
	}
}

// lookAtRecipe sees whether a recipe is silent, that has been on for some time more.
func (n *Notices) lookAtRecipe(ctx context.Context, r engine.Recipe, passed time.Duration, now time.Time) error {
	live, err := n.Store.Version(ctx, r.ID, r.Published)
	if err != nil {
		return err
	}
	_, o, ok := n.Catalog.Operation(live.Trigger.Use)
	if !ok || o.Start != "" {
		return nil // nothing is expected of it
	}
	s := n.alive.quiet[r.ID]
	if s == nil {
		s = &silence{Last: now}
		n.alive.quiet[r.ID] = s
	}
	newest, err := n.Store.Runs(ctx, engine.RunFilter{RecipeID: r.ID, Limit: 20})
	if err != nil {
		return err
	}
	ran := false
	for _, run := range newest {
		if natural(run) && run.CreatedAt.After(s.Last) {
			s.Last, s.Awake, s.Said, ran = run.CreatedAt, 0, false, true
		}
	}
	if s.Last.After(now) {
		s.Last = now // the clock was set back
	}
	if !ran {
		s.Awake += passed
	}
	if told, err := n.lookAtTrigger(ctx, r, o, s, now); told || err != nil || s.Said {
		return err
	}
	switch {
	case o.Schedule != nil:
		n.lookAtSchedule(live, o, r, s, now)
	case o.Webhook != nil:
		return n.lookAtHabit(ctx, r, o, s, now)
	}
	return nil
}

// natural says whether a run tells that the trigger works: a replay or a trial does not.
func natural(r engine.Run) bool { return r.ReplayOf == 0 && r.Version > 0 && r.CalledBy == 0 }

// lookAtTrigger sees whether a trigger cannot look, or ask what it missed, and says whether that is told. Without
// a network none can, and everybody sees that.
func (n *Notices) lookAtTrigger(ctx context.Context, r engine.Recipe, o engine.Operation, s *silence, now time.Time) (bool, error) {
	if !o.Looks() {
		return false, nil
	}
	kept, err := n.Store.TriggerState(ctx, r.ID, engine.TriggerTrouble)
	if err != nil {
		return false, err
	}
	trouble := engine.ParseTrouble(kept)
	if trouble == nil {
		s.Trouble = time.Time{}
		return false, nil
	}
	if !s.Trouble.Equal(trouble.Since) && now.Sub(trouble.Since) >= blindFor && now.Sub(n.alive.since) >= blindFor && n.Online() {
		s.Trouble = trouble.Since
		n.addLocked(engine.Notice{
			Kind: engine.NoticeSilent, RecipeID: r.ID, At: now, Title: fmt.Sprintf("“%s” cannot look for what is new", r.Name),
			Text: trouble.Message,
		})
	}
	return true, nil
}

// lookAtSchedule sees whether a recipe's time has come and it did not run. Times while the computer slept are the
// schedule's affair.
func (n *Notices) lookAtSchedule(live engine.Definition, o engine.Operation, r engine.Recipe, s *silence, now time.Time) {
	times, err := schedule.Parse(o, live.Trigger.With, n.Zone())
	if err != nil {
		s.Said = true
		n.addLocked(engine.Notice{
			Kind: engine.NoticeSilent, RecipeID: r.ID, At: now, Title: fmt.Sprintf("“%s” does not run", r.Name),
			Text: "Its times make no sense. Open it and correct them. " + engine.ErrorMessage(err),
		})
		return
	}
	from := s.Last
	for _, t := range []time.Time{n.alive.since, r.UpdatedAt} {
		if t.After(from) {
			from = t
		}
	}
	next := times.Next(from)
	if next.IsZero() || now.Sub(next) < late {
		return
	}
	s.Said = true
	n.addLocked(engine.Notice{
		Kind: engine.NoticeSilent, RecipeID: r.ID, At: now, Title: fmt.Sprintf("“%s” did not run", r.Name),
		Text: fmt.Sprintf("It should have run at %s. Open it and look at its times, and at the log in Settings.", n.clock(next)),
	})
}

// lookAtHabit sees whether a recipe that waits for deliveries is silent for longer than usual. Where the app was
// asked what was missed, and said nothing, there was nothing.
func (n *Notices) lookAtHabit(ctx context.Context, r engine.Recipe, o engine.Operation, s *silence, now time.Time) error {
	if s.Awake < leastAwake || now.Sub(s.Last) < leastSilence || n.kept.Away != nil || n.kept.Unreached || !n.Online() {
		return nil
	}
	if o.CatchUp != nil {
		kept, err := n.Store.TriggerState(ctx, r.ID, engine.TriggerUncaught)
		if err != nil || engine.ParseTrouble(kept) == nil {
			return err
		}
	}
	e, ok := n.alive.expected[r.ID]
	if !ok || !e.last.Equal(s.Last) {
		var err error
		if e, err = n.expect(ctx, r, s.Last); err != nil {
			return err
		}
		n.alive.expected[r.ID] = e
	}
	if e.at.IsZero() || now.Before(e.at) || s.Awake < e.awake {
		return nil
	}
	s.Said = true
	n.addLocked(engine.Notice{
		Kind: engine.NoticeSilent, RecipeID: r.ID, At: now, Title: fmt.Sprintf("“%s” has become silent", r.Name),
		Text: fmt.Sprintf("It has not run since %s; usually it runs %s. Its deliveries show whether anything came. If this is as it should be, there is nothing to do.",
			n.clock(s.Last), e.usual),
	})
	return nil
}

// expect finds out by when a recipe should have run again.
func (n *Notices) expect(ctx context.Context, r engine.Recipe, last time.Time) (expected, error) {
	runs, err := n.Store.Runs(ctx, engine.RunFilter{RecipeID: r.ID, Since: last.Add(-memory), Limit: mostLearned})
	if err != nil {
		return expected{}, err
	}
	var at []time.Time
	for _, run := range runs {
		if natural(run) {
			at = append(at, run.CreatedAt)
		}
	}
	h, ok := learn(at, n.Zone())
	if !ok {
		return expected{last: last}, nil
	}
	return expected{last: last, at: h.silent(last), awake: h.gap * 3 / 2, usual: h.String()}, nil
}

// String says on which days the recipe runs.
func (h habit) String() string {
	var days []string
	for i := range h.days {
		day := time.Weekday((i + 1) % 7) // weeks begin on Monday
		if h.days[day] {
			days = append(days, day.String()+"s")
		}
	}
	weekend := h.days[time.Saturday] || h.days[time.Sunday]
	switch {
	case len(days) == 7:
		return "every day"
	case len(days) == 5 && !weekend:
		return "on every weekday"
	case len(days) == 1:
		return "on " + days[0]
	}
	return "on " + strings.Join(days[:len(days)-1], ", ") + " and " + days[len(days)-1]
}

// clock writes a time for people.
func (n *Notices) clock(at time.Time) string {
	return at.In(n.Zone()).Format("Monday 2 January, 15:04")
}
