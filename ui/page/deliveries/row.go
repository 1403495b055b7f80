package deliveries

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine/desk"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// rowHeight is a row's height in pixels before scaling.
const rowHeight float32 = 46

// Widths of a row's columns in pixels before scaling.
const (
	timeWidth = 150
	chipWidth = 120
)

// row is one delivery. Its parts are made when it is first shown.
type row struct {
	fynewidget.BaseWidget
	time, what, sender *widget.Text
	chip               *widget.Chip
	name               string
	box                *fyne.Container
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
func (r *row) MinSize() fyne.Size { return fyne.NewSize(400, rowHeight) }

// AccessibilityLabel says when it came, and what became of it.
func (r *row) AccessibilityLabel() string { return r.name }

// AccessibilityRole says that it can be pressed.
func (r *row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (r *row) parts() {
	if r.box != nil {
		return
	}
	r.time, r.what, r.sender = widget.NewMuted(""), widget.NewLine(""), widget.NewCaption("")
	r.chip = widget.NewChip("", "", theme.Neutral)
	words := widget.Column(1, r.what, r.sender)
	r.box = widget.Inset(widget.Row(theme.Space3, widget.Width(r.time, timeWidth), widget.Width(widget.Row(0, r.chip), chipWidth), widget.Grow(words)), theme.Space1, theme.Space2)
}

func (r *row) show(d desk.Delivery, now time.Time) {
	r.parts()
	r.time.SetText(times(d, now))
	what, sender := phrase.Of(d.Reason), d.Sender
	if d.Accepted {
		r.chip.Set(theme.IconCheck, lang.L("Accepted"), theme.OK)
		what = lang.L("Started run {{.N}}", map[string]any{"N": d.RunID})
		if d.EventKey != "" && !strings.HasPrefix(d.EventKey, "evt_") {
			sender = d.EventKey
		}
	} else {
		r.chip.Set(theme.IconAlert, lang.L("Refused {{.Status}}", map[string]any{"Status": d.Status}), theme.Bad)
	}
	r.what.SetText(what)
	r.sender.SetText(sender)
	widget.SetVisible(r.sender, sender != "")
	r.name = r.time.Words() + ". " + r.chip.Text + ". " + what
	r.box.Refresh()
}

// CreateRenderer is for Fyne.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	r.parts()
	return fynewidget.NewSimpleRenderer(r.box)
}

// times says when it came, and how often in a row.
func times(d desk.Delivery, now time.Time) string {
	words := when.Day(d.At, now)
	if d.Times > 1 {
		words += " · " + strconv.Itoa(d.Times) + "×"
	}
	return words
}

func statusWords(d desk.Delivery) string {
	return lang.L("Status {{.Status}}", map[string]any{"Status": d.Status})
}
