package practice_test

import (
	"context"
	"errors"

	"fmt"
	"slices"
	"strings"

	"testing"
	"testing/synctest"

	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/page/practice"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// fakeAccounts are pretend accounts in memory.
type fakeAccounts struct {
	ready    practice.Ready
	placed   []practice.Order
	orders   []practice.Sent
	messages []practice.Message
	fault    practice.Fault
	asleep   bool
	err      error
}

func (f *fakeAccounts) Ready(context.Context) (practice.Ready, error) { return f.ready, f.err }
func (f *fakeAccounts) SendOrder(_ context.Context, o practice.Order) error {
	if f.err != nil {
		return f.err
	}
	f.placed = append(f.placed, o)
	n := len(f.orders) + 1001
	f.orders = slices.Insert(slices.Clone(f.orders), 0, practice.Sent{Name: fmt.Sprintf("#%d", n), Customer: "Ana Silva", Total: "189.00", Currency: "EUR", What: o.What,
		At: now, Status: 200, RunID: int64(n), State: engine.Succeeded})
	f.say("#orders", fmt.Sprintf("New order #%d for €189.00", n), now)
	return nil
}
func (f *fakeAccounts) Orders(context.Context) ([]practice.Sent, error) { return f.orders, f.err }
func (f *fakeAccounts) Messages(context.Context) ([]practice.Message, error) {
	return f.messages, f.err
}
func (f *fakeAccounts) Fault(context.Context) (practice.Fault, error) { return f.fault, f.err }
func (f *fakeAccounts) Asleep(context.Context) (bool, error)          { return f.asleep, f.err }
func (f *fakeAccounts) SetAsleep(_ context.Context, asleep bool) error {
	f.asleep = asleep
	return f.err
}

func (f *fakeAccounts) SetFault(_ context.Context, fault practice.Fault) error {
	if f.err == nil {
		f.fault = fault
	}
	return f.err
}

func (f *fakeAccounts) say(channel, text string, at time.Time) {
	f.messages = append(slices.Clone(f.messages), practice.Message{ID: fmt.Sprint(len(f.messages)), Channel: channel, Text: text, At: at})
}

var now = time.Date(2026, 11, 21, 9, 12, 30, 0, time.UTC)

var on = practice.Ready{RecipeID: 1, Name: "Practice: tell the team about big orders", On: true}

// used is what it looks like after a while.
func used() *fakeAccounts {
	f := &fakeAccounts{ready: on, fault: practice.Busy}
	for i, s := range []practice.Sent{
		{Status: 200, RunID: 6, State: engine.Waiting}, {Status: 200, RunID: 5, State: engine.Failed}, {Status: 200, RunID: 4, State: engine.Filtered, Total: "49.00"},
		{Status: 200, RunID: 3, State: engine.Succeeded}, {Status: 200}, {Status: 503}, {},
	} {
		s.Name, s.Customer, s.Currency, s.At, s.What = fmt.Sprintf("#%d", 1007-i), []string{"Ana Silva", "Jo Park", "Maria-Magdalena Featherstonehaugh"}[i%3], "EUR", now.Add(-time.Duration(i)*3*time.Minute), practice.What(i%2)
		if s.Total == "" {
			s.Total = "189.00"
		}
		f.orders = append(f.orders, s)
	}
	f.say("#orders", "New order #1003 from Ana Silva for €189.00", now.Add(-20*time.Minute))
	f.say("#orders", "New order #1004 from Jo Park for €1,240.50\nIt has a second line, and a very long one at that, so that it must go on and on until it wraps.", now.Add(-9*time.Minute))
	f.say("#orders", "New order #1005 from M. Diallo for €310.00", now.Add(-8*time.Minute))
	return f
}

type shown struct {
	*practice.Page
	accounts *fakeAccounts
	loop     *uitest.Loop
	nav      *uitest.Navigator
	opened   []int64
	setUps   int
	object   fyne.CanvasObject
}

func newPage(f *fakeAccounts) *shown {
	s := &shown{accounts: f, loop: uitest.NewLoop(), nav: &uitest.Navigator{}}
	s.Page = practice.New(practice.Params{
		Loop: s.loop.UI(), Navigator: s.nav, Accounts: f, Now: func() time.Time { return now },
		OnOpenRun: func(id int64) { s.opened = append(s.opened, id) },
		OnSetUp: func(context.Context) error {
			s.setUps++
			f.ready = on
			return f.err
		},
	})
	return s
}

func look(f *fakeAccounts) *shown {
	s := newPage(f)
	s.object = widget.NewSurface(theme.ColorBackground, s.Content())
	w := test.NewWindow(s.object)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1072, 800))
	s.Show()
	s.loop.Turn()
	return s
}

