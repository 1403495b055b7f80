//go:build !headless

package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/page/settings"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// choose picks an option of a setting in the window.
func (s *screen) choose(name, words string) {
	s.t.Helper()
	uitest.Find(s.t, s.window.Content(), func(o *widget.Select) bool { return o.Name == name }).SetSelected(words)
}

func (s *screen) settings() engine.Settings {
	s.t.Helper()
	now, err := s.system.Settings(s.t.Context())
	require.NoError(s.t, err)
	return now
}

func background() any {
	return fyne.CurrentApp().Settings().Theme().Color(fynetheme.ColorNameBackground, fynetheme.VariantLight)
}

// A theme that is chosen in the window counts at once, and at the next start before there is a window.
func TestAThemeIsChosen(t *testing.T) {
	s := newScreen(t)
	light, dark := theme.New(theme.Light), theme.New(theme.Dark)
	color := func(t *theme.Theme) any { return t.Color(fynetheme.ColorNameBackground, fynetheme.VariantLight) }
	require.Equal(t, color(light), background())
	s.tap("Settings")
	s.sees("How Bellhop looks and starts.")
	s.choose("Theme", "Dark")
	s.until(func() bool { return background() == color(dark) })
	require.Equal(t, engine.ThemeDark, s.settings().Theme)

	fyne.CurrentApp().Settings().SetTheme(light)
	applyChoices(t.Context(), s.system)
	require.Equal(t, color(dark), background())
}

// What the settings page asks of the engine's data is answered by the real one.
func TestTheSettingsPageOverTheEngine(t *testing.T) {
	s := newScreen(t)
	d := &desktop{System: s.system}
	k := keeper{s.system}
	require.NoError(t, k.Keep(t.Context(), "backups", "3"))
	keeping, err := k.Keeping(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]int{"keep_done_days": 30, "keep_trouble_days": 90, "size_budget_mb": 2048, "backups": 3, "backups_mb": 4096}, keeping)
	stock, err := k.Stock(t.Context())
	require.NoError(t, err)
	require.Positive(t, stock.Bytes)
	require.Zero(t, stock.Backup)
	require.NoError(t, k.BackUp(t.Context()))
	stock, err = k.Stock(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stock.Backups)
	require.NotZero(t, stock.Backup)

	d.cli = &cli{dir: s.system.Dir, secrets: "file", out: &printer{Writer: io.Discard}, err: io.Discard}
	file, err := d.diagnose(t.Context(), t.TempDir())
	require.NoError(t, err)
	require.FileExists(t, file)
	for _, found := range d.examine(t.Context()) {
		require.True(t, found.Fine, "%s: %s", found.What, found.Says)
	}

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	require.ErrorContains(t, d.tryListen(taken.Addr().String()), "Another program listens there already.")
	require.ErrorContains(t, d.tryListen("192.0.2.1:8420"), "Write an address of this computer")
	require.ErrorContains(t, d.tryListen("here"), "Write an address of this computer")
	require.NoError(t, d.tryListen("127.0.0.1:0"))
	require.NoError(t, d.tryListen(listens(s.system)), "Bellhop itself listens there")
}

func TestAllIsTakenIntoAFileThatIsNotThereYet(t *testing.T) {
	s := newScreen(t)
	m := mover{s.system}
	folder := t.TempDir()
	first, made, err := m.Bundle(t.Context(), folder, settings.BundleOptions{})
	require.NoError(t, err)
	require.Equal(t, "Bellhop "+s.system.Now().Format("2006-01-02")+".bellhop", filepath.Base(first))
	require.Equal(t, 3, made.Connections, "the practice accounts")
	before, err := os.ReadFile(first)
	require.NoError(t, err)
	second, _, err := m.Bundle(t.Context(), folder, settings.BundleOptions{Secrets: true, Passphrase: "four words are enough", History: true})
	require.NoError(t, err)
	require.Equal(t, "Bellhop "+s.system.Now().Format("2006-01-02")+" (2).bellhop", filepath.Base(second))
	after, err := os.ReadFile(first)
	require.NoError(t, err)
	require.Equal(t, before, after, "the older file is as it was")

	inside, err := m.Inspect(t.Context(), second, "")
	require.NoError(t, err)
	require.True(t, inside.Secrets && inside.History)
	_, err = m.Inspect(t.Context(), second, "not the passphrase")
	require.Error(t, err)
	here, err := m.Here(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, here.Connections)

	_, _, err = m.Bundle(t.Context(), filepath.Join(folder, "gone"), settings.BundleOptions{})
	require.Error(t, err)
}
