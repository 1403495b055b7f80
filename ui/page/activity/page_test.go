package activity_test

import (
	"encoding/json"
	"fmt"
	"slices"
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

func TestEachStateLooksAsItShould(t *testing.T) {
	for name, state := range map[string]engine.State{"failed": engine.Failed, "succeeded": engine.Succeeded, "filtered": engine.Filtered,
		"waiting": engine.Waiting, "unsure": engine.Unsure} {
		t.Run(name, func(t *testing.T) {
			uitest.NewApp(t)
			s := newPage(many(state))
			s.Show()
			s.loop.Turn()
			uitest.Markup(t, name, s.Content(), 1072, 800)
		})
	}
	t.Run("empty", func(t *testing.T) {
		uitest.NewApp(t)
		s := newPage(newDesk())
		s.Show()
		s.loop.Turn()
		uitest.Markup(t, "empty", s.Content(), 1072, 800)
	})
}

func TestRunSaysWhatHappenedAndWhatHelps(t *testing.T) {
	unauthorized := order(7, "Ana", "189.00", engine.Failed, time.Minute)
	unauthorized.Failure = &engine.Failure{Step: "post", Code: engine.Unauthorized, Message: "Slack does not accept the bot token. Copy it again."}
	unread := order(8, "Ana", "189.00", engine.Failed, time.Minute)
	unread.Failure, unread.Steps, unread.Data = &engine.Failure{Code: engine.Invalid, Message: "The body is not text."}, nil, nil
	goesOn := order(9, "Ana", "189.00", engine.Succeeded, time.Minute)
	goesOn.Steps[1].State, goesOn.Steps[1].Failure = engine.Failed, &engine.Failure{Step: "post", Code: engine.Refused, Message: "Slack said no."}
	behind, later := order(11, "Ana", "189.00", engine.Queued, time.Minute), order(12, "Ana", "189.00", engine.Queued, time.Minute)
	behind.DueAt, later.DueAt = engine.Never, now.Add(time.Hour)
	lost := order(10, "Ana", "189.00", engine.Unsure, time.Minute)
	lost.Failure = &engine.Failure{Step: "post", Code: engine.Unavailable, Message: "Slack closed the connection."}
	lost.Steps[1].Failure, lost.Steps[1].Attempts[0].Failure = lost.Failure, lost.Failure
	for name, test := range map[string]struct {
		run  desk.RunDetail
		says []string
		not  []string
	}{
		"failed": {order(1, "Ana", "189.00", engine.Failed, time.Minute),
			[]string{"Failed at step 3", notFound, "Try again", "Open step 3", "Retry from step 3", "Attempts (3)", "189.00 is over 100", "#ordrs", "Customer · First name"}, []string{"Cancel the run"}},
		"unauthorized": {unauthorized, []string{"Open the connection Shop Slack", "Try again"}, []string{"Open step 3"}},
		"unreadable event": {unread, []string{"The body is not text.", "Open the recipe", "Retry from step 2", "Not reached",
			"What came in cannot be read as fields. Raw shows it as it arrived."}, []string{"Show all fields"}},
		"waiting": {order(2, "Ana", "189.00", engine.Waiting, time.Minute),
			[]string{"Waiting at step 3", "Bellhop tries again by itself: Today 10:02.", "Waiting until 10:02", "Cancel the run"}, []string{"Replay", "Try again"}},
		"held":                   {order(3, "Ana", "189.00", engine.Held, time.Minute), []string{"Held at step 3", "Leave it", "Try again"}, []string{"Cancel the run"}},
		"unsure by its own word": {lost, []string{"It was sent, but the answer was lost.", "Unsure at step 3"}, nil},
		"unsure":                 {order(4, "Ana", "189.00", engine.Unsure, time.Minute), []string{"It was sent, but the answer was lost.", "Send again", "Leave it"}, []string{"Try again"}},
		"filtered": {order(5, "Ana", "49.00", engine.Filtered, time.Minute),
			[]string{"49.00 is not over 100, so the steps after it were left out.", "Ends the run", "Not reached", "Replay"}, []string{"Retry from", "Run again"}},
		"queued":             {order(6, "Ana", "189.00", engine.Queued, time.Minute), []string{"evt-6", "This run is about to begin.", "Not yet", "Cancel the run"}, []string{"Replay"}},
		"behind others":      {behind, []string{"This run waits for its turn.", "one after the other", "Cancel the run"}, []string{"about to begin", "9999"}},
		"behind for a time":  {later, []string{"This run waits for its turn.", "Bellhop goes on by itself: Today 10:12."}, nil},
		"succeeded":          {order(7, "Ana", "189.00", engine.Succeeded, time.Minute), []string{"Succeeded · 1.4 s", "Run again from the start"}, []string{"Try again", "Not reached"}},
		"cancelled":          {order(7, "Ana", "189.00", engine.Cancelled, time.Minute), []string{"This run was cancelled."}, nil},
		"failed but goes on": {goesOn, []string{"Slack said no.", "Retry from step 3"}, []string{"Try again"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := show(t, newDesk(test.run))
			words := s.words()
			for _, says := range test.says {
				require.Contains(t, words, says)
			}
			for _, not := range test.not {
				require.NotContains(t, words, not)
			}
		})
	}
}

func TestAFilterIsCalledByWhatItLetsThrough(t *testing.T) {
	unnamed := order(7, "Ana", "189.00", engine.Succeeded, time.Minute)
	unnamed.Definition.Steps = slices.Clone(unnamed.Definition.Steps)
	unnamed.Definition.Steps[0].Name = ""
	require.Contains(t, show(t, newDesk(unnamed)).words(), "2 · Only if the total price is over 100")
}

func TestNewRunAppearsOnTopWithoutMovingTheSelection(t *testing.T) {
	s := show(t, many(engine.Failed))
	require.Contains(t, s.words(), "Order #1042, Ana Silva\nTell the team about big orders · Today 09:12:04 · 1.4 s")
	s.press(fyne.KeyDown)
	require.Contains(t, s.words(), "Order #1041, Jo Park\nTell the team about big orders · Today 08:58:30 · 1.4 s")

	s.desk.details[1043] = order(1043, "New Person", "200.00", engine.Succeeded, 0)
	before := len(s.desk.asked)
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1043, State: engine.Succeeded}})
	s.loop.Turn()
	require.Equal(t, []engine.RunFilter{{IDs: []int64{1043}, Limit: 1}}, s.desk.asked[before:], "only the new run is read")
	words := s.words()
	require.Contains(t, words, "Order #1043, New Person")
	require.Contains(t, words, "Order #1041, Jo Park\nTell the team about big orders · Today 08:58:30", "the same run is open")
	s.press(fyne.KeyUp)
	require.Contains(t, s.words(), "Order #1042, Ana Silva\nTell the team about big orders · Today 09:12:04", "the keys go on from the run that is open")
}

