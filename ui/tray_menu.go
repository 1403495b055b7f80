package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
)

// mostTrayEntries is how many recipes a part of the menu lists.
const mostTrayEntries = 15

// TrayDeeds are what the menu's lines do. All are called on the UI goroutine.
type TrayDeeds struct {
	OnOpen func()
	// OnState shows what the state is about.
	OnState func(about TrayTopic)
	OnRun   func(runID int64)
	// OnPause pauses all recipes until then; see engine.Never.
	OnPause  func(until time.Time)
	OnResume func()
	// OnStart runs a recipe by hand, after it has asked what it needs.
	OnStart func(recipeID int64)
	OnCopy  func(address string)
	OnQuit  func()
	// Now returns the time in the zone of the settings.
	Now func() time.Time
}

// Menu is the tray's menu.
func (t Tray) Menu(do TrayDeeds) *fyne.Menu {
	items := []*fyne.MenuItem{fyne.NewMenuItem(t.Words, func() { do.OnState(t.About) }), fyne.NewMenuItemSeparator()}
	for _, run := range t.Runs {
		items = append(items, fyne.NewMenuItem(run.Text, func() { do.OnRun(run.ID) }))
	}
	if len(t.Runs) > 0 {
		items = append(items, fyne.NewMenuItemSeparator())
	}
	items = append(items, t.pause(do))
	if len(t.ByHand) > 0 {
		items = append(items, under(lang.L("Run a recipe"), t.ByHand, func(e TrayEntry) { do.OnStart(e.ID) }, do.OnOpen))
	}
	switch len(t.Addresses) {
	case 0:
	case 1:
		items = append(items, fyne.NewMenuItem(lang.L("Copy address of “{{.Recipe}}”", map[string]any{"Recipe": t.Addresses[0].Text}),
			func() { do.OnCopy(t.Addresses[0].Address) }))
	default:
		items = append(items, under(lang.L("Copy address"), t.Addresses, func(e TrayEntry) { do.OnCopy(e.Address) }, do.OnOpen))
	}
	// Fyne adds a Quit of its own, which asks nobody, unless the last line is one.
	quit := fyne.NewMenuItem(lang.L("Quit"), do.OnQuit)
	quit.IsQuit = true
	return fyne.NewMenu("Bellhop", append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(lang.L("Open Bellhop"), do.OnOpen), quit)...)
}

func (t Tray) pause(do TrayDeeds) *fyne.MenuItem {
	if t.Paused {
		return fyne.NewMenuItem(lang.L("Resume all recipes"), do.OnResume)
	}
	all := fyne.NewMenuItem(lang.L("Pause all"), nil)
	all.ChildMenu = fyne.NewMenu("",
		fyne.NewMenuItem(lang.L("For an hour"), func() { do.OnPause(do.Now().Add(time.Hour)) }),
		fyne.NewMenuItem(lang.L("Until tomorrow ({{.Time}})", map[string]any{"Time": t.Morning}), func() {
			now := do.Now()
			do.OnPause(engine.Morning(now, now.Location()))
		}),
		fyne.NewMenuItem(lang.L("Until I resume"), func() { do.OnPause(engine.Never) }),
	)
	return all
}

// under puts entries into a menu of their own; those that find no place are in the window.
func under(label string, entries []TrayEntry, do func(TrayEntry), more func()) *fyne.MenuItem {
	menu := fyne.NewMenu("")
	for i, e := range entries {
		if i == mostTrayEntries {
			rest := len(entries) - i
			menu.Items = append(menu.Items, fyne.NewMenuItem(lang.N("{{.Count}} more in the window…", rest, map[string]any{"Count": rest}), more))
			break
		}
		menu.Items = append(menu.Items, fyne.NewMenuItem(e.Text, func() { do(e) }))
	}
	item := fyne.NewMenuItem(label, nil)
	item.ChildMenu = menu
	return item
}
