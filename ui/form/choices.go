package form

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
)

// choices is a control for several of a few values, such as days of the week: a box to tick for each.
type choices struct {
	values []string
	boxes  []*fynewidget.Check
	// others are values that are no option, such as a pill; they are kept, and the user's next change
	// drops them.
	others []any
	object *fyne.Container
	quiet  bool
}

var _ Control = (*choices)(nil)

// choiceColumns is how many boxes stand side by side.
const choiceColumns = 3

func newChoices(field engine.Field, onChanged func()) *choices {
	c := &choices{object: container.NewGridWithColumns(choiceColumns)}
	for _, o := range field.Options {
		box := fynewidget.NewCheck(o.Label, func(bool) {
			if !c.quiet {
				c.others = nil
				onChanged()
			}
		})
		c.values, c.boxes = append(c.values, o.Value), append(c.boxes, box)
		c.object.Add(box)
	}
	return c
}

func (c *choices) Object() fyne.CanvasObject { return c.object }

// Value is a list in the order of the options; nil if none is ticked.
func (c *choices) Value() any {
	var list []any
	for i, box := range c.boxes {
		if box.Checked {
			list = append(list, c.values[i])
		}
	}
	if list = append(list, c.others...); len(list) == 0 {
		return nil
	}
	return list
}

// SetValue ticks what the list holds.
func (c *choices) SetValue(value any) {
	c.quiet = true
	defer func() { c.quiet = false }()
	given, isList := value.([]any)
	if !isList && value != nil {
		given = []any{value}
	}
	c.others = nil
	ticked := map[string]bool{}
	for _, one := range given {
		if text := words(one); slices.Contains(c.values, text) {
			ticked[text] = true
		} else {
			c.others = append(c.others, one)
		}
	}
	for i, box := range c.boxes {
		box.SetChecked(ticked[c.values[i]])
	}
}
