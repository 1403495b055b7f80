//go:build !headless

package main

import (
	"context"
	"errors"
	"os"
	"runtime"

	_ "bellhop/ui/cache" // sets how long Fyne keeps what it drew; must come before Fyne

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"bellhop/app/boot"
	"bellhop/assets/icons"
	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
)

// changesHeld is how many changes the window may fall behind before it reads everything anew.
const changesHeld = 1024

// display says whether a window can be shown here.
func display() (string, bool) {
	if runtime.GOOS != "linux" {
		return "yes", true
	}
	for _, name := range []string{"WAYLAND_DISPLAY", "DISPLAY"} {
		if value := os.Getenv(name); value != "" {
			return name + "=" + value, true
		}
	}
	return "there is none; `bellhop serve` needs none", false
}

// openWindow opens the window on the engine, or shows the window of the Bellhop that runs already.
func (c *cli) openWindow(ctx context.Context) (err error) {
	if _, ok := display(); !ok {
		return engine.Errorf(engine.Unavailable,
			"There is no display for the window. Run the engine without one: bellhop serve. Or try it out: bellhop demo.")
	}
	var d *desktop
	shown := make(chan struct{})
	if err := ui.LoadTranslations(); err != nil {
		return err
	}
	log, file := c.engineLog()
	defer func() { err = errors.Join(err, file.Close()) }()
	config := c.config()
	config.Log = log
	config.Practice, config.AnyPort = true, true
	config.Notify = newNotifier(shown, func(n engine.Notice) { d.window.Show(); d.openNotice(n) }).show
	config.Show = func() {
		<-shown
		fyne.Do(func() { d.window.Show() })
	}
	s, err := boot.Open(ctx, config)
	if errors.Is(err, boot.ErrRunning) {
		return boot.ShowRunning(ctx, c.dir)
	}
	a := app.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("Icon.png", icons.AppIcon))
	a.Settings().SetTheme(theme.New(theme.System))
	native := a.NewWindow("Bellhop")
	if err != nil {
		// Whoever starts Bellhop from a menu does not see what is printed.
		log.Error("Bellhop cannot start", "error", err)
		a.Lifecycle().SetOnStarted(func() { ui.ShowTrouble(native, c.sentence(err), a.Quit) })
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
	a.Lifecycle().SetOnStarted(func() {
		d.window.Show()
		if s.Rescue != nil {
			ui.ShowRescue(native, s.Rescue.Sentence())
		}
		close(shown)
		go d.window.Run(ctx)
	})
	a.Lifecycle().SetOnStopped(d.window.Close)
	stopped := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stopped()
	a.Run()
	d.finish()
	return nil
}
