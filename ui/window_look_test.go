package ui_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func newWindow(t testing.TB, loop *uitest.Loop, changes <-chan engine.Change) (*ui.Window, fyne.Window) {
	fw := test.NewTempWindow(t, widget.NewText(""))
	w := ui.NewWindow(ui.Params{
		Window: fw, Loop: loop.UI(), Changes: changes,
		Overview: func(context.Context) (ui.Overview, error) {
			return ui.Overview{
				Status: ui.Status{Tone: theme.OK, State: "Running", Detail: "4 recipes on", Note: "Only this computer can reach it"},
				Badges: map[string]int{"activity": 1},
			}, nil
		},
	})
	return w, fw
}

func TestLookAtWindow(t *testing.T) {
	uitest.Render(t, "window", 1280, 800, func(fyne.App) fyne.CanvasObject {
		loop := uitest.NewLoop()
		w, fw := newWindow(t, loop, nil)
		for _, m := range []ui.MainPage{
			{Name: "recipes", Icon: theme.IconRecipes, Page: &page{title: "Recipes"}},
			{Name: "activity", Icon: theme.IconActivity, Page: &page{title: "Activity"}},
			{Name: "connections", Icon: theme.IconConnections, Page: &page{title: "Connections"}},
			{Name: "practice", Icon: theme.IconPractice, Page: &page{title: "Practice"}},
		} {
			w.AddPage(m)
		}
		w.Show()
		loop.Turn()
		w.Toast("Saved. The recipe is on.")
		return fw.Content()
	})
}

// page is a page that writes down what it is told.
type page struct {
	title   string
	told    []string
	changes []engine.Change
	content fyne.CanvasObject
}

func (p *page) Title() string { return p.title }
func (p *page) Content() fyne.CanvasObject {
	if p.content == nil {
		p.content = widget.NewPage(widget.NewPageHeader(p.title), widget.NewText("Nothing here."))
	}
	return p.content
}
func (p *page) Show() { p.told = append(p.told, "show") }
func (p *page) Hide() { p.told = append(p.told, "hide") }
func (p *page) Apply(changes []engine.Change) {
	p.told = append(p.told, "apply")
	p.changes = append(p.changes, changes...)
}
