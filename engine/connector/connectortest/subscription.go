package connectortest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/catchup"
)

// subscribed looks for a subscription, makes one where there is none, and removes it.
func subscribed(t *testing.T, c engine.Connector, o engine.Operation, test engine.OperationTest) {
	pages := &pages{t: t, first: app{connector: c}}
	want := *test.Subscription
	if test.Response != nil {
		pages.answers = append(pages.answers, engine.CannedPage{Request: test.Request, Response: *test.Response})
	}
	if want.Created != nil {
		pages.answers = append(pages.answers, engine.CannedPage{Request: want.Create, Response: *want.Created})
	}
	if want.Unsubscribed != nil {
		pages.answers = append(pages.answers, engine.CannedPage{Request: want.Unsubscribe, Response: *want.Unsubscribed})
	}
	s := catchup.Subscription{
		Apps: action.New(action.Params{Transport: pages}),
		Call: action.Call{Connector: c, Operation: o, With: test.With, Account: accountOf(c, test)},
	}
	listed, err := s.List(t.Context())
	if err == nil {
		there := slices.ContainsFunc(listed, func(one catchup.Listing) bool {
			return one.Address == want.Address && (want.ID == "" || one.ID == want.ID)
		})
		require.Equal(t, want.Listed, there)
		if want.Created != nil {
			var kept map[string]string
			if kept, err = s.Create(t.Context(), want.Address); err == nil && want.Kept != nil {
				require.Equal(t, want.Kept, kept)
			}
		}
	}
	if err == nil && want.Unsubscribed != nil {
		err = s.Unsubscribe(t.Context(), want.ID, want.Address)
	}
	if test.Error != nil {
		failed(t, *test.Error, err)
		return
	}
	require.NoError(t, err)
	require.Equal(t, len(pages.answers), pages.asked)
}
