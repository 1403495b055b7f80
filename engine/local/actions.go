package local

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/action"
)

// Actions carries out every action: those of this computer, and all others by a request to an app.
type Actions struct {
	*action.Client
	Own *Client
}

// Do carries out a call. The error is always a *action.Failure.
func (a Actions) Do(ctx context.Context, call action.Call) (action.Result, error) {
	if call.Operation.Local != "" {
		return a.Own.Do(ctx, call)
	}
	return a.Client.Do(ctx, call)
}

// Preview returns what a call would do or send, as it is kept with a run.
func (a Actions) Preview(ctx context.Context, call action.Call) (*engine.SentRequest, error) {
	if call.Operation.Local != "" {
		return a.Own.Preview(ctx, call)
	}
	return a.Client.Preview(ctx, call)
}

// TestConnection tries whether an account works and returns what a person reads of its success; "" where
// the connector has no test for such an account. The error is a *action.Failure.
func (a Actions) TestConnection(ctx context.Context, c engine.Connector, account engine.Account) (string, error) {
	if c.Connection != nil && c.Connection.Test != nil && c.Connection.Test.Local != "" {
		return a.Own.TestConnection(ctx, c, account)
	}
	return a.Client.TestConnection(ctx, c, account)
}
