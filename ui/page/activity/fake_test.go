package activity_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/mapping"
	"bellhop/ui/page/activity"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// fakeDesk keeps runs in memory.
type fakeDesk struct {
	details map[int64]desk.RunDetail
	err     error
	// asked are the filters of Runs, and done what was asked for.
	asked []engine.RunFilter
	done  []string
	// checked is what the app says of what is in doubt, skip how many of many runs cannot be changed, and
	// changed says that the recipe's draft is another than what is published.
	checked desk.Checked
	skip    int
	changed bool
	// canCheck says that Slack can be asked.
	canCheck bool
}

func (f *fakeDesk) Runs(_ context.Context, filter engine.RunFilter) ([]engine.Run, error) {
	f.asked = append(f.asked, filter)
	if f.err != nil {
		return nil, f.err
	}
	var ids []int64
	for id := range f.details {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	runs := []engine.Run{}
	for _, id := range ids {
		r := f.details[id].Run
		if len(runs) == filter.Limit ||
			len(filter.States) > 0 && !slices.Contains(filter.States, r.State) ||
			len(filter.IDs) > 0 && !slices.Contains(filter.IDs, id) ||
			filter.RecipeID != 0 && r.RecipeID != filter.RecipeID ||
			filter.Before > 0 && id >= filter.Before {
			continue
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func (f *fakeDesk) Run(_ context.Context, id int64) (desk.RunDetail, error) {
	d, ok := f.details[id]
	if !ok {
		return d, engine.Errorf(engine.NotFound, "There is no run %d.", id)
	}
	return d, f.err
}

func (f *fakeDesk) StateCounts(context.Context) (map[engine.State]int, error) {
	counts := map[engine.State]int{}
	for _, d := range f.details {
		counts[d.State]++
	}
	return counts, f.err
}

func (f *fakeDesk) Retry(_ context.Context, id int64, step string) error {
	f.done = append(f.done, fmt.Sprintf("retry %d %q", id, step))
	return f.err
}

func (f *fakeDesk) Replay(_ context.Context, id int64) (int64, error) {
	f.done = append(f.done, fmt.Sprintf("replay %d", id))
	if f.err != nil {
		return 0, f.err
	}
	d := f.details[id]
	d.ID, d.ReplayOf, d.State, d.Steps, d.Failure = 2000, id, engine.Queued, nil, nil
	f.details[d.ID] = d
	return d.ID, nil
}

func (f *fakeDesk) ReplayDraft(_ context.Context, id int64) (int64, error) {
	f.done = append(f.done, fmt.Sprintf("replay %d with the draft", id))
	return 2000, f.err
}

func (f *fakeDesk) Unblock(_ context.Context, id int64) error {
	f.done = append(f.done, fmt.Sprintf("unblock %d", id))
	return f.err
}

func (f *fakeDesk) CheckSent(_ context.Context, id int64) (desk.Checked, error) {
	f.done = append(f.done, fmt.Sprintf("check %d", id))
	return f.checked, f.err
}

func (f *fakeDesk) WentThrough(_ context.Context, id int64) error {
	f.done = append(f.done, fmt.Sprintf("went through %d", id))
	return f.err
}

func (f *fakeDesk) Arrived(_ context.Context, id int64, step, round string, given map[string]string) error {
	f.done = append(f.done, fmt.Sprintf("arrived %d %s %s %v", id, step, round, given))
	return f.err
}

func (f *fakeDesk) Settle(_ context.Context, id int64, step, round string, arrived bool) error {
	f.done = append(f.done, fmt.Sprintf("settle %d %s %s %t", id, step, round, arrived))
	return f.err
}

func (f *fakeDesk) RetryAll(ctx context.Context, filter engine.RunFilter) (desk.Bulk, error) {
	return f.all(ctx, "retry", filter)
}

func (f *fakeDesk) ReplayAll(ctx context.Context, filter engine.RunFilter, draft bool) (desk.Bulk, error) {
	return f.all(ctx, fmt.Sprintf("replay, draft %t,", draft), filter)
}

func (f *fakeDesk) CancelAll(ctx context.Context, filter engine.RunFilter) (desk.Bulk, error) {
	return f.all(ctx, "cancel", filter)
}

// all notes what was asked for, and leaves out as many as skip says.
func (f *fakeDesk) all(ctx context.Context, what string, filter engine.RunFilter) (desk.Bulk, error) {
	f.done = append(f.done, fmt.Sprintf("%s %v %v", what, filter.IDs, filter.States))
	if f.err != nil || ctx.Err() != nil {
		return desk.Bulk{}, cmp.Or(f.err, ctx.Err())
	}
	b := desk.Bulk{Done: len(filter.IDs) - f.skip, Skipped: f.skip}
	if f.skip > 0 {
		b.Why = "This run is over already."
	}
	return b, nil
}

func (f *fakeDesk) Cancel(_ context.Context, id int64) error {
	f.done = append(f.done, fmt.Sprintf("cancel %d", id))
	return f.err
}

func (f *fakeDesk) Recipes(context.Context) ([]engine.Recipe, error) {
	return []engine.Recipe{{ID: 1, Published: 1, Changed: f.changed, Name: "Tell the team about big orders", Draft: engine.Definition{Trigger: engine.Trigger{Use: "shopify.order_created"}}}}, nil
}

// Connectors is not asked for.
func (f *fakeDesk) Connectors() []engine.Connector { return nil }

// Connector is not asked for.
func (f *fakeDesk) Connector(string) (engine.Connector, bool) { return engine.Connector{}, false }

// Operation knows the operations of the recipe below.
func (f *fakeDesk) Operation(use string) (engine.Connector, engine.Operation, bool) {
	switch use {
	case "shopify.order_created":
		return engine.Connector{Name: "shopify", Title: "Shopify", Color: "#4B7F28", Glyph: "S"},
			engine.Operation{Name: "order_created", Title: "New order", Webhook: &engine.WebhookSpec{}}, true
	case "logic.filter":
		return engine.Connector{Name: "logic", Title: "Logic", Glyph: "L"},
			engine.Operation{Name: "filter", Title: "Only go on if …", Summary: "Only if {{rules}}", Logic: "filter", Fields: []engine.Field{{Name: "rules", Type: engine.FieldRules, Label: "Rules"}}}, true
	case "logic.paths":
		return engine.Connector{Name: "logic", Title: "Logic", Glyph: "L"}, engine.Operation{Name: "paths", Title: "Paths", Logic: "paths", Holds: engine.HoldsPaths}, true
	case "logic.loop":
		return engine.Connector{Name: "logic", Title: "Logic", Glyph: "L"}, engine.Operation{Name: "loop", Title: "For each", Logic: "loop", Holds: engine.HoldsSteps}, true
	case "slack.send_message":
		var check *engine.CheckSpec
		if f.canCheck {
			check = &engine.CheckSpec{When: engine.When{"channel": "#ordrs"}}
		}
		return engine.Connector{Name: "slack", Title: "Slack", Color: "#611F69", Glyph: "S"},
			engine.Operation{Name: "send_message", Title: "Send a message", Request: &engine.RequestSpec{}, Check: check, Fields: []engine.Field{
				{Name: "channel", Label: "Channel"}, {Name: "text", Label: "Message"}, {Name: "thread_ts", Label: "Reply to"}}}, true
	}
	return engine.Connector{}, engine.Operation{}, false
}

var now = time.Date(2026, 11, 21, 9, 12, 30, 0, time.UTC)

const notFound = "Slack has no channel #ordrs that your app can see. Check the name, and if the channel is private, invite your app to it."

// order is a run of an order, in a state, as it was at a time before now.
func order(id int64, who, total string, state engine.State, before time.Duration) desk.RunDetail {
	at := now.Add(-before)
	body := fmt.Appendf(nil, `{"id":6094853177%03d,"name":"#%d","total_price":%q,"currency":"EUR","note":null,"customer":{"first_name":%q,"email":"a@example.com"},"line_items":[{"title":"Mug"},{"title":"Tea"}]}`, id%1000, id, total, who)
	data, _ := mapping.Decode(body)
	d := desk.RunDetail{
		Run: engine.Run{ID: id, RecipeID: 1, RecipeName: "Tell the team about big orders", Version: 1, EventID: id, EventKey: fmt.Sprintf("evt-%d", id),
			State: state, Title: fmt.Sprintf("Order #%d, %s", id, who), CreatedAt: at, StartedAt: at.Add(time.Millisecond), FinishedAt: at.Add(1400 * time.Millisecond)},
		Event: engine.Event{ID: id, RecipeID: 1, Body: body, ContentType: "application/json", ReceivedAt: at},
		Data:  data,
		Definition: engine.Definition{Name: "Tell the team about big orders", Trigger: engine.Trigger{Use: "shopify.order_created", Connection: "My shop"}, Steps: []engine.Step{
			{ID: "big", Name: "Only big orders", Use: "logic.filter", With: map[string]any{"rules": []any{map[string]any{"value": "{{trigger.total_price}}", "is": "greater_than", "than": "100"}}}},
			{ID: "post", Use: "slack.send_message", Connection: "Shop Slack", With: map[string]any{"channel": "#ordrs", "text": "New order {{trigger.name}} from {{trigger.customer.first_name}}"}},
		}},
	}
	filter := engine.StepRun{Step: "big", Use: "logic.filter", State: engine.Succeeded, Note: total + " is over 100",
		StartedAt: at.Add(2 * time.Millisecond), FinishedAt: at.Add(3 * time.Millisecond)}
	post := engine.StepRun{Position: 1, Step: "post", Use: "slack.send_message", State: engine.Succeeded, StartedAt: at.Add(5 * time.Millisecond), FinishedAt: at.Add(1395 * time.Millisecond),
		Input: json.RawMessage(fmt.Sprintf(`{"channel":"#ordrs","text":"New order #%d from %s"}`, id, who))}
	d.Steps = []engine.StepRun{filter, post}
	switch state {
	case engine.Queued:
		d.Steps, d.FinishedAt, d.Title = nil, time.Time{}, ""
	case engine.Filtered:
		d.Steps = d.Steps[:1]
		d.Steps[0].State, d.Steps[0].Note = engine.Filtered, total+" is not over 100"
		d.FinishedAt = d.Steps[0].FinishedAt
	case engine.Failed, engine.Waiting, engine.Held:
		failure := &engine.Failure{Step: "post", Code: engine.Refused, Message: notFound, Detail: "channel_not_found"}
		d.Failure, d.Steps[1].Failure, d.Steps[1].State = failure, failure, state
		for n := range 3 {
			d.Steps[1].Attempts = append(d.Steps[1].Attempts, attempt(n+1, at.Add(time.Duration(5+n*500)*time.Millisecond), failure))
		}
		if state != engine.Failed {
			d.FinishedAt, d.Steps[1].FinishedAt, d.DueAt = time.Time{}, time.Time{}, now.Add(50*time.Minute)
		}
	case engine.Unsure:
		d.Steps[1].State, d.Steps[1].FinishedAt = state, time.Time{}
		cut := attempt(1, at.Add(5*time.Millisecond), nil)
		cut.FinishedAt, cut.Response = time.Time{}, nil
		d.Steps[1].Attempts = []engine.Attempt{cut}
	default:
		d.Steps[1].Attempts = []engine.Attempt{attempt(1, at.Add(5*time.Millisecond), nil)}
	}
	return d
}

func attempt(n int, at time.Time, failure *engine.Failure) engine.Attempt {
	answer := `{"ok":true,"channel":"C01","ts":"1763716324.000100"}`
	if failure != nil {
		answer = `{"ok":false,"error":"channel_not_found"}`
	}
	return engine.Attempt{Number: n, StartedAt: at, FinishedAt: at.Add(380 * time.Millisecond), Failure: failure,
		Request: &engine.SentRequest{Method: "POST", URL: "https://slack.com/api/chat.postMessage",
			Headers: map[string]string{"Authorization": "•••", "Content-Type": "application/json; charset=utf-8"}, Body: `{"channel":"#ordrs","text":"New order #1042 from Ana Silva"}`},
		Response: &engine.Response{Status: 200, Headers: map[string]string{"Content-Type": "application/json; charset=utf-8"}, Body: answer}}
}

func newDesk(details ...desk.RunDetail) *fakeDesk {
	f := &fakeDesk{details: map[int64]desk.RunDetail{}}
	for _, d := range details {
		f.details[d.ID] = d
	}
	return f
}

// many is a desk with a run of each kind; the newest is in the state given.
func many(state engine.State) *fakeDesk {
	return newDesk(
		order(1042, "Ana Silva", "189.00", state, 26*time.Second), order(1041, "Jo Park", "120.00", engine.Succeeded, 14*time.Minute),
		order(1040, "M. Diallo", "49.00", engine.Filtered, 42*time.Minute), order(1039, "Lea Novak", "310.50", engine.Succeeded, 3*time.Hour),
		order(1038, "Tom Berg", "150.00", engine.Waiting, 4*time.Hour), order(1037, "Maria-Magdalena Featherstonehaugh-Cholmondeley", "150.00", engine.Failed, 26*time.Hour),
		order(1036, "Kim", "150.00", engine.Unsure, 30*time.Hour), order(1035, "Bo", "1.00", engine.Cancelled, 31*time.Hour))
}

// shown is a page in a window.
type shown struct {
	*activity.Page
	desk   *fakeDesk
	loop   *uitest.Loop
	nav    *uitest.Navigator
	opened []string
	tries  int
	object fyne.CanvasObject
}

func newPage(f *fakeDesk) *shown {
	s := &shown{desk: f, loop: uitest.NewLoop(), nav: &uitest.Navigator{}}
	s.Page = activity.New(activity.Params{
		Loop: s.loop.UI(), Navigator: s.nav, Desk: f, Recipes: f, Catalog: f, Now: func() time.Time { return now },
		OnOpenRecipe:     func(id int64, step string) { s.opened = append(s.opened, fmt.Sprintf("recipe %d %q", id, step)) },
		OnOpenConnection: func(name string) { s.opened = append(s.opened, "connection "+name) },
		OnTryPractice:    func() { s.tries++ },
	})
	return s
}

func show(t *testing.T, f *fakeDesk) *shown {
	t.Helper()
	uitest.NewApp(t)
	s := newPage(f)
	s.nav.Window = uitest.Window(t, s.Content(), 1072, 800)
	s.Show()
	s.loop.Turn()
	return s
}

func (s *shown) words() string { return uitest.Words(s.Content()) }

func (s *shown) tap(t *testing.T, name string) {
	t.Helper()
	uitest.Tap(t, s.Content(), name)
	s.loop.Turn()
}

// answer presses a button of the dialog that is open.
func (s *shown) answer(t *testing.T, name string) {
	t.Helper()
	top := s.nav.Window.Canvas().Overlays().Top()
	require.NotNil(t, top, "no dialog")
	uitest.Tap(t, top, name)
	s.loop.Turn()
}

func (s *shown) press(key fyne.KeyName) {
	s.nav.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
	s.loop.Turn()
}

// focusRuns gives the keyboard to the list, as pressing it does.
func (s *shown) focusRuns(t *testing.T) {
	t.Helper()
	for o := range uitest.Visible(s.Content()) {
		if a, ok := o.(fyne.Accessible); ok && a.AccessibilityLabel() == "Runs" {
			s.nav.Window.Canvas().Focus(o.(fyne.Focusable))
			return
		}
	}
	require.Fail(t, "there is no list")
}

func TestLook(t *testing.T) {
	pictures := map[string]*fakeDesk{"failed": many(engine.Failed), "succeeded": many(engine.Succeeded), "filtered": many(engine.Filtered),
		"waiting": many(engine.Waiting), "unsure": many(engine.Unsure), "held": many(engine.Held), "queued": many(engine.Queued), "empty": newDesk()}
	for name, f := range pictures {
		uitest.Render(t, "activity-"+name, 1072, 800, func(fyne.App) fyne.CanvasObject { return look(f).object })
	}
	uitest.Render(t, "activity-loop", 1072, 1100, func(fyne.App) fyne.CanvasObject {
		return look(newDesk(packing(1, 12, engine.Failed), packing(0, 3, engine.Succeeded))).object
	})
	uitest.Render(t, "activity-doubts", 1072, 1100, func(fyne.App) fyne.CanvasObject { return look(newDesk(packing(1, 12, engine.Unsure))).object })
	uitest.Render(t, "activity-narrow", 800, 600, func(fyne.App) fyne.CanvasObject { return look(many(engine.Failed)).object })
	for tab, name := range []string{"What came back", "Attempts (3)", "Show the whole message", "Raw"} {
		uitest.Render(t, fmt.Sprintf("activity-tab-%d", tab), 1072, 800, func(fyne.App) fyne.CanvasObject {
			s := look(many(engine.Failed))
			s.tap(t, name)
			return s.object
		})
	}
}

func look(f *fakeDesk) *shown {
	s := newPage(f)
	s.object = widget.NewSurface(theme.ColorBackground, s.Content())
	w := test.NewWindow(s.object)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1072, 800))
	s.Show()
	s.loop.Turn()
	return s
}