func show(t *testing.T, f *fakeAccounts) *shown {
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
	s.again()
}

// again reads anew at once, without the pause that the page makes between reads.
func (s *shown) again() {
	s.loop.Turn()
	s.Hide()
	s.Show()
	s.loop.Turn()
}

func TestEachStateLooksAsItShould(t *testing.T) {
	for name, f := range map[string]*fakeAccounts{"used": used(), "empty": {ready: on}, "missing": {}, "off": {ready: practice.Ready{RecipeID: 1, Name: "Practice"}}} {
		t.Run(name, func(t *testing.T) {
			uitest.NewApp(t)
			s := newPage(f)
			s.Show()
			s.loop.Turn()
			uitest.Markup(t, name, s.Content(), 1072, 800)
		})
	}
}

func TestSendingOrders(t *testing.T) {
	s := show(t, &fakeAccounts{ready: on})
	require.Contains(t, s.words(), "Nothing was said yet.")
	s.tap(t, "Send a pretend order")
	require.Equal(t, []practice.Order{{}}, s.accounts.placed)
	words := s.words()
	require.Contains(t, words, "#1001, Ana Silva\n189.00 EUR · created · 09:12\nSucceeded")
	require.Contains(t, words, "Bellhop\n09:12\nNew\nNew order #1001 for €189.00")

	entry := uitest.Find(t, s.Content(), func(*widget.Entry) bool { return true })
	entry.SetText("49,50")
	s.tap(t, "Order paid")
	s.tap(t, "3")
	s.tap(t, "Send 3 pretend orders")
	paid := practice.Order{Total: "49.50", What: practice.OrderPaid}
	require.Equal(t, []practice.Order{{}, paid, paid, paid}, s.accounts.placed)
	require.Equal(t, 3, strings.Count(s.words(), "New\n"), "only what came last is new")

	for _, wrong := range []string{"many", "-1", "1.234", "1e9"} {
		entry.SetText(wrong)
		s.tap(t, "Send 3 pretend orders")
		require.Len(t, s.accounts.placed, 4, wrong)
		require.Contains(t, s.words(), "Write an amount such as 189.00")
	}
	entry.SetText("1")
	require.NotContains(t, s.words(), "Write an amount")
	s.tap(t, "1")
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	s.loop.Turn()
	require.Len(t, s.accounts.placed, 5, "Enter sends too")
}

func TestSendingPayments(t *testing.T) {
	s := show(t, &fakeAccounts{ready: on})
	s.tap(t, "Payment")
	s.tap(t, "Send a pretend payment")
	s.tap(t, "Failed payment")
	s.tap(t, "3")
	s.tap(t, "Send 3 pretend payments")
	failed := practice.Order{What: practice.PaymentFailed}
	require.Equal(t, []practice.Order{{What: practice.PaymentMade}, failed, failed, failed}, s.accounts.placed)
	require.Contains(t, s.words(), "189.00 EUR · failed payment · 09:12")
	require.Contains(t, s.words(), "189.00 EUR · payment · 09:12")
	s.tap(t, "Order created")
	s.tap(t, "Send 3 pretend orders")
	require.Equal(t, practice.OrderCreated, s.accounts.placed[4].What)
}

func TestOneSendingAtATime(t *testing.T) {
	s := show(t, &fakeAccounts{ready: on})
	for range 3 {
		uitest.Tap(t, s.Content(), "Send a pretend order")
	}
	s.loop.Turn()
	require.Len(t, s.accounts.placed, 1)
}

