package notice

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// house is what notices look at, and who they tell.
type house struct {
	t  *testing.T
	mu sync.Mutex

	settings map[string]string
	recipes  []engine.Recipe
	runs     []engine.Run
	trouble  map[int64]string
	uncaught map[int64]string
	live     map[int64]engine.Definition
	reach    engine.Reach
	offline  bool
	needy    []Needy
	asked    int
	answer   func(ctx context.Context) error // of the apps
	shown    []engine.Notice
	writes   int
	set      time.Duration // by how much the clock is off

	changes chan engine.Change
	notices *Notices
	end     func()
}

// at runs a test whose clock begins at a time, such as "2026-11-16 10:00", in a zone.
func at(t *testing.T, zone, begin string, do func(h *house)) {
	t.Helper()
	where, err := time.LoadLocation(zone)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		h := &house{
			t: t, settings: map[string]string{}, trouble: map[int64]string{}, uncaught: map[int64]string{}, live: map[int64]engine.Definition{},
		}
		wanted, err := time.ParseInLocation("2006-01-02 15:04", begin, where)
		require.NoError(t, err)
		h.set = time.Until(wanted)
		h.choose(engine.Settings{TimeZone: zone})
		h.start()
		do(h)
		h.stop()
	})
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.nowLocked()
}

func (h *house) nowLocked() time.Time { return time.Now().Add(h.set) }

func (h *house) start() {
	h.changes = make(chan engine.Change, 100)
	h.notices = New(Params{
		Store: h, Catalog: h, Now: h.now, Zone: func() *time.Location { return h.zone() },
		Show: func(_ context.Context, n engine.Notice) error {
			h.change(func() { h.shown = append(h.shown, n) })
			return nil
		},
		CatchUp: func(ctx context.Context) error {
			h.mu.Lock()
			h.asked++
			answer := h.answer
			h.mu.Unlock()
			if answer == nil {
				return nil
			}
			return answer(ctx)
		},
		Reach:  func() engine.Reach { h.mu.Lock(); defer h.mu.Unlock(); return h.reach },
		Online: func() bool { h.mu.Lock(); defer h.mu.Unlock(); return !h.offline },
		Needy:  func() []Needy { h.mu.Lock(); defer h.mu.Unlock(); return slices.Clone(h.needy) },
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.notices.Run(ctx, h.changes) }()
	h.end = func() { stop(); <-ended }
	synctest.Wait()
}

func (h *house) stop() { h.end() }

func (h *house) zone() *time.Location {
	s, err := engine.ReadSettings(context.Background(), h)
	require.NoError(h.t, err)
	return s.Location()
}

func (h *house) choose(s engine.Settings) {
	require.NoError(h.t, h.Update(context.Background(), func(tx engine.Tx) error { return engine.WriteSettings(tx, s) }))
}

func (h *house) change(do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do()
}

// pass lets time pass.
func (h *house) pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

// until lets time pass until a time.
func (h *house) until(when string) {
	to, err := time.ParseInLocation("2006-01-02 15:04", when, h.zone())
	require.NoError(h.t, err)
	h.pass(to.Sub(h.now()))
}

// told returns the titles of what was shown since it was last asked.
func (h *house) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var titles []string
	for _, n := range h.shown {
		titles = append(titles, n.Title)
	}
	h.shown = nil
	return titles
}

// tells returns the one notice that was shown since it was last asked.
func (h *house) tells() engine.Notice {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	require.Len(h.t, h.shown, 1)
	n := h.shown[0]
	h.shown = nil
	return n
}

// recipe adds a recipe that is on, and returns its id.
func (h *house) recipe(name, use string) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := int64(len(h.recipes) + 1)
	h.recipes = append(h.recipes, engine.Recipe{ID: id, Name: name, On: true, Published: 1})
	h.live[id] = engine.Definition{Name: name, Trigger: engine.Trigger{Use: use, With: map[string]any{}}}
	return id
}

// accepted adds a run, and returns its id.
func (h *house) accepted(r engine.Run) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.ID = int64(len(h.runs) + 1)
	r.RecipeName = h.recipes[r.RecipeID-1].Name
	if r.State == "" {
		r.State = engine.Queued
	}
	if r.Version == 0 {
		r.Version = 1
	}
	if r.CreatedAt.IsZero() {
		r.CreatedAt = h.nowLocked()
	}
	h.runs = append(h.runs, r)
	return r.ID
}

// becomes brings a run into a state and tells of it.
func (h *house) becomes(id int64, s engine.State, failure string) {
	h.change(func() {
		r := &h.runs[id-1]
		r.State, r.FinishedAt = s, h.nowLocked()
		if failure != "" {
			r.Failure = &engine.Failure{Code: engine.Refused, Message: failure}
		}
	})
	h.changes <- engine.Change{Kind: engine.RunChanged, RunID: id, RecipeID: h.runs[id-1].RecipeID, State: s}
	synctest.Wait()
}

// fails adds a run of a recipe that fails.
func (h *house) fails(recipeID int64, failure string) int64 {
	id := h.accepted(engine.Run{RecipeID: recipeID, Title: "Order #1042"})
	h.becomes(id, engine.Failed, failure)
	return id
}

func (h *house) Setting(_ context.Context, key string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.settings[key], nil
}

func (h *house) Update(_ context.Context, fn func(tx engine.Tx) error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.writes++
	return fn(tx{h: h})
}

// written is how often something was written.
func (h *house) written() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.writes
}

// tx is a transaction in which only settings can be changed.
type tx struct {
	engine.Tx
	h *house
}

func (t tx) SetSetting(key, value string) error {
	t.h.settings[key] = value
	return nil
}

func (h *house) Recipes(context.Context) ([]engine.Recipe, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.recipes), nil
}

func (h *house) Version(_ context.Context, id int64, _ int) (engine.Definition, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live[id], nil
}

func (h *house) TriggerState(_ context.Context, id int64, key string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return map[string]map[int64]string{engine.TriggerTrouble: h.trouble, engine.TriggerUncaught: h.uncaught}[key][id], nil
}

func (h *house) Runs(_ context.Context, f engine.RunFilter) ([]engine.Run, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []engine.Run
	for _, r := range slices.Backward(h.runs) {
		switch {
		case f.RecipeID != 0 && r.RecipeID != f.RecipeID,
			len(f.States) > 0 && !slices.Contains(f.States, r.State),
			f.IDs != nil && !slices.Contains(f.IDs, r.ID),
			f.Recovered && !r.Recovered,
			!f.Since.IsZero() && r.CreatedAt.Before(f.Since):
			continue
		}
		if found = append(found, r); len(found) == max(f.Limit, 1) {
			break
		}
	}
	return found, nil
}

func (h *house) Connectors() []engine.Connector                { return nil }
func (h *house) Connector(string) (c engine.Connector, _ bool) { return c, false }
func (h *house) Operation(use string) (c engine.Connector, o engine.Operation, _ bool) {
	return c, map[string]engine.Operation{
		"shop.order":  {Label: "Order {{trigger.name}}", Webhook: &engine.WebhookSpec{}, CatchUp: &engine.CatchUpSpec{}},
		"web.hook":    {Label: "{{trigger.id}}", Webhook: &engine.WebhookSpec{}},
		"app.poll":    {Poll: &engine.PollSpec{}},
		"clock.every": {Schedule: &engine.ScheduleSpec{Repeat: engine.RepeatEvery}},
		"hand.start":  {Start: engine.StartManual},
	}[use], true
}
