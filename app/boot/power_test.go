package boot

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/internal/power"
	"bellhop/engine"
	"bellhop/engine/notice"
	"bellhop/engine/practice"
)

// system is what tells of sleep and networks, in a test's hands.
type system chan power.News

func (s system) News() <-chan power.News { return s }
func (system) Close()                    {}

// nights is an engine with the practice shop, in the hands of a test that sends the computer to sleep.
type nights struct {
	*System
	t      *testing.T
	tells  system
	mu     sync.Mutex
	route  string
	looked int // how often the route was asked for
	shown  chan engine.Notice
	recipe engine.Recipe
}

func newNights(t *testing.T) *nights {
	t.Helper()
	n := &nights{t: t, tells: make(system), route: "here", shown: make(chan engine.Notice, 10)}
	var err error
	n.System, err = Open(t.Context(), Config{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Secrets: "file", Practice: true,
		Notify: func(_ context.Context, told engine.Notice) error { n.shown <- told; return nil },
		power: power.Params{
			Bus:   func(context.Context) (power.Bus, error) { return n.tells, nil },
			Route: func() string { n.mu.Lock(); defer n.mu.Unlock(); n.looked++; return n.route },
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	n.recipe, err = n.Practice.SetUp(t.Context())
	require.NoError(t, err)
	require.NoError(t, n.CatchUp(t.Context(), n.recipe.ID)) // it has begun
	return n
}

// miss lets the shop have orders that it delivers to nobody.
func (n *nights) miss(orders int) {
	for range orders {
		_, err := n.Practice.Shop.Place(practice.NewOrder{Total: "189.00"})
		require.NoError(n.t, err)
	}
}

func (n *nights) told() engine.Notice {
	n.t.Helper()
	select {
	case told := <-n.shown:
		return told
	case <-time.After(20 * time.Second):
		require.Fail(n.t, "nothing is told")
	}
	return engine.Notice{}
}

func (n *nights) arrived(orders int) {
	n.t.Helper()
	require.Eventually(n.t, func() bool {
		runs, err := n.Runs(n.t.Context(), engine.RunFilter{RecipeID: n.recipe.ID, Recovered: true})
		require.NoError(n.t, err)
		return len(runs) == orders
	}, 10*time.Second, 5*time.Millisecond)
}

func TestWakingFetchesWhatWasMissedAndTells(t *testing.T) {
	n := newNights(t)
	n.tells <- power.Sleeping
	n.miss(3)
	n.tells <- power.Woken
	n.arrived(3)
	told := n.told()
	require.Equal(t, "While the computer slept", told.Title)
	require.Equal(t, "3 orders were missed and have been fetched.", told.Text)
	require.Equal(t, n.recipe.ID, told.RecipeID)

	n.tells <- power.Sleeping
	n.tells <- power.Woken
	n.miss(1)
	require.NoError(t, n.CatchUp(t.Context(), 0))
	n.arrived(4)
}

func TestANetworkThatComesBackFetchesWhatWasMissed(t *testing.T) {
	n := newNights(t)
	looked := func() int {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.looked
	}
	changes := func(to string) {
		n.mu.Lock()
		n.route = to
		n.mu.Unlock()
		before := looked()
		n.tells <- power.Networks
		require.Eventually(t, func() bool { return looked() > before }, 10*time.Second, 5*time.Millisecond) // it settles first
	}
	changes("here")
	changes("")
	n.miss(2)
	changes("there")
	n.arrived(2)
	require.Equal(t, "While there was no network", n.told().Title)
}

// Practising sleep tells what a real one would.
func TestAPretendSleepIsTold(t *testing.T) {
	n := newNights(t)
	require.NoError(t, n.Practice.Sleep(t.Context(), true))
	n.miss(2)
	require.NoError(t, n.Practice.Sleep(t.Context(), false))
	told := n.told()
	require.Equal(t, "While the computer slept", told.Title)
	require.Equal(t, "2 orders were missed and have been fetched.", told.Text)
}

// Orders that came while Bellhop was not running.
func TestStartingTellsWhatWasMissed(t *testing.T) {
	n := newNights(t)
	// The shop is within the process: what is missed by one engine is what the next one finds.
	n.notices.Back(notice.Stopped, time.Now())
	n.miss(2)
	n.fetcher.Wake()
	n.arrived(2)
	require.Equal(t, "While Bellhop was not running", n.told().Title)
}

func TestWhenTheComputerIsKeptAwake(t *testing.T) {
	n := newNights(t)
	now := time.Now()
	busy := func() bool { return n.busySoon(t.Context(), now) }
	wanted := func(is bool) {
		require.NoError(t, n.ChangeSettings(t.Context(), func(s *engine.Settings) { s.KeepAwake = is }))
	}
	wanted(true)
	require.False(t, busy(), "nothing is due")
	var run engine.Run
	require.NoError(t, n.Store.Update(t.Context(), func(tx engine.Tx) error {
		event := engine.Event{RecipeID: n.recipe.ID, Key: "1", ReceivedAt: now}
		if err := tx.AddEvent(&event); err != nil {
			return err
		}
		run = engine.Run{RecipeID: n.recipe.ID, Version: 1, EventID: event.ID, State: engine.Waiting, DueAt: now.Add(5 * time.Minute), CreatedAt: now}
		return tx.AddRun(&run)
	}))
	require.True(t, busy(), "a run goes on in five minutes")
	require.False(t, n.busySoon(t.Context(), now.Add(-time.Hour)), "or in an hour")
	wanted(false)
	require.False(t, busy(), "nobody wants it")
	wanted(true)
	require.NoError(t, n.Store.Update(t.Context(), func(tx engine.Tx) error {
		was := run.State
		run.State, run.DueAt = engine.Cancelled, time.Time{}
		return tx.SaveRun(run, was)
	}))
	require.False(t, busy())

	r, _, err := n.Import(t.Context(), "r.yaml", []byte("recipe: 1\nname: Report\ntrigger: {use: schedule.daily, with: {time: \"09:00\", zone: Europe/Lisbon}}\nsteps: [{id: say, use: computer.notify, with: {title: Hello}}]\n"))
	require.NoError(t, err)
	require.NoError(t, n.Switch(t.Context(), r.ID, true))
	at := func(clock string) bool {
		when, err := time.ParseInLocation("2006-01-02 15:04", "2027-03-04 "+clock, zoneOf(t, "Europe/Lisbon"))
		require.NoError(t, err)
		return n.busySoon(t.Context(), when)
	}
	require.True(t, at("08:55"))
	require.False(t, at("08:00"))
	require.False(t, at("09:01"))
}

func zoneOf(t *testing.T, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

// What keeps the computer awake is let go of when the engine ends.
func TestTheComputerMaySleepWhenTheEngineEnds(t *testing.T) {
	held, released := make(chan struct{}, 1), make(chan struct{}, 1)
	dir := t.TempDir()
	d, err := OpenData(t.Context(), Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.ChangeSettings(t.Context(), func(s *engine.Settings) { s.KeepAwake = true }))
	r, _, err := d.Import(t.Context(), "r.yaml", []byte("recipe: 1\nname: Report\ntrigger: {use: schedule.every, with: {every: 5, unit: minutes}}\nsteps: [{id: say, use: computer.notify, with: {title: Hello}}]\n"))
	require.NoError(t, err)
	require.NoError(t, d.Switch(t.Context(), r.ID, true))
	require.NoError(t, d.Close())
	s, err := Open(t.Context(), Config{
		Dir: dir, Listen: "127.0.0.1:0", Secrets: "file",
		hold: func() (func(), error) {
			held <- struct{}{}
			return func() { released <- struct{}{} }, nil
		},
	})
	require.NoError(t, err)
	<-held
	require.Empty(t, released)
	require.NoError(t, s.Close())
	<-released
}