func TestOpenRunChangesAsItGoes(t *testing.T) {
	s := show(t, many(engine.Queued))
	require.Contains(t, s.words(), "This run is about to begin.")
	s.desk.details[1042] = order(1042, "Ana Silva", "189.00", engine.Failed, 26*time.Second)
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1042, State: engine.Failed}})
	s.loop.Turn()
	require.Contains(t, s.words(), notFound)
	require.NotContains(t, s.words(), "evt-1042", "the list shows it too")
	s.desk.details[1042] = order(1042, "Ana Silva", "189.00", engine.Succeeded, 26*time.Second)
	s.Apply([]engine.Change{{Kind: engine.Lagged}})
	s.loop.Turn()
	require.NotContains(t, s.words(), notFound)
}

func TestOlderRunsAreReadAsOneScrolls(t *testing.T) {
	var all []desk.RunDetail
	for id := int64(1); id <= 130; id++ {
		all = append(all, order(id, "Ana", "189.00", engine.Succeeded, time.Duration(131-id)*time.Minute))
	}
	s := show(t, newDesk(all...))
	require.Equal(t, []engine.RunFilter{{Limit: 50}}, s.desk.asked, "not before one scrolls")
	for range 2 {
		s.press(fyne.KeyEnd)
	}
	require.Equal(t, []engine.RunFilter{{Limit: 50}, {Before: 81, Limit: 50}, {Before: 31, Limit: 50}}, s.desk.asked)
	s.press(fyne.KeyEnd)
	require.Contains(t, s.words(), "Order #1, Ana\nTell the team about big orders · Today 07:02:30")
	require.Len(t, s.desk.asked, 3, "there are no more")
	s.press(fyne.KeyHome)
	require.Contains(t, s.words(), "Order #130, Ana\nTell the team")
	s.Hide()
	s.Show()
	s.loop.Turn()
	require.Equal(t, engine.RunFilter{Limit: 130}, s.desk.asked[3], "as many as there were, so that one's place is kept")
}

