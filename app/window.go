//go:build !headless

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/file"
	"bellhop/ui/page/activity"
	"bellhop/ui/page/connections"
	"bellhop/ui/page/deliveries"
	"bellhop/ui/page/editor"
	"bellhop/ui/page/practice"
	"bellhop/ui/page/recipes"
	"bellhop/ui/page/settings"
	"bellhop/ui/page/tables"
	"bellhop/ui/page/tryout"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
)

// Names of the main pages.
const (
	pageRecipes     = "recipes"
	pageActivity    = "activity"
	pageConnections = "connections"
	pageTables      = "tables"
	pagePractice    = "practice"
	pageSettings    = "settings"
)

// firstSize is the window's size until the user has chosen one.
var firstSize = fyne.NewSize(1120, 720)

// largestTable is the largest CSV file that is read, in bytes.
const largestTable = 64 << 20

const settingSize = "window_size"

// savingTime is how long what the window began, such as saving a draft, may take when Bellhop ends.
const savingTime = 5 * time.Second

// desktop puts the pages together and leads from one to the other.
type desktop struct {
	*boot.System
	window *ui.Window
	loop   ui.Loop
	work   sync.WaitGroup
	runs   *activity.Page
	cards  *recipes.Page
	// reachPage is made when it is first asked for.
	reachPage ui.Page
	settings  *settings.Page
	// restarting says that Bellhop is to be started anew when it has ended.
	restarting bool
	// end ends the program.
	end func()
	cli *cli // the call that opened the window
	// onRuns is told when the page of the runs is shown, and when it is left; it may be nil.
	onRuns func(shown bool)
}

// newDesktop fills a window with the pages over an engine; window.Show shows it. post runs a function
// on the UI goroutine.
func newDesktop(ctx context.Context, native fyne.Window, s *boot.System, changes <-chan engine.Change, post func(func())) (*desktop, error) {
	d := &desktop{System: s, end: func() { fyne.CurrentApp().Quit() }}
	d.loop = ui.Loop{Go: d.work.Go, Post: post}
	native.SetMaster()
	native.Resize(d.size(ctx))
	d.window = ui.NewWindow(ui.Params{
		Window: native, Loop: d.loop, Changes: changes, Overview: d.overview, OnSize: d.rememberSize,
	})
	templates, err := recipes.Templates()
	if err != nil {
		return nil, err
	}
	d.cards = recipes.New(recipes.Params{
		Loop: d.loop, Navigator: d.window, Desk: s.Desk, Catalog: phrase.Catalog(s.Catalog), Templates: templates,
		OnOpen: func(id int64) { d.edit(id, "") }, OnTryPractice: d.practise, Files: file.New(d.loop, d.window), Engine: s, Now: s.Now,
		OnConnections: func() { d.window.Go(pageConnections) }, OnDeliveries: d.deliveries, OnTryOut: d.tryOut,
		Reach: s.Reach, OnReach: d.openReach,
		OnRuns: func(id int64) {
			d.window.Go(pageActivity)
			d.runs.Narrow(id)
		},
	})
	d.window.AddPage(ui.MainPage{Name: pageRecipes, Icon: theme.IconRecipes, Page: d.cards})
	connected := connections.New(d.connectionParams())
	d.runs = activity.New(activity.Params{
		Loop: d.loop, Navigator: d.window, Desk: s.Desk, Recipes: s.Store, Catalog: phrase.Catalog(s.Catalog), Now: s.Now,
		OnOpenRecipe: d.edit, OnTryPractice: d.practise,
		OnOpenConnection: func(name string) {
			d.window.Go(pageConnections)
			connected.Edit(name)
		},
	})
	d.window.AddPage(ui.MainPage{Name: pageActivity, Icon: theme.IconActivity, Page: runsPage{d.runs, d}})
	d.window.AddPage(ui.MainPage{Name: pageConnections, Icon: theme.IconConnections, Page: connected})
	d.window.AddPage(ui.MainPage{Name: pageTables, Icon: theme.IconTable, Optional: true, Page: tables.New(tables.Params{
		Loop: d.loop, Navigator: d.window, Desk: s.Desk, Files: file.New(d.loop, d.window).UpTo(largestTable),
	})})
	d.window.AddPage(ui.MainPage{Name: pagePractice, Icon: theme.IconPractice, Page: practice.New(practice.Params{
		Loop: d.loop, Navigator: d.window, Accounts: accounts{s}, OnSetUp: d.setUpPractice,
		OnOpenRun: d.openRun, Now: s.Now,
	})})
	d.window.AddPage(ui.MainPage{Name: pageSettings, Icon: theme.IconSettings, Key: fyne.KeyComma, Page: d.settingsPage()})
	return d, nil
}

// openRun shows a run in Activity.
func (d *desktop) openRun(id int64) {
	d.window.Go(pageActivity)
	d.runs.Open(id)
}

