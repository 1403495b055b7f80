package practice_test

import (
	"context"

	"fmt"
	"slices"

	"testing"

	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

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
	err      error
}

func (f *fakeAccounts) Ready(context.Context) (practice.Ready, error) { return f.ready, f.err }
func (f *fakeAccounts) SendOrder(_ context.Context, o practice.Order) error {
	if f.err != nil {
		return f.err
	}
	f.placed = append(f.placed, o)
	n := len(f.orders) + 1001
	f.orders = slices.Insert(slices.Clone(f.orders), 0, practice.Sent{Name: fmt.Sprintf("#%d", n), Customer: "Ana Silva", Total: "189.00", Currency: "EUR", Paid: o.Paid,
		At: now, Status: 200, RunID: int64(n), State: engine.Succeeded})
	f.say("#orders", fmt.Sprintf("New order #%d for €189.00", n), now)
	return nil
}
func (f *fakeAccounts) Orders(context.Context) ([]practice.Sent, error) { return f.orders, f.err }
func (f *fakeAccounts) Messages(context.Context) ([]practice.Message, error) {
	return f.messages, f.err
}
func (f *fakeAccounts) Fault(context.Context) (practice.Fault, error) { return f.fault, f.err }
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
		s.Name, s.Customer, s.Currency, s.At, s.Paid = fmt.Sprintf("#%d", 1007-i), []string{"Ana Silva", "Jo Park", "Maria-Magdalena Featherstonehaugh"}[i%3], "EUR", now.Add(-time.Duration(i)*3*time.Minute), i%2 == 1
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
