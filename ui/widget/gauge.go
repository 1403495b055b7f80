package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Gauge is a thin bar that shows how much of something is used. Words stand beside it.
type Gauge struct {
	fynewidget.BaseWidget
	// Value is the part that is used, 0 to 1.
	Value float64
	Tone  theme.Tone
	// Name says in words what it shows, for screen readers.
	Name string

	track, fill *canvas.Rectangle
	box         *fyne.Container
}

var (
	_ fyne.Widget     = (*Gauge)(nil)
	_ fyne.Accessible = (*Gauge)(nil)
)

// gaugeHeight is its height in pixels before scaling.
const gaugeHeight = 6

// NewGauge makes an empty gauge.
func NewGauge(name string) *Gauge {
	g := &Gauge{Name: name, track: &canvas.Rectangle{CornerRadius: canvas.RadiusMaximum}, fill: &canvas.Rectangle{CornerRadius: canvas.RadiusMaximum}}
	g.box = &fyne.Container{Layout: gaugeLayout{g}, Objects: []fyne.CanvasObject{g.track, g.fill}}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes all of it.
func (g *Gauge) Set(name string, value float64, tone theme.Tone) {
	if g.Name != name || g.Value != value || g.Tone != tone {
		g.Name, g.Value, g.Tone = name, value, tone
		g.Refresh()
	}
}

// AccessibilityLabel is the name.
func (g *Gauge) AccessibilityLabel() string { return g.Name }

// AccessibilityRole says that it is told as text.
func (g *Gauge) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (g *Gauge) CreateRenderer() fyne.WidgetRenderer { return newDrawn(g.box, g.paint) }

func (g *Gauge) paint() {
	g.track.FillColor, g.fill.FillColor = theme.Color(theme.ColorTrack), theme.Color(g.Tone.Foreground())
	gaugeLayout{g}.Layout(nil, g.Size())
	g.track.Refresh()
	g.fill.Refresh()
}

type gaugeLayout struct{ g *Gauge }

func (gaugeLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, gaugeHeight) }

func (l gaugeLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	y := (size.Height - gaugeHeight) / 2
	l.g.track.Move(fyne.NewPos(0, y))
	l.g.track.Resize(fyne.NewSize(size.Width, gaugeHeight))
	width := size.Width * float32(min(max(l.g.Value, 0), 1))
	if width > 0 {
		width = max(width, gaugeHeight) // what is used at all is seen
	}
	l.g.fill.Move(fyne.NewPos(0, y))
	l.g.fill.Resize(fyne.NewSize(width, gaugeHeight))
}
