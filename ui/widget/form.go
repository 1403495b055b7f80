package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// FormField is a labelled control with a line of help below it, or of what is wrong.
type FormField struct {
	fynewidget.BaseWidget
	Label    string
	Required bool
	Help     string
	// Error takes the place of Help while it is not empty.
	Error string

	label   *Text
	caption *Text
	box     *fyne.Container
}

var _ fyne.Widget = (*FormField)(nil)

// NewFormField puts a label above a control and help below it; label and help may be empty.
func NewFormField(label string, required bool, control fyne.CanvasObject, help string) *FormField {
	f := &FormField{Label: label, Required: required, Help: help}
	f.label = NewParts()
	f.caption = NewHelp("")
	f.box = Column(6, f.label, control, f.caption)
	f.ExtendBaseWidget(f)
	return f
}

// SetError shows what is wrong with the value, or nothing for "".
func (f *FormField) SetError(sentence string) {
	if f.Error != sentence {
		f.Error = sentence
		f.Refresh()
	}
}

// SetHelp changes the line of help.
func (f *FormField) SetHelp(help string) {
	if f.Help != help {
		f.Help = help
		f.Refresh()
	}
}

// Holds returns what is in it, for Follow.
func (f *FormField) Holds() fyne.CanvasObject { return f.box }

// CreateRenderer is for Fyne.
func (f *FormField) CreateRenderer() fyne.WidgetRenderer { return newDrawn(f.box, f.paint) }

func (f *FormField) paint() {
	f.label.Parts = []Part{{Text: f.Label, Bold: true}}
	if f.Required {
		f.label.Parts = append(f.label.Parts, Part{Text: " " + lang.L("required"), Color: theme.ColorMuted})
	}
	f.label.Refresh()
	SetVisible(f.label, f.Label != "")
	text, color := f.Help, theme.ColorMuted
	if f.Error != "" {
		text, color = f.Error, theme.ColorError
	}
	f.caption.SetText(text)
	f.caption.SetColor(color)
	SetVisible(f.caption, text != "")
}

// KeyValue is one line of NewKeyValues.
type KeyValue struct{ Key, Value string }

// NewKeyValues shows names and values in two columns: the names grey.
func NewKeyValues(rows ...KeyValue) *fyne.Container {
	box := container.New(layout.NewCustomPaddedVBoxLayout(theme.Space1))
	for _, r := range rows {
		key := NewMuted(r.Key)
		value := newText(r.Value, theme.SizeSmall, theme.ColorText, Wrap, false)
		box.Add(RowTop(theme.Space3, Width(key, 132), Grow(value)))
	}
	return box
}
