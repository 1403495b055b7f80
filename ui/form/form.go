// Package form makes a form out of the fields that a connector file describes: a connection's, or those
// of a step. One control per engine.Field, shown only where its When fits, grouped and folded as the
// file says.
package form

import (
	"fmt"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Options are what a form may be told besides its fields.
type Options struct {
	// Saved names the secret fields that have a value already. They are shown as saved, never read.
	Saved []string
	// Control supplies controls of the user's own, such as a text field with pills; nil leaves the
	// field to the form. For the values of a map it is asked with a text field named after the map.
	Control func(field engine.Field, onChanged func()) Control
	// OnChanged is called on the UI goroutine when the user has changed a field.
	OnChanged func(field string)
}

// Form is the fields below each other. Its methods are for the UI goroutine.
type Form struct {
	fynewidget.BaseWidget
	options Options
	inputs  []*input
	groups  []*group
	fold    *widget.Button
	// open is true while the advanced fields are shown.
	open bool
	box  *fyne.Container
}

var _ fyne.Widget = (*Form)(nil)

// input is one field with its control.
type input struct {
	engine.Field
	control Control
	frame   *widget.FormField
	group   *group
	// given is the value the form was made with, kept as long as the user leaves the field alone.
	given   any
	touched bool
	// problem was set from outside, own is the control's.
	problem, own string
}

// New makes a form with values by field name. They are JSON values as engine.Definition has them; text
// may hold pills. A field that has no value shows its default.
func New(fields []engine.Field, values map[string]any, options Options) *Form {
	f := &Form{options: options, box: widget.Column(theme.Space4)}
	for _, field := range fields {
		in := &input{Field: field, given: values[field.Name]}
		in.control = f.control(in)
		in.control.SetValue(in.shown())
		in.frame = widget.NewFormField(field.Label, field.Required, in.control.Object(), field.Help)
		f.inputs = append(f.inputs, in)
		if field.Group != "" {
			f.join(in)
		}
	}
	f.fold = widget.NewLink("", func() { f.unfold(!f.open) })
	f.open = slices.ContainsFunc(f.inputs, func(in *input) bool { return in.Advanced && in.given != nil })
	f.fill()
	f.ExtendBaseWidget(f)
	f.update()
	return f
}

// Values returns the values by field name, without secrets, empty ones and those that do not matter
// where the others are as they are. A default the user left alone is not among them.
func (f *Form) Values() map[string]any {
	values := map[string]any{}
	for _, in := range f.inputs {
		if in.Type == engine.FieldSecret || !f.matters(in) {
			continue
		}
		if v := in.value(); v != nil {
			values[in.Name] = v
		}
	}
	return values
}

// Secrets returns the secrets that the user has typed, and "" for those to be removed. Saved ones that
// were left alone are not among them.
func (f *Form) Secrets() map[string]string {
	secrets := map[string]string{}
	for _, in := range f.inputs {
		if s, ok := in.control.(*secret); ok && f.matters(in) {
			if value, changed := s.change(); changed {
				secrets[in.Name] = value
			}
		}
	}
	return secrets
}

// SetValue changes a field as if the form had been made with it; OnChanged is not called.
func (f *Form) SetValue(field string, value any) {
	if in := f.find(field); in != nil {
		in.given, in.touched = value, false
		in.control.SetValue(in.shown())
		if in.group != nil && value != nil {
			in.group.current = in
		}
		f.update()
	}
}

// SetProblem shows below a field what is wrong with it, until the user changes it; "" takes it away.
func (f *Form) SetProblem(field, sentence string) {
	in := f.find(field)
	if in == nil {
		return
	}
	in.problem = sentence
	if sentence != "" {
		if in.group != nil {
			in.group.current = in
		}
		f.open = f.open || in.Advanced
	}
	f.update()
}

// ClearProblems takes away what SetProblem and Check have shown.
func (f *Form) ClearProblems() {
	for _, in := range f.inputs {
		in.problem = ""
	}
	f.update()
}

// Check marks the required fields that are empty and says whether the form can be saved: nothing is
// missing and every control can make sense of what was typed.
func (f *Form) Check() bool {
	ok := true
	for _, in := range f.inputs {
		if !f.matters(in) {
			continue
		}
		if in.Required && f.text(in.Name) == "" && in.problem == "" {
			in.problem = lang.L("This is needed.")
			f.open = f.open || in.Advanced
		}
		in.own = problemOf(in.control)
		ok = ok && in.problem == "" && in.own == ""
	}
	f.update()
	return ok
}

// Focusable is what takes the keyboard for a field that is shown, or for the first one for "". It is nil
// if the field takes none.
func (f *Form) Focusable(field string) fyne.Focusable {
	for _, in := range f.inputs {
		if field != "" && in.Name != field || !in.frame.Visible() {
			continue
		}
		target, _ := in.control.Object().(fyne.Focusable)
		return target
	}
	return nil
}

// Has says whether there is a field of that name.
func (f *Form) Has(field string) bool { return f.find(field) != nil }

// Holds returns what is in it, for widget.Follow.
func (f *Form) Holds() fyne.CanvasObject { return f.box }

// CreateRenderer is for Fyne.
func (f *Form) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(f.box) }

