package ui_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/uitest"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestTheTraySaysTheMostImportantThing(t *testing.T) {
	uitest.NewApp(t)
	lost := engine.Reach{Way: engine.WayNgrok, Link: engine.Link{State: engine.LinkLost, Since: noon.Add(-time.Hour)}}
	for name, c := range map[string]struct {
		facts ui.TrayFacts
		state ui.TrayState
		about ui.TrayTopic
		words string
	}{
		"nothing is saved": {ui.TrayFacts{On: 4, PausedUntil: engine.Never, Unsaved: true}, ui.TrayNeedsYou, "", "Nothing is saved: open Bellhop"},
		"nothing on":       {ui.TrayFacts{}, ui.TrayFine, "", "No recipe is on"},
		"all well":         {ui.TrayFacts{On: 4}, ui.TrayFine, "", "All is well: 4 recipes on"},
		"failed and seen":  {ui.TrayFacts{On: 4, Last: []engine.Run{{State: engine.Failed}, {State: engine.Succeeded}}}, ui.TrayFine, "", "4 recipes on"},
		"one":              {ui.TrayFacts{On: 1}, ui.TrayFine, "", "All is well: 1 recipe on"},
		"working":          {ui.TrayFacts{On: 4, UnderWay: 2}, ui.TrayWorking, ui.TopicRuns, "2 runs under way"},
		"failed":           {ui.TrayFacts{On: 4, UnderWay: 2, Failed: 1}, ui.TrayNeedsYou, ui.TopicRuns, "1 run failed"},
		"waits":            {ui.TrayFacts{On: 4, Failed: 1, Waiting: 3}, ui.TrayNeedsYou, ui.TopicRuns, "3 runs wait for you"},
		"connection":       {ui.TrayFacts{On: 4, Waiting: 3, Connections: 1}, ui.TrayNeedsYou, ui.TopicConnections, "1 connection needs you"},
		"offline":          {ui.TrayFacts{On: 4, UnderWay: 2, Offline: true}, ui.TrayUnreachable, ui.TopicReach, "Offline: steps wait, and go on by themselves"},
		"not reachable":    {ui.TrayFacts{On: 4, Reach: lost}, ui.TrayUnreachable, ui.TopicReach, "Unreachable since 11:00"},
		"refused":          {ui.TrayFacts{On: 4, Reach: engine.Reach{Way: engine.WayNgrok, Link: engine.Link{State: engine.LinkRefused}}}, ui.TrayNeedsYou, ui.TopicReach, "Not reachable: needs you"},
		"nobody asked":     {ui.TrayFacts{On: 4, Reach: engine.Reach{Link: engine.Link{State: engine.LinkLost}}}, ui.TrayFine, "", "All is well: 4 recipes on"},
		"paused":           {ui.TrayFacts{On: 4, Failed: 1, PausedUntil: noon.Add(time.Hour)}, ui.TrayPaused, "", "Paused until 13:00"},
		"paused over days": {ui.TrayFacts{PausedUntil: noon.Add(18 * time.Hour)}, ui.TrayPaused, "", "Paused until Tomorrow 06:00"},
		"paused for good":  {ui.TrayFacts{UnderWay: 12, PausedUntil: engine.Never}, ui.TrayPaused, "", "Paused until you resume · 12 runs wait"},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Now = noon
			tray := ui.NewTray(c.facts)
			require.Equal(t, c.state, tray.State)
			require.Equal(t, c.about, tray.About)
			require.Equal(t, c.words, tray.Words)
		})
	}
}

// Each state is drawn, and no two look alike without their colours.
func TestTheTraysIconsDifferInShape(t *testing.T) {
	uitest.NewApp(t)
	shapes := map[string]ui.TrayState{}
	for _, state := range []ui.TrayState{ui.TrayFine, ui.TrayWorking, ui.TrayNeedsYou, ui.TrayPaused, ui.TrayUnreachable} {
		c := software.NewTransparentCanvas()
		c.SetPadded(false)
		c.SetContent(canvas.NewImageFromResource(state.Icon()))
		c.Resize(fyne.NewSquareSize(16))
		shape := shapeOf(c.Capture())
		require.Contains(t, shape, "#", state)
		require.Empty(t, shapes[shape], "%s looks like it", state)
		shapes[shape] = state
	}
}

