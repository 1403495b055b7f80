package activity_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// choose picks what is to be done with all runs that are listed.
func (s *shown) choose(t *testing.T, what string) {
	t.Helper()
	uitest.Tap(t, s.Content(), "What can be done with all these runs")
	uitest.Pick(t, s.nav.Window, what)
	s.loop.Turn()
}

func (s *shown) dialog() fyne.CanvasObject { return s.nav.Window.Canvas().Overlays().Top() }

func TestManyRunsAtATime(t *testing.T) {
	s := show(t, many(engine.Failed))
	s.choose(t, "Retry all that failed…")
	require.Contains(t, uitest.Words(s.dialog()), "Retry 2 runs?")
	require.Empty(t, s.desk.done, "asked first")
	s.answer(t, "Retry")
	require.Equal(t, []string{"retry [1037 1042] [failed held]"}, s.desk.done, "the oldest first")
	require.Equal(t, []string{"2 runs are tried again."}, s.nav.Toasts)
	require.Nil(t, s.dialog(), "the progress is gone")

	s = show(t, many(engine.Queued))
	s.choose(t, "Cancel all that are not over…")
	s.answer(t, "Cancel the runs")
	require.Equal(t, []string{"cancel [1042 1038] [queued running waiting]"}, s.desk.done, "the newest first")

	s = show(t, many(engine.Failed))
	s.desk.skip = 1
	s.choose(t, "Replay all…")
	s.answer(t, "Replay")
	require.Contains(t, uitest.Words(s.dialog()), "6 events run again. 1 were left as they are. The first of them: This run is over already.")

	s = show(t, many(engine.Failed))
	s.choose(t, "Retry all that failed…")
	s.desk.err = engine.Errorf(engine.Unavailable, "The disk is full.")
	s.answer(t, "Retry")
	require.Contains(t, uitest.Words(s.dialog()), "The disk is full.")
}

// What is listed is what is meant: the state, the recipe and the words looked for.
func TestManyRunsAreThoseListed(t *testing.T) {
	f := many(engine.Failed)
	f.changed = true
	other := order(1050, "Other", "1.00", engine.Failed, 0)
	other.RecipeID, other.RecipeName = 2, "Another"
	f.details[1050] = other
	s := show(t, f)
	uitest.Tap(t, s.Content(), "Runs of: All recipes")
	uitest.Pick(t, s.nav.Window, "Tell the team about big orders")
	s.loop.Turn()
	require.Equal(t, 1, strings.Count(s.words(), "Order #1050"), "it is open, but not listed")
	require.NotContains(t, s.words(), "Failed 3", "that counts all recipes")
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1050}})
	s.loop.Turn()
	require.Equal(t, 1, strings.Count(s.words(), "Order #1050"), "nor when it changes")
	s.choose(t, "Retry all that failed…")
	require.Contains(t, uitest.Words(s.dialog()), "They are runs of “Tell the team about big orders”.")
	s.answer(t, "Retry")
	require.Equal(t, []string{"retry [1037 1042] [failed held]"}, s.desk.done)

	s.choose(t, "Replay all with the draft…")
	s.answer(t, "Leave them")
	uitest.Find(t, s.Content(), func(*widget.Entry) bool { return true }).SetText("jo park")
	s.choose(t, "Replay all…")
	s.answer(t, "Replay")
	require.Equal(t, "replay, draft false, [1041] [succeeded filtered failed held unsure cancelled]", s.desk.done[1])

	s.tap(t, "Filtered")
	uitest.Tap(t, s.Content(), "What can be done with all these runs")
	menu := s.dialog()
	require.NotNil(t, menu)
	uitest.Pick(t, s.nav.Window, "Retry all that failed…") // it is there, but dim
	s.loop.Turn()
	require.Len(t, s.desk.done, 2)
}

func TestManyRunsAreDoneInPieces(t *testing.T) {
	var all []desk.RunDetail
	for id := int64(1); id <= 450; id++ {
		all = append(all, order(id, "Ana", "189.00", engine.Failed, time.Duration(451-id)*time.Minute))
	}
	s := show(t, newDesk(all...))
	s.choose(t, "Retry all that failed…")
	require.Contains(t, uitest.Words(s.dialog()), "Retry 450 runs?")
	uitest.Tap(t, s.dialog(), "Retry")
	require.Contains(t, uitest.Words(s.dialog()), "0 of 450")
	s.loop.Turn()
	require.Len(t, s.desk.done, 3)
	require.True(t, strings.HasPrefix(s.desk.done[0], "retry [1 2 3 "))

	s = show(t, newDesk(all...))
	s.choose(t, "Retry all that failed…")
	uitest.Tap(t, s.dialog(), "Retry")
	s.answer(t, "Stop")
	require.Empty(t, s.desk.done)
	require.Contains(t, uitest.Words(s.dialog()), "You stopped it; the others are as they were.")
}
