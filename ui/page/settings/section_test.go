package settings_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestTheTimeZoneIsSearched(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	opener := func() fyne.Focusable {
		var found fyne.Focusable
		for o := range uitest.Visible(w.page.Content()) {
			if a, ok := o.(fyne.Accessible); ok && len(a.AccessibilityLabel()) > 9 && a.AccessibilityLabel()[:9] == "Time zone" {
				if f, ok := o.(fyne.Focusable); ok {
					found = f
				}
			}
		}
		require.NotNil(t, found)
		return found
	}
	for search, want := range map[string]string{
		"lisb": "Europe/Lisbon", "portugal azores": "Atlantic/Azores", "new york": "America/New_York",
		"kathm": "Asia/Kathmandu", "europe/ber": "Europe/Berlin", "utc": "UTC",
	} {
		opener().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // by keyboard
		entry := w.window.Canvas().Focused()
		require.IsType(t, &widget.Entry{}, entry, "the search has the keyboard")
		entry.(*widget.Entry).SetText(search)
		entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		w.loop.Turn()
		require.Equal(t, want, w.desk.settings.TimeZone, search)
		require.Nil(t, w.window.Canvas().Overlays().Top(), "the list is closed")
	}
	w.desk.settings.TimeZone = "Asia/Kathmandu"
	w.page.Show()
	w.loop.Turn()
	require.Equal(t, "Time zone, Kathmandu (UTC+5:45)", opener().(fyne.Accessible).AccessibilityLabel())

	opener().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.window.Canvas().Focused().(*widget.Entry).SetText("atlantis")
	require.Contains(t, uitest.Words(w.dialog()), "No place is called that.")
	w.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.NotNil(t, w.window.Canvas().Overlays().Top())
	w.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, w.window.Canvas().Overlays().Top())
	require.Equal(t, "Asia/Kathmandu", w.desk.settings.TimeZone)
}

func TestReachInWords(t *testing.T) {
	uitest.NewApp(t)
	for want, reach := range map[string]engine.Reach{
		"Only this computer can reach Bellhop.":                        {},
		"Apps reach Bellhop at https://a.example. That was checked":    {Way: engine.WayAddress, URL: "https://a.example", Worked: now},
		"Something from outside last arrived just now.":                {Way: engine.WayAddress, URL: "https://a.example", Worked: now, OneWay: true},
		"Another program answers there.":                               {Way: engine.WayAddress, URL: "https://a.example", Worked: now, Problem: "Another program answers there."},
		"Bellhop is finding out whether apps reach it at https://a.ex": {Way: engine.WayAddress, URL: "https://a.example"},
		"Bellhop is making itself reachable.":                          {Way: engine.WayNgrok},
		"ngrok does not know this token.":                              {Way: engine.WayNgrok, Link: engine.Link{Problem: "ngrok does not know this token."}},
	} {
		w := newWorld(t)
		w.reach = reach
		require.Contains(t, w.open().words(), want)
	}
	w := newWorld(t).open()
	w.tap("Make it reachable")
	require.Equal(t, []string{"reach"}, w.went)
}

func TestAnotherAddressToListenAt(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.NotContains(t, w.words(), "Restart now")
	w.busy = engine.Errorf(engine.Invalid, "Another program listens there already.")
	w.write("Address on this computer", "127.0.0.1:80")
	require.Contains(t, w.words(), "Another program listens there already.")
	require.Empty(t, w.desk.settings.Listen, "Bellhop would not start with it")
	w.busy = nil
	w.write("Address on this computer", "here")
	require.Contains(t, w.words(), `"here" is not an address to listen at.`)
	w.write("Address on this computer", "0.0.0.0:9000")
	require.Contains(t, w.words(), "0.0.0.0:9000 counts when Bellhop is started again.")
	w.tap("Restart now")
	require.Equal(t, []string{"restart"}, w.went)
	w.write("Address on this computer", "")
	require.NotContains(t, w.words(), "counts when")

	w = newWorld(t)
	w.params.OnRestart = nil
	w.desk.settings.Listen = "192.0.2.1:8420"
	w.open()
	require.Contains(t, w.words(), "Bellhop could not listen at 192.0.2.1:8420 when it was started.")
	w.write("Address on this computer", "127.0.0.1:9000")
	require.Contains(t, w.words(), "127.0.0.1:9000 counts when Bellhop is started again.")
	require.NotContains(t, w.words(), "Restart now")
}

