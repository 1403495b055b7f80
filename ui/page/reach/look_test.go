package reach_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// looks are the states of the page that people see.
var looks = []struct {
	name string
	show func(w *world)
}{
	{"choose", func(*world) {}},
	{"token", func(w *world) {
		w.tap("Set up with ngrok")
		w.tap("I have an account")
	}},
	{"address", func(w *world) {
		w.engine.token = "saved"
		w.reached(engine.Reach{})
		w.tap("Set up with ngrok")
		w.tap("Another address of my account")
	}},
	{"refused", func(w *world) {
		w.engine.token = "saved"
		w.reached(engine.Reach{})
		w.tap("Set up with ngrok")
		w.tap("Connect and test")
		w.reached(refused(now))
	}},
	{"works", func(w *world) {
		w.engine.token = "saved"
		w.reached(engine.Reach{})
		w.tap("Set up with ngrok")
		w.tap("Connect and test")
		w.reached(up(now))
	}},
	{"own", func(w *world) { w.tap("Use my address") }},
	{"meter", func(w *world) {
		w.desk.settings.Way = engine.WayNgrok
		w.reached(up(now.Add(-2 * time.Minute)))
	}},
	{"one-way", func(w *world) {
		w.desk.settings = engine.Settings{Way: engine.WayAddress, Address: "http://hooks.example.com"}
		w.reached(engine.Reach{Way: engine.WayAddress, URL: "http://hooks.example.com", Checked: now, Worked: now.Add(-4 * time.Minute), OneWay: true, Link: engine.Link{State: engine.LinkUp}})
	}},
	{"lost", func(w *world) {
		w.desk.settings.Way = engine.WayNgrok
		w.reached(lost(now.Add(-28 * time.Minute)))
	}},
}

func TestLooks(t *testing.T) {
	for _, look := range looks {
		t.Run(look.name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t).open()
			look.show(w)
			uitest.Markup(t, look.name, w.page.Content(), 912, 900)
		})
	}
}

func TestPictures(t *testing.T) {
	for _, look := range looks {
		uitest.Render(t, "reach-"+look.name, 912, 900, func(fyne.App) fyne.CanvasObject {
			w := newWorld(t).open()
			look.show(w)
			return widget.NewSurface(theme.ColorBackground, w.page.Content())
		})
	}
}