func TestChips(t *testing.T) {
	s := show(t, many(engine.Failed))
	require.Contains(t, s.words(), "Failed 2\nWaiting 1\nFiltered\nHeld, unsure 1")
	s.tap(t, "Failed 2")
	require.Equal(t, []engine.State{engine.Failed}, s.desk.asked[len(s.desk.asked)-1].States)
	require.NotContains(t, s.words(), "Jo Park")

	d := order(1042, "Ana Silva", "189.00", engine.Succeeded, 26*time.Second)
	s.desk.details[1042] = d
	s.desk.details[1044] = order(1044, "Fails Too", "189.00", engine.Failed, 0)
	s.desk.details[1045] = order(1045, "All Fine", "189.00", engine.Succeeded, 0)
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1042}, {Kind: engine.RunChanged, RunID: 1044}, {Kind: engine.RunChanged, RunID: 1045}})
	s.loop.Turn()
	words := s.words()
	require.Contains(t, words, "Fails Too")
	require.NotContains(t, words, "All Fine")
	require.Equal(t, 2, strings.Count(words, "Order #1042"), "what was corrected stays until another chip is chosen")

	quiet := show(t, newDesk(order(1, "Ana", "1", engine.Succeeded, 0)))
	require.NotContains(t, quiet.words(), "Held")
	quiet.tap(t, "Filtered")
	require.Contains(t, quiet.words(), "There are no such runs.")
}

func TestSearch(t *testing.T) {
	s := show(t, many(engine.Failed))
	search := uitest.Find(t, s.Content(), func(*widget.Entry) bool { return true })
	for _, query := range []string{"jo park", "#1041", "evt-1041"} {
		search.SetText(query)
		words := s.words()
		require.Contains(t, words, "Order #1041, Jo Park", query)
		require.NotContains(t, words, "Lea Novak", query)
	}
	search.SetText("nobody")
	require.Contains(t, s.words(), "No run has these words")
	require.NotContains(t, s.words(), "Look further back")

	var all []desk.RunDetail
	for id := int64(1); id <= 60; id++ {
		all = append(all, order(id, fmt.Sprintf("Person %d.", id), "189.00", engine.Succeeded, time.Duration(61-id)*time.Minute))
	}
	s = show(t, newDesk(all...))
	uitest.Find(t, s.Content(), func(*widget.Entry) bool { return true }).SetText("person 5.")
	s.loop.Turn()
	require.Len(t, s.desk.asked, 1, "searching alone reads nothing")
	require.Contains(t, s.words(), "None of the 50 newest runs has these words.")
	s.tap(t, "Look further back")
	require.Contains(t, s.words(), "Order #5, Person 5.")
}

