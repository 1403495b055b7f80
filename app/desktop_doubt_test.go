//go:build !headless

package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/page/practice"
	"bellhop/ui/uitest"
)

// pick chooses from the menu behind a button.
func (s *screen) pick(button, item string) {
	s.t.Helper()
	s.tap(button)
	uitest.Pick(s.t, s.window, item)
}

// answer presses a button of the dialog that is open, as soon as there is one.
func (s *screen) answer(text, button string) {
	s.t.Helper()
	s.until(func() bool { return s.window.Canvas().Overlays().Top() != nil })
	require.Contains(s.t, uitest.Words(s.window.Canvas().Overlays().Top()), text)
	uitest.Tap(s.t, s.window.Canvas().Overlays().Top(), button)
}

// What is in doubt is settled by a person; many runs are tried again at a time; a trial sends nothing.
func TestRunsThatNeedSomebodyAreSettledFromTheWindow(t *testing.T) {
	s := newScreen(t)
	id, err := s.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	send := func(fault practice.Fault, orders int) {
		require.NoError(t, accounts{s.system}.SetFault(t.Context(), fault))
		for range orders {
			require.NoError(t, accounts{s.system}.SendOrder(t.Context(), practice.Order{Total: "189.00"}))
		}
	}
	count := func(state engine.State) int {
		counts, err := s.system.StateCounts(context.Background())
		require.NoError(t, err)
		return counts[state]
	}
	s.tap("Activity")
	send(practice.Lost, 1)
	s.sees("It was sent, but the answer was lost.")
	s.tap("It went through")
	s.until(func() bool { return count(engine.Succeeded) == 1 })
	s.sees("a person said it went through")

	send(practice.Missing, 3)
	s.until(func() bool { return count(engine.Failed) == 3 })
	require.NoError(t, accounts{s.system}.SetFault(t.Context(), practice.Fine))
	s.pick("What can be done with all these runs", "Retry all that failed…")
	s.answer("Retry 3 runs?", "Retry")
	s.until(func() bool { return count(engine.Succeeded) == 4 })
	require.Zero(t, count(engine.Failed))

	messages := len(s.system.Practice.Slack.Messages())
	s.tap("Recipes")
	s.pick(fmt.Sprintf("More about %s", id.Name), "Try it out…")
	s.sees("Of 4 events:")
	s.sees("4 to Slack")
	s.sees("Would be sent")
	s.tap("Back")
	s.pick(fmt.Sprintf("More about %s", id.Name), "My webhook does not arrive?")
	s.sees("Accepted")
	require.Len(t, s.system.Practice.Slack.Messages(), messages, "a trial sends nothing")
}
