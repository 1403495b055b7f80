package settings_test

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// Each control keeps what is chosen at once, says so beside it and tells whoever goes by it.
func TestEachChangeIsKeptAtOnce(t *testing.T) {
	uitest.NewApp(t)
	for name, test := range map[string]struct {
		do   func(w *world)
		want engine.Settings
	}{
		"language":    {func(w *world) { w.pick("Language", "English") }, engine.Settings{Language: "en"}},
		"theme":       {func(w *world) { w.pick("Theme", "Dark") }, engine.Settings{Theme: engine.ThemeDark}},
		"close":       {func(w *world) { w.pick("When I close the window", "Quit Bellhop") }, engine.Settings{QuitOnClose: true}},
		"awake":       {func(w *world) { w.tap("Keep the computer awake, off") }, engine.Settings{KeepAwake: true}},
		"digest":      {func(w *world) { w.pick("Show notifications", "Together, once a day") }, engine.Settings{Notices: engine.NoticeSettings{Mode: engine.NoticeDigest}}},
		"never":       {func(w *world) { w.pick("Show notifications", "Never") }, engine.Settings{Notices: engine.NoticeSettings{Mode: engine.NoticeNever}}},
		"quiet hours": {func(w *world) { w.tap("Quiet hours, off") }, engine.Settings{Notices: engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "07:00"}}},
		"proxy":       {func(w *world) { w.write("Proxy", " http://proxy.example:3128 ") }, engine.Settings{Proxy: "http://proxy.example:3128"}},
		"listen":      {func(w *world) { w.write("Address on this computer", "127.0.0.1:9000") }, engine.Settings{Listen: "127.0.0.1:9000"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).open()
			test.do(w)
			require.Equal(t, test.want, w.desk.settings)
			require.Equal(t, []engine.Settings{test.want}, w.chosen, "told once")
			require.Contains(t, w.words(), "Saved")
		})
	}
}

func TestWhatMakesNoSenseStaysInItsField(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.desk.settings.Proxy = "http://old.example:1"
	w.page.Show()
	w.loop.Turn()
	w.write("Proxy", "nonsense")
	require.Equal(t, "nonsense", w.entry("Proxy").Text, "nothing is lost")
	require.Contains(t, w.words(), `"nonsense" is not the address of a proxy.`)
	require.Equal(t, "http://old.example:1", w.desk.settings.Proxy)

	// It is still there when the page is left and shown again.
	w.page.Hide()
	w.loop.Turn()
	w.page.Show()
	w.loop.Turn()
	require.Equal(t, "nonsense", w.entry("Proxy").Text)
	require.Contains(t, w.words(), `"nonsense" is not the address of a proxy.`)

	// Another setting can be changed meanwhile.
	w.pick("Theme", "Light")
	require.Equal(t, engine.ThemeLight, w.desk.settings.Theme)
	require.Equal(t, "nonsense", w.entry("Proxy").Text)

	// Escape takes it back.
	w.window.Canvas().Focus(w.entry("Proxy"))
	w.entry("Proxy").TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Equal(t, "http://old.example:1", w.entry("Proxy").Text)
	require.NotContains(t, w.words(), "is not the address")

	w.write("Proxy", "")
	require.Empty(t, w.desk.settings.Proxy, "empty is the computer's")

	// What stands in a field when the page is left is kept, too.
	w.window.Canvas().Focus(w.entry("Proxy"))
	w.entry("Proxy").SetText("http://new.example:1")
	w.page.Hide()
	w.loop.Turn()
	require.Equal(t, "http://new.example:1", w.desk.settings.Proxy)
}

func TestTimesOfDay(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Notices = engine.NoticeSettings{Mode: engine.NoticeDigest, QuietFrom: "22:00", QuietTo: "07:00"}
	w.open()
	require.Equal(t, "09:00", w.entry("At").Text)
	for typed, want := range map[string]string{"18": "18:00", "8:30": "08:30", "7.15": "07:15", "6 pm": "18:00", "23:59": "23:59"} {
		w.write("At", typed)
		require.Equal(t, want, w.desk.settings.Notices.DigestAt, typed)
		require.Equal(t, want, w.entry("At").Text, typed)
	}
	for _, typed := range []string{"25:00", "noon", "12:60", ""} {
		w.write("At", typed)
		require.Contains(t, w.words(), "This is no time of day. Write it like 18:00.", typed)
		require.Equal(t, typed, w.entry("At").Text)
	}
	w.write("Quiet to", "6")
	require.Equal(t, "06:00", w.desk.settings.Notices.QuietTo)
	w.tap("Quiet hours, on")
	require.Empty(t, w.desk.settings.Notices.QuietFrom+w.desk.settings.Notices.QuietTo)
}

