package poll_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/poll"
)

// store keeps recipes, events, runs and what triggers remember. An update that fails leaves nothing.
type store struct {
	engine.Tx   // what a poller does not use is not there
	mu          sync.Mutex
	recipes     []engine.Recipe
	versions    map[string]engine.Definition
	connections []engine.Connection
	kept
	// full refuses every update; cut fails the next one after all of it was done.
	full, cut bool
	// cutAt fails the update of that number, and all after it.
	cutAt   int
	updates int
}

type kept struct {
	events []engine.Event
	runs   []engine.Run
	state  map[string]string
	seen   map[string]bool
	keys   map[string]bool // of the events
}

func newStore() *store {
	return &store{versions: map[string]engine.Definition{}, kept: kept{state: map[string]string{}, seen: map[string]bool{}, keys: map[string]bool{}}}
}

func place(recipe int64, what any) string { return fmt.Sprintf("%d %v", recipe, what) }

// publish adds a version of a recipe that begins now, and switches it on.
func (s *store) publish(id int64, use string, with map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.recipes, func(r engine.Recipe) bool { return r.ID == id })
	if i < 0 {
		i = len(s.recipes)
		s.recipes = append(s.recipes, engine.Recipe{ID: id, On: true})
	}
	s.recipes[i].Published++
	s.versions[place(id, s.recipes[i].Published)] = engine.Definition{Trigger: engine.Trigger{Use: use, With: with}}
}

func (s *store) begin(id int64, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state[place(id, engine.TriggerThrough)] = at.UTC().Format(time.RFC3339Nano)
}

func (s *store) change(id int64, change func(*engine.Recipe)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.recipes {
		if s.recipes[i].ID == id {
			change(&s.recipes[i])
		}
	}
}

func (s *store) set(change func(s *store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *store) Update(ctx context.Context, fn func(engine.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates++
	if s.full || s.cutAt > 0 && s.updates >= s.cutAt || ctx.Err() != nil {
		return engine.Errorf(engine.Unavailable, "The disk is full.")
	}
	before := kept{slices.Clone(s.events), slices.Clone(s.runs), maps.Clone(s.state), maps.Clone(s.seen), maps.Clone(s.keys)}
	err := fn(tx{s})
	if s.cut {
		s.cut, err = false, engine.Errorf(engine.Unavailable, "The commit failed.")
	}
	if err != nil {
		s.kept = before
	}
	return err
}

func (s *store) Recipes(context.Context) ([]engine.Recipe, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.recipes), nil
}

func (s *store) Version(_ context.Context, id int64, number int) (engine.Definition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[place(id, number)], nil
}

func (s *store) Connections(context.Context) ([]engine.Connection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.connections), nil
}

func (s *store) TriggerState(_ context.Context, id int64, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state[place(id, key)], nil
}

// tx is the store while it is locked.
type tx struct{ *store }

func (t tx) Recipe(_ context.Context, id int64) (engine.Recipe, error) {
	for _, r := range t.recipes {
		if r.ID == id {
			return r, nil
		}
	}
	return engine.Recipe{}, engine.Errorf(engine.NotFound, "gone")
}

func (t tx) TriggerState(_ context.Context, id int64, key string) (string, error) {
	return t.state[place(id, key)], nil
}

func (t tx) SetTriggerState(id int64, key, value string) error {
	t.state[place(id, key)] = value
	return nil
}

func (t tx) MarkSeen(id int64, at, key string) (bool, time.Time, error) {
	key = place(id, at+" "+key)
	first := !t.seen[key]
	t.seen[key] = true
	return first, time.Time{}, nil
}

func (t tx) ForgetSeen(id int64, at, _ string) error {
	maps.DeleteFunc(t.seen, func(key string, _ bool) bool { return strings.HasPrefix(key, place(id, at+" ")) })
	return nil
}

func (t tx) AddEvent(e *engine.Event) error {
	if t.keys[place(e.RecipeID, e.Key)] {
		return engine.Errorf(engine.Conflict, "seen")
	}
	t.keys[place(e.RecipeID, e.Key)] = true
	e.ID = int64(len(t.events) + 1)
	t.events = append(t.events, *e)
	return nil
}

func (t tx) AddRun(r *engine.Run) error {
	r.ID = int64(len(t.runs) + 1)
	t.runs = append(t.runs, *r)
	return nil
}

// catalog has schedules only.
type catalog struct{ engine.Catalog }

func (catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	_, name, _ := engine.SplitUse(use)
	o := engine.Operation{Name: name, Schedule: &engine.ScheduleSpec{Repeat: engine.Repeat(name)}}
	if name == "received" {
		o = engine.Operation{Name: name, Webhook: &engine.WebhookSpec{}}
	}
	return engine.Connector{}, o, true
}

