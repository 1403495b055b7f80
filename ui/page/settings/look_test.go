package settings_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// full is a page with much chosen.
func full(t testing.TB) *world {
	w := newWorld(t)
	w.desk.settings = engine.Settings{
		Theme: engine.ThemeDark, TimeZone: "Europe/Lisbon", KeepAwake: true, Way: engine.WayNgrok, Listen: "127.0.0.1:9000",
		Notices: engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00", QuietFrom: "22:00", QuietTo: "07:00"},
	}
	w.reach = engine.Reach{Way: engine.WayNgrok, URL: "https://shop.ngrok-free.app", Worked: now.Add(-2 * time.Minute), Checked: now.Add(-2 * time.Minute)}
	return w
}

func TestLook(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	uitest.Markup(t, "plain", w.page.Content(), 692, 3000)
	w = full(t).open()
	uitest.Markup(t, "full", w.page.Content(), 1192, 3000)
}

func TestLookInTheDark(t *testing.T) {
	app := uitest.NewAppIn(t, theme.Dark)
	page := full(t).open().page.Content()
	test.AssertImageMatches(t, "dark.png", uitest.Picture(app, widget.NewSurface(theme.ColorBackground, page), 692, 560))
}

func TestRender(t *testing.T) {
	for name, width := range map[string]float32{"settings-narrow": 692, "settings-wide": 1192} {
		uitest.Render(t, name, width, 2600, func(fyne.App) fyne.CanvasObject { return full(t).open().page.Content() })
	}
}

func TestRenderDialogs(t *testing.T) {
	for name, open := range map[string]func(w *world){
		"settings-zone":    func(w *world) { w.tap("Time zone, Lisbon (UTC+0)") },
		"settings-bundle":  func(w *world) { w.tap("Save a file…"); w.answer("With the secrets of the connections, off") },
		"settings-restore": func(w *world) { w.files.path = "/x.bellhop"; w.tap("Open a file…") },
		"settings-found":   func(w *world) { w.tap("Look whether everything is fine") },
		"settings-code":    func(w *world) { w.tap("Make a recovery code") },
	} {
		uitest.Render(t, name, 500, 640, func(fyne.App) fyne.CanvasObject {
			w := full(t).open()
			open(w)
			return w.dialog()
		})
	}
}
