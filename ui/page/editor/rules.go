package editor

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
	"bellhop/ui/form"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// rules edits the conditions of a filter: a line each of a value, how to compare, and with what, and
// below it what comes of it with the sample.
type rules struct {
	setUp     *setUp
	field     engine.Field
	onChanged func()
	rules     []*rule
	list      *fyne.Container
	object    *fyne.Container
	// filters is true for the rules of a filter, which say whether the run goes on.
	filters bool
}

// rule is one line.
type rule struct {
	// given is the rule as it was; what the user leaves alone keeps its type.
	given       map[string]any
	value, than *pillText
	is          *widget.Select
	operators   []condition.Operator
	note        *widget.Text
	object      fyne.CanvasObject
}

var _ form.Control = (*rules)(nil)

func newRules(s *setUp, field engine.Field, onChanged func()) *rules {
	r := &rules{setUp: s, field: field, onChanged: onChanged, list: widget.Column(theme.Space3), filters: true}
	add := widget.NewQuietButton(theme.IconPlus, lang.L("Add a rule"), func() {
		r.add(map[string]any{"is": "equals"})
		r.arrange()
		r.restructured()
		s.page.focus(r.rules[len(r.rules)-1].value.entry)
	})
	r.object = widget.Column(theme.Space2, r.list, widget.Row(0, add))
	return r
}

// Object is the lines and the button that adds one.
func (r *rules) Object() fyne.CanvasObject { return r.object }

// Value is the list of rules as a recipe has it; nil if there are none.
func (r *rules) Value() any {
	if len(r.rules) == 0 {
		return nil
	}
	list := make([]any, len(r.rules))
	for i, one := range r.rules {
		list[i] = one.content()
	}
	return list
}

// SetValue makes the lines anew. Without rules there is one to fill in.
func (r *rules) SetValue(value any) {
	for _, one := range r.rules {
		r.forget(one)
	}
	r.rules = nil
	list, _ := value.([]any)
	for _, one := range list {
		given, _ := one.(map[string]any)
		r.add(given)
	}
	if len(list) == 0 {
		r.add(map[string]any{"is": "equals"})
	}
	r.arrange()
}

func (r *rules) add(given map[string]any) {
	one := &rule{given: given, operators: condition.Operators(), note: widget.NewHelp("")}
	side := func(name, label, placeholder string) *pillText {
		c := r.setUp.newPillText(engine.Field{Name: r.field.Name, Type: engine.FieldText, Label: label, Placeholder: placeholder}, true, r.onChanged)
		c.SetValue(given[name])
		c.silent = true // the line's note says it
		c.caption.Hide()
		return c
	}
	one.value = side("value", lang.L("Value to look at"), lang.L("Insert data…"))
	one.than = side("than", lang.L("Compare with"), lang.L("100"))
	one.is = widget.NewSelect(lang.L("How to compare"))
	one.is.PlaceHolder = lang.L("Choose…")
	for _, o := range one.operators {
		one.is.Options = append(one.is.Options, phrase.Of(o.Label))
	}
	if i := slices.IndexFunc(one.operators, func(o condition.Operator) bool { return o.Name == given["is"] }); i >= 0 {
		one.is.SetSelectedIndex(i)
	}
	one.is.OnChanged = func(string) {
		one.arrange()
		r.restructured()
	}
	remove := widget.NewIconButton(theme.IconClose, lang.L("Remove this rule"), func() { r.remove(one) })
	line := widget.Row(theme.Space2, widget.Grow(one.value.Object()), widget.Width(one.is, 168), widget.Grow(one.than.Object()), remove)
	one.object = widget.Column(theme.Space1, line, one.note)
	one.arrange()
	r.rules = append(r.rules, one)
}

func (r *rules) remove(one *rule) {
	r.rules = slices.DeleteFunc(r.rules, func(other *rule) bool { return other == one })
	r.forget(one)
	r.arrange()
	r.restructured()
}

// restructured tells of a change that is undone by itself, not with what was typed before or after.
func (r *rules) restructured() {
	r.setUp.page.session.Pause()
	r.onChanged()
	r.setUp.page.session.Pause()
}

// forget takes a line's fields out of those of the tab.
func (r *rules) forget(one *rule) {
	r.setUp.pills = slices.DeleteFunc(r.setUp.pills, func(c *pillText) bool { return c == one.value || c == one.than })
}

func (r *rules) arrange() {
	r.list.Objects = nil
	for _, one := range r.rules {
		r.list.Add(one.object)
	}
	widget.SetVisible(r.list, len(r.rules) > 0)
	r.object.Refresh()
}

// tell says below each line what is wrong with it, or what comes of it with the sample.
func (r *rules) tell(problems []draft.Problem) {
	seen := r.setUp.page.seen[r.setUp.page.idAt(r.setUp.place)]
	for i, one := range r.rules {
		text, color := r.outcome(one), theme.ColorMuted
		at := slices.IndexFunc(problems, func(p draft.Problem) bool { return strings.HasPrefix(p.Within, "["+strconv.Itoa(i)+"]") })
		switch {
		case one.value.entry.Text == "" && !seen:
			text = lang.L("Insert the value to look at, such as the total price.")
		case at >= 0:
			text, color = sentence(problems[at].Problem), theme.ColorError
		}
		one.note.SetText(text)
		one.note.SetColor(color)
		widget.SetVisible(one.note, text != "")
	}
}

// outcome is what a rule makes of the sample, by itself.
func (r *rules) outcome(one *rule) string {
	p := r.setUp.page
	pass, note, err := draft.Decide(map[string]any{"rules": []any{one.content()}}, p.values(), p.env())
	note = phrase.Of(note)
	switch {
	case err != nil:
		return reason(err)
	case pass && len(r.rules) == 1 && r.filters:
		return "✓ " + lang.L("{{.Note}} → goes on", map[string]any{"Note": note})
	case pass:
		return "✓ " + note
	case len(r.rules) == 1 && r.filters:
		return "✗ " + lang.L("{{.Note}} → ends here", map[string]any{"Note": note})
	}
	return "✗ " + note
}

// operator is the one chosen, if any.
func (r *rule) operator() (condition.Operator, bool) {
	i := r.is.SelectedIndex()
	if i < 0 {
		return condition.Operator{}, false
	}
	return r.operators[i], true
}

// arrange hides what the operator has no use for.
func (r *rule) arrange() {
	o, ok := r.operator()
	widget.SetVisible(r.than.object, !ok || o.NeedsThan)
}

// content is the rule as a recipe has it.
func (r *rule) content() map[string]any {
	content := maps.Clone(r.given)
	if content == nil {
		content = map[string]any{}
	}
	side := func(name string, c *pillText, wanted bool) {
		switch typed := c.entry.Text; {
		case !wanted:
			delete(content, name)
		case typed != mapping.Text(content[name]):
			content[name] = typed
		}
	}
	o, ok := r.operator()
	if ok {
		content["is"] = o.Name
	}
	side("value", r.value, true)
	side("than", r.than, !ok || o.NeedsThan)
	return content
}
