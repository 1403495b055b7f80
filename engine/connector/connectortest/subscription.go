package connectortest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/catchup"
)

// subscribed looks for a subscription, and makes one where there is none.
func subscribed(t *testing.T, c engine.Connector, o engine.Operation, test engine.OperationTest) {
	pages := &pages{t: t, first: app{connector: c}}
	want := *test.Subscription
	if test.Response != nil {
		pages.answers = append(pages.answers, engine.CannedPage{Request: test.Request, Response: *test.Response})
	}
	if want.Created != nil {
		pages.answers = append(pages.answers, engine.CannedPage{Request: want.Create, Response: *want.Created})
	}
	s := catchup.Subscription{
		Apps: action.New(action.Params{Transport: pages}),
		Call: action.Call{Connector: c, Operation: o, With: test.With, Account: accountOf(c, test)},
	}
	listed, err := s.Listed(t.Context(), want.Address, true)
	if err == nil {
		require.Equal(t, want.Listed, listed)
		if want.Created != nil {
			var kept map[string]string
			if kept, err = s.Create(t.Context(), want.Address); err == nil && want.Kept != nil {
				require.Equal(t, want.Kept, kept)
			}
		}
	}
	if test.Error != nil {
		failed(t, *test.Error, err)
		return
	}
	require.NoError(t, err)
	require.Equal(t, len(pages.answers), pages.asked)
}
