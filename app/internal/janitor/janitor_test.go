package janitor_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/internal/janitor"
	"bellhop/engine"
	"bellhop/store/backup"
	"bellhop/store/sqlite"
)

// house is a data folder that a janitor looks after, in a time of its own.
type house struct {
	*testing.T
	dir     string
	db      *sqlite.DB
	recipe  int64
	log     *bytes.Buffer
	ahead   atomic.Int64 // how far the people's clock is ahead of the bubble's
	janitor *janitor.Janitor
	n       int
}

// live runs a test in a bubble in which the janitor has begun.
func live(t *testing.T, test func(h *house)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := &house{T: t, dir: dir, log: &bytes.Buffer{}}
		db, err := sqlite.Open(t.Context(), sqlite.Params{Path: filepath.Join(dir, "bellhop.db"), Now: h.now})
		require.NoError(t, err)
		h.db = db
		r := engine.Recipe{Name: "orders"}
		h.update(func(tx engine.Tx) error { return tx.AddRecipe(&r) })
		h.recipe = r.ID
		h.janitor = janitor.New(janitor.Params{
			Store: db, Backups: backup.In(dir), Now: h.now, Log: slog.New(slog.NewTextHandler(h.log, nil)),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			h.janitor.Run(ctx)
			close(ended)
		}()
		defer func() {
			stop()
			<-ended
			require.NoError(t, db.Close())
		}()
		test(h)
	})
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *house) update(fn func(tx engine.Tx) error) {
	h.Helper()
	require.NoError(h, h.db.Update(h.Context(), fn))
}

func (h *house) set(key, value string) {
	h.update(func(tx engine.Tx) error { return tx.SetSetting(key, value) })
}

// ran adds runs that came in and ended now, each with a body of so many bytes.
func (h *house) ran(n int, state engine.State, body int) {
	h.update(func(tx engine.Tx) error {
		for range n {
			h.n++
			e := engine.Event{RecipeID: h.recipe, Key: fmt.Sprint(h.n), Body: make([]byte, body)}
			if err := tx.AddEvent(&e); err != nil {
				return err
			}
			if err := tx.AddRun(&engine.Run{RecipeID: h.recipe, EventID: e.ID, State: state, FinishedAt: h.now()}); err != nil {
				return err
			}
		}
		return nil
	})
}

// pass lets time go by, and the janitor end what it does then.
func (h *house) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// sleep is the computer asleep for so long; it wakes some minutes before the time is up, and the
// janitor does what it does then.
func (h *house) sleep(d time.Duration) {
	const awake = 12 * time.Minute
	h.ahead.Add(int64(d - awake))
	h.pass(awake)
}

func (h *house) counts() map[engine.State]int {
	h.Helper()
	counts, err := h.db.StateCounts(h.Context())
	require.NoError(h, err)
	return counts
}

func (h *house) backups() []backup.File {
	h.Helper()
	all, err := backup.List(backup.In(h.dir))
	require.NoError(h, err)
	return all
}

const day = 24 * time.Hour

func TestRunsAreKeptByTheirState(t *testing.T) {
	live(t, func(h *house) {
		h.ran(3, engine.Succeeded, 10)
		h.ran(1, engine.Failed, 10)
		h.ran(1, engine.Held, 10)
		h.ran(2, engine.Waiting, 10)
		h.sleep(29 * day)
		require.Equal(h, map[engine.State]int{engine.Succeeded: 3, engine.Failed: 1, engine.Held: 1, engine.Waiting: 2}, h.counts())
		h.sleep(2 * day)
		require.Equal(h, map[engine.State]int{engine.Failed: 1, engine.Held: 1, engine.Waiting: 2}, h.counts())
		h.sleep(60 * day)
		require.Equal(h, map[engine.State]int{engine.Waiting: 2}, h.counts(), "what is not done is never removed")
	})
}

func TestSettingsSayHowLong(t *testing.T) {
	live(t, func(h *house) {
		h.set("keep_done_days", "2")
		h.set("keep_trouble_days", "nonsense")
		h.ran(1, engine.Succeeded, 10)
		h.ran(1, engine.Failed, 10)
		h.sleep(3 * day)
		require.Equal(h, map[engine.State]int{engine.Failed: 1}, h.counts())
		require.Equal(h, 1, bytes.Count(h.log.Bytes(), []byte("understand the setting keep_trouble_days")), "trouble is told once")
	})
}

