package activity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// threaded is a run in doubt about a message whose place a later step uses.
func threaded() *fakeDesk {
	d := order(1042, "Ana Silva", "189.00", engine.Unsure, time.Minute)
	d.Definition.Steps = append(d.Definition.Steps,
		engine.Step{ID: "reply", Name: "Reply to it", Use: "slack.send_message", With: map[string]any{"text": "{{post.message.ts}} {{post.message.blocks}}"}},
		engine.Step{ID: "again", Name: "And again", Use: "slack.send_message", With: map[string]any{"text": "{{post.message.ts}}"}})
	return newDesk(d)
}

func TestWhatCameBackIsAskedForWhereItIsUsed(t *testing.T) {
	s := show(t, threaded())
	s.tap(t, "It went through")
	require.Empty(t, s.desk.done, "it is asked first")
	words := uitest.Words(s.dialog())
	require.Contains(t, words, "What the app answered was lost, and later steps use it.")
	require.Contains(t, words, "Message · Ts")
	require.Contains(t, words, "Used by “Reply to it”, “And again”.")
	entry := uitest.Find(t, s.dialog(), func(e *widget.Entry) bool { return e.AccessibilityLabel() == "Message · Ts" })
	entry.SetText("1503435956.000247")
	s.desk.err = engine.Errorf(engine.Unavailable, "The disk is full.")
	s.answer(t, "Go on")
	s.desk.err = nil
	s.answer(t, "OK")
	require.Equal(t, "1503435956.000247", entry.Text, "nothing that was typed is lost")
	s.answer(t, "Go on")
	require.Equal(t, []string{"arrived 1042 post  map[message.ts:1503435956.000247]", "arrived 1042 post  map[message.ts:1503435956.000247]"}, s.desk.done)
	require.Nil(t, s.dialog())

	for button, done := range map[string][]string{"Go on": {"went through 1042"}, "Stop the run": {"cancel 1042"}, "Cancel": nil} {
		s := show(t, threaded())
		s.tap(t, "It went through")
		s.answer(t, button)
		require.Equal(t, done, s.desk.done, button)
	}
}

func TestWhatCameBackOfSeveral(t *testing.T) {
	several := func() *fakeDesk {
		d := packing(1, 12, engine.Unsure)
		steps := d.Definition.Steps[0].Paths[1].Steps[0].Steps
		d.Definition.Steps[0].Paths[1].Steps[0].Steps = append(steps, engine.Step{ID: "note", Name: "Note", Use: "slack.send_message", With: map[string]any{"text": "{{pack.ts}}"}})
		for i := range d.Steps { // the steps behind the loop stand one further
			if d.Steps[i].Position > 3 {
				d.Steps[i].Position++
			}
		}
		return newDesk(d)
	}
	s := show(t, several())
	s.tap(t, "It went through")
	require.Contains(t, uitest.Words(s.dialog()), "decide about each request by itself")
	s.answer(t, "Go on without it")
	require.Equal(t, []string{"went through 1"}, s.desk.done)

	s = show(t, several())
	s.tap(t, "This one went through")
	uitest.Find(t, s.dialog(), func(e *widget.Entry) bool { return e.AccessibilityLabel() == "Ts" }).SetText("17.5")
	s.answer(t, "Go on")
	require.Equal(t, []string{"arrived 1 pack 2 map[ts:17.5]"}, s.desk.done)
	s = show(t, several())
	s.tap(t, "This one went through")
	s.answer(t, "Go on")
	require.Equal(t, []string{"settle 1 pack 2 true"}, s.desk.done)
}
