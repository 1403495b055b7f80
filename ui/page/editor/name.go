package editor

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// nameEntry is an entry that looks like a title until it is edited.
type nameEntry struct {
	widget.Entry
	quiet bool
}

func newNameEntry(name string, onChanged func(string)) *nameEntry {
	e := &nameEntry{}
	e.Name = name
	e.TextStyle = fyne.TextStyle{Bold: true}
	e.OnChanged = func(text string) {
		if !e.quiet {
			onChanged(text)
		}
	}
	e.OnSubmitted = func(string) {
		if on := fyne.CurrentApp().Driver().CanvasForObject(e); on != nil {
			on.Unfocus()
		}
	}
	e.ExtendBaseWidget(e)
	return e
}

// show shows a name that came from elsewhere; what is being typed stays.
func (e *nameEntry) show(name string) {
	if e.Text == name {
		return
	}
	e.quiet = true
	e.SetText(name)
	e.quiet = false
}

// flat is the app's theme with larger letters in entries, and no border around them without the keyboard.
type flat struct{}

var _ fyne.Theme = (*flat)(nil)

func (*flat) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == fynetheme.ColorNameInputBorder {
		name = theme.ColorSurface
	}
	return fyne.CurrentApp().Settings().Theme().Color(name, variant)
}

func (*flat) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeText {
		name = theme.SizeSubtitle
	}
	return fyne.CurrentApp().Settings().Theme().Size(name)
}

func (*flat) Font(style fyne.TextStyle) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Font(style)
}

func (*flat) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Icon(name)
}

// fitName makes the entry as wide as the name, within bounds.
type fitName struct{ entry *nameEntry }

// The name's bounds, and what an entry has around its text, in pixels before scaling.
const (
	leastName = 120
	mostName  = 380
	aroundIt  = 34
)

func (f fitName) MinSize(objects []fyne.CanvasObject) fyne.Size {
	text := fyne.MeasureText(f.entry.Text, theme.Size(theme.SizeSubtitle), f.entry.TextStyle)
	return fyne.NewSize(min(max(text.Width+aroundIt, leastName), mostName), objects[0].MinSize().Height)
}

func (f fitName) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[0].Move(fyne.NewPos(0, 0))
}
