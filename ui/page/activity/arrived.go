package activity

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
	"bellhop/ui/fact"
	"bellhop/ui/form"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// mostAsked is how many questions are asked without scrolling.
const mostAsked = 3

// arrived says that what is in doubt did arrive; the run goes on after it.
func (p *Page) arrived() {
	d := &p.right.run
	switch doubts := d.doubts(); {
	case len(doubts) == 1:
		p.arrivedOne(doubts[0].Step, doubts[0].Round, p.wentThrough)
	case slices.ContainsFunc(doubts, func(s *engine.StepRun) bool { return len(recipe.Needs(d.Definition, p.Catalog, s.Step)) > 0 }):
		p.ask(lang.L("Go on without what came back?"),
			lang.L("Later steps use what the app answered, which was lost, and will find nothing there. To say what it was, decide about each request by itself, below."),
			lang.L("Go on without it"), p.wentThrough)
	default:
		p.wentThrough()
	}
}

func (p *Page) wentThrough() {
	id := p.right.run.ID
	p.do(func(ctx context.Context) error { return p.Desk.WentThrough(ctx, id) }, func() {
		p.Navigator.Toast(lang.L("Noted. The run goes on."))
	})
}

// arrivedOne says it of one request. Where later steps use what came back, it asks for that first; without
// does what is done if nothing is known of it.
func (p *Page) arrivedOne(step, round string, without func()) {
	id, definition := p.right.run.ID, p.right.run.Definition
	needs := recipe.Needs(definition, p.Catalog, step)
	if len(needs) == 0 {
		without()
		return
	}
	var fields []engine.Field
	var lost []string
	for _, n := range needs {
		by := lang.L("Used by {{.Steps}}.", map[string]any{"Steps": quotedList(n.By)})
		if !n.Text {
			lost = append(lost, quotedList(n.By))
			continue
		}
		fields = append(fields, engine.Field{Name: n.Path, Type: engine.FieldText, Label: needed(n.Path), Help: by, Placeholder: n.Sample})
	}
	body := widget.Column(theme.Space3,
		widget.NewText(lang.L("What the app answered was lost, and later steps use it. Look there, and enter what you find. What stays empty is not there for them.")))
	f := form.New(fields, nil, form.Options{})
	switch {
	case len(fields) > mostAsked:
		body.Add(widget.Sized(container.NewVScroll(f), 0, 320))
	case len(fields) > 0:
		body.Add(f)
	}
	if len(lost) > 0 {
		body.Add(widget.NewText(lang.L("More than can be entered here is used by {{.Steps}}.", map[string]any{"Steps": strings.Join(slices.Compact(lost), ", ")})))
	}
	var d *widget.Dialog
	goOn := widget.NewFilledButton("", lang.L("Go on"), func() {
		given := map[string]string{}
		for name, value := range f.Values() {
			if text, _ := value.(string); text != "" {
				given[name] = text
			}
		}
		if len(given) == 0 {
			d.Hide()
			without()
			return
		}
		p.do(func(ctx context.Context) error { return p.Desk.Arrived(ctx, id, step, round, given) }, func() {
			d.Hide()
			p.Navigator.Toast(lang.L("Noted. The run goes on."))
		})
	})
	stop := widget.NewButton(lang.L("Stop the run"), func() {
		d.Hide()
		p.cancel()
	})
	back := widget.NewButton(lang.L("Cancel"), func() { d.Hide() })
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("It went through. What came back?"), body, []fyne.CanvasObject{back, stop, goOn}...)
	d.Show()
}

// arrivedRound says it of one of several requests in doubt.
func (p *Page) arrivedRound(step, round string) {
	p.arrivedOne(step, round, func() { p.settle(step, round, true) })
}

// needed names a part of a result as it is named where results are shown.
func needed(path string) string {
	if p, err := mapping.ParsePath(path); err == nil {
		return fact.Label(p)
	}
	return path
}

// quotedList writes titles of steps as a list in words.
func quotedList(titles []string) string {
	return "“" + strings.Join(titles, "”, “") + "”"
}