func TestNumbersOfWhatIsKept(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.Contains(t, w.words(), "Used now: 148 MB.")
	require.Contains(t, w.words(), "Today 08:30. There are 3 in the data folder.")
	w.write("Days that runs are kept", "060")
	require.Equal(t, []string{"keep_done_days=60"}, w.keeper.kept)
	require.Equal(t, "60", w.entry("Days that runs are kept").Text)
	for _, typed := range []string{"0", "-1", "many", ""} {
		w.write("Days that runs are kept", typed)
		require.Contains(t, w.words(), "Write a whole number, 1 or more.", typed)
		require.Equal(t, typed, w.entry("Days that runs are kept").Text)
	}
	w.write("Days that runs are kept", "60")
	require.NotContains(t, w.words(), "This is to be a whole number", "as it holds")
	w.write("Daily backups", "0")
	require.Equal(t, []string{"keep_done_days=60", "backups=0"}, w.keeper.kept)

	w.tap("Back up now")
	require.Contains(t, w.words(), "Today 14:30. There are 4 in the data folder.")
	w.keeper.err = engine.Errorf(engine.Unavailable, "The disk is full.")
	w.tap("Back up now")
	require.Contains(t, w.words(), "The disk is full.")
}

func TestAddressesAndFolders(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.write("Address to allow", "192.168.1.0/24")
	require.Equal(t, []string{"nas.local:8080"}, w.desk.private, "only when it is asked for")
	w.tap("Allow")
	require.Equal(t, []string{"nas.local:8080", "192.168.1.0/24"}, w.desk.private)
	require.Empty(t, w.entry("Address to allow").Text)
	require.Contains(t, w.words(), "192.168.1.0/24")
	w.write("Address to allow", "http://nas.local")
	w.tap("Allow")
	require.Contains(t, w.words(), "Write it without http://.")
	require.Equal(t, "http://nas.local", w.entry("Address to allow").Text)
	w.tap("Remove nas.local:8080")
	require.Equal(t, []string{"192.168.1.0/24"}, w.desk.private)

	w.files.path = "/home/ana/Invoices"
	w.tap("Add a folder…")
	require.Contains(t, w.words(), "/home/ana/Invoices")
	w.files.path = "/etc"
	w.tap("Add a folder…")
	require.Contains(t, w.words(), "Recipes may not use /etc.")
	w.tap("Remove /home/ana/Documents/Bellhop")
	require.Equal(t, []string{"/home/ana/Invoices"}, w.desk.folders)
}

func TestHelp(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.Contains(t, w.words(), "Bellhop 1.2.3")
	w.tap("Read: Documentation")
	w.tap("Open folder: Log files")
	w.tap("Look whether everything is fine")
	require.Contains(t, uitest.Words(w.dialog()), "secrets  the keyring is locked; unlock it\ndatabase  whole", "what is not fine comes first")
	w.answer("Copy")
	require.Equal(t, "✗ secrets: the keyring is locked; unlock it\n✓ database: whole, 12 runs, 4.2 MB, in /home/ana/.local/share/bellhop", fyne.CurrentApp().Clipboard().Content())
	w.answer("Done")
	require.Contains(t, w.words(), "1 thing is not fine.")
	require.Equal(t, []string{"docs", "/home/ana/.local/share/bellhop"}, w.went)
	w.files.path = "/home/ana"
	w.tap("Save a file for support")
	require.Contains(t, w.words(), "It is saved as /home/ana/Bellhop support.zip. It holds no secrets.")
}

// Bellhop may listen at all addresses, and the usual one may be chosen again: each is said as it is.
func TestWhereItListensFromTheNextStart(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Listen = "0.0.0.0:8420"
	w.open()
	require.NotContains(t, w.words(), "could not listen", "all addresses are called by one of them")

	w = newWorld(t)
	w.params.Listens, w.desk.settings.Listen = "127.0.0.1:9000", "127.0.0.1:9000"
	w.open()
	w.write("Address on this computer", "")
	require.Contains(t, w.words(), "127.0.0.1:8420 counts when Bellhop is started again.")
}