// fill puts everything into the box, once: what does not matter is hidden.
func (f *Form) fill() {
	var advanced []fyne.CanvasObject
	placed := map[*group]bool{}
	for _, in := range f.inputs {
		var object fyne.CanvasObject = in.frame
		if in.group != nil {
			if placed[in.group] {
				continue
			}
			placed[in.group], object = true, in.group.object
		}
		if in.Advanced {
			advanced = append(advanced, object)
		} else {
			f.box.Add(object)
		}
	}
	if len(advanced) > 0 {
		f.box.Add(widget.Row(0, f.fold))
		f.box.Objects = append(f.box.Objects, advanced...)
	}
}

// changed is what a control calls when the user changed it.
func (f *Form) changed(in *input) {
	in.touched, in.problem = true, ""
	f.update()
	if f.options.OnChanged != nil {
		f.options.OnChanged(in.Name)
	}
}

func (f *Form) unfold(open bool) {
	f.open = open
	f.update()
}

// update shows and hides by what the fields say now.
func (f *Form) update() {
	for _, g := range f.groups {
		g.update(f)
	}
	for _, in := range f.inputs {
		in.own = problemOf(in.control)
		sentence := in.problem
		if sentence == "" && in.touched {
			sentence = in.own
		}
		in.frame.SetError(sentence)
		if m, ok := in.control.(Marker); ok {
			m.Mark(sentence != "")
		}
		widget.SetVisible(in.frame, f.matters(in) && (f.open || !in.Advanced || in.group != nil))
	}
	words := lang.L("More settings")
	if f.open {
		words = lang.L("Fewer settings")
	}
	f.fold.SetText(words)
	f.box.Refresh()
}

// matters says whether a field has a say, given the values of the others.
func (f *Form) matters(in *input) bool {
	return f.fits(in) && (in.group == nil || in.group.current == in)
}

func (f *Form) fits(in *input) bool { return in.When.Fits(f.text) }

// text is a field's value as When compares it: the default where there is none.
func (f *Form) text(field string) string {
	in := f.find(field)
	if in == nil {
		return ""
	}
	if s, ok := in.control.(*secret); ok && s.has() {
		return savedDots
	}
	switch v := in.control.Value().(type) {
	case nil:
		return ""
	case string:
		return v
	case []any, map[string]any:
		return "…" // only whether it is empty counts
	default:
		return fmt.Sprint(v)
	}
}

func (f *Form) find(field string) *input {
	if i := slices.IndexFunc(f.inputs, func(in *input) bool { return in.Name == field }); i >= 0 {
		return f.inputs[i]
	}
	return nil
}

// Fields returns the names of the fields that are shown now, in order.
func (f *Form) Fields() []string {
	var names []string
	for _, in := range f.inputs {
		if in.frame.Visible() {
			names = append(names, in.Name)
		}
	}
	return names
}

// Strings returns values as a connection keeps them.
func Strings(values map[string]any) map[string]string {
	texts := map[string]string{}
	for name, v := range maps.All(values) {
		texts[name] = fmt.Sprint(v)
	}
	return texts
}

// FromStrings is the other way round.
func FromStrings(texts map[string]string) map[string]any {
	values := map[string]any{}
	for name, text := range texts {
		values[name] = text
	}
	return values
}

func (in *input) shown() any {
	if in.given == nil {
		return in.Default
	}
	return in.given
}

// value is what the user has made of it. Where a default was emptied on purpose, that is "".
func (in *input) value() any {
	if !in.touched {
		return in.given
	}
	v := in.control.Value()
	if v == nil && in.Default != nil {
		return ""
	}
	return v
}
