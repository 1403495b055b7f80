package boot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bellhop/engine"
	"bellhop/engine/webhook"
)

const (
	// takeUpTime bounds how long one change may take to take effect.
	takeUpTime = 30 * time.Second
	// foreignWrites is how often the engine looks for changes that another process made without
	// telling, such as a command that was killed half way.
	foreignWrites = time.Second
	// mendEvery is how often recipes that cannot check their senders are tried again.
	mendEvery = 2 * time.Second
)

// changed takes up what a desk changed, in this process or another. What is committed must take
// effect, also when whoever asked has gone meanwhile.
func (s *System) changed(ctx context.Context, changes ...engine.Change) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeUpTime)
	defer cancel()
	var errs []error
	for _, c := range changes {
		if c.Kind == engine.CatchUpAsked { // it is a question, and nothing has changed yet
			errs = append(errs, s.fetcher.Ask(ctx, c.RecipeID))
			continue
		}
		if err := s.takeUp(ctx, c); err != nil {
			s.missed.Store(true)
			errs = append(errs, err)
		}
		s.Bus.Publish(c)
	}
	return errors.Join(errs...)
}

func (s *System) takeUp(ctx context.Context, c engine.Change) (err error) {
	switch c.Kind {
	case engine.ConnectorsChanged:
		s.actions.Forget()
		err = errors.Join(s.connectors.reload(), s.reload(ctx))
	case engine.ConnectionsChanged:
		err = errors.Join(s.reload(ctx), s.outgoingChanged(ctx))
	case engine.SettingsChanged:
		err = errors.Join(s.zoneChosen(ctx), s.reachChosen(ctx, true))
	case engine.Lagged:
		err = errors.Join(s.readPause(ctx), s.zoneChosen(ctx), s.reachChosen(ctx, false), s.reload(ctx), s.outgoingChanged(ctx))
	case engine.PauseChanged:
		err = s.readPause(ctx)
	case engine.RecipesChanged:
		err = s.reload(ctx)
	case engine.RunChanged:
		if c.State == engine.Cancelled {
			s.queue.Cancel(c.RunID)
		}
	}
	s.queue.Wake()
	return err
}

// reload reads anew what is kept in memory: accounts, compiled recipes, routes and times.
func (s *System) reload(ctx context.Context) error {
	s.Book.Forget()
	s.runtime.Forget()
	s.reading.refresh()
	defer s.reading.refresh() // who asks later is to see what there is then
	if err := s.limits.reload(ctx, s.reading); err != nil {
		return err
	}
	if err := s.starter.Reload(ctx); err != nil {
		return err
	}
	if err := s.route(ctx); err != nil {
		return err
	}
	s.subscribe(ctx)
	return errors.Join(s.poller.Reload(ctx), s.fetcher.Reload(ctx))
}

// route makes the webhook routes of what is in the store now.
func (s *System) route(ctx context.Context) error {
	s.routing.Lock()
	defer s.routing.Unlock()
	table, err := webhook.NewTable(ctx, s.reading, s.connectors, s.Book)
	if err != nil {
		return fmt.Errorf("make the webhook routes: %w", err)
	}
	s.hooks.SetTable(table)
	s.broken.Store(table.Broken())
	return nil
}

// subscribe makes the pretend shop deliver to the recipes as they are. It is for play: what is wrong
// with it keeps nothing real from working.
func (s *System) subscribe(ctx context.Context) {
	if s.Practice == nil {
		return
	}
	if err := s.Practice.subscribe(ctx); err != nil {
		s.log.Warn("the pretend shop cannot be told who listens", "error", err)
	}
}

// watch takes up changes of other processes that did not tell, and what could not be taken up before.
func (s *System) watch(ctx context.Context) {
	ticker := time.NewTicker(foreignWrites)
	defer ticker.Stop()
	seen, err := s.Store.DataVersion(ctx)
	blind, unsaved := false, false
	mended := time.Now()
	for {
		if err != nil && !blind && ctx.Err() == nil {
			s.log.Warn("changes of other processes cannot be seen", "error", err)
		}
		blind = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if now := s.Unsaved() != nil; now != unsaved { // the window tells
			unsaved = now
			s.Bus.Publish(engine.Change{Kind: engine.Lagged})
		}
		if s.broken.Load() && time.Since(mended) > mendEvery {
			if err := s.route(ctx); err != nil {
				s.missed.Store(true)
			}
			mended = time.Now()
		}
		var now int64
		if now, err = s.Store.DataVersion(ctx); err != nil {
			continue
		}
		if missed := s.missed.Swap(false); missed || now != seen {
			seen = now
			err = s.changed(ctx, engine.Change{Kind: engine.Lagged}) // what fails is missed again
		}
	}
}
