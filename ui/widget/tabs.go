package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Tabs is a row of underlined words, one of them selected. What they choose is shown elsewhere.
type Tabs struct {
	fynewidget.BaseWidget
	// OnSelected is told when the user chose another tab, counted from 0.
	OnSelected func(index int) `json:"-"`

	selected int
	tabs     []*tab
	box      *fyne.Container
}

var _ fyne.Widget = (*Tabs)(nil)

// NewTabs makes tabs with the first one selected.
func NewTabs(onSelected func(index int), names ...string) *Tabs {
	t := &Tabs{OnSelected: onSelected, box: Row(theme.Space5)}
	for i, name := range names {
		tab := newTab(name, func() {
			if i != t.selected {
				t.Select(i)
				if t.OnSelected != nil {
					t.OnSelected(i)
				}
			}
		})
		t.tabs = append(t.tabs, tab)
		t.box.Add(tab)
	}
	t.ExtendBaseWidget(t)
	t.Select(0)
	return t
}

// Selected returns which tab is selected, counted from 0.
func (t *Tabs) Selected() int { return t.selected }

// Select selects a tab without telling OnSelected.
func (t *Tabs) Select(index int) {
	t.selected = index
	for i, tab := range t.tabs {
		if on := i == index; tab.selected != on {
			tab.selected = on
			tab.Refresh()
		}
	}
}

// SetName changes the words on a tab, such as "Attempts (3)".
func (t *Tabs) SetName(index int, name string) {
	if t.tabs[index].name != name {
		t.tabs[index].name = name
		t.tabs[index].Refresh()
	}
}

// CreateRenderer is for Fyne.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(t.box) }

type tab struct {
	press
	name     string
	selected bool

	ground *ground
	text   *Text
	line   *canvas.Rectangle
}

var _ fyne.Accessible = (*tab)(nil)

func newTab(name string, onTapped func()) *tab {
	t := &tab{name: name, ground: newGround(theme.Space1), line: &canvas.Rectangle{}}
	t.text = newText(name, theme.SizeText, theme.ColorMuted, Whole, false)
	t.line.SetMinSize(fyne.NewSize(0, 2))
	t.OnTapped = onTapped
	t.changed = t.paint
	t.ExtendBaseWidget(t)
	return t
}

func (t *tab) AccessibilityLabel() string { return t.name }

func (t *tab) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(container.NewStack(t.ground.box, Column(theme.Space1, t.text, t.line)), t.paint)
}

func (t *tab) paint() {
	name := theme.ColorMuted
	t.line.FillColor = color.Transparent
	if t.selected {
		name = theme.ColorPrimary
		t.line.FillColor = theme.Color(name)
	}
	t.text.Parts = []Part{{Text: t.name, Bold: t.selected}}
	t.text.Color = name
	t.text.Refresh()
	t.line.Refresh()
	t.ground.paint("", "", t.hovered && !t.selected, t.focused)
}
