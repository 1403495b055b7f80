package editor

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// options is the tab with what most people leave as it is.
type options struct {
	page   *Page
	place  draft.Place
	frames map[string]*widget.FormField // by the part of the recipe that they set
	object fyne.CanvasObject
}

func newOptions(p *Page, e draft.Element) *options {
	o := &options{page: p, place: e.Place, frames: map[string]*widget.FormField{}}
	box := widget.Column(theme.Space5)
	o.object = box
	step, ok := p.session.Step(e.Place)
	if !ok {
		if e.Operation.Webhook != nil {
			box.Add(o.maxSize(p.session.Definition().Trigger))
		} else {
			box.Add(widget.NewHelp(lang.L("There is nothing to set here yet.")))
		}
		return o
	}
	box.Add(o.name(step, e))
	if e.Operation.Kind() != engine.KindLogic {
		box.Add(o.retries(step))
	}
	box.Add(o.onFailure(step))
	return o
}

func (o *options) frame(part, label string, control fyne.CanvasObject, help string) fyne.CanvasObject {
	f := widget.NewFormField(label, false, control, help)
	o.frames[part] = f
	return f
}

func (o *options) name(step engine.Step, e draft.Element) fyne.CanvasObject {
	entry := widget.NewEntry(lang.L("Name of the step"))
	entry.PlaceHolder = e.Operation.Title
	entry.SetText(step.Name)
	entry.OnChanged = func(text string) { o.page.changed(o.page.session.RenameStep(o.place, text)) }
	return o.frame("name", lang.L("Name of the step"), entry, lang.L("What you see in the recipe and in the history."))
}

func (o *options) retries(step engine.Step) fyne.CanvasObject {
	times := engine.DefaultRetryTimes
	if step.Retry != nil {
		times = step.Retry.Times
	}
	help := lang.L("Times from 0 to {{.Most}}, with growing pauses, when the other side cannot be reached or asks to slow down.", map[string]any{"Most": recipe.MaxRetryTimes})
	return o.number("retry", lang.L("Try again"), strconv.Itoa(times), help, 0, recipe.MaxRetryTimes, func(n int64) bool {
		return o.page.session.SetRetries(o.place, int(n))
	})
}

// kilobyte is the unit of a delivery's size.
const kilobyte = 1 << 10

func (o *options) maxSize(t engine.Trigger) fyne.CanvasObject {
	size := t.MaxBytes
	if size == 0 {
		size = engine.DefaultMaxBytes
	}
	help := lang.L("In KB. Larger deliveries are turned away. An order with a hundred lines has some 200 KB.")
	return o.number("max_bytes", lang.L("Largest delivery"), strconv.FormatInt(size/kilobyte, 10), help, recipe.MinBytes/kilobyte, recipe.MaxBytes/kilobyte, func(n int64) bool {
		if n*kilobyte == engine.DefaultMaxBytes {
			n = 0
		}
		return o.page.session.SetMaxBytes(n * kilobyte)
	})
}

// number is a small field for a whole number from least to most.
func (o *options) number(part, label, text, help string, least, most int64, set func(n int64) bool) fyne.CanvasObject {
	entry := widget.NewEntry(label)
	entry.SetText(text)
	frame := widget.NewFormField(label, false, widget.Row(0, widget.Width(entry, 110)), help)
	entry.OnChanged = func(text string) {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || n < least || n > most {
			frame.SetError(lang.L("This is to be a whole number from {{.Least}} to {{.Most}}.", map[string]any{"Least": least, "Most": most}))
			return
		}
		frame.SetError("")
		o.page.changed(set(n))
	}
	o.frames[part] = frame
	return frame
}

func (o *options) onFailure(step engine.Step) fyne.CanvasObject {
	values := []engine.OnFailure{engine.OnFailureStop, engine.OnFailureContinue, engine.OnFailureHold}
	words := []string{
		lang.L("Stop: the run has failed, and the steps after this one are not done"),
		lang.L("Go on: the next steps are done without this one's result"),
		lang.L("Hold: the run waits until you decide"),
	}
	radio := fynewidget.NewRadioGroup(words, nil)
	radio.Required = true
	radio.SetSelected(words[0])
	for i, v := range values {
		if v == step.OnFailure {
			radio.SetSelected(words[i])
		}
	}
	radio.OnChanged = func(chosen string) {
		for i, w := range words {
			if w == chosen {
				o.page.changed(o.page.session.SetOnFailure(o.place, values[i]))
			}
		}
	}
	return o.frame("on_failure", lang.L("If it fails for good"), radio, "")
}

// refresh shows what is wrong.
func (o *options) refresh(draft.Element) {
	wrong := map[string]string{}
	for _, p := range o.page.session.ProblemsAt(o.place) {
		if wrong[p.Part] == "" {
			wrong[p.Part] = sentence(p.Problem)
		}
	}
	for part, f := range o.frames {
		if wrong[part] != "" {
			f.SetError(wrong[part])
		}
	}
}
