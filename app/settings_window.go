//go:build !headless

package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"fyne.io/fyne/v2"

	"bellhop/app/boot"
	"bellhop/app/internal/manual"
	"bellhop/docs"
	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/file"
	"bellhop/ui/page/settings"
	"bellhop/ui/theme"
)

// settingsPage is the page of what a person chooses about Bellhop as a whole.
func (d *desktop) settingsPage() *settings.Page {
	d.settings = settings.New(settings.Params{
		Loop: d.loop, Navigator: d.window, Desk: d.Desk, Keeper: keeper{d.System}, Login: atLogin{d}, Files: file.New(d.loop, d.window).In(documents()),
		Mover: mover{d.System}, ExportAll: d.ExportAll, Recovery: d.System, Documents: documents(),
		Reach: d.Reach, OnReach: d.openReach, OnRestart: d.restart,
		Listens: listens(d.System), Usual: boot.UsualListen(), TryListen: d.tryListen,
		Languages: ui.Languages(), OnChosen: applyTheme, Now: d.Now,
		Help: settings.Help{Version: version, Data: d.Dir, Logs: d.Dir, Read: readManual, Open: openFolder, Examine: d.examine, Diagnose: d.diagnose},
	})
	return d.settings
}

// applyChoices makes the window that is to come be in the chosen language and theme.
func applyChoices(ctx context.Context, s *boot.System) {
	chosen, err := s.Settings(ctx)
	if err != nil {
		return // a window that looks as the computer does is better than none
	}
	ui.UseLanguage(chosen.Language)
	applyTheme(chosen)
}

// applyTheme makes the window look as chosen.
func applyTheme(s engine.Settings) { fyne.CurrentApp().Settings().SetTheme(theme.New(themeOf(s))) }

func themeOf(s engine.Settings) theme.Mode {
	switch s.Theme {
	case engine.ThemeLight:
		return theme.Light
	case engine.ThemeDark:
		return theme.Dark
	}
	return theme.System
}

// tryListen says why Bellhop could not listen at an address at its next start.
func (d *desktop) tryListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	if _, now, _ := net.SplitHostPort(listens(d.System)); port == now {
		address = net.JoinHostPort(host, "0") // the port is in use by Bellhop itself
	}
	var listener net.Listener
	if err == nil {
		listener, err = boot.Listen(address)
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return engine.Wrap(err, engine.Invalid, "Another program listens there already. Choose another number after the colon.")
	case err != nil:
		return engine.Wrap(err, engine.Invalid, "Bellhop cannot listen there. Write an address of this computer and a number, such as %s.", boot.UsualListen())
	}
	return listener.Close()
}

// listens returns the host and port where deliveries arrive.
func listens(s *boot.System) string { return strings.TrimPrefix(s.URL, "http://") }

// openFolder opens a folder in another program.
func openFolder(folder string) error {
	return openOutside(&url.URL{Scheme: "file", Path: filepath.ToSlash(folder)})
}

func openOutside(what *url.URL) error {
	if err := fyne.CurrentApp().OpenURL(what); err != nil {
		return engine.Wrap(err, engine.Unavailable, "No program here opens %s.", what)
	}
	return nil
}

// theManual is the documentation; it is read when somebody asks for it.
var theManual = sync.OnceValues(func() (*manual.Manual, error) { return manual.New(docs.FS) })

// readManual opens the documentation in a browser.
func readManual() error {
	m, err := theManual()
	if err != nil {
		return err
	}
	address, err := m.Open()
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	return openOutside(u)
}

// keeper says how much is kept, as the settings page asks.
type keeper struct{ *boot.System }

var _ settings.Keeper = keeper{}

func (k keeper) Keeping(ctx context.Context) (map[string]int, error) {
	all, err := k.System.Keeping(ctx)
	named := map[string]int{}
	for _, s := range all {
		named[s.Name] = s.Value
	}
	return named, err
}

func (k keeper) Keep(ctx context.Context, name, number string) error {
	return k.System.Keep(ctx, map[string]string{name: number})
}

func (k keeper) BackUp(ctx context.Context) error {
	_, err := k.System.BackUp(ctx, "")
	return err
}

func (k keeper) Stock(ctx context.Context) (settings.Stock, error) {
	size, err := k.Store.Size(ctx)
	if err != nil {
		return settings.Stock{}, err
	}
	stock := settings.Stock{Bytes: size.Kept()}
	backups, err := boot.Backups(k.Dir)
	if len(backups) > 0 {
		stock.Backups, stock.Backup = len(backups), backups[0].At
	}
	return stock, err
}
