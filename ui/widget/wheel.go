package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"
)

// wheel lies over an entry and gives what the mouse wheel does to what is around it. Fyne gives it to the
// innermost thing that scrolls, which an entry is: a page stood still once one came under the pointer.
type wheel struct {
	fynewidget.BaseWidget
	inside, around *container.Scroll
	lines          bool
}

var _ fyne.Scrollable = (*wheel)(nil)

// over is the entry's wheel; hidden until something is around it.
func (e *Entry) over() *wheel {
	if e.wheel == nil {
		e.wheel = &wheel{}
		e.wheel.ExtendBaseWidget(e.wheel)
		e.wheel.Hide()
	}
	return e.wheel
}

// Scrolled moves the lines of an entry that has several as far as they go, and then what is around it.
func (w *wheel) Scrolled(event *fyne.ScrollEvent) {
	if w.inside != nil && (w.lines || event.Scrolled.DX != 0) {
		before := w.inside.Offset
		if w.inside.Scrolled(event); w.inside.Offset != before {
			return
		}
	}
	w.around.Scrolled(event)
}

// Unseen tells tests that it is no part of how things look.
func (w *wheel) Unseen() {}

// CreateRenderer is for Fyne.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(Spacer())
}

// scrollWith has the wheel move what is around the entry.
func (e *Entry) scrollWith(around *container.Scroll) {
	w := e.over()
	w.around, w.lines = around, e.MultiLine
	w.Show()
}

// CreateRenderer is for Fyne.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := &entryRenderer{e.Entry.CreateRenderer(), e.over()}
	for _, o := range r.WidgetRenderer.Objects() {
		if scroll, ok := o.(*container.Scroll); ok {
			r.wheel.inside = scroll
		}
	}
	return r
}

type entryRenderer struct {
	fyne.WidgetRenderer
	wheel *wheel
}

func (r *entryRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.wheel.Resize(size)
}

func (r *entryRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clip(r.WidgetRenderer.Objects()), r.wheel)
}
