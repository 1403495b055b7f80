package editor

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// laneHead is the title of steps within another: of a path its name, and whether it fits the sample.
type laneHead struct {
	page   *Page
	list   draft.List
	title  *widget.Text
	note   *widget.Text
	object fyne.CanvasObject
}

func newLaneHead(p *Page, list draft.List) *laneHead {
	h := &laneHead{page: p, list: list, title: widget.NewCardTitle(""), note: widget.NewMuted("")}
	h.title.Flow = widget.Wrap
	parts := []fyne.CanvasObject{widget.Grow(widget.Column(2, h.title, h.note))}
	if list.Path != draft.NoPath {
		step, _ := p.session.Step(list.Holder)
		more := widget.NewMenuButton("", func() []*fyne.MenuItem { return p.pathMenu(list.Holder, list.Path) })
		more.Name = lang.L("What can be done with the path “{{.Name}}”", map[string]any{"Name": step.Paths[list.Path].Name})
		parts = append(parts, more)
	}
	h.object = widget.Inset(widget.RowTop(theme.Space2, parts...), theme.Space2, theme.Space1)
	h.refresh()
	return h
}

func (h *laneHead) refresh() {
	step, _ := h.page.session.Step(h.list.Holder)
	if h.list.Path == draft.NoPath {
		h.title.SetText(lang.L("For each entry"))
		h.note.SetText(h.page.firstEntry(h.list.Holder))
	} else if h.list.Path < len(step.Paths) {
		path := step.Paths[h.list.Path]
		h.title.SetText(path.Name)
		h.note.SetText(h.page.fits(h.list.Holder, path.When))
	}
	widget.SetVisible(h.note, h.note.Words() != "")
}

// firstEntry says with what the steps of a loop are tried: "In this sample first: Linen shirt".
func (p *Page) firstEntry(holder draft.Place) string {
	text := draft.Label(p.session.FirstRound(holder, p.valuesAt(draft.Trigger), p.env()))
	if text == "" {
		return ""
	}
	return lang.L("In this sample first: {{.Entry}}", map[string]any{"Entry": text})
}

// fits says what the rules of a path make of the sample.
func (p *Page) fits(holder draft.Place, when map[string]any) string {
	if when == nil {
		return lang.L("When no other path is taken")
	}
	if rules, _ := when["rules"].([]any); len(rules) == 0 {
		return lang.L("No rules yet")
	}
	fits, note, err := draft.Decide(when, p.valuesAt(holder), p.env())
	switch {
	case err != nil:
		return lang.L("Cannot be tried with this sample")
	case fits:
		return lang.L("Fits: {{.Note}}", map[string]any{"Note": phrase.Of(note)})
	}
	return lang.L("Does not fit: {{.Note}}", map[string]any{"Note": phrase.Of(note)})
}

// pathMenu is what can be done with a path.
func (p *Page) pathMenu(holder draft.Place, path int) []*fyne.MenuItem {
	step, _ := p.session.Step(holder)
	up := menuItem(theme.IconUp, lang.L("Move up"), func() { p.changedPaths(holder, p.session.MovePath(holder, path, -1)) })
	up.Disabled = path == 0
	down := menuItem(theme.IconDown, lang.L("Move down"), func() { p.changedPaths(holder, p.session.MovePath(holder, path, 1)) })
	down.Disabled = path >= len(step.Paths)-1
	return []*fyne.MenuItem{
		menuItem(theme.IconEdit, lang.L("Name and rules"), func() { p.showPath(holder, path) }),
		up, down,
		fyne.NewMenuItemSeparator(),
		menuItem(theme.IconTrash, lang.L("Delete"), func() { p.changedPaths(holder, p.session.DeletePath(holder, path)) }),
	}
}

// changedPaths shows a change of which paths a step has.
func (p *Page) changedPaths(holder draft.Place, did bool) {
	if did {
		p.session.Select(holder)
		p.detail.stay()
		p.restructured(true)
	}
}

// showPath goes to a path's settings.
func (p *Page) showPath(holder draft.Place, path int) {
	p.selectPlace(holder)
	p.detail.tabs.Select(tabSetUp)
	p.detail.build()
	p.refresh()
	if set := p.detail.setUp; set != nil && set.paths != nil {
		set.paths.focus(path)
	}
}
