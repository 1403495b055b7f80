package tryout

import (
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/engine/dryrun"
	"bellhop/ui/fact"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// rowHeight is a row's height in pixels before scaling.
const rowHeight float32 = 46

// row is one event. Its parts are made when it is first shown.
type row struct {
	fynewidget.BaseWidget
	ground      *canvas.Rectangle
	title, time *widget.Text
	chip        *widget.Chip
	name        string
	selected    bool
	box         *fyne.Container
}

var (
	_ fyne.Widget     = (*row)(nil)
	_ fyne.Accessible = (*row)(nil)
)

func newRow() *row {
	r := &row{}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize is the same for all rows.
func (r *row) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

// AccessibilityLabel says which event it is, and what would have become of it.
func (r *row) AccessibilityLabel() string { return r.name }

// AccessibilityRole says that it can be pressed.
func (r *row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (r *row) parts() {
	if r.box != nil {
		return
	}
	r.ground = &canvas.Rectangle{CornerRadius: theme.RadiusField}
	r.title, r.time = widget.NewStrong(""), widget.NewCaption("")
	r.chip = widget.NewChip("", "", theme.Neutral)
	words := widget.Row(theme.Space2, widget.Grow(widget.Column(1, r.title, r.time)), r.chip)
	r.box = container.NewStack(r.ground, widget.Inset(words, theme.Space1, theme.Space3))
}

func (r *row) show(o dryrun.Outcome, selected bool, now time.Time) {
	r.parts()
	r.selected = selected
	title := fact.Run(o.Run)
	r.title.SetText(title)
	r.time.SetText(when.Day(o.Event.ReceivedAt, now))
	switch {
	case o.Run.State == engine.Succeeded && len(o.Apps) > 0:
		r.chip.Set(theme.IconNext, lang.L("To {{.Apps}}", map[string]any{"Apps": strings.Join(o.Apps, ", ")}), theme.Primary)
	case o.Run.State == engine.Succeeded:
		r.chip.Set(theme.IconCheck, lang.L("Nothing sent"), theme.OK)
	default:
		status.Set(r.chip, o.Run.State, "")
	}
	r.name = title + ". " + r.chip.Text
	r.paint()
	r.box.Refresh()
}

func (r *row) paint() {
	r.ground.FillColor = color.Transparent
	if r.selected {
		r.ground.FillColor = theme.Color(theme.ColorPrimaryTint)
	}
	r.ground.Refresh()
}

// Refresh follows the theme.
func (r *row) Refresh() {
	if r.box != nil {
		r.paint()
	}
	r.BaseWidget.Refresh()
}

// CreateRenderer is for Fyne.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	r.parts()
	return fynewidget.NewSimpleRenderer(r.box)
}