// shapeOf draws where there is something: dark, middle or light.
func shapeOf(picture image.Image) string {
	var b strings.Builder
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, blue, a := picture.At(x, y).RGBA()
			light := (r + g + blue) / 3
			switch {
			case a < 0x8000:
				b.WriteByte(' ')
			case light < 0x6000:
				b.WriteByte('#')
			case light < 0xd000:
				b.WriteByte('+')
			default:
				b.WriteByte('.')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// deeds notes what was done.
func deeds(done *[]string) ui.TrayDeeds {
	note := func(format string, args ...any) { *done = append(*done, fmt.Sprintf(format, args...)) }
	return ui.TrayDeeds{
		OnOpen: func() { note("open") }, OnState: func(about ui.TrayTopic) { note("state %s", about) }, OnRun: func(id int64) { note("run %d", id) },
		OnPause: func(until time.Time) { note("pause %s", until.Format(time.DateTime)) }, OnResume: func() { note("resume") },
		OnStart: func(id int64) { note("start %d", id) }, OnCopy: func(address string) { note("copy %s", address) }, OnQuit: func() { note("quit") },
		Now: func() time.Time { return noon },
	}
}

// lines writes a menu down, and presses all of it.
func lines(menu *fyne.Menu, indent string) []string {
	var all []string
	for _, item := range menu.Items {
		switch {
		case item.IsSeparator:
			all = append(all, indent+"-")
		case item.ChildMenu != nil:
			all = append(append(all, indent+item.Label+" >"), lines(item.ChildMenu, indent+"  ")...)
		default:
			all = append(all, indent+item.Label)
			item.Action()
		}
	}
	return all
}

func TestTheTraysMenu(t *testing.T) {
	uitest.NewApp(t)
	facts := ui.TrayFacts{
		Now: noon, On: 2,
		Last: []engine.Run{
			{ID: 9, RecipeName: "Big orders", Title: "Order #1042, Ana Silva", State: engine.Succeeded, CreatedAt: noon.Add(-time.Minute)},
			{ID: 8, RecipeName: "Tell the team", State: engine.Failed, CreatedAt: noon.Add(-24 * time.Hour)},
			{ID: 7, RecipeName: "Tell", Title: strings.Repeat("very ", 20) + "long\nand in two lines", State: engine.Queued, CreatedAt: noon},
		},
		ByHand:    []ui.TrayEntry{{ID: 3, Text: "Monthly report"}},
		Addresses: []ui.TrayEntry{{ID: 4, Text: "Orders", Address: "https://a.example/hooks/x"}},
	}
	var done []string
	require.Equal(t, []string{
		"All is well: 2 recipes on",
		"-",
		"Big orders · Order #1042, Ana Silva: Succeeded, 11:59",
		"Tell the team: Failed, Yesterday 12:00",
		"Tell · very very very very ver…: Queued, 12:00",
		"-",
		"Pause all >",
		"  For an hour",
		"  Until tomorrow (Tomorrow 06:00)",
		"  Until I resume",
		"Run a recipe >",
		"  Monthly report",
		"Copy address of “Orders”",
		"-",
		"Open Bellhop",
		"Quit",
	}, lines(ui.NewTray(facts).Menu(deeds(&done)), ""))
	require.Equal(t, []string{
		"state ", "run 9", "run 8", "run 7", "pause 2026-11-21 13:00:00", "pause 2026-11-22 06:00:00", "pause 9999-12-31 00:00:00",
		"start 3", "copy https://a.example/hooks/x", "open", "quit",
	}, done)

	facts.PausedUntil, facts.Last, facts.ByHand = engine.Never, nil, nil
	for i := range 20 {
		facts.Addresses = append(facts.Addresses, ui.TrayEntry{Text: fmt.Sprint("Recipe ", i), Address: "https://a.example"})
	}
	written := lines(ui.NewTray(facts).Menu(deeds(&done)), "")
	require.Equal(t, []string{"Paused until you resume", "-", "Resume all recipes", "Copy address >", "  Orders"}, written[:5])
	require.Contains(t, written, "  6 more in the window…")
}

// live runs a tray over facts that the test changes.
type live struct {
	changes chan engine.Change

	mu    sync.Mutex
	facts ui.TrayFacts
	err   error
	reads int
	shown []ui.Tray
	at    []time.Time
}

func startLive(t *testing.T) *live {
	l := &live{changes: make(chan engine.Change), facts: ui.TrayFacts{On: 1}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ui.TrayLive{Changes: l.changes, Read: l.read, Show: l.show}.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-done })
	synctest.Wait()
	return l
}

func (l *live) read(context.Context, map[engine.ChangeKind]bool) (ui.TrayFacts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	l.facts.Now = time.Now()
	return l.facts, l.err
}

func (l *live) show(tray ui.Tray) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown, l.at = append(l.shown, tray), append(l.at, time.Now())
}

