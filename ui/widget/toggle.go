package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
)

// Toggle switches something on or off.
type Toggle struct {
	press
	// Name says what is switched, for screen readers.
	Name string
	On   bool
	// OnChanged is told the new state when the user has switched it.
	OnChanged func(on bool) `json:"-"`

	track, ring *canvas.Rectangle
	knob        *canvas.Circle
}

var (
	_ fyne.Focusable  = (*Toggle)(nil)
	_ fyne.Accessible = (*Toggle)(nil)
)

// NewToggle makes a toggle that is on or off.
func NewToggle(name string, on bool, onChanged func(on bool)) *Toggle {
	t := &Toggle{Name: name, On: on, OnChanged: onChanged}
	t.track = &canvas.Rectangle{CornerRadius: canvas.RadiusMaximum}
	t.ring = &canvas.Rectangle{CornerRadius: canvas.RadiusMaximum}
	t.knob = &canvas.Circle{}
	t.OnTapped = func() {
		t.Set(!t.On)
		if t.OnChanged != nil {
			t.OnChanged(t.On)
		}
	}
	t.changed = t.paint
	t.ExtendBaseWidget(t)
	return t
}

// Set shows a state without telling OnChanged.
func (t *Toggle) Set(on bool) {
	if t.On != on {
		t.On = on
		t.Refresh()
	}
}

// AccessibilityLabel is the name and the state.
func (t *Toggle) AccessibilityLabel() string {
	if t.On {
		return lang.L("{{.Name}}, on", map[string]any{"Name": t.Name})
	}
	return lang.L("{{.Name}}, off", map[string]any{"Name": t.Name})
}

// CreateRenderer is for Fyne.
func (t *Toggle) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{t.track, t.knob, t.ring}
	return newDrawn(&fyne.Container{Layout: toggleLayout{t}, Objects: objects}, t.paint)
}

func (t *Toggle) paint() {
	fill := theme.ColorTrack
	if t.On {
		fill = theme.ColorOK
	}
	t.track.FillColor = theme.Color(fill)
	t.knob.FillColor = theme.Color(theme.ColorKnob)
	if t.Disabled() {
		t.track.FillColor = theme.Color(theme.ColorSunken)
	}
	t.ring.FillColor, t.ring.StrokeColor, t.ring.StrokeWidth = color.Transparent, color.Transparent, 0
	if t.focused {
		t.ring.StrokeColor, t.ring.StrokeWidth = theme.Color(theme.ColorFocus), 2.5
	}
	toggleLayout{t}.Layout(nil, t.Size())
	t.track.Refresh()
	t.knob.Refresh()
	t.ring.Refresh()
}

// toggleLayout draws track and knob in the middle of whatever space there is.
type toggleLayout struct{ t *Toggle }

const (
	toggleWidth, toggleHeight float32 = 36, 20
	toggleGap                 float32 = 2
	toggleRing                float32 = 3
)

func (toggleLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(toggleWidth+2*toggleRing, toggleHeight+2*toggleRing)
}

func (l toggleLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	at := fyne.NewPos((size.Width-toggleWidth)/2, (size.Height-toggleHeight)/2)
	l.t.track.Move(at)
	l.t.track.Resize(fyne.NewSize(toggleWidth, toggleHeight))
	l.t.ring.Move(at.SubtractXY(toggleRing, toggleRing))
	l.t.ring.Resize(l.MinSize(nil))
	side := toggleHeight - 2*toggleGap
	x := toggleGap
	if l.t.On {
		x = toggleWidth - toggleGap - side
	}
	l.t.knob.Move(at.AddXY(x, toggleGap))
	l.t.knob.Resize(fyne.NewSquareSize(side))
}
