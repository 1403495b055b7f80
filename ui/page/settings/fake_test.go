package settings_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/page/settings"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// fakeDesk keeps in memory what is chosen, and refuses as the desk does.
type fakeDesk struct {
	settings engine.Settings
	private  []string
	folders  []string
	password string // of the proxy
	err      error
}

var _ settings.Desk = (*fakeDesk)(nil)

func (d *fakeDesk) Settings(context.Context) (engine.Settings, error) { return d.settings, d.err }

func (d *fakeDesk) ChangeSettings(_ context.Context, change func(*engine.Settings)) error {
	s := d.settings
	change(&s)
	if s.Proxy != d.settings.Proxy {
		s.Proxy, d.password = engine.SplitProxy(s.Proxy)
		s.ProxyPassword = d.password
		if d.password != "" {
			s.ProxyPassword = "kept"
		}
	}
	if err := s.Check(); err != nil {
		return err
	}
	if d.err == nil {
		d.settings = s
	}
	return d.err
}

func (d *fakeDesk) SetProxyPassword(_ context.Context, password string) error {
	if d.err == nil {
		d.password, d.settings.ProxyPassword = password, ""
		if password != "" {
			d.settings.ProxyPassword = "kept"
		}
	}
	return d.err
}

func (d *fakeDesk) PrivateAddresses(context.Context) ([]string, error) {
	return slices.Clone(d.private), d.err
}

func (d *fakeDesk) AllowPrivate(_ context.Context, addresses []string) error {
	for _, a := range addresses {
		if strings.Contains(a, "://") {
			return engine.Errorf(engine.Invalid, "%q is no address. Write it without http://.", a)
		}
	}
	d.private = addresses
	return d.err
}

func (d *fakeDesk) Folders(context.Context) ([]string, error) { return slices.Clone(d.folders), d.err }

func (d *fakeDesk) AddFolder(_ context.Context, folder string) (string, error) {
	if strings.HasPrefix(folder, "/etc") {
		return "", engine.Errorf(engine.Invalid, "Recipes may not use %s.", folder)
	}
	d.folders = append(d.folders, folder)
	return folder, d.err
}

func (d *fakeDesk) RemoveFolder(_ context.Context, folder string) error {
	d.folders = slices.DeleteFunc(slices.Clone(d.folders), func(f string) bool { return f == folder })
	return d.err
}

// fakeKeeper is a keeper in memory.
type fakeKeeper struct {
	keeping map[string]int
	kept    []string
	stock   settings.Stock
	err     error
}

var _ settings.Keeper = (*fakeKeeper)(nil)

func (k *fakeKeeper) Keeping(context.Context) (map[string]int, error) {
	return maps.Clone(k.keeping), k.err
}

func (k *fakeKeeper) Keep(_ context.Context, name, number string) error {
	k.kept = append(k.kept, name+"="+number)
	return k.err
}

func (k *fakeKeeper) Stock(context.Context) (settings.Stock, error) { return k.stock, nil }

func (k *fakeKeeper) BackUp(context.Context) error {
	if k.err == nil {
		k.stock.Backup, k.stock.Backups = now, k.stock.Backups+1
	}
	return k.err
}

// fakeLogin remembers.
type fakeLogin struct {
	on  bool
	err error
}

func (l *fakeLogin) On() (bool, error) { return l.on, l.err }

func (l *fakeLogin) Set(on bool) error {
	if l.err == nil {
		l.on = on
	}
	return l.err
}

// fakeFiles chooses what it is told to.
type fakeFiles struct {
	path string
	err  error
}

func (f *fakeFiles) Choose(_ []string, done func(string, error)) { done(f.path, f.err) }
func (f *fakeFiles) Folder(done func(string, error))             { done(f.path, f.err) }

var now = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

type world struct {
	t         testing.TB
	desk      *fakeDesk
	keeper    *fakeKeeper
	login     *fakeLogin
	files     *fakeFiles
	mover     *fakeMover
	reach     engine.Reach
	loop      *uitest.Loop
	navigator *uitest.Navigator
	params    settings.Params
	page      *settings.Page
	window    fyne.Window
	// chosen is what OnChosen was told, and went where the buttons led.
	chosen []engine.Settings
	went   []string
	busy   error
}