// change makes the facts different, and tells of it.
func (l *live) change(kind engine.ChangeKind, how func(f *ui.TrayFacts)) {
	l.mu.Lock()
	how(&l.facts)
	l.mu.Unlock()
	l.changes <- engine.Change{Kind: kind}
	synctest.Wait()
}

// after lets time pass, which is the bubble’s, and returns how often it was read, and what was shown and when.
func (l *live) after(d time.Duration) (reads int, shown []ui.Tray, at []time.Time) {
	<-time.After(d)
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reads, slices.Clone(l.shown), slices.Clone(l.at)
}

func TestTheTrayIsShownAnewOnlyWhenItIsDifferentAndSeldom(t *testing.T) {
	uitest.NewApp(t)
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t)
		_, shown, _ := l.after(0)
		require.Len(t, shown, 1, "at once")
		for range 600 { // a minute of many runs
			l.change(engine.RunChanged, func(f *ui.TrayFacts) { f.UnderWay = (f.UnderWay + 7) % 13 })
			l.after(100 * time.Millisecond)
		}
		reads, shown, at := l.after(0)
		require.LessOrEqual(t, reads, 62)
		require.LessOrEqual(t, len(shown), 14)
		require.Greater(t, len(shown), 5)
		for i := 1; i < len(at); i++ {
			require.GreaterOrEqual(t, at[i].Sub(at[i-1]), 5*time.Second, "it does not blink")
		}

		readsBefore, before, _ := l.after(10 * time.Second)
		l.after(10 * time.Minute)
		for range 5 {
			l.change(engine.TablesChanged, func(*ui.TrayFacts) {})
			l.after(10 * time.Second)
		}
		reads, shown, _ = l.after(0)
		require.Len(t, shown, len(before), "the same is not shown again")
		require.LessOrEqual(t, reads, readsBefore+6, "and not read without need")
	})
}

func TestTheTrayShowsAtOnceWhatAPersonHasToSee(t *testing.T) {
	uitest.NewApp(t)
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t)
		for _, c := range []struct {
			kind  engine.ChangeKind
			how   func(*ui.TrayFacts)
			state ui.TrayState
		}{
			{engine.PauseChanged, func(f *ui.TrayFacts) { f.PausedUntil = engine.Never }, ui.TrayPaused},
			{engine.PauseChanged, func(f *ui.TrayFacts) { f.PausedUntil = time.Time{} }, ui.TrayFine},
			{engine.RunChanged, func(f *ui.TrayFacts) { f.Failed = 1 }, ui.TrayNeedsYou},
			{engine.ConnectionsChanged, func(f *ui.TrayFacts) { f.Failed, f.Offline = 0, true }, ui.TrayUnreachable},
		} {
			l.change(c.kind, c.how)
			_, shown, _ := l.after(time.Second)
			require.Equal(t, c.state, shown[len(shown)-1].State)
		}
	})
}

func TestTheTrayReadsAgainAfterTrouble(t *testing.T) {
	uitest.NewApp(t)
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t)
		l.after(2 * time.Second)
		fail := func(err error) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.err = err
		}
		fail(errors.New("disk full"))
		l.change(engine.Lagged, func(f *ui.TrayFacts) { f.On = 2 })
		_, shown, _ := l.after(time.Second)
		require.Len(t, shown, 1)
		fail(nil)
		_, shown, _ = l.after(10 * time.Second)
		require.Len(t, shown, 2)
	})
}

func TestTheTraysIconsArePictures(t *testing.T) {
	require.True(t, bytes.HasPrefix(ui.TrayFine.Icon().Content(), []byte("<svg")))
	require.Equal(t, "tray-needs-you.svg", ui.TrayNeedsYou.Icon().Name())
}
