package activity

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// pathLane is one way that a step can take, with its steps below its name.
type pathLane struct {
	name, taken *widget.Text
	inner       *fyne.Container
	panel       fyne.CanvasObject
}

func newPathLane() *pathLane {
	l := &pathLane{name: widget.NewStrong(""), taken: widget.NewCaption(""), inner: widget.Column(theme.Space2)}
	l.taken.Flow = widget.Whole
	l.panel = widget.NewSunken(widget.Column(theme.Space2, newHeading(headGap, l.name, l.taken), l.inner))
	return l
}

// list puts the cards of steps into a column, each with what it holds.
func (d *detail) list(to *fyne.Container, steps []engine.Placed, round string, span span) {
	for _, s := range steps {
		c := d.cards[s.Position]
		if c == nil {
			c = newStepCard(d.page)
			d.cards[s.Position] = c
		}
		record := d.run.record(s, round)
		c.show(stepView{run: &d.run, step: s, record: record, span: span})
		to.Add(c.object)
		if len(s.Paths) > 0 && record != nil && (record.State == engine.Succeeded || record.State.Active()) {
			d.paths(to, s, record, round, span)
		}
		if len(s.Steps) > 0 {
			d.loop(to, s, round, span)
		}
	}
}

// paths puts a lane below a step for each path; those that were not taken have but their name.
func (d *detail) paths(to *fyne.Container, s engine.Placed, record *engine.StepRun, round string, span span) {
	names := takenPaths(record)
	for i, path := range s.Paths {
		at := place{position: s.Position, round: path.Name}
		l := d.lanes[at]
		if l == nil {
			l = newPathLane()
			d.lanes[at] = l
		}
		taken := slices.Contains(names, path.Name)
		l.name.SetText(path.Name)
		l.inner.Objects = l.inner.Objects[:0]
		switch {
		case taken:
			l.taken.SetText(lang.L("taken"))
			d.list(l.inner, d.run.in(s.Position, i, s.IfFailed), round, span)
		case names == nil:
			l.taken.SetText(lang.L("not decided yet"))
		default:
			l.taken.SetText(lang.L("not taken"))
		}
		widget.SetVisible(l.inner, taken)
		l.inner.Refresh()
		to.Add(l.panel)
	}
}

// loop puts a loop's rounds below it, and the steps of the one that is open.
func (d *detail) loop(to *fyne.Container, s engine.Placed, outer string, span span) {
	at := place{s.Position, outer}
	l := d.run.loops[at]
	if l == nil || len(l.rounds) == 0 {
		return
	}
	open, chosen := d.chosen[at]
	if !chosen {
		open = l.first()
		if len(l.rounds) == 1 {
			open = 0
		}
	}
	if open >= len(l.rounds) {
		open = -1
	}
	r := d.rounds[s.Position]
	if r == nil {
		r = newRounds(d.page)
		d.rounds[s.Position] = r
	}
	r.show(at, l, open)
	r.inner.Objects = r.inner.Objects[:0]
	if open >= 0 {
		d.list(r.inner, d.run.in(s.Position, 0, s.IfFailed), l.rounds[open].name, span)
	}
	r.inner.Refresh()
	to.Add(r.panel)
}

// showRescue shows the steps that were done because the run failed, if any were.
func (d *detail) showRescue(span span) {
	steps := d.run.in(-1, 0, true)
	if !slices.ContainsFunc(steps, d.run.any) {
		return
	}
	d.column.Add(d.rescue)
	d.list(d.column, steps, "", span)
}
