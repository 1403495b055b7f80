package connectortest

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
	"bellhop/engine/poll"
)

// polled looks once as a poll does, and compares what was asked for and what was found.
func polled(t *testing.T, c engine.Connector, o engine.Operation, test engine.OperationTest) {
	pages := &pages{t: t, first: app{connector: c}}
	want := engine.ExpectedPoll{}
	if test.Poll != nil {
		want = *test.Poll
	}
	if test.Response != nil {
		pages.answers = append(pages.answers, engine.CannedPage{Request: test.Request, Response: *test.Response})
	}
	pages.answers = append(pages.answers, want.Pages...)

	client := action.New(action.Params{Transport: pages})
	account := accountOf(c, test)
	source, err := poll.NewApp(client)(poll.Trigger{
		Connector: c, Operation: o, With: test.With,
		Account: func(context.Context) (engine.Account, error) { return account, nil },
	})
	require.NoError(t, err)
	look := poll.Look{Quiet: want.Cursor == "", Runs: want.First, Now: time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)}
	if want.Cursor != "" {
		state, err := json.Marshal(map[string]string{"since": want.Cursor})
		require.NoError(t, err)
		look.State = string(state)
	}
	found, err := source.Look(t.Context(), look)
	if test.Error != nil {
		failed(t, *test.Error, err)
		return
	}
	require.NoError(t, err)
	require.Equal(t, len(pages.answers), pages.asked, "each page is asked for, and once")
	keys := []string{}
	for _, item := range found.Items {
		keys = append(keys, item.Key)
	}
	require.Equal(t, want.Keys, keys)
	require.Equal(t, want.More, found.More)
	if want.Next != "" {
		var state struct{ Since string }
		require.NoError(t, json.Unmarshal([]byte(found.State), &state))
		require.Equal(t, want.Next, state.Since)
	}
	if want.Item == nil && want.Label == "" {
		return
	}
	require.NotEmpty(t, found.Items)
	last := found.Items[len(found.Items)-1]
	if want.Item != nil {
		value, err := mapping.Decode(last.Body)
		require.NoError(t, err)
		require.Equal(t, want.Item, value)
	}
	if want.Label != "" {
		require.Equal(t, want.Label, label(t, o, engine.Event{Body: last.Body, ContentType: last.ContentType}))
	}
}

// pages stands in for an app that answers page by page.
type pages struct {
	t       *testing.T
	first   app
	answers []engine.CannedPage
	asked   int
}

func (p *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	app := &app{connector: p.first.connector}
	if app.token(r) {
		return app.RoundTrip(r)
	}
	require.Less(p.t, p.asked, len(p.answers), "one request too many was sent: %s", r.URL)
	page := p.answers[p.asked]
	p.asked++
	app.response = &page.Response
	response, err := app.RoundTrip(r)
	if page.Request != nil {
		sent(p.t, *page.Request, app)
	}
	return response, err
}