// bench is a poller with its store, and a clock that can be set.
type bench struct {
	t     *testing.T
	store *store
	*poll.Poller
	mu   sync.Mutex
	off  time.Duration // how far the clock on the wall is from the bubble's
	jobs []engine.Job
	// stop ends the poller, and pass lets time pass, with the computer awake.
	stop func()
	pass func(time.Duration)
}

// newBench begins at midnight of 1 January 2000 in UTC, as every bubble does.
func newBench(t *testing.T) *bench {
	b := &bench{t: t, store: newStore()}
	b.Poller = poll.New(poll.Params{Store: b.store, Catalog: catalog{}, Zone: func() *time.Location { return time.UTC }, Now: b.now, Accepted: func(j engine.Job) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.jobs = append(b.jobs, j)
	}})
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.off)
}

// start lets a poller work, and a new one after stop as after a restart.
func (b *bench) start() {
	b.Poller = poll.New(b.Params)
	b.reload()
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Run(ctx)
	}()
	b.stop = func() {
		cancel()
		<-ended
	}
	synctest.Wait()
}

func (b *bench) reload() { require.NoError(b.t, b.Reload(b.t.Context())) }

// jump sets the clock on the wall; a computer that slept sees no more of it.
func (b *bench) jump(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.off += d
}

// ran returns the times that were run for, as "2000-01-01T07:00:00Z", with "late" where they were.
func (b *bench) ran() []string {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	require.Len(b.t, b.store.runs, len(b.store.events))
	var list []string
	for i, e := range b.store.events {
		require.Equal(b.t, e.ID, b.store.runs[i].EventID)
		require.Equal(b.t, engine.Queued, b.store.runs[i].State)
		var body struct {
			ScheduledAt string `json:"scheduled_at"`
			Late        bool
		}
		require.NoError(b.t, json.Unmarshal(e.Body, &body))
		if body.Late {
			body.ScheduledAt += " late"
		}
		list = append(list, body.ScheduledAt)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Len(b.t, b.jobs, len(list), "every run is told of, and once")
	return list
}

func inBubble(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.pass = func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		test(t, b)
		if b.stop != nil {
			b.stop()
		}
	})
}

func at7(missed string) map[string]any { return map[string]any{"time": "07:00", "missed": missed} }

var hourly = map[string]any{"every": "1", "unit": "hours"}

func TestRunsWhenItIsTime(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.daily", at7(""))
		b.store.publish(2, "webhook.received", nil)
		b.store.publish(3, "schedule.daily", map[string]any{"time": "never"}) // one that cannot be read
		b.start()
		b.pass(7*time.Hour - time.Second)
		require.Empty(t, b.ran())
		b.pass(time.Second)
		require.Equal(t, []string{"2000-01-01T07:00:00Z"}, b.ran())
		b.mu.Lock()
		require.Equal(t, engine.Job{RunID: 1, RecipeID: 1}, b.jobs[0])
		b.mu.Unlock()
		b.store.set(func(s *store) { require.Equal(t, "2000-01-01T07:00:00Z", s.state["1 through"]) })
		b.pass(48 * time.Hour)
		require.Equal(t, []string{"2000-01-01T07:00:00Z", "2000-01-02T07:00:00Z", "2000-01-03T07:00:00Z"}, b.ran())
		b.store.set(func(s *store) { require.Less(t, s.updates, 10, "it writes when there is something to write") })
	})
}

func TestRestartsNeitherLoseNorRepeat(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.every", hourly)
		var want []string
		for hour := range 12 {
			b.start()
			b.pass(20 * time.Minute)
			b.stop()
			b.start()
			b.pass(40 * time.Minute)
			b.stop()
			want = append(want, time.Date(2000, 1, 1, hour+1, 0, 0, 0, time.UTC).Format(time.RFC3339))
		}
		require.Equal(t, want, b.ran())
	})
}

func TestMissedTimes(t *testing.T) {
	t.Parallel()
	for missed, want := range map[string][]string{
		"skip": nil,
		"once": {"2000-01-04T07:00:00Z late"},
		"each": {"2000-01-01T07:00:00Z late", "2000-01-02T07:00:00Z late", "2000-01-03T07:00:00Z late", "2000-01-04T07:00:00Z late"},
	} {
		t.Run(missed, func(t *testing.T) {
			t.Parallel()
			for name, away := range map[string]func(b *bench){
				"off": func(b *bench) {
					b.stop()
					b.pass(84 * time.Hour)
					b.start()
				},
				"asleep": func(b *bench) {
					b.jump(84 * time.Hour)
					b.pass(30 * time.Second)
				},
			} {
				inBubble(t, func(t *testing.T, b *bench) {
					b.store.publish(1, "schedule.daily", at7(missed))
					b.start()
					away(b)
					require.Equal(t, want, b.ran(), name)
					b.pass(24 * time.Hour)
					require.Equal(t, append(slices.Clone(want), "2000-01-05T07:00:00Z"), b.ran(), name)
				})
			}
		})
	}
}