func TestRetry(t *testing.T) {
	for name, test := range map[string]struct {
		state engine.State
		tap   string // empty for the key R
		asks  string
		yes   string
	}{
		"failed":                {engine.Failed, "Try again", "", ""},
		"failed, at the bottom": {engine.Failed, "Retry from step 3", "", ""},
		"failed, by key":        {engine.Failed, "", "", ""},
		"succeeded repeats":     {engine.Succeeded, "Run again from the start", "“Send a message”", "Do it again"},
		"succeeded, by key":     {engine.Succeeded, "", "“Send a message”", "Do it again"},
		"unsure was explained":  {engine.Unsure, "Send again", "", ""},
		"unsure, by key":        {engine.Unsure, "", "it will be there twice", "Send again"},
		"unsure, at the bottom": {engine.Unsure, "Retry from step 3", "it will be there twice", "Send again"},
	} {
		t.Run(name, func(t *testing.T) {
			s := show(t, many(test.state))
			if test.tap == "" {
				s.nav.Window.Canvas().Focused().TypedRune('r')
				s.loop.Turn()
			} else {
				s.tap(t, test.tap)
			}
			if test.asks != "" {
				require.Empty(t, s.desk.done, "not before it was asked")
				require.Contains(t, uitest.Words(s.nav.Window.Canvas().Overlays().Top()), test.asks)
				s.answer(t, test.yes)
			}
			require.Equal(t, []string{`retry 1042 ""`}, s.desk.done)
			require.NotEmpty(t, s.nav.Toasts)
		})
	}
	for _, state := range []engine.State{engine.Queued, engine.Filtered} {
		s := show(t, many(state))
		s.nav.Window.Canvas().Focused().TypedRune('R')
		s.loop.Turn()
		require.Empty(t, s.desk.done, state)
	}
}

func TestOtherDeeds(t *testing.T) {
	s := show(t, many(engine.Failed))
	s.tap(t, "Open step 3")
	require.Equal(t, []string{`recipe 1 "post"`}, s.opened)
	s.tap(t, "Replay")
	require.Equal(t, []string{"replay 1042"}, s.desk.done)
	require.Contains(t, s.words(), "replay of an earlier run", "the new run is open")
	s.tap(t, "Cancel the run")
	require.Equal(t, "cancel 2000", s.desk.done[1])

	s = show(t, many(engine.Succeeded))
	s.tap(t, "Replay")
	require.Empty(t, s.desk.done)
	s.answer(t, "Replay")
	require.Equal(t, []string{"replay 1042"}, s.desk.done)

	s = show(t, many(engine.Held))
	s.tap(t, "Leave it")
	require.Equal(t, []string{"cancel 1042"}, s.desk.done)

	s = show(t, many(engine.Failed))
	s.press(fyne.KeyReturn)
	s.press(fyne.KeySpace)
	require.Equal(t, []string{`retry 1042 ""`}, s.desk.done, "Enter goes to what helps most")
	s.press(fyne.KeyDown)
	require.Contains(t, s.words(), "Order #1041, Jo Park\nTell the team about big orders · Today 08:58:30", "then the list has the keyboard again")
}

func TestTroubleIsTold(t *testing.T) {
	s := show(t, many(engine.Failed))
	s.desk.err = engine.Errorf(engine.Unavailable, "The disk is full. Free some space.")
	s.tap(t, "Try again")
	require.Contains(t, uitest.Words(s.nav.Window.Canvas().Overlays().Top()), "The disk is full. Free some space.")
	require.Empty(t, s.nav.Toasts)
	s.answer(t, "OK")
	s.Show()
	s.loop.Turn()
	require.Contains(t, s.words(), "The runs cannot be read. The disk is full. Free some space.")
	s.desk.err = nil
	s.Show()
	s.loop.Turn()
	require.NotContains(t, s.words(), "The disk is full")
	require.Contains(t, s.words(), notFound)

	s.Open(99)
	s.loop.Turn()
	require.Contains(t, s.words(), "This run cannot be shown. There is no run 99.")
}

func TestWhatChangesWhileRunsAreReadIsNotLost(t *testing.T) {
	uitest.NewApp(t)
	s := newPage(many(engine.Queued))
	s.nav.Window = uitest.Window(t, s.Content(), 1072, 800)
	s.Show()
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1042}})
	s.loop.Turn()
	require.Equal(t, []engine.RunFilter{{Limit: 50}, {IDs: []int64{1042}, Limit: 1}}, s.desk.asked, "read again after the page")
}

