package form

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// rows is a control for names and values, such as headers: a row each.
type rows struct {
	field     engine.Field
	supply    func(engine.Field, func()) Control
	onChanged func()
	rows      []*pair
	list      *fyne.Container
	object    *fyne.Container
	// whole is a value that is no map, such as a pill that gives one. It is kept until a row is added.
	whole any
	note  *widget.Text
}

// pair is one row.
type pair struct {
	name   *widget.Entry
	value  Control
	object fyne.CanvasObject
	// given is the value as it was, which need not be text; it counts while its words are unchanged.
	given any
}

var (
	_ Control = (*rows)(nil)
	_ Checker = (*rows)(nil)
)

func newRows(field engine.Field, supply func(engine.Field, func()) Control, onChanged func()) *rows {
	r := &rows{field: field, supply: supply, onChanged: onChanged, list: widget.Column(theme.Space2), note: widget.NewHelp("")}
	add := widget.NewQuietButton(theme.IconPlus, lang.L("Add a line"), func() {
		r.whole = nil
		r.add("", nil)
		r.update()
	})
	add.Name = lang.L("Add a line to {{.Field}}", map[string]any{"Field": field.Label})
	r.object = widget.Column(theme.Space2, r.note, r.list, widget.Row(0, add))
	return r
}

func (r *rows) Object() fyne.CanvasObject { return r.object }

// Value is a map[string]any without the rows that have no name.
func (r *rows) Value() any {
	if r.whole != nil {
		return r.whole
	}
	values := map[string]any{}
	for _, p := range r.rows {
		if name := strings.TrimSpace(p.name.Text); name != "" {
			values[name] = p.content()
		}
	}
	if len(values) == 0 {
		return nil
	}
	return values
}

// SetValue makes a row for each entry, by name.
func (r *rows) SetValue(value any) {
	r.rows, r.whole = nil, nil
	entries, ok := value.(map[string]any)
	if !ok && value != nil {
		r.whole = value
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		r.add(name, entries[name])
	}
	r.update()
}

// Problem says if two rows have one name, of which only the last would count.
func (r *rows) Problem() string {
	seen := map[string]bool{}
	for _, p := range r.rows {
		name := strings.TrimSpace(p.name.Text)
		switch {
		case name == "" && p.value.Value() != nil:
			return lang.L("A line has a value but no name.")
		case name != "" && seen[name]:
			return lang.L("“{{.Name}}” is there twice. Remove one of them.", map[string]any{"Name": name})
		}
		seen[name] = true
	}
	return ""
}

func (r *rows) add(name string, value any) {
	p := &pair{name: widget.NewEntry(lang.L("Name")), given: value}
	p.name.PlaceHolder = lang.L("Name")
	p.name.SetText(name)
	p.name.OnChanged = func(string) { r.onChanged() }
	field := engine.Field{Name: r.field.Name, Type: engine.FieldText, Label: lang.L("Value"), Placeholder: lang.L("Value")}
	if r.supply != nil {
		p.value = r.supply(field, r.onChanged)
	}
	if p.value == nil {
		p.value = newText(field, r.onChanged)
	}
	if text := words(value); text != "" {
		p.value.SetValue(text)
	}
	remove := widget.NewIconButton(theme.IconClose, lang.L("Remove this line"), func() { r.remove(p) })
	p.object = widget.RowTop(theme.Space2, widget.Width(p.name, 160), widget.Grow(p.value.Object()), remove)
	r.rows = append(r.rows, p)
}

func (r *rows) remove(p *pair) {
	i := slices.Index(r.rows, p)
	r.rows = slices.Delete(r.rows, i, i+1)
	r.update()
	r.onChanged()
}

func (r *rows) update() {
	r.list.Objects = nil
	for _, p := range r.rows {
		r.list.Add(p.object)
	}
	widget.SetVisible(r.list, len(r.rows) > 0)
	widget.SetVisible(r.note, r.whole != nil)
	r.note.SetText(words(r.whole))
	r.object.Refresh()
}

func (p *pair) content() any {
	v := p.value.Value()
	if v == nil {
		return ""
	}
	if text, ok := v.(string); ok && p.given != nil && text == words(p.given) {
		return p.given
	}
	return v
}
