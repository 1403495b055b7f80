package activity_test

import (
	"encoding/json"
	"fmt"
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

// packing is a run with paths, a loop of n rounds of which the third and every fifth after it have a state,
// and steps for when it fails.
func packing(id int64, n int, state engine.State) desk.RunDetail {
	at := now.Add(-time.Minute)
	post := func(id string) engine.Step {
		return engine.Step{ID: id, Use: "slack.send_message", Connection: "Shop Slack", With: map[string]any{"text": "Pack {{each.item.title}}"}}
	}
	d := order(id, "Ana Silva", "189.00", engine.Succeeded, time.Minute)
	d.Definition.Steps = []engine.Step{
		{ID: "where", Name: "Where to?", Use: "logic.paths", Paths: []engine.Path{
			{Name: "Abroad", When: map[string]any{}, Steps: []engine.Step{post("abroad")}},
			{Name: "Otherwise", Steps: []engine.Step{{ID: "each", Name: "For each line", Use: "logic.loop", Steps: []engine.Step{post("pack")}}}},
		}},
		post("after"),
	}
	d.Definition.IfFailed = []engine.Step{post("tell")}
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"title":"Linen shirt %d","quantity":1}`, i+1)
	}
	d.Steps = []engine.StepRun{
		{Position: 0, Step: "where", Use: "logic.paths", State: engine.Succeeded, Note: "Otherwise: no other path fits", Output: json.RawMessage(`{"path":"Otherwise","paths":["Otherwise"]}`), StartedAt: at, FinishedAt: at},
		{Position: 2, Step: "each", Use: "logic.loop", State: state, Input: json.RawMessage(`{"items":[` + strings.Join(items, ",") + `]}`), StartedAt: at},
	}
	bad := 0
	for i := range n {
		s := engine.StepRun{Position: 3, Round: fmt.Sprint(i), Step: "pack", Use: "slack.send_message", State: engine.Succeeded, StartedAt: at, FinishedAt: at.Add(time.Second),
			Input: json.RawMessage(fmt.Sprintf(`{"text":"Pack Linen shirt %d"}`, i+1)), Attempts: []engine.Attempt{attempt(1, at, nil)}}
		if i%5 == 2 && state != engine.Succeeded {
			bad++
			s.State, s.Failure = state, &engine.Failure{Step: "pack", Code: engine.Refused, Message: notFound}
		}
		d.Steps = append(d.Steps, s)
	}
	d.State = state
	if state != engine.Succeeded {
		d.Failure = &engine.Failure{Step: "each", Code: engine.Refused, Message: fmt.Sprintf("%d of %d failed. The first: %s", bad, n, notFound)}
		if state == engine.Unsure {
			d.Failure = &engine.Failure{Step: "pack", Code: engine.Unavailable, Message: "Slack closed the connection before it answered."}
		}
		d.Steps[1].Failure = d.Failure
	}
	if state == engine.Failed {
		d.Steps = append(d.Steps, engine.StepRun{Position: 5, Step: "tell", Use: "slack.send_message", State: engine.Succeeded, StartedAt: at, FinishedAt: at,
			Input: json.RawMessage(`{"text":"It failed"}`), Attempts: []engine.Attempt{attempt(1, at, nil)}})
	}
	return d
}

func TestALoopTellsItsRounds(t *testing.T) {
	s := show(t, newDesk(packing(1, 12, engine.Failed)))
	words := s.words()
	for _, says := range []string{"Failed at step 4", "2 of 12 failed", "4 · For each line", "Abroad\nnot taken", "Otherwise\ntaken",
		"3 · Linen shirt 3", "Round 3 of 12", "5 · Send a message", "Pack Linen shirt 3", "Retry what failed", "If it failed", "7 · Send a message", "It failed", "6 · Send a message\nNot reached"} {
		require.Contains(t, words, says)
	}
	require.NotContains(t, words, "Pack Linen shirt 1\n", "only one round is open")
	s.tap(t, "Retry what failed")
	require.Equal(t, []string{`retry 1 ""`}, s.desk.done, "what went through is not repeated, so nothing is asked")

	// By keyboard: rounds are opened and folded.
	list := uitest.Find(t, s.Content(), func(l *widget.List) bool { return l.Name == "Rounds of the loop" })
	c := s.nav.Window.Canvas()
	c.Focus(list)
	s.press(fyne.KeyReturn)
	require.Contains(t, s.words(), "Round 1 of 12")
	require.Contains(t, s.words(), "Pack Linen shirt 1\n")
	c.Focus(list)
	s.press(fyne.KeyReturn)
	require.NotContains(t, s.words(), "Round 1 of 12", "folded")

	// Another run begins anew.
	s = show(t, newDesk(packing(1, 12, engine.Succeeded)))
	require.Contains(t, s.words(), "All 12 done")
	require.NotContains(t, s.words(), "Round 3 of 12")
	require.NotContains(t, s.words(), "If it failed")
}

func TestAThousandRoundsAreMadeOnlyWhereTheyAreSeen(t *testing.T) {
	s := show(t, newDesk(packing(1, 5000, engine.Failed)))
	require.Contains(t, s.words(), "1000 of 5000 failed")
	shown := strings.Count(s.words(), "Linen shirt")
	require.Less(t, shown, 60, "a round has some words")
	require.Greater(t, shown, 4)
}

func TestLoopsInLoops(t *testing.T) {
	d := order(1, "Ana", "1.00", engine.Failed, time.Minute)
	send := engine.Step{ID: "send", Use: "slack.send_message"}
	d.Definition.Steps = []engine.Step{{ID: "a", Name: "Boxes", Use: "logic.loop", Steps: []engine.Step{{ID: "b", Name: "Things", Use: "logic.loop", Steps: []engine.Step{send}}}}}
	d.Failure = &engine.Failure{Step: "a", Code: engine.Refused, Message: "1 of 2 failed."}
	list := json.RawMessage(`{"items":["left","right"]}`)
	d.Steps = []engine.StepRun{
		{Position: 0, Step: "a", Use: "logic.loop", State: engine.Failed, Input: list},
		{Position: 1, Round: "0", Step: "b", Use: "logic.loop", State: engine.Succeeded, Input: list},
		{Position: 1, Round: "1", Step: "b", Use: "logic.loop", State: engine.Failed, Input: list, Failure: &engine.Failure{Message: "1 of 2 failed within."}},
	}
	for _, r := range []string{"0.0", "0.1", "1.0", "1.1"} {
		d.Steps = append(d.Steps, engine.StepRun{Position: 2, Round: r, Step: "send", Use: "slack.send_message", State: engine.Succeeded, Input: json.RawMessage(`{"text":"in ` + r + `"}`)})
	}
	d.Steps[6].State, d.Steps[6].Failure = engine.Failed, &engine.Failure{Message: "Slack said no."}
	s := show(t, newDesk(d))
	words := s.words()
	require.Contains(t, words, "1 of 2 failed within.")
	require.Contains(t, words, "in 1.1", "the round of the round that failed is open")
	require.NotContains(t, words, "in 0.0")
}

func TestSeveralRoundsInDoubtAreSettledOneByOne(t *testing.T) {
	s := show(t, newDesk(packing(1, 12, engine.Unsure)))
	words := s.words()
	require.Contains(t, words, "There are 2 such requests.")
	require.Contains(t, words, "2 of 12 in doubt")
	require.Contains(t, words, "Slack closed the connection before it answered.")
	s.tap(t, "This one went through")
	s.tap(t, "Send this one again")
	s.tap(t, "It went through")
	require.Equal(t, []string{"settle 1 pack 2 true", "settle 1 pack 2 false", "went through 1"}, s.desk.done)
}

func TestWhatIsInDoubtIsSettled(t *testing.T) {
	s := show(t, many(engine.Unsure))
	require.NotContains(t, s.words(), "This one went through", "there is but one")
	require.NotContains(t, s.words(), "Check\n", "this app cannot be asked")
	require.Contains(t, s.words(), "Look there first (Slack)")
	s.tap(t, "It went through")
	require.Equal(t, []string{"went through 1042"}, s.desk.done)
	require.Equal(t, []string{"Noted. The run goes on."}, s.nav.Toasts)
	settled := order(1042, "Ana", "189.00", engine.Succeeded, time.Minute)
	settled.Steps[1].Note = "a person said it went through"
	s.desk.details[1042] = settled
	s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1042}})
	s.loop.Turn()
	require.Contains(t, s.words(), "Decided\na person said it went through")

	for sent, test := range map[desk.Sent]string{
		desk.SentFound: "Slack has it: it went through.", desk.SentNotFound: "Slack does not have it.", desk.SentUnknown: "Slack cannot be reached now.",
	} {
		f := many(engine.Unsure)
		f.canCheck, f.checked = true, desk.Checked{Sent: sent, Says: test + " And what to do."}
		s = show(t, f)
		require.Contains(t, s.words(), "Bellhop can ask Slack.")
		s.tap(t, "Check")
		require.Contains(t, s.words(), test+" And what to do.")
		best := map[desk.Sent]string{desk.SentFound: "It went through", desk.SentNotFound: "Send again"}[sent]
		for o := range uitest.Visible(s.Content()) {
			if b, ok := o.(*widget.Button); ok && b.Style == widget.Filled {
				require.Equal(t, best, b.Text, sent)
				best = ""
			}
		}
		require.Empty(t, best, sent)
		require.Equal(t, sent == desk.SentUnknown, strings.Contains(s.words(), "Check\n"), "another time it may know")
		s.press(fyne.KeyDown)
		require.NotContains(t, s.words(), test, "another run was not asked about")
	}
}

func TestARunThatWaitsForAConnectionSaysSo(t *testing.T) {
	d := order(2, "Ana", "189.00", engine.Waiting, time.Minute)
	d.Failure = &engine.Failure{Step: "post", Code: engine.Unavailable, Message: "Slack is away since 09:02. It does not answer.", Unsent: true, WaitsFor: "Shop Slack"}
	d.Steps[1].Failure = d.Failure
	s := show(t, newDesk(d))
	require.Contains(t, s.words(), "Slack is away since 09:02. It does not answer. The run goes on by itself as soon as it is back.")
	require.Contains(t, s.words(), "Waits for Shop Slack")
	d.Failure.Code = engine.Unauthorized
	s = show(t, newDesk(d))
	require.Contains(t, s.words(), "It does not answer. Nothing is lost, and no try is used up.")
	s.tap(t, "Open the connection Shop Slack")
	require.Equal(t, []string{"connection Shop Slack"}, s.opened)
}

func TestWhereARunComesFrom(t *testing.T) {
	child, replay := order(5, "Ana", "1.00", engine.Succeeded, time.Minute), order(4, "Ana", "1.00", engine.Succeeded, time.Minute)
	child.CalledBy, child.Recovered = 4, true
	replay.ReplayOf, replay.Version = 5, -1
	replay.Steps[0].Note = "collected with run 5"
	s := show(t, newDesk(child, replay))
	require.Contains(t, s.words(), "Recovered")
	s.tap(t, "Started by run 4")
	require.Contains(t, s.words(), "with the draft as it was")
	uitest.Tap(t, s.Content(), "What can be done with step 2")
	uitest.Pick(t, s.nav.Window, "Open run 5")
	s.loop.Turn()
	require.Contains(t, s.words(), "Started by run 4")
}

func TestOthersAreLetGo(t *testing.T) {
	d := order(3, "Ana", "189.00", engine.Failed, time.Minute)
	d.BlocksUntil = engine.Never
	s := show(t, newDesk(d))
	require.Contains(t, s.words(), "The runs behind it wait until you have dealt with it.")
	s.tap(t, "Let the others go on")
	require.Equal(t, []string{"unblock 3"}, s.desk.done)
	d.BlocksUntil = now.Add(time.Hour)
	require.Contains(t, show(t, newDesk(d)).words(), "Today 10:12 at the latest")
	d.BlocksUntil = now.Add(-time.Hour)
	require.NotContains(t, show(t, newDesk(d)).words(), "Let the others go on")
}

func TestReplayWithTheDraft(t *testing.T) {
	f := many(engine.Failed)
	f.changed = true
	s := show(t, f)
	s.tap(t, "Replay")
	uitest.Pick(t, s.nav.Window, "With the draft")
	s.loop.Turn()
	require.Equal(t, []string{"replay 1042 with the draft"}, s.desk.done)
}
