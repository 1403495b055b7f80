package catchup

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"bellhop/engine"
	"bellhop/engine/poll"
)

// memo is what a trigger remembers of its catch-ups, under engine.TriggerCaughtUp.
type memo struct {
	// Place is whose events they were.
	Place string `json:"place,omitempty"`
	// From is when the recipe began to listen, by the app's clock once that is known: what happened before
	// is only noted.
	From  time.Time `json:"from,omitzero"`
	Known bool      `json:"known,omitempty"` // the app's clock is
	// State is the source's: up to where the app was asked.
	State string `json:"state,omitempty"`
	// At is when it was last asked for all there was.
	At time.Time `json:"at,omitzero"`
	// Subscribed is true once the app has said that it delivers to the recipe.
	Subscribed bool `json:"subscribed,omitempty"`
}

func (m memo) String() string {
	data, err := json.Marshal(m)
	if err != nil {
		return "" // texts, times and bools can always be written
	}
	return string(data)
}

// start is what a visit starts from.
type start struct {
	memo
	kept  string // what is in the store, to see whether it is still the same when the visit is over
	begun string // engine.TriggerThrough, likewise
	// trouble is what is known to be wrong; nil if all is well.
	trouble *engine.Trouble
}

// startOf reads what a trigger remembers. One that listens to something else than before begins anew, and
// that is on disk before the app is asked: else what happens until it answers would be lost.
func (f *Fetcher) startOf(ctx context.Context, l *line) (start, error) {
	var s start
	for key, into := range map[string]*string{engine.TriggerCaughtUp: &s.kept, engine.TriggerThrough: &s.begun} {
		var err error
		if *into, err = f.Store.TriggerState(ctx, l.recipe.ID, key); err != nil {
			return s, err
		}
	}
	trouble, err := f.Store.TriggerState(ctx, l.recipe.ID, engine.TriggerUncaught)
	if err != nil {
		return s, err
	}
	s.trouble = engine.ParseTrouble(trouble)
	if s.kept != "" {
		if err := json.Unmarshal([]byte(s.kept), &s.memo); err != nil {
			f.Log.Error("what a trigger remembers cannot be read, so it starts anew", "recipe", l.recipe.ID, "error", err)
			s.memo = memo{}
		}
	}
	if s.Place == l.place {
		return s, nil
	}
	from := f.Now()
	if begun, err := time.Parse(time.RFC3339Nano, s.begun); err == nil && s.kept == engine.CatchUpAnew {
		from = begun
	}
	s.memo = memo{Place: l.place, From: from.UTC().Truncate(time.Second)}
	if c := l.operation.CatchUp; c != nil {
		s.State = poll.Since(s.From.AddDate(0, 0, -c.NoteDays))
	}
	after := s.memo.String()
	err = f.Store.Update(ctx, func(tx engine.Tx) error {
		if err := unchanged(ctx, tx, l, s); err != nil {
			return err
		}
		return tx.SetTriggerState(l.recipe.ID, engine.TriggerCaughtUp, after)
	})
	s.kept = after
	return s, err
}

// visit sees to it that a recipe's deliveries come, asks for what it missed, stores that, and returns when to
// come again.
func (f *Fetcher) visit(ctx context.Context, l *line) (next time.Duration, err error) {
	defer func() {
		if l.kept { // not before: the reloading begins another visit
			l.kept = false
			f.Kept(context.WithoutCancel(ctx))
		}
		if ctx.Err() != nil {
			next, err = 0, ctx.Err()
		}
	}()
	going := l.more // the second part of a visit
	l.more = false
	from, err := f.startOf(ctx, l)
	if errors.Is(err, errChanged) {
		return pause, err // what it is now was told to Reload, or is about to be
	}
	if err != nil {
		return f.notStored(ctx, l, err), err
	}
	account, err := f.account(ctx, l)
	after := from.memo
	var found poll.Found
	var subscribing error
	if err == nil {
		asking, cancel := context.WithTimeout(ctx, f.LookTime)
		if l.operation.Webhook.Subscription != nil && !going && f.Address != nil {
			after.Subscribed, subscribing = f.subscribe(asking, l, account, from.Subscribed)
		}
		if l.operation.CatchUp != nil {
			found, err = f.look(asking, l, account, from)
		}
		cancel()
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return f.failed(ctx, l, from, err), err
	}
	if l.operation.CatchUp != nil {
		after.State = found.State
		if !after.Known && !found.Clock.IsZero() {
			after.From, after.Known = byTheirs(from.From, f.Now(), found.Clock), true
		}
	}
	if !found.More {
		after.At = f.Now().UTC().Truncate(time.Second)
	}
	err = f.store(ctx, l, from, after, found, subscribing)
	if errors.Is(err, errChanged) {
		return pause, err
	}
	if err != nil {
		return f.notStored(ctx, l, err), err
	}
	l.storeFailed = false
	if found.More && found.State != from.State {
		l.more = true
		return 0, nil
	}
	if subscribing != nil {
		return f.backoff(l, subscribing), subscribing
	}
	l.failures = 0
	// Not all at the same minute of the hour.
	return f.Every - rand.N(f.Every/10+1), nil
}