func TestWhatIsRefusedGoesBack(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.desk.err = engine.Errorf(engine.Unavailable, "The disk is full.")
	w.tap("Keep the computer awake, off")
	require.Contains(t, w.words(), "The disk is full.")
	require.False(t, uitest.Find(t, w.page.Content(), func(g *widget.Toggle) bool { return g.Name == "Keep the computer awake" }).On)
	require.Empty(t, w.chosen)
	w.pick("Theme", "Dark")
	require.Empty(t, uitest.Find(t, w.page.Content(), func(s *widget.Select) bool { return s.Name == "Theme" }).SelectedIndex(), "as it holds")
}

// Two changes of one setting come one after the other: the later wins.
func TestChangesAreKeptInOrder(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	theme := uitest.Find(t, w.page.Content(), func(s *widget.Select) bool { return s.Name == "Theme" })
	theme.SetSelected("Light")
	theme.SetSelected("Dark")
	w.loop.Turn()
	require.Equal(t, engine.ThemeDark, w.desk.settings.Theme)
	require.Equal(t, "Dark", theme.Selected)
	require.Len(t, w.chosen, 2)
	require.Equal(t, engine.ThemeDark, w.chosen[1].Theme)

	proxy, canvas := w.entry("Proxy"), w.window.Canvas()
	for _, typed := range []string{"http://a.example:1", "http://b.example:2"} {
		canvas.Focus(proxy)
		proxy.SetText(typed)
		canvas.Unfocus()
	}
	w.loop.Turn()
	require.Equal(t, "http://b.example:2", w.desk.settings.Proxy)
	require.Equal(t, "http://b.example:2", proxy.Text)
}

func TestStartAtLogin(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap("Start when I log in, on")
	require.False(t, w.login.on)
	w.login.err = errors.New("no")
	w.tap("Start when I log in, off")
	require.False(t, w.login.on)
	uitest.Find(t, w.page.Content(), func(g *widget.Toggle) bool { return g.AccessibilityLabel() == "Start when I log in, off" })

	w = newWorld(t)
	w.login.err = engine.Errorf(engine.Unavailable, "The folder of what starts at login cannot be read.")
	require.Contains(t, w.open().words(), "The folder of what starts at login cannot be read.")

	w = newWorld(t)
	w.params.Login = nil
	require.NotContains(t, w.open().words(), "Start when I log in")
}

func TestReading(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.err = engine.Errorf(engine.Unavailable, "The database cannot be read.")
	w.open()
	require.Contains(t, w.words(), "The database cannot be read.")
	require.NotContains(t, w.words(), "Theme")
	w.desk.err = nil
	w.tap("Try again")
	require.NotContains(t, w.words(), "cannot be read")
	require.Contains(t, w.words(), "Theme")

	w.desk.settings.KeepAwake = true // by a command, say
	w.page.Apply([]engine.Change{{Kind: engine.RunChanged}})
	require.Zero(t, w.loop.Turn())
	w.page.Apply([]engine.Change{{Kind: engine.SettingsChanged}})
	w.loop.Turn()
	require.True(t, uitest.Find(t, w.page.Content(), func(g *widget.Toggle) bool { return g.Name == "Keep the computer awake" }).On)
}

// Tab goes through all controls in the order that they are read, and each is in view when it has its turn.
func TestAllIsReachedByKeyboard(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Notices = engine.NoticeSettings{Mode: engine.NoticeDigest, QuietFrom: "22:00", QuietTo: "07:00"}
	w.open()
	const height = 500
	w.window.Resize(fyne.NewSize(900, height))
	canvas := w.window.Canvas()
	var names []string
	for range 100 {
		canvas.FocusNext()
		o := canvas.Focused().(fyne.CanvasObject)
		name := o.(fyne.Accessible).AccessibilityLabel()
		if len(names) > 0 && name == names[0] {
			break
		}
		names = append(names, name)
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		require.Positive(t, top, name)
		require.Less(t, top+o.Size().Height, float32(height), name)
	}
	require.Equal(t, []string{
		"Language, The computer’s", "Theme, The computer’s", "Time zone, The computer’s (UTC+0)", "Start when I log in, on",
		"When I close the window, Go on in the background",
		"Show notifications, Together, once a day", "At", "Quiet from", "Quiet to", "Quiet hours, on",
		"Make it reachable", "Address on this computer", "Proxy", "Keep the computer awake, off",
		"Days that runs are kept", "Days that trouble is kept", "Room for runs, in MB", "Daily backups", "Room for backups, in MB", "Back up now",
		"Remove nas.local:8080", "Address to allow", "Allow", "Add a folder…", "Remove /home/ana/Documents/Bellhop",
		"Save a file…", "Open a file…", "Export all recipes", "Make a recovery code",
		"Read: Documentation", "Look whether everything is fine", "Save a file for support", "Open folder: Log files", "Open folder: Data folder",
	}, names)
	canvas.FocusNext()
	require.Positive(t, fyne.CurrentApp().Driver().AbsolutePositionForObject(canvas.Focused().(fyne.CanvasObject)).Y)
}