func TestClocksThatJump(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.every", hourly)
		b.start()
		b.pass(3 * time.Hour)
		require.Len(t, b.ran(), 3)

		b.jump(-2 * time.Hour) // it is 01:00 again
		b.pass(2 * time.Hour)
		require.Len(t, b.ran(), 3, "no time comes twice")
		b.pass(time.Hour)
		require.Equal(t, "2000-01-01T04:00:00Z", b.ran()[3])

		b.jump(24 * time.Hour)
		b.pass(time.Minute)
		require.Len(t, b.ran(), 5, "no storm")
		require.Equal(t, "2000-01-02T04:00:00Z", b.ran()[4][:20])
		b.jump(-24 * time.Hour) // it was a mistake, and is 04:01
		b.pass(time.Hour)
		require.Equal(t, "2000-01-01T05:00:00Z", b.ran()[5], "a clock that was ahead does not silence a recipe")
		b.pass(22 * time.Hour)
		require.Len(t, b.ran(), 28)
		b.pass(time.Hour) // the time that the clock ahead has run for
		require.Len(t, b.ran(), 28)
	})
}

// Of several times that are made up for, those that have run before hold up none of the others.
func TestClockSetBackOverMissedTimes(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.every", map[string]any{"every": "1", "unit": "hours", "missed": "each"})
		b.start()
		b.pass(2 * time.Hour)
		b.stop()
		b.store.begin(1, b.now().Add(-2*time.Hour))
		b.pass(2*time.Hour + time.Minute)
		b.start()
		require.Equal(t, []string{
			"2000-01-01T01:00:00Z", "2000-01-01T02:00:00Z", "2000-01-01T03:00:00Z late", "2000-01-01T04:00:00Z",
		}, b.ran())
	})
}

// A clock that is set back while Bellhop is off: what is known lies in the future.
func TestStateAheadOfTheClock(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.every", hourly)
		b.store.begin(1, b.now().Add(1000*time.Hour))
		b.start()
		b.stop()
		b.pass(90 * time.Minute)
		b.start()
		require.Equal(t, []string{"2000-01-01T01:00:00Z late"}, b.ran())
	})
}

func TestChangesOfRecipes(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.every", hourly)
		b.start()
		b.pass(90 * time.Minute)
		require.Len(t, b.ran(), 1)

		// Off: not even before the poller was told.
		b.store.change(1, func(r *engine.Recipe) { r.On = false })
		b.pass(time.Hour)
		require.Len(t, b.ran(), 1)
		b.reload()
		b.pass(time.Hour)
		require.Len(t, b.ran(), 1)

		// On: from now, as the desk has noted.
		b.store.change(1, func(r *engine.Recipe) { r.On = true })
		b.store.begin(1, b.now())
		b.reload()
		b.pass(time.Minute)
		require.Len(t, b.ran(), 1)
		b.pass(time.Hour)
		require.Equal(t, "2000-01-01T04:00:00Z", b.ran()[1])

		// Another version runs from its publication, at the same times.
		b.store.publish(1, "schedule.every", hourly)
		b.reload()
		b.pass(time.Hour)
		require.Len(t, b.ran(), 3)
		b.store.set(func(s *store) {
			require.Equal(t, []int{1, 1, 2}, []int{s.runs[0].Version, s.runs[1].Version, s.runs[2].Version})
		})

		// One that the poller was not told of yet waits until it is: the old one must not run any more.
		b.store.publish(1, "schedule.every", hourly)
		b.pass(time.Hour)
		require.Len(t, b.ran(), 3)
		b.reload()
		b.pass(time.Second)
		require.Len(t, b.ran(), 4)
		b.store.set(func(s *store) { require.Equal(t, 3, s.runs[3].Version) })

		// Deleted.
		b.store.set(func(s *store) { s.recipes = nil })
		b.pass(2 * time.Hour)
		require.Len(t, b.ran(), 4)
	})
}

func TestStoreThatTakesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.every", hourly)
		b.start()
		b.store.set(func(s *store) { s.full = true })
		b.pass(65 * time.Minute)
		require.Empty(t, b.ran())
		b.store.set(func(s *store) {
			require.Less(t, s.updates, 100)
			s.full, s.cut = false, true
		})
		b.pass(20 * time.Second)
		require.Equal(t, []string{"2000-01-01T01:00:00Z late"}, b.ran(), "once it does, what was due is made up for")
	})
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		for id := range int64(200) {
			b.store.publish(id+1, "schedule.daily", at7(""))
		}
		b.start()
		b.pass(7 * time.Hour)
		require.Len(t, b.ran(), 200)
	})
}
