package activity

import (
	"fyne.io/fyne/v2"

	"bellhop/ui/fact"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// facts shows names and values in two columns. Its rows are made once and filled anew.
type facts struct {
	box  *fyne.Container
	rows []factRow
}

type factRow struct {
	name, value *widget.Text
	object      fyne.CanvasObject
}

// nameWidth is the first column's width in pixels before scaling.
const nameWidth = 150

func newFacts() *facts { return &facts{box: widget.Column(theme.Space1)} }

func (f *facts) set(list []fact.Fact) {
	for len(f.rows) < len(list) {
		r := factRow{name: widget.NewHelp(""), value: widget.NewText("")}
		r.value.SizeName = theme.SizeSmall
		r.object = widget.RowTop(theme.Space3, widget.Width(r.name, nameWidth), widget.Grow(r.value))
		f.rows = append(f.rows, r)
	}
	f.box.Objects = f.box.Objects[:0]
	for i, one := range list {
		f.rows[i].name.SetText(one.Name)
		f.rows[i].value.SetText(one.Value)
		f.box.Objects = append(f.box.Objects, f.rows[i].object)
	}
	widget.SetVisible(f.box, len(list) > 0)
	f.box.Refresh()
}
