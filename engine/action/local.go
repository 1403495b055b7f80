package action

import (
	"bellhop/engine"
	"bellhop/engine/auth"
)

// Fields returns what the call's operation is given: every value of its field's type, defaults in place,
// empty ones nil. It is for who carries calls out without a request. The error is a *Failure: a field or
// the connection is missing, or of the wrong kind.
func (c Call) Fields() (map[string]any, error) {
	if err := usable(c.Connector, c.Operation, c.Account); err != nil {
		return nil, NotBegun(err)
	}
	values, err := fields(c.Operation, c.With)
	if err != nil {
		return nil, NotBegun(err)
	}
	return values, nil
}

// NotBegun makes a Failure of an error that came before anything was done.
func NotBegun(err error) *Failure { return before(err) }

// Unreachable makes a Failure of a connection to app that failed before anything was sent over it.
func Unreachable(app string, err error) *Failure {
	return &Failure{Phase: Before, Retry: true, Offline: noNetwork(err), Err: engine.Wrap(err, engine.Unavailable, "%s", unreachable(app, err))}
}

// Record returns as much of a body as is kept with a run, as text without the account's secrets, and
// whether there was more.
func Record(a engine.Account, body []byte) (text string, truncated bool) {
	return newRedactor(a, auth.Signature{}).clip(body, keep)
}
