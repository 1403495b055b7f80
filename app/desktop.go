//go:build !headless

package main

import (
	"context"
	"errors"
	"os"
	"sync"

	_ "bellhop/ui/cache" // sets how long Fyne keeps what it drew; must come before Fyne

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
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
	var rest nap
	shown := make(chan struct{})
	if err := ui.LoadTranslations(); err != nil {
		return err
	}
	log, file := c.engineLog()
	defer func() { err = errors.Join(err, file.Close()) }()
	config := c.config()
	config.Log = log
	config.Practice, config.AnyPort = true, true
	notices := newNotifier(shown, rest.post, func(n engine.Notice) { h.open(); d.openNotice(n) })
	defer notices.banner.Close()
	config.Notify = notices.show
	config.Show = func() {
		<-shown
		rest.post(func() { h.open() })
	}
	s, err := boot.Open(ctx, config)
	if errors.Is(err, boot.ErrRunning) {
		if c.hidden {
			return nil // it runs, which is all that was wanted
		}
		return boot.ShowRunning(ctx, c.dir)
	}
	makeCacheFolder()
	a := &mortal{App: app.NewWithID(appID), stuck: func() {
		_ = file.Close() // there is nothing to tell more
		os.Exit(exitFailed)
	}}
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
	if d, err = newDesktop(ctx, native, s, changes, rest.post); err != nil {
		return err
	}
	d.cli, d.end = c, a.Quit
	d.work.Go(func() { c.mendLogin(log) })
	d.work.Go(func() { s.Catalog.Connectors() }) // so that who adds a step does not wait until all are read
	h = newHome(d, homeParams{native: native, minimise: func() { minimise(native) }, quit: a.Quit, rest: rest.rest, forget: forget})
	beginTray, stopTray := h.startTray(ctx, a.App)
	defer stopTray()
	a.stuck = func() {
		log.Warn("the window does not end: Bellhop ends without it")
		stopTray()
		d.finish()
		err := errors.Join(s.Close(), file.Close())
		if err == nil && d.restarting {
			err = startAgain()
		}
		if err != nil {
			c.complain(c.sentence(err))
			os.Exit(exitFailed)
		}
		os.Exit(exitFine)
	}
	a.Lifecycle().SetOnEnteredForeground(h.entered)
	a.Lifecycle().SetOnExitedForeground(h.left)
	a.Lifecycle().SetOnStarted(func() {
		nameWindows()
		onDisplayLost(func() {
			log.Error("the screen has gone, such as at the end of the session: Bellhop ends; what was accepted goes on at the next start")
			_ = errors.Join(s.Close(), file.Close()) // the log says it
		})
		beginTray()
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
	stopped := context.AfterFunc(ctx, func() { rest.post(a.Quit) })
	defer stopped()
	a.Run()
	stopTray()
	d.finish()
	return nil
}

// startTray makes the tray, and keeps it up to date until stop is called. Call it before the app runs, as some
// systems ask for a tray only then, and begin when the app has started.
func (h *home) startTray(ctx context.Context, a fyne.App) (begin, stop func()) {
	host, begin, end := newTrayHost(a, h.loop.Post)
	if host == nil {
		return func() {}, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	t := &tray{desktop: h.desktop, host: host, home: h}
	systray.SetTitle("Bellhop") // before it starts: panels know it again by this
	systray.SetOnTapped(func() { h.loop.Post(h.open) })
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
	return begin, sync.OnceFunc(func() {
		cancel()
		end()
	})
}
