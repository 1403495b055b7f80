package boot

import (
	"context"
	"time"

	"bellhop/engine"
)

// PausedUntil returns up to when all recipes are paused, if they are: engine.Never until a person says so.
func (s *System) PausedUntil() (until time.Time, ok bool) { return s.queue.Paused() }

// readPause makes the queue go by what is kept.
func (s *System) readPause(ctx context.Context) error {
	until, err := engine.ReadPause(ctx, s.Store, time.Now())
	if err != nil {
		return err
	}
	if until.IsZero() {
		s.queue.Resume()
	} else {
		s.queue.Pause(until)
	}
	select {
	case s.pausing <- struct{}{}:
	default:
	}
	return nil
}

// isPaused is for those who ask it often.
func (s *System) isPaused() bool {
	_, paused := s.queue.Paused()
	return paused
}

// watchPause tells when a pause has ended by itself. The queue goes by the clock on its own.
func (s *System) watchPause(ctx context.Context) {
	was := s.isPaused()
	for {
		until, paused := s.PausedUntil()
		if was && !paused {
			s.log.Info("the pause is over")
			s.forgetPause(ctx)
			s.Bus.Publish(engine.Change{Kind: engine.PauseChanged})
		}
		was = paused
		wait := time.Minute // timers stand still while the computer sleeps
		if paused {
			wait = max(min(time.Until(until), wait), time.Millisecond)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.pausing:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// forgetPause takes a pause that is over out of the settings: a clock set back would bring it to life again.
func (s *System) forgetPause(ctx context.Context) {
	err := s.Store.Update(ctx, func(tx engine.Tx) error {
		until, err := engine.ReadPause(ctx, tx, time.Now())
		if err != nil || !until.IsZero() {
			return err
		}
		return engine.WritePause(tx, until)
	})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("that the pause is over cannot be recorded", "error", err)
	}
}
