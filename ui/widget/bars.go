package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Bar is one value of a Bars chart: how many, and how many of them failed.
type Bar struct{ Count, Failed int }

// Bars is a small bar chart without axes, oldest first. Bars with a failure are in the error's colour.
type Bars struct {
	fynewidget.BaseWidget
	Values []Bar
	// Name says in words what the chart shows, for screen readers.
	Name string

	bars []fyne.CanvasObject
	box  *fyne.Container
}

var (
	_ fyne.Widget     = (*Bars)(nil)
	_ fyne.Accessible = (*Bars)(nil)
)

// NewBars makes a chart of 82 by 28 pixels or more.
func NewBars(name string, values ...Bar) *Bars {
	b := &Bars{Name: name, Values: values}
	b.box = &fyne.Container{Layout: barsLayout{b}}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes name and values.
func (b *Bars) Set(name string, values ...Bar) {
	b.Name, b.Values = name, values
	b.Refresh()
}

// AccessibilityLabel is the name.
func (b *Bars) AccessibilityLabel() string { return b.Name }

// AccessibilityRole says that it is told as text.
func (b *Bars) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer { return newDrawn(b.box, b.paint) }

func (b *Bars) paint() {
	for len(b.bars) < len(b.Values) {
		b.bars = append(b.bars, &canvas.Rectangle{CornerRadius: 1.5})
	}
	b.bars = b.bars[:len(b.Values)]
	for i, v := range b.Values {
		color := theme.ColorBar
		if v.Failed > 0 {
			color = theme.ColorError
		}
		b.bars[i].(*canvas.Rectangle).FillColor = theme.Color(color)
	}
	b.box.Objects = b.bars
	barsLayout{b}.Layout(b.bars, b.Size())
}

type barsLayout struct{ b *Bars }

func (barsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(82, 28) }

func (l barsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap, least = 2, 1.5
	most := 1
	for _, v := range l.b.Values {
		most = max(most, v.Count)
	}
	width := (size.Width+gap)/float32(max(len(objects), 1)) - gap
	for i, o := range objects {
		height := max(size.Height*float32(l.b.Values[i].Count)/float32(most), least)
		o.Move(fyne.NewPos(float32(i)*(width+gap), size.Height-height))
		o.Resize(fyne.NewSize(max(width, 1), height))
	}
}
