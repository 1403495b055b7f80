package boot

import (
	"context"
	"os"
	"time"

	"bellhop/app/internal/power"
	"bellhop/engine"
	"bellhop/engine/notice"
	"bellhop/engine/schedule"
)

// envAsleepAfter is for tests: how long this process has to stand still for it to count as sleep.
const envAsleepAfter = "BELLHOP_ASLEEP_AFTER"

// watchPower resumes when the computer wakes or its network changes, until ctx ends.
func (s *System) watchPower(ctx context.Context, p power.Params) {
	if d, err := time.ParseDuration(os.Getenv(envAsleepAfter)); err == nil {
		p.After = d
	}
	p.Woke, p.Log = s.woke, s.log
	var lost time.Time // when the network went; zero while there is one
	p.Network = func(online bool) {
		switch {
		case !online:
			lost = time.Now()
			s.fetcher.Noticed()
		case lost.IsZero():
			s.resume()
			s.fetcher.Wake()
		default:
			s.notices.Back(notice.Offline, lost)
			s.resume()
			s.fetcher.Resume()
			lost = time.Time{}
		}
	}
	power.Watch(ctx, p)
}

// woke is called when the computer was asleep, or its clock was set. What waits for a time goes by the new clock;
// what was missed is fetched, and then told.
func (s *System) woke(asleep time.Duration) {
	s.notices.Back(notice.Slept, time.Now().Add(-asleep))
	s.resume()
}

// resume has all that waits tried at once: perhaps there is a network, which there was none of.
func (s *System) resume() {
	s.gate.Again()
	s.queue.Wake()
	s.Again()
}

const (
	// awakeEvery is how often is looked whether the computer has to stay awake, and dueSoon how soon something has
	// to be due for that.
	awakeEvery = time.Minute
	dueSoon    = 10 * time.Minute
)

// keepAwake keeps the computer awake while runs are due, if a person wants that, until ctx ends.
func (s *System) keepAwake(ctx context.Context, awake *power.Awake) {
	defer func() { _ = awake.Keep(false) }() // letting go has no error
	ticker := time.NewTicker(awakeEvery)
	defer ticker.Stop()
	refused := false
	for ctx.Err() == nil {
		err := awake.Keep(s.busySoon(ctx, time.Now()))
		if err != nil && !refused {
			s.log.Warn("the computer cannot be kept awake", "error", err)
		}
		refused = err != nil
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// busySoon says whether the computer is to stay awake: runs are due now, or will be within minutes. What cannot be
// read keeps nobody awake.
func (s *System) busySoon(ctx context.Context, now time.Time) bool {
	settings, err := engine.ReadSettings(ctx, s.Store)
	if err != nil || !settings.KeepAwake || s.isPaused() {
		return false
	}
	backlogs, err := s.Store.Backlogs(ctx, now)
	if err != nil {
		return false
	}
	for _, b := range backlogs {
		if b.Due || !b.Next.IsZero() && b.Next.Sub(now) <= dueSoon {
			return true
		}
	}
	return s.scheduledSoon(ctx, now)
}

// scheduledSoon says whether the time of a schedule comes within minutes.
func (s *System) scheduledSoon(ctx context.Context, now time.Time) bool {
	recipes, err := s.reading.Recipes(ctx)
	if err != nil {
		return false
	}
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		live, err := s.reading.Version(ctx, r.ID, r.Published)
		if err != nil {
			return false
		}
		_, o, ok := s.connectors.Operation(live.Trigger.Use)
		if !ok || o.Schedule == nil {
			continue
		}
		times, err := schedule.Parse(o, live.Trigger.With, s.Zone())
		if err != nil {
			continue // it does not run
		}
		if next := times.Next(now); !next.IsZero() && next.Sub(now) <= dueSoon {
			return true
		}
	}
	return false
}