func TestAnswersAndAttempts(t *testing.T) {
	s := show(t, many(engine.Failed))
	s.tap(t, "What came back")
	require.Contains(t, s.words(), "Error\nchannel_not_found\nOk\nfalse")
	s.tap(t, "Show the whole answer")
	code := uitest.Find(t, s.Content(), func(*widget.CodeView) bool { return true })
	require.Equal(t, "HTTP 200\nContent-Type: application/json; charset=utf-8\n\n{\n  \"ok\": false,\n  \"error\": \"channel_not_found\"\n}", code.Text())
	s.tap(t, "Attempts (3)")
	require.Contains(t, s.words(), "1 · Today 09:12:04\nFailed · 380 ms")
	s.tap(t, "Show attempt 2")
	require.Contains(t, s.words(), "Attempt 2 of 3")
	s.tap(t, "Show the whole message")
	require.True(t, strings.HasPrefix(code.Text(), "POST https://slack.com/api/chat.postMessage\nAuthorization: •••\n"), code.Text())
	s.focusRuns(t)
	s.press(fyne.KeyDown)
	require.Empty(t, code.Text(), "another run begins folded, and gives the memory back")
	require.NotContains(t, s.words(), "Attempt 2 of 3")

	s = show(t, many(engine.Unsure))
	s.tap(t, "What came back")
	require.Contains(t, s.words(), "No answer is on record.")
	s.tap(t, "Attempts (1)")
	require.Contains(t, s.words(), "It was cut off, so it is not known whether it arrived.")
}

func TestNothingBigIsInAText(t *testing.T) {
	d := order(1, "Ana", "189.00", engine.Failed, time.Minute)
	big := strings.Repeat("0123456789", 20_000)
	d.Event.Body = fmt.Appendf(nil, `{"name":%q}`, big)
	fields := map[string]any{"name": big}
	for i := range 500 {
		fields[fmt.Sprintf("field_%d", i)] = "x"
	}
	d.Data = fields
	d.Steps[1].Input = json.RawMessage(fmt.Sprintf(`{"text":%q}`, big))
	d.Steps[1].Attempts[2].Response.Body = big
	s := show(t, newDesk(d))
	for _, tap := range []string{"Show all fields", "Raw", "What came back", "Show the whole answer"} {
		s.tap(t, tap)
		for o := range uitest.Visible(s.Content()) {
			if text, ok := o.(*widget.Text); ok {
				require.Less(t, len(text.Words()), 400)
			}
		}
	}
	require.Contains(t, s.words(), "… and 441 more fields. Raw has all of them.")
}

func TestCopyForSupportTellsNothingPrivate(t *testing.T) {
	s := show(t, many(engine.Failed))
	s.tap(t, "Copy for support")
	text := fyne.CurrentApp().Clipboard().Content()
	for _, private := range []string{"Ana", "189", "#ordrs", "example.com", "•••", "Tell the team"} {
		require.NotContains(t, text, private)
	}
	for _, useful := range []string{"Run 1042 of recipe 1, version 1: failed", "3. slack.send_message: failed", "refused: channel_not_found",
		"sent POST https://slack.com/api/chat.postMessage, 60 bytes", "got status 200"} {
		require.Contains(t, text, useful)
	}
}

func TestEmptyPageLeadsOn(t *testing.T) {
	s := show(t, newDesk())
	require.Contains(t, s.words(), "No runs yet")
	s.tap(t, "Send a pretend order")
	require.Equal(t, 1, s.tries)
	s.desk.details[1] = order(1, "Ana", "189.00", engine.Queued, 0)
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1, State: engine.Queued}})
	s.loop.Turn()
	require.NotContains(t, s.words(), "No runs yet")
	require.Contains(t, s.words(), "evt-1")
}
