package catchup

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/poll"
)

const (
	// offKept is how long the app may go on delivering to a recipe that is off, or that it cannot reach. Who
	// switches a recipe off for an hour finds all as it was, and what the app tries again arrives; after that
	// it would only call in vain, and Shopify would delete the subscription after four hours itself.
	offKept = 3 * time.Hour
	// A subscription that could not be removed in so many days and tries is left to a person, who is told so
	// for some more days.
	giveUpAfter = 7 * 24 * time.Hour
	giveUpTries = 24
	toldFor     = 30 * 24 * time.Hour
	// leaveTime bounds how long the deletion of a connection waits for its app.
	leaveTime = 10 * time.Second
)

// tidying wakes who removes subscriptions.
type tidying struct {
	wake  chan struct{}
	hurry atomic.Bool // what failed is tried again now
}

func newTidying() tidying { return tidying{wake: make(chan struct{}, 1)} }

// tidySoon lets be looked what is not needed any more. It returns at once.
func (f *Fetcher) tidySoon() {
	select {
	case f.tidying.wake <- struct{}{}:
	default:
	}
}

// keepTidy removes subscriptions that nobody needs any more, until ctx is done.
func (f *Fetcher) keepTidy(ctx context.Context) {
	for ctx.Err() == nil {
		rest := f.tidy(ctx, f.tidying.hurry.Swap(false))
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-f.tidying.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// tidy removes what is due, and returns how long there will be nothing else. hurry tries again what failed.
func (f *Fetcher) tidy(ctx context.Context, hurry bool) (rest time.Duration) {
	w, err := f.world(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.Log.Error("what apps were told to deliver cannot be looked through", "error", err)
		}
		return 10 * time.Minute
	}
	now, rest := f.Now(), Hourly
	var due []Made
	changed := false
	for i, m := range w.all {
		use := w.useOf(ctx, f, m)
		after := m.turn(use, now)
		w.all[i], changed = after, changed || !after.equal(m) || after.forgotten(now)
		switch at := after.dueAt(use, now); {
		case after.Idle.IsZero() || after.GivenUp || use == unknown:
		case !at.After(now), hurry && after.Tries > 0:
			due = append(due, after)
		default:
			rest = min(rest, at.Sub(now))
		}
	}
	if changed {
		if err := f.remember(ctx, func(all []Made) []Made { return w.update(all, now) }); err != nil {
			return time.Minute // it has been told that nothing can be stored
		}
	}
	for _, m := range due {
		asking, cancel := context.WithTimeout(ctx, f.LookTime)
		err := f.remove(asking, w.connections, m)
		cancel()
		if ctx.Err() != nil {
			return 0
		}
		rest = min(rest, f.removed(ctx, m, err))
	}
	return rest
}

// equal says whether nothing of what tidy changes is different.
func (m Made) equal(o Made) bool {
	return m.Idle.Equal(o.Idle) && m.Tries == o.Tries && m.Why == o.Why && m.Next.Equal(o.Next) && m.GivenUp == o.GivenUp
}

// turn takes up whether a subscription is needed.
func (m Made) turn(use use, now time.Time) Made {
	switch {
	case use == inUse || use == unknown && m.Idle.IsZero():
		m.Idle, m.Tries, m.Why, m.Next, m.GivenUp = time.Time{}, 0, "", time.Time{}, false
	case m.Idle.IsZero() || m.Idle.After(now): // the second: the clock was set back
		m.Idle = now.UTC().Truncate(time.Second)
	}
	return m
}

// dueAt is when a subscription that is idle is to be removed.
func (m Made) dueAt(use use, now time.Time) time.Time {
	switch {
	case m.Tries > 0 && m.Next.Before(now.Add(2*Hourly)): // else the clock was set back
		return m.Next
	case use == forAWhile:
		return m.Idle.Add(offKept)
	}
	return m.Idle
}

// removed notes what came of removing a subscription, and returns how long to leave it alone.
func (f *Fetcher) removed(ctx context.Context, m Made, err error) time.Duration {
	var after Made
	now := f.Now().UTC().Truncate(time.Second)
	stored := f.remember(ctx, func(all []Made) []Made {
		i := slices.IndexFunc(all, m.same)
		if i < 0 {
			return all
		}
		after = all[i]
		if err == nil || m.Practice { // a pretend app forgets everything when it ends
			return slices.Delete(all, i, i+1)
		}
		after.Tries++
		after.Why = engine.ErrorMessage(err)
		wait := poll.Backoff{First: time.Minute, Longest: Hourly, Offline: Hourly}.After(after.Tries, err, now)
		after.Next = now.Add(min(wait, Hourly))
		after.GivenUp = after.Tries >= giveUpTries && now.Sub(after.Idle) >= giveUpAfter
		all[i] = after
		return all
	})
	switch {
	case stored != nil:
		return time.Minute // it is found out anew what became of it
	case err == nil:
		f.Log.Info("an app was told to deliver no more", "recipe", m.RecipeID, "to", m.Connection)
		f.neededAgain(ctx, m)
	case after.GivenUp:
		f.Log.Warn("an app goes on delivering to an address that nobody needs: it could not be told for days", "to", m.Connection, "error", err)
		f.Left(after)
	case after.Tries == 1:
		f.Log.Warn("an app cannot be told to deliver no more; it is tried again", "to", m.Connection, "error", err)
	}
	return after.Next.Sub(now)
}

// forgotten says whether enough was told of a subscription that was given up.
func (m Made) forgotten(now time.Time) bool {
	return m.GivenUp && now.Sub(m.Idle) > giveUpAfter+toldFor
}

// neededAgain has a new subscription made, if somebody began to need the one that was being removed.
func (f *Fetcher) neededAgain(ctx context.Context, m Made) {
	recipes, err := f.Store.Recipes(ctx)
	if err != nil || f.Address == nil {
		return // it is made within the hour
	}
	for _, r := range recipes {
		if r.ID == m.RecipeID && r.On && f.Address(ctx, r) == m.Address {
			f.table.hurry(r.ID, false)
		}
	}
}

// remove removes a subscription at its app. It is well if it is not there any more.
func (f *Fetcher) remove(ctx context.Context, connections []engine.Connection, m Made) error {
	connector, operation, ok := f.Catalog.Operation(m.Use)
	if !ok || operation.Webhook == nil || operation.Webhook.Subscription == nil || operation.Webhook.Subscription.Unsubscribe == nil {
		return engine.Errorf(engine.Invalid, "Its connector file does not say any more how a webhook is removed. Remove it there by hand.")
	}
	i := slices.IndexFunc(connections, func(c engine.Connection) bool { return c.Name == m.Connection && accountOf(c) == m.Account })
	if i < 0 {
		i = slices.IndexFunc(connections, func(c engine.Connection) bool { return accountOf(c) == m.Account })
	}
	if i < 0 {
		return engine.Errorf(engine.NotFound,
			"The connection %q is not there any more, or connects to another account, so %s cannot be told. Remove the webhook there by hand.",
			m.Connection, connector.Title)
	}
	account, err := f.Accounts.Account(ctx, connections[i].Name)
	if err != nil {
		return err
	}
	s := Subscription{Apps: f.Apps, Gate: f.Gate, Call: action.Call{Connector: connector, Operation: operation, With: m.With, Account: account}}
	err = s.Remove(ctx, m)
	if err != nil && ctx.Err() != nil && engine.ErrorCode(err) == engine.Internal {
		err = engine.Wrap(err, engine.Unavailable, "%s took too long to answer. It is asked again.", connector.Title)
	}
	return err
}

// Remove removes one that Bellhop made, if the app lists it still: what has another id or leads elsewhere is
// somebody else's. Errors are as of List.
func (s Subscription) Remove(ctx context.Context, m Made) error {
	id, err := s.idOf(ctx, m)
	if err != nil || id == "" {
		return err
	}
	if err = s.Unsubscribe(ctx, id, m.Address); err == nil {
		return nil
	}
	if f, ok := errors.AsType[*action.Failure](err); ok && f.Phase == action.Answered && !f.Retry && !f.Reconnect {
		// Perhaps it went just now. GraphQL tells that in a sentence only, so the list tells.
		if id, again := s.idOf(ctx, m); again == nil && id == "" {
			return nil
		}
	}
	return err
}

// idOf returns what the app calls one that Bellhop made; "" if it is not there.
func (s Subscription) idOf(ctx context.Context, m Made) (string, error) {
	listed, err := s.list(ctx, nil) // also one that the app has only switched off
	if err != nil {
		return "", err
	}
	for _, one := range listed {
		mine := one.ID == m.ID || m.ID == "" && !slices.Contains(m.Others, one.ID)
		if one.ID != "" && one.Address == m.Address && mine {
			return one.ID, nil
		}
	}
	return "", nil
}

// Leave removes what was made with a connection that is about to be deleted, or to be of another account, as far as
// that is possible now: later nobody has its secrets any more. What remains is told of by AllMade.
func (f *Fetcher) Leave(ctx context.Context, c engine.Connection) {
	ctx, cancel := context.WithTimeout(ctx, leaveTime)
	defer cancel()
	all, err := AllMade(ctx, f.Store)
	if err != nil {
		f.Log.Error("what an app was told to deliver cannot be read", "to", c.Name, "error", err)
		return
	}
	connections, err := f.Store.Connections(ctx)
	if err != nil {
		f.Log.Error("what an app was told to deliver cannot be removed", "to", c.Name, "error", err)
		return
	}
	another := func(o engine.Connection) bool { return o.ID != c.ID && accountOf(o) == accountOf(c) }
	if slices.ContainsFunc(connections, another) {
		return // that one can do it, now or later
	}
	for _, m := range all {
		if m.Account == accountOf(c) {
			err := f.remove(ctx, connections, m)
			f.removed(context.WithoutCancel(ctx), m, err)
			if err != nil && !m.Practice {
				f.Left(m)
			}
		}
	}
}
