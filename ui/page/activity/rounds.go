package activity

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/fact"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// roundHeight is a row's height in pixels before scaling.
const roundHeight float32 = 34

// roundsSeen is how many rounds are seen at once.
const roundsSeen = 6

// rounds is the list of a loop's rounds, of which one can be open: its steps stand below the list.
type rounds struct {
	page *Page
	// loop is the place of the loop that is shown.
	loop  place
	shown *loopRounds
	open  int
	runID int64

	list  *widget.List
	frame *fyne.Container
	head  *widget.Text
	inner *fyne.Container
	panel fyne.CanvasObject
}

func newRounds(p *Page) *rounds {
	r := &rounds{page: p, open: -1, head: widget.NewStrong(""), inner: widget.Column(theme.Space2)}
	r.list = widget.NewList(lang.L("Rounds of the loop"), func() int { return len(r.all()) },
		func() fyne.CanvasObject { return newRoundRow() },
		func(i int, o fyne.CanvasObject) {
			if i < len(r.all()) { // the list may ask for what is gone already
				o.(*roundRow).show(r, i)
			}
		}, r.press)
	r.frame = widget.Sized(r.list, 0, roundHeight)
	r.panel = widget.Inset(widget.NewSunken(widget.Column(theme.Space2, r.frame, r.head, r.inner)), 0, 0)
	return r
}

func (r *rounds) all() []round {
	if r.shown == nil {
		return nil
	}
	return r.shown.rounds
}

// show shows a loop's rounds; open is the one whose steps are shown, or -1.
func (r *rounds) show(loop place, l *loopRounds, open int) {
	another := r.shown == nil || r.loop != loop || r.runID != r.page.right.run.ID
	r.loop, r.shown, r.open, r.runID = loop, l, open, r.page.right.run.ID
	height := float32(min(max(len(l.rounds), 1), roundsSeen)) * (roundHeight + theme.Size(fynetheme.SizeNamePadding))
	r.frame.Layout = widget.Sized(r.list, 0, height).Layout
	if open >= 0 {
		r.head.SetText(lang.L("Round {{.N}} of {{.All}}", map[string]any{"N": open + 1, "All": len(l.rounds)}))
	}
	widget.SetVisible(r.head, open >= 0)
	widget.SetVisible(r.inner, open >= 0)
	r.list.Refresh()
	if another {
		r.list.MinSize() // a list that was never drawn cannot scroll
		r.list.ScrollTo(max(open, 0))
	}
}

// press opens a round, or folds the one that is open.
func (r *rounds) press(i int) {
	d := r.page.right
	if r.open == i {
		i = -1
	}
	d.chosen[r.loop] = i
	d.show(d.run)
}

// summary says how the rounds went, such as "3 of 12 failed".
func (l *loopRounds) summary() string {
	all := map[string]any{"All": len(l.rounds)}
	part := func(n int) map[string]any { return map[string]any{"N": n, "All": len(l.rounds)} }
	switch n := l.count(engine.Unsure); {
	case n > 0:
		return lang.L("{{.N}} of {{.All}} in doubt", part(n))
	case l.count(engine.Held) > 0:
		return lang.L("{{.N}} of {{.All}} held", part(l.count(engine.Held)))
	case l.count(engine.Failed) > 0:
		return lang.L("{{.N}} of {{.All}} failed", part(l.count(engine.Failed)))
	case len(l.rounds) == 0:
		return lang.L("No entries")
	}
	if done := l.count(engine.Succeeded, engine.Filtered); done < len(l.rounds) {
		return lang.L("{{.N}} of {{.All}} done", part(done))
	}
	return lang.L("All {{.All}} done", all)
}

// roundRow is one round in the list.
type roundRow struct {
	fynewidget.BaseWidget
	fold  *widget.Icon
	title *widget.Text
	why   *widget.Text
	chip  *widget.Chip
	name  string
	box   *fyne.Container
}

var (
	_ fyne.Widget     = (*roundRow)(nil)
	_ fyne.Accessible = (*roundRow)(nil)
)

func newRoundRow() *roundRow {
	r := &roundRow{}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize is the same for all rows.
func (r *roundRow) MinSize() fyne.Size { return fyne.NewSize(200, roundHeight) }

// AccessibilityLabel says which round it is and how it went.
func (r *roundRow) AccessibilityLabel() string { return r.name }

// AccessibilityRole says that it can be pressed.
func (r *roundRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (r *roundRow) parts() {
	if r.box != nil {
		return
	}
	r.fold, r.title, r.why = widget.NewIcon(theme.IconNext, theme.ColorMuted, 14), widget.NewLine(""), widget.NewCaption("")
	r.title.Flow = widget.Whole
	r.chip = widget.NewChip("", "", theme.Neutral)
	r.box = widget.Inset(widget.Row(theme.Space2, r.fold, r.title, widget.Grow(r.why), r.chip), theme.Space1, theme.Space2)
}

func (r *roundRow) show(list *rounds, i int) {
	r.parts()
	one := list.shown.rounds[i]
	icon := theme.IconNext
	if i == list.open {
		icon = theme.IconDown
	}
	r.fold.Set(icon, theme.ColorMuted)
	title := strconv.Itoa(i + 1)
	if words := fact.Name(list.shown.item(i)); words != "" {
		title = numbered(i+1, words)
	}
	r.title.SetText(title)
	words := ""
	if one.state == engine.Queued {
		words = lang.L("Not yet")
	}
	r.why.SetText(fact.Clip(one.why))
	status.Set(r.chip, one.state, words)
	r.name = title + ". " + r.chip.Text
	r.box.Refresh()
}

// CreateRenderer is for Fyne.
func (r *roundRow) CreateRenderer() fyne.WidgetRenderer {
	r.parts()
	return fynewidget.NewSimpleRenderer(r.box)
}