func TestOrdersLeadToTheirRuns(t *testing.T) {
	s := show(t, used())
	words := s.words()
	for _, says := range []string{"#1007, Ana Silva\n189.00 EUR · created · 09:12\nWaiting", "Answered 200", "Answered 503", "Nobody was told"} {
		require.Contains(t, words, says)
	}
	var list fyne.Focusable
	for o := range uitest.Visible(s.Content()) {
		if a, ok := o.(fyne.Accessible); ok && a.AccessibilityRole() == fyne.AccessibleRoleContainer && a.AccessibilityLabel() == "Last orders" {
			list = o.(fyne.Focusable)
		}
	}
	s.nav.Window.Canvas().Focus(list)
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn} {
		list.TypedKey(&fyne.KeyEvent{Name: key})
	}
	require.Equal(t, []int64{6, 5}, s.opened, "the last has no run")
}

func TestSettingUp(t *testing.T) {
	s := show(t, &fakeAccounts{})
	require.Contains(t, s.words(), "There is no practice recipe yet.")
	s.tap(t, "Send a pretend order")
	require.Empty(t, s.accounts.placed, "it would lead nowhere")
	s.tap(t, "Set it up")
	require.Equal(t, 1, s.setUps)
	require.NotContains(t, s.words(), "There is no practice recipe yet.")
	require.NotEmpty(t, s.nav.Toasts)
	s.tap(t, "Send a pretend order")
	require.Len(t, s.accounts.placed, 1)

	s = show(t, &fakeAccounts{ready: practice.Ready{RecipeID: 1, Name: "Mine"}})
	require.Contains(t, s.words(), "The practice recipe is off. “Mine” must be on")
	s.tap(t, "Switch it on")
	require.Equal(t, 1, s.setUps)
}

func TestThingsToTry(t *testing.T) {
	s := show(t, &fakeAccounts{ready: on})
	for _, step := range []struct {
		tap  string
		want practice.Fault
	}{
		{"Slack has no such channel, off", practice.Missing}, {"Slack is busy, off", practice.Busy}, {"Slack is down, off", practice.Down},
		{"Slack’s answer gets lost, off", practice.Lost}, {"Slack’s answer gets lost, on", practice.Fine},
	} {
		s.tap(t, step.tap)
		require.Equal(t, step.want, s.accounts.fault, step.tap)
		on := 0
		for o := range uitest.Visible(s.Content()) {
			if toggle, ok := o.(*widget.Toggle); ok && toggle.On {
				on++
			}
		}
		require.LessOrEqual(t, on, 1, "one at a time")
	}
}

func TestAComputerThatSleeps(t *testing.T) {
	s := show(t, &fakeAccounts{ready: on})
	s.tap(t, "This computer sleeps, off")
	require.True(t, s.accounts.asleep)
	s.tap(t, "Slack is busy, off")
	require.True(t, s.accounts.asleep, "it goes on sleeping")
	s.tap(t, "This computer sleeps, on")
	require.False(t, s.accounts.asleep)

	s.accounts.orders = []practice.Sent{{Name: "#1001", RunID: 1, State: engine.Succeeded, Recovered: true}}
	s.again()
	require.Contains(t, s.words(), "Recovered")
}

func TestMessages(t *testing.T) {
	s := show(t, used())
	require.NotContains(t, s.words(), "New\n", "what was there before is not new")
	s.accounts.say("#returns", "One came back", now)
	s.accounts.say("#returns", strings.Repeat("long ", 1000), now)
	s.again()
	words := s.words()
	require.Contains(t, words, "Bellhop\n09:12\nNew\nOne came back", "the channel where something happens is shown")
	for o := range uitest.Visible(s.Content()) {
		if text, ok := o.(*widget.Text); ok {
			require.Less(t, len(text.Words()), 1100)
		}
	}
	s.tap(t, "#orders")
	require.Contains(t, s.words(), "New order #1005 from M. Diallo")
	require.NotContains(t, s.words(), "One came back")

	for i := range 100 {
		s.accounts.say("#orders", fmt.Sprintf("Message %d.", i), now)
	}
	s.again()
	words = s.words()
	require.Contains(t, words, "Message 99.")
	require.NotContains(t, words, "Message 59.", "only the last ones are drawn")
}