func newWorld(t testing.TB) *world {
	w := &world{
		t: t, loop: uitest.NewLoop(), navigator: &uitest.Navigator{}, login: &fakeLogin{on: true}, files: &fakeFiles{},
		desk: &fakeDesk{private: []string{"nas.local:8080"}, folders: []string{"/home/ana/Documents/Bellhop"}},
		keeper: &fakeKeeper{
			keeping: map[string]int{"keep_done_days": 30, "keep_trouble_days": 90, "size_budget_mb": 2048, "backups": 7, "backups_mb": 4096},
			stock:   settings.Stock{Bytes: 148 << 20, Backups: 3, Backup: now.Add(-6 * time.Hour)},
		},
	}
	w.mover = &fakeMover{
		inside: settings.Contents{
			Version: "0.2.0", MadeAt: now.Add(-26 * time.Hour), Recipes: []string{"Big orders", "Refunds", "Weather"}, On: []string{"Big orders"},
			Connections: 4, Tables: 1, Secrets: true, History: true, Runs: 2210,
		},
		here: settings.Contents{Recipes: []string{"Big orders"}, Connections: 1, Runs: 12, UnderWay: 2}, passphrase: "four words are enough",
	}
	w.params = settings.Params{
		Loop: w.loop.UI(), Navigator: w.navigator, Desk: w.desk, Keeper: w.keeper, Login: w.login, Files: w.files,
		Mover: w.mover, Documents: "/home/ana/Documents",
		ExportAll: func(context.Context, string) (int, error) { return 3, nil }, Recovery: w.mover,
		Reach: func() engine.Reach { return w.reach }, OnReach: func() { w.went = append(w.went, "reach") },
		Listens: "127.0.0.1:8420", Usual: "127.0.0.1:8420", TryListen: func(string) error { return w.busy },
		Languages: []string{"en"}, OnChosen: func(s engine.Settings) { w.chosen = append(w.chosen, s) },
		OnRestart: func() { w.went = append(w.went, "restart") }, Now: func() time.Time { return now },
		Help: settings.Help{
			Version: "Bellhop 1.2.3", Data: "/home/ana/.local/share/bellhop", Logs: "/home/ana/.local/share/bellhop",
			Read: func() error {
				w.went = append(w.went, "docs")
				return nil
			},
			Open: func(what string) error {
				w.went = append(w.went, what)
				return nil
			},
			Examine: func(context.Context) []settings.Finding {
				return []settings.Finding{{What: "database", Says: "whole, 12 runs, 4.2 MB, in /home/ana/.local/share/bellhop", Fine: true}, {What: "secrets", Says: "the keyring is locked; unlock it"}}
			},
			Diagnose: func(_ context.Context, folder string) (string, error) { return folder + "/Bellhop support.zip", nil },
		},
	}
	return w
}

// open shows the page in a window.
func (w *world) open() *world {
	w.page = settings.New(w.params)
	w.window = uitest.Window(w.t, w.page.Content(), 900, 4000)
	w.navigator.Window = w.window
	w.page.Show()
	w.loop.Turn()
	return w
}

func (w *world) words() string { return uitest.Words(w.page.Content()) }

func (w *world) tap(name string) {
	w.t.Helper()
	uitest.Tap(w.t, w.page.Content(), name)
	w.loop.Turn()
}

// answer presses a button of the dialog.
func (w *world) answer(name string) {
	w.t.Helper()
	uitest.Tap(w.t, w.dialog(), name)
	w.loop.Turn()
}

// fill types into a field of the dialog.
func (w *world) fill(name, text string) {
	w.t.Helper()
	uitest.Find(w.t, w.dialog(), func(e *widget.Entry) bool { return e.Name == name }).SetText(text)
}

func (w *world) dialog() fyne.CanvasObject {
	w.t.Helper()
	top := w.window.Canvas().Overlays().Top()
	require.NotNil(w.t, top, "no dialog is open")
	return top
}

func (w *world) entry(name string) *widget.Entry {
	w.t.Helper()
	return uitest.Find(w.t, w.page.Content(), func(e *widget.Entry) bool { return e.Name == name })
}

// write types into a field and leaves it.
func (w *world) write(name, text string) {
	w.t.Helper()
	e := w.entry(name)
	w.window.Canvas().Focus(e)
	e.SetText(text)
	w.window.Canvas().Unfocus()
	w.loop.Turn()
}

// pick chooses from a list by the words of the option.
func (w *world) pick(name, words string) {
	w.t.Helper()
	uitest.Find(w.t, w.page.Content(), func(s *widget.Select) bool { return s.Name == name }).SetSelected(words)
	w.loop.Turn()
}

// fakeMover is a mover over files in memory.
type fakeMover struct {
	inside, here settings.Contents
	passphrase   string
	err          error
	made         []settings.BundleOptions
	restored     []string
	codeMade     time.Time
	codes        int
}

var (
	_ settings.Mover    = (*fakeMover)(nil)
	_ settings.Recovery = (*fakeMover)(nil)
)

func (m *fakeMover) Bundle(_ context.Context, folder string, o settings.BundleOptions) (string, settings.Contents, error) {
	m.made = append(m.made, o)
	if m.err != nil {
		return "", settings.Contents{}, m.err
	}
	return folder + "/Bellhop 2026-11-21.bellhop", m.here, nil
}

func (m *fakeMover) Inspect(context.Context, string, string) (settings.Contents, error) {
	return m.inside, m.err
}

func (m *fakeMover) Here(context.Context) (settings.Contents, error) { return m.here, nil }

func (m *fakeMover) Restore(_ context.Context, path string, o settings.RestoreOptions) error {
	if !o.WithoutSecrets && o.Passphrase != m.passphrase {
		return engine.Errorf(engine.Invalid, "The passphrase does not fit.")
	}
	if o.WithoutSecrets {
		path += " without secrets"
	}
	m.restored = append(m.restored, path)
	return m.err
}

func (m *fakeMover) RecoveryCode(context.Context) (string, error) {
	m.codes++
	return "7K2M4-QX8ZP-3NVTD-W5R9C-D0N0T-8ELL5-7H3M9-XYZAB", m.err
}

func (m *fakeMover) RecoveryCodeMadeAt(context.Context) (time.Time, error) { return m.codeMade, m.err }
