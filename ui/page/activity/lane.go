package activity

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// lane shows when within the run a step was at work: a line for the whole run, and on it the step's
// part, at least as a dot.
type lane struct {
	fynewidget.BaseWidget
	// from and to are parts of the run's time, 0 to 1.
	from, to float32
	color    fyne.ThemeColorName
	name     string

	track, part *canvas.Rectangle
}

var (
	_ fyne.Widget     = (*lane)(nil)
	_ fyne.Accessible = (*lane)(nil)
)

const laneHeight float32 = 6

func newLane() *lane {
	l := &lane{color: theme.ColorPrimary}
	l.track = &canvas.Rectangle{CornerRadius: laneHeight / 2}
	l.part = &canvas.Rectangle{CornerRadius: laneHeight / 2}
	l.ExtendBaseWidget(l)
	return l
}

// set changes all of it. name says it in words, for screen readers.
func (l *lane) set(from, to float32, color fyne.ThemeColorName, name string) {
	l.from, l.to, l.color, l.name = from, to, color, name
	l.Refresh()
}

// AccessibilityLabel says when the step was at work.
func (l *lane) AccessibilityLabel() string { return l.name }

// AccessibilityRole says that it is told as text.
func (l *lane) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (l *lane) CreateRenderer() fyne.WidgetRenderer {
	r := &laneRenderer{l}
	r.Refresh()
	return r
}

type laneRenderer struct{ lane *lane }

func (laneRenderer) Destroy()           {}
func (laneRenderer) MinSize() fyne.Size { return fyne.NewSize(60, laneHeight) }
func (r laneRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.lane.track, r.lane.part}
}

func (r laneRenderer) Layout(size fyne.Size) {
	l := r.lane
	y := (size.Height - laneHeight) / 2
	l.track.Move(fyne.NewPos(0, y))
	l.track.Resize(fyne.NewSize(size.Width, laneHeight))
	// What is round and has no width is drawn as a speck.
	l.track.Hidden, l.part.Hidden = size.Width < laneHeight, size.Width < laneHeight
	if l.track.Hidden {
		return
	}
	width := min(max((l.to-l.from)*size.Width, laneHeight), size.Width)
	l.part.Move(fyne.NewPos(min(l.from*size.Width, size.Width-width), y))
	l.part.Resize(fyne.NewSize(width, laneHeight))
}

func (r laneRenderer) Refresh() {
	r.lane.track.FillColor = theme.Color(theme.ColorSunken)
	r.lane.part.FillColor = theme.Color(r.lane.color)
	r.Layout(r.lane.Size())
	r.lane.track.Refresh()
	r.lane.part.Refresh()
}
