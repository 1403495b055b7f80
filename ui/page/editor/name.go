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

// nameLine is the layout of the name and what stands behind it: the name is as wide as its words, as
// far as there is room.
type nameLine struct{ entry *nameEntry }

// The name's least width, and what an entry has around its text, in pixels before scaling.
const (
	leastName = 120
	aroundIt  = 34
)

func (l nameLine) MinSize(objects []fyne.CanvasObject) fyne.Size {
	name, behind := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(leastName+theme.Space2+behind.Width, max(name.Height, behind.Height))
}

func (l nameLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	name, behind := objects[0], objects[1]
	words := fyne.MeasureText(l.entry.Text, theme.Size(theme.SizeSubtitle), l.entry.TextStyle).Width + aroundIt
	width := min(max(words, leastName), size.Width-theme.Space2-behind.MinSize().Width)
	name.Resize(fyne.NewSize(width, name.MinSize().Height))
	name.Move(fyne.NewPos(0, (size.Height-name.MinSize().Height)/2))
	behind.Resize(behind.MinSize())
	behind.Move(fyne.NewPos(width+theme.Space2, (size.Height-behind.MinSize().Height)/2))
	saved := objects[2]
	left := size.Width - width - 2*theme.Space2 - behind.MinSize().Width
	if saved.MinSize().Width > left { // there is no room for it beside what matters more
		saved.Move(fyne.NewPos(0, -2*size.Height))
		return
	}
	saved.Resize(saved.MinSize())
	saved.Move(fyne.NewPos(size.Width-saved.MinSize().Width, (size.Height-saved.MinSize().Height)/2))
}
