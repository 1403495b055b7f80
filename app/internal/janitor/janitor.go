// Package janitor keeps the data small, whole and backed up while other work goes on: it removes
// what is old, gives space back to the disk, moves the log into the database and makes backups.
package janitor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/store/backup"
	"bellhop/store/sqlite"
)

const (
	// checkpointEvery is how often the log is looked at while little is written.
	checkpointEvery = time.Second
	// sizeEvery is how often the size is compared with the budget.
	sizeEvery = 10 * time.Second
	// firstRound is when the first round comes, so that it does not slow the start down, and the
	// computer has had time to set a clock that was wrong: by such a clock all may look old.
	firstRound = 10 * time.Minute
	roundEvery = time.Hour
	// longestLook is how far apart two looks at the size are when nothing odd happens to the clock.
	longestLook = time.Minute
	// backupEvery is how old the newest backup may be.
	backupEvery = 24 * time.Hour
	reportEvery = 24 * time.Hour
	// keyMemory is how long the keys of removed events are kept at least. Of the known senders Stripe
	// tries longest, for three days: https://docs.stripe.com/webhooks#retries
	keyMemory = 7 * 24 * time.Hour
)

// Params are what a janitor needs. Store and Backups are required.
type Params struct {
	Store *sqlite.DB
	// Backups is the folder for the daily backups.
	Backups string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Janitor looks after one database. Only one process at a time should have one.
type Janitor struct {
	Params
	sum report
	// full is true after all that may go is gone and the data still is over its budget.
	full bool
	// said is the last trouble of each kind, so that it is not told again each second.
	said map[string]string
	mu   sync.Mutex // of said
}

// report is what was done since the last report.
type report struct {
	sqlite.Pruned
	given   int64
	backups int
}

// New makes a janitor that has not begun.
func New(p Params) *Janitor {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Janitor{Params: p, said: map[string]string{}}
}

// Run works until ctx ends, and returns when nothing is under way any more.
func (j *Janitor) Run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { j.moveLog(ctx) })

	begun := j.wall()
	round, reported, last := begun.Add(firstRound), begun, begun
	ticker := time.NewTicker(sizeEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		settings := Read(ctx, j.Store, func(what string, err error) { j.note(ctx, what, err) })
		now := j.wall()
		if jump := now.Sub(last); jump < 0 || jump > longestLook {
			round = now.Add(firstRound) // it slept, or its clock was set and may be set again
		}
		if !now.Before(round) {
			round = now.Add(roundEvery)
			j.full = false
			j.note(ctx, "remove what is old", j.removeOld(ctx, settings, now))
			j.note(ctx, "back up", j.backUp(ctx, settings, now))
		}
		j.note(ctx, "keep the size", j.keepSize(ctx, settings, now))
		if now.Sub(reported) >= reportEvery || now.Before(reported) {
			reported = now
			j.report(ctx, settings)
		}
		last = j.wall()
	}
}

// wall is the time that people see. How long the program ran, which Go's times know as well, says
// nothing of how old an order is.
func (j *Janitor) wall() time.Time { return j.Now().Round(0) }

// moveLog keeps the commits of others from having to move the log into the database.
func (j *Janitor) moveLog(ctx context.Context) {
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for {
		_, err := j.Store.Checkpoint(ctx)
		j.note(ctx, "move the log into the database", err)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-j.Store.Grown():
		}
	}
}

// done and trouble are the states of runs that are over, by how long they are kept. Trouble may
// still want somebody's eyes.
var (
	done    = []engine.State{engine.Succeeded, engine.Filtered, engine.Cancelled}
	trouble = []engine.State{engine.Failed, engine.Held, engine.Unsure}
)

func (j *Janitor) removeOld(ctx context.Context, s Settings, now time.Time) error {
	before := map[engine.State]time.Time{}
	for _, state := range done {
		before[state] = now.AddDate(0, 0, -s.DoneDays)
	}
	for _, state := range trouble {
		before[state] = now.AddDate(0, 0, -s.TroubleDays)
	}
	removed, err := j.Store.Prune(ctx, sqlite.Prune{Before: before, Forget: now.Add(-keyMemory)})
	j.sum.Add(removed)
	return err
}

// keepSize removes the oldest runs while the data takes more than its budget: those that are done
// first, then those that failed. Held and unsure ones wait for a person, and only their age counts.
func (j *Janitor) keepSize(ctx context.Context, s Settings, now time.Time) error {
	size, err := j.Store.Size(ctx)
	if err != nil {
		return err
	}
	budget := int64(s.BudgetMB) << 20
	if size.Kept() > budget && !j.full {
		// Some room beyond it, or there would be something to remove again at once.
		enough := budget - budget/10
		for _, states := range [][]engine.State{done, {engine.Failed}} {
			before := map[engine.State]time.Time{}
			for _, state := range states {
				before[state] = now.AddDate(100, 0, 0) // any
			}
			removed, err := j.Store.Prune(ctx, sqlite.Prune{Before: before, Forget: now.Add(-keyMemory), Enough: enough})
			j.sum.Add(removed)
			if err != nil {
				return err
			}
		}
		if size, err = j.Store.Size(ctx); err != nil {
			return err
		}
		if j.full = size.Kept() > budget; j.full {
			j.Log.Warn("the data is over its size budget, and what is left waits to be done or for a person",
				"used_mb", size.Kept()>>20, "budget_mb", s.BudgetMB)
		}
	}
	// A part of the free space is kept for what comes next.
	if spare := size.Used/16 + leastSpare; size.Free > 2*spare {
		given, err := j.Store.Shrink(ctx, spare)
		j.sum.given += given
		return err
	}
	return nil
}

// leastSpare is the free space that stays in the file of even the smallest database, in bytes.
const leastSpare = 1 << 20

func (j *Janitor) backUp(ctx context.Context, s Settings, now time.Time) error {
	all, err := backup.List(j.Backups)
	if err != nil || s.Backups == 0 {
		return err
	}
	if len(all) > 0 && now.Sub(all[0].At).Abs() < backupEvery {
		return nil
	}
	if err := backup.Thin(j.Backups, s.Backups, int64(s.BackupsMB)<<20); err != nil {
		return err
	}
	begun := time.Now()
	made, err := backup.Make(ctx, j.Store, j.Backups, now)
	if err != nil {
		return err
	}
	j.sum.backups++
	j.Log.Info("backed up", "file", made.Path, "mb", made.Bytes>>20, "took", time.Since(begun).Round(time.Millisecond))
	return backup.Thin(j.Backups, s.Backups, int64(s.BackupsMB)<<20)
}

// report says once a day how the data is.
func (j *Janitor) report(ctx context.Context, s Settings) {
	size, err := j.Store.Size(ctx)
	if err != nil {
		j.note(ctx, "report", err)
		return
	}
	j.Log.Info("the data is looked after",
		"used_mb", size.Used>>20, "bodies_mb", size.Bodies>>20, "budget_mb", s.BudgetMB, "free_mb", size.Free>>20, "log_mb", size.Log>>20,
		"runs_removed", j.sum.Runs, "events_removed", j.sum.Events, "keys_forgotten", j.sum.Keys,
		"mb_given_back", j.sum.given>>20, "backups", j.sum.backups)
	j.sum = report{}
}

// note logs trouble once, until it is over or another.
func (j *Janitor) note(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	before := j.said[what]
	if err == nil {
		delete(j.said, what)
		return
	}
	if j.said[what] = err.Error(); before != j.said[what] {
		j.Log.Error("the janitor could not "+what, "error", err)
	}
}
