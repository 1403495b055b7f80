package form

import (
	"fyne.io/fyne/v2"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// group is fields of which one at most may be given: chips choose which.
type group struct {
	name    string
	members []*input
	chips   []*widget.Choice
	current *input
	row     *fyne.Container
	// object is the chips with the members below them.
	object *fyne.Container
}

// join puts an input into its group. The first member with a value is the one chosen.
func (f *Form) join(in *input) {
	var g *group
	for _, one := range f.groups {
		if one.name == in.Group {
			g = one
		}
	}
	if g == nil {
		g = &group{name: in.Group, row: widget.Row(theme.Space2)}
		g.object = widget.Column(theme.Space2, g.row)
		f.groups = append(f.groups, g)
	}
	in.group = g
	chip := widget.NewChoice(in.Label, func() { g.choose(f, in) })
	g.members, g.chips = append(g.members, in), append(g.chips, chip)
	g.row.Add(chip)
	g.object.Add(in.frame)
	if g.current == nil && in.given != nil {
		g.current = in
	}
}

// choose shows one member; the others keep what was typed, in case the user comes back, but have no
// value meanwhile.
func (g *group) choose(f *Form, in *input) {
	if g.current == in {
		return
	}
	g.current = in
	f.changed(in)
}

// update shows the chips of the members that matter.
func (g *group) update(f *Form) {
	var first *input
	visible := 0
	for i, in := range g.members {
		fits := f.fits(in) && (f.open || !in.Advanced || in == g.current)
		widget.SetVisible(g.chips[i], fits)
		if fits {
			visible++
			if first == nil {
				first = in
			}
		}
	}
	if g.current == nil || !f.fits(g.current) {
		g.current = first
	}
	for i, in := range g.members {
		g.chips[i].Set(in.Label, in == g.current)
		// With chips above it, the label would be there twice.
		if label := labelUnless(visible > 1, in.Label); in.frame.Label != label {
			in.frame.Label = label
			in.frame.Refresh()
		}
	}
	widget.SetVisible(g.row, visible > 1)
	widget.SetVisible(g.object, visible > 0)
}

func labelUnless(chips bool, label string) string {
	if chips {
		return ""
	}
	return label
}