func TestLastMessageIsInSight(t *testing.T) {
	uitest.NewApp(t)
	s := newPage(used())
	s.nav.Window = uitest.Window(t, s.Content(), 700, 560)
	s.Show()
	s.loop.Turn()
	s.accounts.say("#orders", strings.Repeat("A long message that wraps. ", 10), now)
	s.again()
	// A canvas that is drawn lays out anew what has another height now; the test's does when resized.
	s.nav.Window.Resize(fyne.NewSize(700, 561))
	scroll := uitest.Find(t, s.Content(), func(c *container.Scroll) bool { return strings.Contains(uitest.Words(c), "A long message") })
	require.InDelta(t, scroll.Content.MinSize().Height-scroll.Size().Height, scroll.Offset.Y, 1)
	require.Positive(t, scroll.Offset.Y)
	scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 50)})
	at := scroll.Offset.Y
	s.nav.Window.Resize(fyne.NewSize(700, 560))
	require.Equal(t, at, scroll.Offset.Y, "one reads further up")
}

func TestTroubleIsTold(t *testing.T) {
	s := show(t, &fakeAccounts{ready: on})
	s.accounts.err = errors.New("secret internals")
	uitest.Tap(t, s.Content(), "Send a pretend order")
	s.loop.Turn()
	require.Contains(t, uitest.Words(s.nav.Window.Canvas().Overlays().Top()), "Something went wrong inside Bellhop.")
	s.nav.Window.Canvas().Overlays().Remove(s.nav.Window.Canvas().Overlays().Top())
	s.again()
	require.Contains(t, s.words(), "The pretend accounts do not answer.")
	require.NotContains(t, s.words(), "secret internals")
	uitest.Tap(t, s.Content(), "Slack is down, off")
	s.loop.Turn()
	s.accounts.err = nil
	s.tap(t, "Try again")
	require.NotContains(t, s.words(), "do not answer")
	require.Empty(t, s.accounts.fault)
	uitest.Find(t, s.Content(), func(o *widget.Toggle) bool { return o.AccessibilityLabel() == "Slack is down, off" })
}

func TestLive(t *testing.T) {
	uitest.NewApp(t)
	synctest.Test(t, func(t *testing.T) {
		s := newPage(&fakeAccounts{ready: on})
		s.Show()
		s.loop.Turn()
		s.accounts.say("#orders", "Hello", now)
		s.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
		time.Sleep(time.Second)
		require.NotContains(t, s.words(), "Hello", "connections are not shown here")
		s.Apply([]engine.Change{{Kind: engine.PracticeChanged}})
		s.loop.Turn()
		require.Contains(t, s.words(), "Hello")
		s.accounts.say("#orders", "Again", now)
		s.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: 1}})
		s.loop.Turn()
		require.NotContains(t, s.words(), "Again", "not before its time")
		time.Sleep(time.Second)
		synctest.Wait()
		s.loop.Turn()
		require.Contains(t, s.words(), "Again")
		s.Hide()
	})
}

func TestLook(t *testing.T) {
	uitest.Render(t, "practice-used", 1072, 800, func(fyne.App) fyne.CanvasObject {
		s := look(used())
		s.accounts.say("#orders", "New order #1006 from Kim for €150.00", now)
		s.Hide()
		s.Show()
		s.loop.Turn()
		return s.object
	})
	uitest.Render(t, "practice-empty", 1072, 800, func(fyne.App) fyne.CanvasObject { return look(&fakeAccounts{ready: on}).object })
	uitest.Render(t, "practice-off", 1072, 800, func(fyne.App) fyne.CanvasObject { return look(&fakeAccounts{}).object })
	uitest.Render(t, "practice-narrow", 800, 600, func(fyne.App) fyne.CanvasObject { return look(used()).object })
}
