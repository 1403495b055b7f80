package editor

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// newStepPaths are the paths that a new step begins with.
func newStepPaths() []engine.Path {
	return []engine.Path{draft.NewPath(pathName(1)), {Name: lang.L("Otherwise")}}
}

func pathName(n int) string { return lang.L("Path {{.N}}", map[string]any{"N": n}) }

// paths edits the ways of a step: the name of each, and the rules by which it is taken.
type paths struct {
	setUp  *setUp
	rows   []*pathRow
	object fyne.CanvasObject
}

// pathRow is one path.
type pathRow struct {
	name  *widget.Entry
	frame *widget.FormField
	// rules and match are nil for the path that is taken when no other is.
	rules *rules
	match *widget.Select
	wrong *widget.Text
}

func newPaths(s *setUp) *paths {
	p := &paths{setUp: s}
	step, _ := s.page.session.Step(s.place)
	box := widget.Column(theme.Space4, widget.NewStrong(lang.L("Paths")))
	for i := range step.Paths {
		box.Add(p.row(i, step.Paths))
	}
	add := widget.NewQuietButton(theme.IconPlus, lang.L("Add a path"), func() {
		session := s.page.session
		at := slices.IndexFunc(step.Paths, func(path engine.Path) bool { return path.When == nil })
		if at < 0 {
			at = len(step.Paths)
		}
		s.page.changedPaths(s.place, session.AddPath(s.place, draft.NewPath(pathName(len(step.Paths)))))
		if again := s.page.detail.setUp; again != nil && again.paths != nil {
			again.paths.focus(at)
		}
	})
	box.Add(widget.Row(0, add))
	p.object = box
	return p
}

func (p *paths) row(i int, all []engine.Path) fyne.CanvasObject {
	page, place, path := p.setUp.page, p.setUp.place, all[i]
	r := &pathRow{name: widget.NewEntry(lang.L("Name of the path")), wrong: widget.NewHelp("")}
	r.name.PlaceHolder = lang.L("For example, Abroad")
	r.name.SetText(path.Name)
	r.name.OnChanged = func(text string) { page.changed(page.session.RenamePath(place, i, text)) }
	more := widget.NewMenuButton("", func() []*fyne.MenuItem { return page.pathMenu(place, i)[1:] })
	more.Name = lang.L("Move or delete the path “{{.Name}}”", map[string]any{"Name": path.Name})
	r.frame = widget.NewFormField(lang.L("Name of the path"), true, widget.Row(theme.Space2, widget.Grow(r.name), more), "")
	r.wrong.SetColor(theme.ColorError)
	r.wrong.Hide()
	box := widget.Column(theme.Space3, r.frame)
	set := func(when map[string]any) func() {
		return func() { page.changedPaths(place, page.session.SetRules(place, i, when)) }
	}
	if path.When == nil {
		box.Add(widget.Row(theme.Space2, widget.Grow(widget.NewMuted(lang.L("Taken when no other path is."))),
			widget.NewLink(lang.L("Give it rules"), set(draft.NewPath("").When))))
	} else {
		p.addRules(box, r, i, path.When)
		if i == len(all)-1 {
			box.Add(widget.Row(0, widget.NewLink(lang.L("Take this path when no other is"), set(nil))))
		}
	}
	box.Add(r.wrong)
	p.rows = append(p.rows, r)
	return widget.NewSunken(box)
}

// matches are the values of a path's match, in the order of their words.
var matches = []string{"all", "any"}

func (p *paths) addRules(box *fyne.Container, r *pathRow, i int, when map[string]any) {
	page, place := p.setUp.page, p.setUp.place
	r.match = widget.NewSelect(lang.L("How many of the rules must fit"), lang.L("All of the rules fit"), lang.L("At least one rule fits"))
	r.match.SetSelectedIndex(max(slices.Index(matches, text(when["match"])), 0))
	changed := func() {
		now := map[string]any{"match": matches[max(r.match.SelectedIndex(), 0)]}
		if list := r.rules.Value(); list != nil {
			now["rules"] = list
		}
		page.changed(page.session.SetRules(place, i, now))
		widget.SetVisible(r.match, len(r.rules.rules) > 1)
	}
	r.rules = newRules(p.setUp, engine.Field{Name: "rules", Type: engine.FieldRules}, changed)
	r.rules.filters = false
	r.rules.SetValue(when["rules"])
	r.match.OnChanged = func(string) { changed() }
	widget.SetVisible(r.match, len(r.rules.rules) > 1)
	box.Add(widget.NewMuted(lang.L("Taken if")))
	box.Add(r.match)
	box.Add(r.rules.Object())
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// refresh shows what is wrong, and what comes of the rules.
func (p *paths) refresh(problems []draft.Problem) {
	seen := p.setUp.page.seen[p.setUp.page.idAt(p.setUp.place)]
	for i, r := range p.rows {
		var ofRules []draft.Problem
		name, wrong := "", ""
		for _, problem := range problems {
			switch inside, ok := strings.CutPrefix(problem.Within, "rules"); {
			case problem.Path != i:
			case problem.Field == "name":
				name = sentence(problem.Problem)
			case ok && inside != "":
				problem.Within = inside
				ofRules = append(ofRules, problem)
			case seen && wrong == "":
				wrong = sentence(problem.Problem)
			}
		}
		r.frame.SetError(name)
		if r.rules != nil {
			r.rules.tell(ofRules)
		}
		r.wrong.SetText(wrong)
		widget.SetVisible(r.wrong, wrong != "")
	}
}

// focus gives the keyboard to a path's name.
func (p *paths) focus(path int) {
	if path >= 0 && path < len(p.rows) {
		p.setUp.page.focus(p.rows[path].name)
	}
}
