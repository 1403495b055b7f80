package practice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/practice"
)

// TestWhetherALostMessageArrivedIsAsked loses the answer of messages that arrive, and of some that do not,
// and asks the pretend Slack as the connector that Bellhop ships says.
func TestWhetherALostMessageArrivedIsAsked(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := start(t, practice.Params{Now: func() time.Time { return now }})
	client := action.New(action.Params{Timeout: 2 * time.Second})
	const orders = "C0PRACTICE1"
	message := func(with map[string]any) action.Call { return call(t, "slack.send_message", slackAccount(p), with) }

	order := `Order #1042 for <b>€189.00</b> & "thanks" 🛎`
	require.NoError(t, p.Slack.Fail(practice.Fault{Mode: practice.Drop, Times: 1}))
	lost := message(map[string]any{"channel": orders, "text": order})
	_, err := client.Do(t.Context(), lost)
	require.Equal(t, action.Between, failure(t, err).Phase)
	tests := []struct {
		name  string
		with  map[string]any
		since time.Duration
		found bool
		says  string // of the error, if nobody can tell
	}{
		{"it arrived", lost.With, 0, true, ""},
		{"another one", map[string]any{"channel": orders, "text": "Refund of something else altogether"}, 0, false, ""},
		{"one that is nearly the same", map[string]any{"channel": orders, "text": "Order #1043 for €189.00 & thanks"}, 0, false, "something like it"},
		{"one that came before", lost.With, time.Minute, false, ""},
		{"another channel", map[string]any{"channel": "C0PRACTICE2", "text": order}, 0, false, ""},
		{"a channel by its name", map[string]any{"channel": "#orders", "text": order}, 0, false, "by its id"},
		{"an answer in a thread", map[string]any{"channel": orders, "text": order, "thread_ts": "1.2"}, 0, false, "cannot tell"},
	}
	for _, test := range tests {
		found, err := client.Check(t.Context(), message(test.with), now.Add(test.since))
		require.Equal(t, test.found, found, test.name)
		if test.says == "" {
			require.NoError(t, err, test.name)
		} else {
			require.ErrorContains(t, err, test.says, test.name)
		}
	}
	for i := range 20 {
		_, err := client.Do(t.Context(), message(map[string]any{"channel": orders, "text": strings.Repeat("x", i+1)}))
		require.NoError(t, err)
	}
	_, err = client.Check(t.Context(), message(map[string]any{"channel": orders, "text": order}), now)
	require.ErrorContains(t, err, "too much to look through")

	wrong := lost
	wrong.Account.Secrets = map[string]string{"bot_token": "xoxb-wrong"}
	_, err = client.Check(t.Context(), wrong, now)
	require.Error(t, err)
	plain := lost
	plain.Operation.Check = nil
	_, err = client.Check(t.Context(), plain, now)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}
