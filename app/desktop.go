//go:build !headless

package main

import (
	"context"
	"errors"

	_ "bellhop/ui/cache" // sets how long Fyne keeps what it drew; must come before Fyne

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	fynedesktop "fyne.io/fyne/v2/driver/desktop"
	"fyne.io/systray"

	"bellhop/app/boot"
	"bellhop/app/internal/panel"
	"bellhop/assets/icons"
	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
)

// changesHeld is how many changes the window may fall behind before it reads everything anew.
const changesHeld = 1024

// openWindow opens the window on the engine, or shows the window of the Bellhop that runs already.
func (c *cli) openWindow(ctx context.Context) (err error) {
	if says, ok := display(); !ok {
		return engine.Errorf(engine.Unavailable, "There is no window: %s. Or try it out: `bellhop demo`.", says)
	}
	var d *desktop
	defer func() { // after all else
		if err == nil && d != nil && d.restarting {
			err = startAgain()
		}
	}()
	var h *home
	shown := make(chan struct{})
	if err := ui.LoadTranslations(); err != nil {
		return err
	}
	log, file := c.engineLog()
	defer func() { err = errors.Join(err, file.Close()) }()
	config := c.config()
	config.Log = log
	config.Practice, config.AnyPort = true, true
	notices := newNotifier(shown, func(n engine.Notice) { h.open(); d.openNotice(n) })
	defer notices.banner.Close()
	config.Notify = notices.show
	config.Show = func() {
		<-shown
		fyne.Do(func() { h.open() })
	}
	s, err := boot.Open(ctx, config)
	if errors.Is(err, boot.ErrRunning) {
		if c.hidden {
			return nil // it runs, which is all that was wanted
		}
		return boot.ShowRunning(ctx, c.dir)
	}
	makeCacheFolder()
	a := app.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("Icon.png", icons.AppIcon))
	a.Settings().SetTheme(theme.New(theme.System))
	native := a.NewWindow("Bellhop")
	if err != nil {
		// Whoever starts Bellhop from a menu does not see what is printed.
		log.Error("Bellhop cannot start", "error", err)
		a.Lifecycle().SetOnStarted(func() {
			nameWindows()
			ui.ShowTrouble(native, c.sentence(err), a.Quit)
		})
		a.Run()
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	applyChoices(ctx, s)

	changes, unsubscribe := s.Bus.Subscribe(changesHeld)
	defer unsubscribe()
	if d, err = newDesktop(ctx, native, s, changes, fyne.Do); err != nil {
		return err
	}
	d.cli = c
	d.work.Go(func() { c.mendLogin(log) })
	h = newHome(d, native, func() { minimise(native) }, a.Quit)
	stopTray := h.startTray(ctx, a)
	defer stopTray()
	a.Lifecycle().SetOnEnteredForeground(h.entered)
	a.Lifecycle().SetOnExitedForeground(h.left)
	a.Lifecycle().SetOnStarted(func() {
		nameWindows()
		h.begin(c.hidden && s.Rescue == nil && s.Restored == nil)
		if s.Rescue != nil {
			ui.ShowRescue(native, s.Rescue.Sentence(s.Zone()))
		}
		if s.Restored != nil {
			ui.ShowRestored(native, s.Restored.Sentence(s.Zone()))
		}
		close(shown)
		go d.window.Run(ctx)
	})
	a.Lifecycle().SetOnStopped(d.window.Close)
	stopped := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stopped()
	a.Run()
	stopTray()
	d.finish()
	return nil
}

// fyneTray is the tray as Fyne has it.
type fyneTray struct{ fynedesktop.App }

func (fyneTray) SetTooltip(words string) { systray.SetTooltip(words) }

// startTray puts Bellhop into the tray, and keeps it up to date until what it returns is called. Call it before
// the app runs: Fyne asks for a tray only then.
func (h *home) startTray(ctx context.Context, a fyne.App) (stop func()) {
	app, ok := a.(fynedesktop.App)
	if !ok {
		return func() {}
	}
	ctx, stop = context.WithCancel(ctx)
	t := &tray{desktop: h.desktop, host: fyneTray{app}, home: h}
	systray.SetTitle("Bellhop") // before it starts: panels know it again by this
	systray.SetOnTapped(func() { fyne.Do(h.open) })
	if facts, err := t.facts(ctx, nil); err == nil {
		t.show(ui.NewTray(facts))
	} else {
		t.show(ui.NewTray(ui.TrayFacts{Now: t.Now()}))
	}
	changes, unsubscribe := h.Bus.Subscribe(changesHeld)
	h.work.Go(func() {
		defer unsubscribe()
		t.run(ctx, changes)
	})
	h.work.Go(func() { panel.Watch(ctx, h.trayShown) })
	return stop
}
