package activity

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/ui/fact"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// The tabs of a talk.
const (
	tabSent = iota
	tabBack
	tabAttempts
)

const (
	// answerFacts is how many fields of an answer are shown.
	answerFacts = 8
	// mostAttempts is how many attempts are listed; a step may be tried for days.
	mostAttempts = 20
)

// talk is what a step that reaches outside sent, what came back, and all its attempts.
type talk struct {
	page      *Page
	record    *engine.StepRun
	operation engine.Operation
	// chosen is the number of the attempt that is shown; 0 for the last.
	chosen int
	// whole shows the message as it was sent or came back.
	whole bool

	tabs     *widget.Tabs
	which    *widget.Text
	facts    *facts
	note     *widget.Text
	more     *widget.Button
	code     *code
	attempts *fyne.Container
	rows     []*attemptRow
	box      *fyne.Container
}

func newTalk(p *Page) *talk {
	t := &talk{page: p, which: widget.NewHelp(""), facts: newFacts(), note: widget.NewText(""), code: newCode(), attempts: widget.Column(theme.Space3)}
	t.note.SizeName = theme.SizeSmall
	t.tabs = widget.NewTabs(func(int) { t.whole = false; t.fill() },
		lang.L("What was sent"), lang.L("What came back"), lang.L("Attempts"))
	t.more = widget.NewLink("", func() { t.whole = !t.whole; t.fill() })
	t.box = widget.Column(theme.Space2, t.tabs, t.which, t.facts.box, t.note, widget.Row(0, t.more), t.code.box, t.attempts)
	return t
}

func (t *talk) fold() {
	t.chosen, t.whole = 0, false
	t.tabs.Select(tabSent)
}

// show shows a step; it must have an attempt.
func (t *talk) show(v stepView, operation engine.Operation) {
	t.record, t.operation = v.record, operation
	t.tabs.SetName(tabAttempts, lang.L("Attempts ({{.N}})", map[string]any{"N": len(v.record.Attempts)}))
	t.fill()
}

// attempt returns the one that is shown.
func (t *talk) attempt() engine.Attempt {
	for _, a := range t.record.Attempts {
		if a.Number == t.chosen {
			return a
		}
	}
	return t.record.Attempts[len(t.record.Attempts)-1]
}

func (t *talk) fill() {
	a := t.attempt()
	tab := t.tabs.Selected()
	t.which.SetText(lang.L("Attempt {{.N}} of {{.All}}", map[string]any{"N": a.Number, "All": len(t.record.Attempts)}))
	widget.SetVisible(t.which, tab != tabAttempts && t.chosen != 0)
	var list []fact.Fact
	note, text := "", ""
	switch tab {
	case tabSent:
		list = fact.OfInput(t.record.Input, t.operation)
		if a.Request == nil {
			note = lang.L("Nothing was sent: it did not get so far.")
		} else {
			text = requestText(a.Request)
		}
		t.nameMore(lang.L("Show the whole message"), lang.L("Hide the whole message"))
	case tabBack:
		list, note = answerOf(a)
		if a.Response != nil {
			text = responseText(a.Response)
		}
		t.nameMore(lang.L("Show the whole answer"), lang.L("Hide the whole answer"))
	}
	t.facts.set(list)
	t.note.SetText(note)
	widget.SetVisible(t.note, note != "")
	widget.SetVisible(t.more, text != "")
	if t.whole && text != "" {
		t.code.set(text)
	}
	t.code.visible(t.whole && text != "")
	if tab == tabAttempts {
		t.fillAttempts()
	}
	widget.SetVisible(t.attempts, tab == tabAttempts)
	t.box.Refresh()
}

func (t *talk) nameMore(show, hide string) {
	if t.whole {
		show = hide
	}
	t.more.SetText(show)
}

// answerOf tells what came back, and in a sentence why nothing did or what was wrong with it.
func answerOf(a engine.Attempt) (list []fact.Fact, note string) {
	if a.Failure != nil {
		note = phrase.Of(a.Failure.Message)
	}
	if a.Response == nil {
		switch {
		case note != "":
		case a.FinishedAt.IsZero():
			note = lang.L("No answer is on record.")
		default:
			note = lang.L("No answer came.")
		}
		return nil, note
	}
	list = []fact.Fact{{Name: lang.L("Status"), Value: strconv.Itoa(a.Response.Status)}}
	data, err := mapping.Decode([]byte(a.Response.Body))
	if err != nil {
		data = nil
		if text := fact.Clip(a.Response.Body); text != "" {
			list = append(list, fact.Fact{Name: lang.L("Text"), Value: text})
		}
	}
	fields, _ := fact.All(data, answerFacts)
	return append(list, fields...), note
}

// attemptRow is one attempt in the list of them.
type attemptRow struct {
	title, error *widget.Text
	chip         *widget.Chip
	show         *widget.Button
	object       fyne.CanvasObject
}

func (t *talk) fillAttempts() {
	all := t.record.Attempts
	all = all[max(len(all)-mostAttempts, 0):]
	t.attempts.Objects = t.attempts.Objects[:0]
	for i, a := range all {
		if i == len(t.rows) {
			t.rows = append(t.rows, newAttemptRow())
		}
		t.rows[i].fill(t, a)
		t.attempts.Objects = append(t.attempts.Objects, t.rows[i].object)
	}
	t.attempts.Refresh()
}

func newAttemptRow() *attemptRow {
	r := &attemptRow{title: widget.NewStrong(""), error: widget.NewHelp(""), chip: widget.NewChip("", "", theme.Neutral)}
	r.title.SizeName = theme.SizeSmall
	r.show = widget.NewLink(lang.L("Show"), nil)
	head := widget.Row(theme.Space3, widget.Grow(newHeading(headGap, r.title, r.chip)), r.show)
	r.object = widget.Column(2, head, r.error)
	return r
}

func (r *attemptRow) fill(t *talk, a engine.Attempt) {
	r.title.SetText(numbered(a.Number, second(a.StartedAt, t.page.Now())))
	words, text := "", ""
	state := engine.Succeeded
	last := a.Number == t.record.Attempts[len(t.record.Attempts)-1].Number
	switch {
	case a.Failure != nil && last && t.record.State == engine.Unsure:
		state, text = engine.Unsure, phrase.Of(a.Failure.Message)
	case a.Failure != nil:
		state, text = engine.Failed, phrase.Of(a.Failure.Message)
	case a.FinishedAt.IsZero() && t.record.State == engine.Running && last:
		state = engine.Running
	case a.FinishedAt.IsZero():
		state, text = engine.Unsure, lang.L("It was cut off, so it is not known whether it arrived.")
	}
	if !a.FinishedAt.IsZero() {
		words = status.Of(state).Word + " · " + when.Took(a.FinishedAt.Sub(a.StartedAt))
	}
	status.Set(r.chip, state, words)
	r.error.SetText(text)
	widget.SetVisible(r.error, text != "")
	r.show.Name = lang.L("Show attempt {{.N}}", map[string]any{"N": a.Number})
	r.show.OnTapped = func() {
		t.chosen = a.Number
		t.tabs.Select(tabSent)
		t.fill()
	}
}
