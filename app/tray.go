//go:build !headless

package main

import (
	"context"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/page/activity"
	"bellhop/ui/phrase"
)

// settingLooked keeps when a person looked at the runs last: what failed before is no news.
const settingLooked = "looked_at"

// mostNews is how many failed runs are looked at for those that are news.
const mostNews = 50

// trayHost is where a tray's icon and menu are put.
type trayHost interface {
	SetSystemTrayMenu(menu *fyne.Menu)
	SetSystemTrayIcon(icon fyne.Resource)
	// SetTooltip says something when the pointer rests on the icon.
	SetTooltip(words string)
}

// tray keeps the tray's icon and menu.
type tray struct {
	*desktop
	host trayHost
	home *home
	// known are the recipes as facts read them last; only facts uses it, one call at a time.
	known []engine.Recipe
	// shown is the state whose icon is in the tray; for the UI goroutine.
	shown ui.TrayState
}

// runsPage is the page of the runs, which tells when it is seen.
type runsPage struct {
	*activity.Page
	desktop *desktop
}

// Show shows the page.
func (p runsPage) Show() {
	p.Page.Show()
	p.desktop.seen(true)
}

// Hide hides the page.
func (p runsPage) Hide() {
	p.Page.Hide()
	p.desktop.seen(false)
}

func (d *desktop) seen(shown bool) {
	if d.onRuns != nil {
		d.onRuns(shown)
	}
}

// run keeps the tray up to date until ctx ends.
func (t *tray) run(ctx context.Context, changes <-chan engine.Change) {
	ui.TrayLive{Changes: changes, Again: t.home.again, Read: t.facts, Show: func(tray ui.Tray) {
		t.loop.Post(func() { t.show(tray) })
	}}.Run(ctx)
}

// show puts it into the tray. Call it on the UI goroutine.
func (t *tray) show(tray ui.Tray) {
	if tray.State != t.shown {
		t.shown = tray.State
		t.host.SetSystemTrayIcon(tray.State.Icon())
	}
	menu := tray.Menu(ui.TrayDeeds{
		OnOpen: t.home.open, OnState: t.about, OnRun: t.openLater, OnPause: t.pause, OnResume: t.resume,
		OnStart: t.startByHand, OnCopy: func(address string) { fyne.CurrentApp().Clipboard().SetContent(address) },
		OnQuit: t.home.askQuit, Now: t.Now,
	})
	spell(menu)
	t.host.SetSystemTrayMenu(menu)
	t.host.SetTooltip("Bellhop: " + tray.Words)
}

// spell writes the menu's lines so that the desktop shows them as they are: a line drawn below a letter, which
// marks a key, is not meant.
func spell(menu *fyne.Menu) {
	marks := map[string]string{"linux": "_", "windows": "&"}[runtime.GOOS]
	for _, item := range menu.Items {
		if marks != "" {
			item.Label = strings.ReplaceAll(item.Label, marks, marks+marks)
		}
		if item.ChildMenu != nil {
			spell(item.ChildMenu)
		}
	}
}

// facts reads what the tray is made from.
func (t *tray) facts(ctx context.Context, changed map[engine.ChangeKind]bool) (f ui.TrayFacts, err error) {
	f = ui.TrayFacts{Now: t.Now(), Reach: t.Reach(), Unsaved: t.Unsaved() != nil}
	if t.known == nil || changed == nil || changed[engine.RecipesChanged] || changed[engine.ConnectorsChanged] {
		if t.known, err = t.Store.Recipes(ctx); err != nil {
			return f, err
		}
	}
	for _, r := range t.known {
		if !r.On {
			continue
		}
		f.On++
		_, o, _ := t.Catalog.Operation(r.Draft.Trigger.Use)
		switch {
		case o.Start == engine.StartManual:
			f.ByHand = append(f.ByHand, ui.TrayEntry{ID: r.ID, Text: r.Name})
		case o.Webhook != nil:
			if addresses, err := t.Addresses(ctx, r); err == nil && len(addresses) > 0 {
				f.Addresses = append(f.Addresses, ui.TrayEntry{ID: r.ID, Text: r.Name, Address: addresses[0]})
			}
		}
	}
	if until, paused := t.PausedUntil(); paused {
		f.PausedUntil = until
	}
	for _, trouble := range t.Trouble() {
		f.Offline = f.Offline || trouble.For == ""
		if trouble.NeedsYou {
			f.Connections++
		}
	}
	counts, err := t.StateCounts(ctx)
	if err != nil {
		return f, err
	}
	f.UnderWay, f.Waiting = counts[engine.Queued]+counts[engine.Running], counts[engine.Held]+counts[engine.Unsure]
	if f.Last, err = t.Runs(ctx, engine.RunFilter{Limit: 3}); err != nil || counts[engine.Failed] == 0 {
		return f, err
	}
	f.Failed, err = t.failures(ctx)
	return f, err
}

// failures counts the runs that failed since a person looked at the runs.
func (t *tray) failures(ctx context.Context) (news int, err error) {
	failed, err := t.Runs(ctx, engine.RunFilter{States: []engine.State{engine.Failed}, Limit: mostNews})
	if err != nil {
		return 0, err
	}
	looked := t.home.looked(ctx)
	for _, run := range failed {
		if run.FinishedAt.After(looked) {
			news++
		}
	}
	return news, nil
}

// about opens the window at what a state is about.
func (t *tray) about(topic ui.TrayTopic) {
	t.home.open()
	switch topic {
	case ui.TopicRuns:
		t.window.Go(pageActivity)
	case ui.TopicConnections:
		t.window.Go(pageConnections)
	case ui.TopicReach:
		t.openReach()
	}
}

func (t *tray) openLater(runID int64) {
	t.home.open()
	t.openRun(runID)
}

func (t *tray) pause(until time.Time) {
	t.tell(func(ctx context.Context) error { return t.Pause(ctx, until) })
}

func (d *desktop) resume() { d.tell(d.Resume) }

// tell does something off the UI goroutine, and says in the window if it cannot be done.
func (d *desktop) tell(do func(ctx context.Context) error) {
	d.loop.Go(func() {
		if err := do(context.Background()); err != nil {
			d.loop.Post(func() {
				d.window.Show()
				d.window.Toast(phrase.Error(err))
			})
		}
	})
}

// startByHand runs a recipe; where it asks for something, in the window.
func (t *tray) startByHand(id int64) {
	t.tell(func(ctx context.Context) error {
		fields, err := t.Form(ctx, id)
		if err != nil {
			return err
		}
		if len(fields) == 0 {
			_, err = t.Start(ctx, id, nil)
			return err
		}
		r, err := t.Store.Recipe(ctx, id)
		if err != nil {
			return err
		}
		t.loop.Post(func() {
			t.home.open()
			t.window.Go(pageRecipes)
			t.cards.Run(r.ID, r.Name)
		})
		return nil
	})
}
