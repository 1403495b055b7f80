package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// drawn renders a widget whose objects belong to the widget.
type drawn struct {
	content fyne.CanvasObject
	// paint brings the objects up to date with the widget's state and the theme.
	paint func()
}

var _ fyne.WidgetRenderer = (*drawn)(nil)

// newDrawn paints once, so that sizes are right from the start.
func newDrawn(content fyne.CanvasObject, paint func()) *drawn {
	paint()
	return &drawn{content, paint}
}

func (d *drawn) Destroy()                     {}
func (d *drawn) Layout(size fyne.Size)        { d.content.Resize(size) }
func (d *drawn) MinSize() fyne.Size           { return d.content.MinSize() }
func (d *drawn) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{d.content} }
func (d *drawn) Refresh() {
	d.paint()
	d.content.Refresh()
}

// press is what everything has that can be pressed, by pointer or keyboard.
type press struct {
	fynewidget.DisableableWidget
	// OnTapped is called on the UI goroutine when it is pressed.
	OnTapped func() `json:"-"`
	onFocus  func()

	hovered, focused bool
	// changed repaints what shows hover and focus, and no more.
	changed func()
	self    fyne.Widget
}

var (
	_ fyne.Tappable     = (*press)(nil)
	_ fyne.Focusable    = (*press)(nil)
	_ desktop.Hoverable = (*press)(nil)
)

// ExtendBaseWidget is for constructors.
func (p *press) ExtendBaseWidget(w fyne.Widget) {
	p.self = w
	p.DisableableWidget.ExtendBaseWidget(w)
}

// Tapped presses it.
func (p *press) Tapped(*fyne.PointEvent) {
	if !p.Disabled() && p.OnTapped != nil {
		p.OnTapped()
	}
}

// TypedKey presses it on Space and Enter, and leaves other keys to the window.
func (p *press) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	default:
		toWindow(p.self, ev)
	}
}

// TypedRune ignores letters.
func (p *press) TypedRune(rune) {}

// FocusGained shows that the keyboard is here.
func (p *press) FocusGained() {
	p.set(&p.focused, true)
	if p.onFocus != nil {
		p.onFocus()
	}
}

// SetOnFocus has f called each time the keyboard comes here.
func (p *press) SetOnFocus(f func()) { p.onFocus = f }

// FocusLost shows that the keyboard went elsewhere.
func (p *press) FocusLost() { p.set(&p.focused, false) }

// MouseIn shows that the pointer is here.
func (p *press) MouseIn(*desktop.MouseEvent) { p.set(&p.hovered, true) }

// MouseMoved does nothing.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut shows that the pointer went elsewhere.
func (p *press) MouseOut() { p.set(&p.hovered, false) }

// Cursor is a hand over what can be pressed.
func (p *press) Cursor() desktop.Cursor {
	if p.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityRole says that it can be pressed.
func (p *press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (p *press) set(state *bool, to bool) {
	if *state == to {
		return
	}
	*state = to
	if p.changed != nil {
		p.changed()
	}
}

// toWindow hands a key to the window that an object is in.
func toWindow(o fyne.CanvasObject, ev *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	if typed := c.OnTypedKey(); typed != nil {
		typed(ev)
	}
}

// ground is the rounded rectangle behind something: its fill, its border, what hover and focus add.
type ground struct {
	rect, over *canvas.Rectangle
	// ring shows focus; it is over, unless the fill is of the ring's own colour.
	ring *canvas.Rectangle
	box  *fyne.Container
}

func newGround(radius float32) *ground {
	g := &ground{rect: &canvas.Rectangle{CornerRadius: radius}, over: &canvas.Rectangle{CornerRadius: radius}}
	g.ring = g.over
	g.box = container.NewStack(g.rect, g.over)
	return g
}

// ringOutside draws the ring around the rectangle, with a gap, where it would not be seen on the fill.
func (g *ground) ringOutside() {
	const gap = 4
	g.ring = &canvas.Rectangle{CornerRadius: g.rect.CornerRadius + gap}
	g.box.Add(container.New(bleed(gap), g.ring))
}

// paint draws it: an empty fill or line means none.
func (g *ground) paint(fill, line fyne.ThemeColorName, hovered, focused bool) {
	// Fyne's software painter does not take nil for a colour.
	g.rect.FillColor, g.rect.StrokeColor, g.rect.StrokeWidth = color.Transparent, color.Transparent, 0
	if fill != "" {
		g.rect.FillColor = theme.Color(fill)
	}
	if line != "" {
		g.rect.StrokeColor, g.rect.StrokeWidth = theme.Color(line), 1
	}
	g.over.FillColor, g.over.StrokeColor, g.over.StrokeWidth = color.Transparent, color.Transparent, 0
	if hovered {
		g.over.FillColor = theme.Color(theme.ColorHover)
	}
	if g.ring != g.over {
		g.ring.FillColor, g.ring.StrokeColor, g.ring.StrokeWidth = color.Transparent, color.Transparent, 0
	}
	if focused {
		g.ring.StrokeColor, g.ring.StrokeWidth = theme.Color(theme.ColorFocus), 2.5
	}
	g.rect.Refresh()
	g.over.Refresh()
	g.ring.Refresh()
}

// shadow gives it the one soft shadow of cards.
func (g *ground) shadow() {
	g.rect.Shadow = canvas.Shadow{Color: theme.Color(theme.ColorShadow), BlurRadius: 6, Offset: fyne.NewPos(0, 2)}
}