func TestTheSizeStaysWithinItsBudget(t *testing.T) {
	live(t, func(h *house) {
		h.set("size_budget_mb", "4")
		h.ran(100, engine.Held, 5000)
		h.ran(100, engine.Failed, 5000)
		h.ran(300, engine.Succeeded, 5000)
		h.ran(200, engine.Succeeded, 5000)
		h.ran(20, engine.Queued, 5000)
		h.pass(time.Minute)
		size, err := h.db.Size(h.Context())
		require.NoError(h, err)
		require.LessOrEqual(h, size.Used, int64(4<<20))
		require.LessOrEqual(h, size.Free, 2*(size.Used/16+1<<20), "the disk has got the rest back")
		counts := h.counts()
		require.Equal(h, []int{100, 100, 20}, []int{counts[engine.Held], counts[engine.Failed], counts[engine.Queued]})
		require.Greater(h, counts[engine.Succeeded], 100, "no more went than need be")
		newest, err := h.db.Runs(h.Context(), engine.RunFilter{States: []engine.State{engine.Succeeded}, Limit: 1})
		require.NoError(h, err)
		require.Equal(h, int64(700), newest[0].ID, "the oldest went")

		h.ran(600, engine.Held, 10_000)
		h.pass(time.Minute)
		counts = h.counts()
		require.Zero(h, counts[engine.Succeeded])
		require.Zero(h, counts[engine.Failed])
		require.Equal(h, []int{700, 20}, []int{counts[engine.Held], counts[engine.Queued]}, "these wait for somebody")
		h.pass(2 * time.Hour)
		require.LessOrEqual(h, bytes.Count(h.log.Bytes(), []byte("over its size budget")), 4, "told once a round")
	})
}

func TestABackupADayAndTheNewestSevenStay(t *testing.T) {
	live(t, func(h *house) {
		h.pass(5 * time.Minute)
		require.Empty(h, h.backups(), "not as it starts")
		h.pass(6 * time.Minute)
		require.Len(h, h.backups(), 1)
		h.pass(3 * time.Hour)
		require.Len(h, h.backups(), 1)
		for range 10 {
			h.sleep(day + time.Minute)
		}
		all := h.backups()
		require.Len(h, all, 7)
		require.Less(h, h.now().Sub(all[0].At), time.Hour)
		require.NoError(h, sqlite.Verify(h.Context(), all[6].Path))
		require.Contains(h, h.log.String(), "the data is looked after")
		require.NotContains(h, h.log.String(), "ERROR")

		h.set("backups_mb", "0")
		h.sleep(2 * day)
		require.Len(h, h.backups(), 1)
		h.set("backups", "0")
		h.sleep(3 * day)
		require.Len(h, h.backups(), 1, "none more")
		require.Greater(h, h.now().Sub(h.backups()[0].At), 2*day)
	})
}

// TestAClockThatJumpsRemovesNothingAtOnce: a clock that is wrong is mostly put right soon.
func TestAClockThatJumpsRemovesNothingAtOnce(t *testing.T) {
	live(t, func(h *house) {
		h.ran(3, engine.Succeeded, 10)
		h.ran(1, engine.Queued, 10)
		h.pass(time.Hour)
		h.ahead.Store(int64(365 * day))
		h.pass(5 * time.Minute)
		require.Equal(h, 3, h.counts()[engine.Succeeded])
		h.ahead.Store(0)
		h.pass(2 * time.Hour)
		require.Equal(h, 3, h.counts()[engine.Succeeded])
		h.ahead.Store(int64(-3 * day))
		h.pass(time.Hour)
		require.Equal(h, 3, h.counts()[engine.Succeeded])
		require.Len(h, h.backups(), 2, "backups go on")
		h.ahead.Store(int64(365 * day)) // and this time it stays so, as after a year in a drawer
		h.pass(2 * time.Hour)
		require.Zero(h, h.counts()[engine.Succeeded])
	})
}

func TestTheLogGoesIntoTheDatabase(t *testing.T) {
	live(t, func(h *house) {
		h.ran(20, engine.Queued, 1<<20)
		h.pass(5 * time.Second)
		size, err := h.db.Size(h.Context())
		require.NoError(h, err)
		require.Zero(h, size.Log)
	})
}