// byTheirs is a time of this computer's by an app's clock, where the two are far apart.
func byTheirs(t, ours, theirs time.Time) time.Time {
	if apart := theirs.Sub(ours); apart.Abs() > time.Minute {
		return t.Add(apart).UTC().Truncate(time.Second)
	}
	return t
}

// account returns the account to ask with. Invalid if it cannot ask its app anything.
func (f *Fetcher) account(ctx context.Context, l *line) (engine.Account, error) {
	if l.trigger.Connection == "" {
		return engine.Account{}, nil
	}
	account, err := f.Accounts.Account(ctx, l.trigger.Connection)
	if err != nil {
		return account, err
	}
	signs := func(a engine.Auth) bool { return a.When.Fits(account.Value) }
	if c := l.connector.Connection; c != nil && len(c.Auth) > 0 && !slices.ContainsFunc(c.Auth, signs) {
		return account, engine.Errorf(engine.Invalid,
			"The connection %q cannot ask %s for events that were missed, since it holds nothing to sign in with. Open the connection and fill in what it lacks.",
			account.Name, l.connector.Title)
	}
	return account, nil
}

// look asks for some of what was missed.
func (f *Fetcher) look(ctx context.Context, l *line, account engine.Account, from start) (poll.Found, error) {
	operation := l.operation
	operation.Poll = &l.operation.CatchUp.Poll
	source, err := poll.NewApp(f.asker())(poll.Trigger{
		Connector: l.connector, Operation: operation, With: l.trigger.With,
		Account: func(context.Context) (engine.Account, error) { return account, nil },
	})
	if err != nil {
		return poll.Found{}, err
	}
	found, err := source.Look(ctx, poll.Look{State: from.State, Now: f.Now()})
	if err != nil && ctx.Err() != nil && engine.ErrorCode(err) == engine.Internal {
		err = engine.Wrap(err, engine.Unavailable, "%s took too long to answer. It will be asked again.", l.connector.Title)
	}
	return found, err
}

func (f *Fetcher) asker() poll.Asker {
	if f.Gate == nil {
		return f.Apps
	}
	return poll.Through(f.Gate, f.Apps)
}

const (
	// pause is how long to leave a recipe alone whose runs cannot be stored.
	pause = 10 * time.Second
	// shortest is the first wait after a visit that failed, and longestOffline the longest after visits that
	// never got to the app.
	shortest       = 10 * time.Second
	longestOffline = time.Minute
)

// notStored notes that what there is cannot be read from the store or written to it.
func (f *Fetcher) notStored(ctx context.Context, l *line, err error) time.Duration {
	if !l.storeFailed && ctx.Err() == nil {
		l.storeFailed = true
		f.Log.Error("what a recipe missed cannot be stored; it is asked for again until it can", "recipe", l.recipe.ID, "error", err)
	}
	return pause
}

// failed keeps why missed events cannot be had where people can see it, and returns when to ask again.
func (f *Fetcher) failed(ctx context.Context, l *line, from start, err error) time.Duration {
	trouble := f.troubleOf(l, from, err)
	if *trouble != deref(from.trouble) {
		stored := f.Store.Update(ctx, func(tx engine.Tx) error {
			return tx.SetTriggerState(l.recipe.ID, engine.TriggerUncaught, trouble.String())
		})
		if stored == nil {
			f.Troubled(l.recipe.ID)
		}
	}
	return f.backoff(l, err)
}

// backoff is how long to wait after a visit that failed.
func (f *Fetcher) backoff(l *line, err error) time.Duration {
	l.failures++
	return poll.Backoff{First: shortest, Longest: f.Every, Offline: longestOffline}.After(l.failures, err, f.Now())
}

func deref(t *engine.Trouble) engine.Trouble {
	if t == nil {
		return engine.Trouble{}
	}
	return *t
}

// troubleOf tells of an error; nil if there is none.
func (f *Fetcher) troubleOf(l *line, from start, err error) *engine.Trouble {
	if err == nil {
		return nil
	}
	trouble := engine.Trouble{Code: engine.ErrorCode(err), Message: engine.ErrorMessage(err), Since: f.Now().UTC().Truncate(time.Second)}
	if from.trouble != nil {
		trouble.Since = from.trouble.Since
	} else {
		f.Log.Warn("what a recipe missed cannot be fetched", "recipe", l.recipe.ID, "error", err)
	}
	return &trouble
}
