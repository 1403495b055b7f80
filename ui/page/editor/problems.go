package editor

import (
	"errors"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// maxListed is how many problems are listed at once; the rest follow when these are put right.
const maxListed = 6

// problemList is the banner that lists what keeps the recipe from being published, each with a link to
// its place.
type problemList struct {
	page   *Page
	rows   *fyne.Container
	object *fyne.Container
	// listed are the problems that the rows are made of.
	listed []draft.Problem
	shown  bool
}

func newProblemList(p *Page) *problemList {
	l := &problemList{page: p, rows: widget.Column(theme.Space1)}
	lead := widget.NewStrong(lang.L("To put right before publishing"))
	hide := widget.NewIconButton(theme.IconClose, lang.L("Hide the list"), func() { l.toggle() })
	head := widget.Row(theme.Space2, widget.NewIcon(theme.IconAlert, theme.ColorWarn, 16), widget.Grow(lead), hide)
	inside := widget.Inset(widget.Column(theme.Space1, head, l.rows), theme.Space2, theme.Space6)
	l.object = widget.Column(0, widget.NewSurface(theme.ColorWarnTint, inside))
	l.object.Hide()
	return l
}

func (l *problemList) toggle() {
	l.shown = !l.shown
	l.refresh()
}

// open shows the list, and from now on what is missing at every step.
func (l *problemList) open() {
	l.shown = true
	l.page.seenAll()
	l.page.refresh()
}

func (l *problemList) refresh() {
	problems := l.page.session.Problems()
	l.shown = l.shown && len(problems) > 0
	if l.shown && !equal(problems, l.listed) {
		l.listed = problems
		l.rows.Objects = nil
		for _, p := range problems[:min(len(problems), maxListed)] {
			l.rows.Add(l.row(p))
		}
		if more := len(problems) - maxListed; more > 0 {
			l.rows.Add(widget.NewHelp(lang.N("and {{.N}} more", more, map[string]any{"N": more})))
		}
		l.rows.Refresh()
	}
	widget.SetVisible(l.object, l.shown)
}

func (l *problemList) row(p draft.Problem) fyne.CanvasObject {
	name := ""
	switch e := l.page.session.Element(p.Place); {
	case p.Place == draft.Whole && p.Part == "name":
		name = lang.L("Name")
	case p.Place == draft.Whole && p.Part == "steps":
		name = lang.L("Steps")
	case ofSettings(p):
		name = lang.L("Settings")
	case e.Use == "":
		name = lang.L("Start")
	default:
		name = strconv.Itoa(p.Place.Number()) + " · " + e.Title
	}
	words := widget.NewParts(widget.Part{Text: name, Bold: true}, widget.Part{Text: ": " + sentence(p.Problem)})
	link := widget.NewLink(lang.L("Show"), func() { l.page.goTo(p) })
	link.Name = lang.L("Show: {{.Problem}}", map[string]any{"Problem": phrase.Of(p.Message)})
	return widget.RowTop(theme.Space3, widget.Grow(words), link)
}

// sentence is a problem as it is read at its place.
func sentence(p engine.Problem) string {
	if p.Suggestion == "" {
		return phrase.Of(p.Message)
	}
	return phrase.Of(p.Message) + " " + lang.L("Did you mean “{{.Word}}”?", map[string]any{"Word": p.Suggestion})
}

// reason is an error as it is read at its place.
func reason(err error) string {
	if problems, ok := errors.AsType[engine.Problems](err); ok && len(problems) > 0 {
		return sentence(problems[0])
	}
	return phrase.Error(err)
}

// goTo shows the place of a problem, and gives the keyboard to its field.
func (p *Page) goTo(problem draft.Problem) {
	p.seenAll()
	switch {
	case problem.Place == draft.Whole && problem.Part == "name":
		p.Navigator.Dialogs().Canvas().Focus(p.bar.name)
		return
	case problem.Part == "steps":
		list := draft.Main
		if problem.Place != draft.Whole {
			list = draft.List{Holder: problem.Place, Path: draft.NoPath}
		}
		p.detail.adding(p.session.End(list))
		return
	case ofSettings(problem):
		p.detail.openSettings()
		return
	}
	p.session.Select(problem.Place)
	p.detail.open()
	p.detail.tabs.Select(tabOf(problem))
	p.detail.build()
	p.refresh()
	p.flow.focus(problem.Place)
	switch set := p.detail.setUp; {
	case set == nil:
	case set.paths != nil && problem.Path != draft.NoPath:
		set.paths.focus(problem.Path)
	case problem.Field != "":
		set.focus(problem.Field)
	}
}

// ofSettings says whether a problem is put right in the recipe's settings.
func ofSettings(p draft.Problem) bool {
	return slices.Contains([]string{"runs", "personal", "answer", "per_minute"}, p.Part)
}

// seenAll has what is missing told everywhere.
func (p *Page) seenAll() {
	for place := draft.Trigger; place <= p.session.Last(); place++ {
		p.seen[p.idAt(place)] = true
	}
}

func equal(a, b []draft.Problem) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
