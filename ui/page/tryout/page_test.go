package tryout_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/dryrun"
	"bellhop/ui/page/tryout"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

var now = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

type fakeDesk struct {
	engine.Catalog
	recipe engine.Recipe
	result dryrun.Result
	err    error
	trials []desk.Trial
	opened []string
}

func (f *fakeDesk) Recipe(context.Context, int64) (engine.Recipe, error) { return f.recipe, nil }

func (f *fakeDesk) Version(context.Context, int64, int) (engine.Definition, error) {
	return engine.Definition{Steps: []engine.Step{{ID: "post", Name: "As published", Use: "slack.send"}}}, nil
}

func (f *fakeDesk) DryRun(_ context.Context, _ int64, t desk.Trial) (dryrun.Result, error) {
	f.trials = append(f.trials, t)
	return f.result, f.err
}

func (f *fakeDesk) Operation(use string) (engine.Connector, engine.Operation, bool) {
	if use == "logic.filter" {
		return engine.Connector{Name: "logic", Title: "Logic", Glyph: "L"}, engine.Operation{Title: "Only go on if …", Logic: engine.LogicFilter}, true
	}
	return engine.Connector{Name: "slack", Title: "Slack", Color: "#611F69", Glyph: "#"},
		engine.Operation{Title: "Send a message", Fields: []engine.Field{{Name: "channel", Label: "Channel"}, {Name: "text", Label: "Message"}}}, true
}