// deliveries shows what came to a recipe's address.
func (d *desktop) deliveries(id int64) {
	d.window.Open(deliveries.New(deliveries.Params{Loop: d.loop, Navigator: d.window, Desk: d.Desk, RecipeID: id, OnOpenRun: d.openRun, Reach: d.Reach, OnReach: d.openReach, Now: d.Now}))
}

// tryOut shows what a recipe would have done with the events it had.
func (d *desktop) tryOut(id int64) {
	d.window.Open(tryout.New(tryout.Params{
		Loop: d.loop, Navigator: d.window, Desk: d.Desk, Versions: d.Store, Catalog: phrase.Catalog(d.Catalog), RecipeID: id, Now: d.Now,
		OnOpenStep: func(step string) { d.edit(id, step) },
	}))
}

// finish waits for what the window began.
func (d *desktop) finish() {
	done := make(chan struct{})
	go func() {
		d.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(savingTime):
	}
}

func (d *desktop) connectionParams() connections.Params {
	return connections.Params{Loop: d.loop, Navigator: d.window, Desk: d.Desk, Catalog: phrase.Catalog(d.Catalog), Engine: d.System, Now: d.Now}
}

// edit opens the editor of a recipe, at a step or for "" at the trigger.
func (d *desktop) edit(id int64, step string) {
	d.window.Open(editor.New(editor.Params{
		Loop: d.loop, Navigator: d.window, Desk: d.Desk, Versions: d.Store, Catalog: phrase.Catalog(d.Catalog),
		Locale: d.Locale, Now: d.Now, RecipeID: id, Step: step,
		OnTryOut: func() { d.tryOut(id) }, OnDeliveries: func() { d.deliveries(id) }, Reach: d.Reach, OnReach: d.openReach,
		OnAddConnection: func(connector string) {
			d.window.Open(connections.NewForm(connections.FormParams{Params: d.connectionParams(), Connector: connector}))
		},
	}))
}

// practise leads to the practice page, with a recipe at work.
func (d *desktop) practise() {
	d.loop.Go(func() {
		err := d.setUpPractice(context.Background())
		d.loop.Post(func() {
			if err != nil {
				d.window.Toast(phrase.Error(err))
			}
			d.window.Go(pagePractice)
		})
	})
}

func (d *desktop) setUpPractice(ctx context.Context) error {
	if d.Practice == nil {
		return errNoPractice
	}
	_, err := d.Practice.SetUp(ctx)
	return err
}

// overview is what the rail says.
func (d *desktop) overview(ctx context.Context) (ui.Overview, error) {
	all, err := d.Store.Recipes(ctx)
	if err != nil {
		return ui.Overview{}, err
	}
	counts, err := d.StateCounts(ctx)
	if err != nil {
		return ui.Overview{}, err
	}
	tables, err := d.usesTables(ctx, all)
	if err != nil {
		return ui.Overview{}, err
	}
	status, needed := ui.RunningStatus(all), 0
	for _, t := range d.Trouble() {
		switch {
		case t.For == "":
			status = ui.OfflineStatus()
		case t.NeedsYou:
			needed++
		}
	}
	if until, paused := d.PausedUntil(); paused {
		status = ui.PausedStatus(until, d.Now(), d.resume)
	}
	return ui.Overview{
		Status: d.saved(d.reached(status)),
		Useful: map[string]bool{pageTables: tables},
		Badges: map[string]int{pageActivity: counts[engine.Failed] + counts[engine.Held] + counts[engine.Unsure], pageConnections: needed},
	}, nil
}

// usesTables says whether there is a table, or a recipe that is made for one.
func (d *desktop) usesTables(ctx context.Context, recipes []engine.Recipe) (bool, error) {
	all, err := d.Store.Tables(ctx)
	if err != nil || len(all) > 0 {
		return len(all) > 0, err
	}
	return slices.ContainsFunc(recipes, func(r engine.Recipe) bool {
		return slices.ContainsFunc(r.Draft.Walk(), func(s engine.Placed) bool {
			_, o, _ := d.Catalog.Operation(s.Use)
			return strings.HasPrefix(o.Logic, "table_")
		})
	}), nil
}

// size returns the size the window had last.
func (d *desktop) size(ctx context.Context) fyne.Size {
	var size fyne.Size
	saved, err := d.Store.Setting(ctx, settingSize)
	if err != nil {
		return firstSize
	}
	if _, err := fmt.Sscanf(saved, "%gx%g", &size.Width, &size.Height); err != nil || size.Width < 300 || size.Height < 200 {
		return firstSize
	}
	return size
}

func (d *desktop) rememberSize(size fyne.Size) {
	d.loop.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		// A window that opens in another size next time is no reason to bother anybody.
		_ = d.Store.Update(ctx, func(tx engine.Tx) error {
			return tx.SetSetting(settingSize, fmt.Sprintf("%gx%g", size.Width, size.Height))
		})
	})
}
