// Package desk is Bellhop's front desk: everything a person can ask for, in one place for the
// window and the command line alike. It checks, changes the store, and tells the engine.
package desk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/account"
	"bellhop/engine/dryrun"
	"bellhop/engine/mapping"
	"bellhop/engine/runtime"
)

// Tester tries whether an account works.
type Tester interface {
	TestConnection(ctx context.Context, c engine.Connector, a engine.Account) (says string, err error)
}

// Params are what a desk needs; all but Locale and Now are required.
type Params struct {
	Store   engine.Store
	Catalog engine.Catalog
	Book    *account.Book
	Tester  Tester
	// Looker fetches samples of triggers at which Bellhop looks by itself.
	Looker Looker
	// Previewer makes the requests that a trial shows.
	Previewer dryrun.Previewer
	// Bodies opens large bodies of events; nil if there are none.
	Bodies runtime.Bodies
	// Checker asks apps whether what was in doubt has arrived; nil if none can be asked.
	Checker Checker
	// Locale returns the language and time zone that pills are formatted in.
	Locale func() mapping.Env
	// Changed tells the engine, in this process or another, what a commit changed. When it returns,
	// the engine acts by it.
	Changed func(ctx context.Context, changes ...engine.Change) error
	// BaseURL is where apps send webhooks to now: the public address if there is one, else one of this
	// computer, such as `http://127.0.0.1:8420`.
	BaseURL func(ctx context.Context) string
	// Leave has the app of a connection that is about to be deleted, or to be of another account, deliver no more,
	// as far as that can be done while its secrets are there. Nil means that apps are told nothing.
	Leave func(ctx context.Context, c engine.Connection)
	// LocalURL is where they arrive on this computer, as practice accounts send them; nil means BaseURL.
	LocalURL func(ctx context.Context) string
	Now      func() time.Time
}

// Desk answers to people. Make one with New.
type Desk struct{ Params }

// New makes a desk.
func New(p Params) *Desk {
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Desk{Params: p}
}

// find returns the one of all whose id or name (in any case) is given; NotFound, with the name
// probably meant, if there is none.
func find[T any](all []T, given, what string, id func(T) int64, name func(T) string) (T, error) {
	given = strings.TrimSpace(given)
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
		if strings.EqualFold(names[i], given) {
			return one, nil
		}
	}
	if number, err := strconv.ParseInt(given, 10, 64); err == nil {
		for _, one := range all {
			if id(one) == number {
				return one, nil
			}
		}
	}
	var none T
	if meant := engine.Suggest(given, names); meant != "" {
		return none, engine.Errorf(engine.NotFound, "There is no %s %q. Did you mean %q?", what, given, meant)
	}
	return none, engine.Errorf(engine.NotFound, "There is no %s %q.", what, given)
}