// tried are outcomes of n events: every third is filtered, and the newest failed.
func tried(n int) dryrun.Result {
	r := dryrun.Result{Apps: map[string]int{}, States: map[engine.State]int{}}
	for i := range n {
		o := dryrun.Outcome{Event: engine.Event{Key: fmt.Sprint("evt", i), ReceivedAt: now.Add(time.Duration(i-n) * time.Minute)}, Apps: []string{"Slack"}}
		o.Run = engine.Run{State: engine.Succeeded, Title: fmt.Sprintf("Order #%d", i+1), Steps: []engine.StepRun{
			{Position: 0, Step: "big", Use: "logic.filter", State: engine.Succeeded, Note: "189.00 is over 100"},
			{Position: 1, Step: "post", Use: "slack.send", State: engine.Succeeded, Input: json.RawMessage(fmt.Sprintf(`{"channel":"#orders","text":"Order #%d came"}`, i+1)), Attempts: []engine.Attempt{{Number: 1}}},
		}}
		switch {
		case i == n-1:
			o.Run.State, o.Run.Failure = engine.Failed, &engine.Failure{Step: "post", Code: engine.Invalid, Message: "The pill {{trigger.nam}} finds nothing."}
			o.Run.Steps[1].State, o.Run.Steps[1].Failure, o.Run.Steps[1].Attempts, o.Apps = engine.Failed, o.Run.Failure, nil, nil
		case i%3 == 0:
			o.Run.State, o.Apps = engine.Filtered, nil
			o.Run.Steps = o.Run.Steps[:1]
			o.Run.Steps[0].State, o.Run.Steps[0].Note = engine.Filtered, "49.00 is not over 100"
		}
		for _, app := range o.Apps {
			r.Apps[app]++
		}
		r.States[o.Run.State]++
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

func newDesk(r dryrun.Result) *fakeDesk {
	return &fakeDesk{result: r, recipe: engine.Recipe{ID: 1, Name: "Big orders", Published: 2, Draft: engine.Definition{Steps: []engine.Step{
		{ID: "big", Name: "Only big orders", Use: "logic.filter"}, {ID: "post", Use: "slack.send"}}}}}
}

type world struct {
	*tryout.Page
	desk *fakeDesk
	loop *uitest.Loop
	nav  *uitest.Navigator
}

func newWorld(f *fakeDesk) *world {
	w := &world{desk: f, loop: uitest.NewLoop(), nav: &uitest.Navigator{}}
	w.Page = tryout.New(tryout.Params{
		Loop: w.loop.UI(), Navigator: w.nav, Desk: f, Versions: f, Catalog: f, RecipeID: 1, Now: func() time.Time { return now },
		OnOpenStep: func(step string) { f.opened = append(f.opened, step) },
	})
	return w
}

func (w *world) open(t testing.TB) *world {
	w.nav.Window = uitest.Window(t, w.Content(), 1000, 700)
	w.Show()
	w.loop.Turn()
	return w
}

func (w *world) words() string { return uitest.Words(w.Content()) }

func TestItTellsWhatWouldHaveHappened(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(newDesk(tried(20))).open(t)
	require.Equal(t, []desk.Trial{{Draft: true, Last: 20}}, w.desk.trials)
	for _, says := range []string{"What “Big orders” would have done", "Of 20 events:", "12 to Slack", "7 Filtered", "1 Failed",
		"Order #20", "The pill {{trigger.nam}} finds nothing.", "2 · Only big orders", "3 · Send a message"} {
		require.Contains(t, w.words(), says)
	}
	require.Less(t, strings.Index(w.words(), "Order #20"), strings.Index(w.words(), "Order #18"), "the newest first")

	list := uitest.Find(t, w.Content(), func(l *widget.List) bool { return l.Name == "Events" })
	c := w.nav.Window.Canvas()
	c.Focus(list)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Contains(t, w.words(), "49.00 is not over 100")
	require.NotContains(t, w.words(), "3 · Send a message", "it would not have come there")
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Contains(t, w.words(), "Would be sent")
	require.Contains(t, w.words(), "Channel: #orders\nMessage: Order #18 came")
	uitest.Tap(t, w.Content(), "Open this step in the recipe: 3 · Send a message")
	require.Equal(t, []string{"post"}, w.desk.opened)

	uitest.Tap(t, w.Content(), "What is published")
	w.loop.Turn()
	require.Equal(t, desk.Trial{Last: 20}, w.desk.trials[1])
	require.Contains(t, w.words(), "2 · As published")
	uitest.Tap(t, w.Content(), "The last 20 events")
	uitest.Pick(t, w.nav.Window, "The last 100 events")
	w.loop.Turn()
	require.Equal(t, desk.Trial{Last: 100}, w.desk.trials[2])
}

func TestWhatCannotBeTriedSaysWhy(t *testing.T) {
	uitest.NewApp(t)
	f := newDesk(dryrun.Result{})
	f.err = engine.Problems{{Message: "Channel is missing.", Suggestion: "#orders"}, {Message: "Text is missing."}}
	w := newWorld(f).open(t)
	require.Contains(t, w.words(), "It cannot be tried. 2 things are to be put right first. The first: Channel is missing. Did you mean \"#orders\"?")
	f.err = engine.Errorf(engine.Conflict, "The recipe was never published.")
	uitest.Tap(t, w.Content(), "What is published")
	w.loop.Turn()
	require.Contains(t, w.words(), "The recipe was never published.")
	f.err, f.result = nil, tried(1)
	f.result.Outcomes[0].Event.Key = "example"
	uitest.Tap(t, w.Content(), "Try again")
	w.loop.Turn()
	require.NotContains(t, w.words(), "It cannot be tried.")
	require.Contains(t, w.words(), "There was no event yet, so this is the app's example:")
}

func TestManyEventsAndRounds(t *testing.T) {
	uitest.NewApp(t)
	f := newDesk(tried(500))
	steps := f.result.Outcomes[499].Run.Steps
	for i := range 3000 {
		s := steps[1]
		s.Round = fmt.Sprint(i)
		steps = append(steps, s)
	}
	f.result.Outcomes[499].Run.Steps = steps
	w := newWorld(f).open(t)
	require.Less(t, strings.Count(w.words(), "Order #"), 100, "only what can be seen is made")
	require.Contains(t, w.words(), "(round 1)")
	require.Contains(t, w.words(), "… and 2942 more")
}

func TestMarkup(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(newDesk(tried(4)))
	w.Show()
	w.loop.Turn()
	uitest.Markup(t, "tried", w.Content(), 1000, 600)
}

func TestLook(t *testing.T) {
	uitest.Render(t, "tryout", 1072, 700, func(fyne.App) fyne.CanvasObject {
		w := newWorld(newDesk(tried(20))).open(t)
		list := uitest.Find(t, w.Content(), func(l *widget.List) bool { return l.Name == "Events" })
		list.Select(2)
		return widget.NewSurface(theme.ColorBackground, w.Content())
	})
}
