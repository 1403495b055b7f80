package reach

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// who lists the recipes that deliveries are for, and what becomes of each while none arrive.
type who struct {
	page   *Page
	lead   *widget.Text
	rows   []*whoRow
	list   *fyne.Container
	more   *widget.Text
	object fyne.CanvasObject
}

// whoRow is one recipe, used for one after another.
type whoRow struct {
	name   *widget.Button
	chip   *widget.Chip
	copyIt *widget.Button
	object *fyne.Container
}

// mostListed is how many recipes are listed at most.
const mostListed = 20

func newWho(p *Page) *who {
	w := &who{page: p, lead: widget.NewHelp(""), list: widget.Column(theme.Space2), more: widget.NewHelp("")}
	w.object = widget.NewCard(widget.Column(theme.Space3, widget.NewCardTitle(lang.L("Who waits for deliveries")), w.lead, w.list, w.more))
	return w
}

func (w *who) refresh() {
	b := w.page.book
	unreachable := status.Unreachable(b.reach)
	switch {
	case len(b.waiting) == 0:
		w.lead.SetText(lang.L("No recipe that is on waits for deliveries from the internet."))
	case unreachable:
		w.lead.SetText(lang.L("These recipes are affected. Most apps send again for some hours what did not arrive."))
	default:
		w.lead.SetText(lang.L("These recipes start when an app sends something to their address."))
	}
	w.list.Objects = w.list.Objects[:0]
	for i, one := range b.waiting {
		if i == mostListed {
			break
		}
		if i == len(w.rows) {
			w.rows = append(w.rows, newWhoRow())
			w.page.follow(w.rows[i].object)
		}
		w.rows[i].set(w.page, one, unreachable)
		w.list.Objects = append(w.list.Objects, w.rows[i].object)
	}
	widget.SetVisible(w.list, len(b.waiting) > 0)
	widget.SetVisible(w.more, len(b.waiting) > mostListed)
	if left := len(b.waiting) - mostListed; left > 0 {
		w.more.SetText(lang.N("… and {{.Count}} more", left, map[string]any{"Count": left}))
	}
	w.list.Refresh()
}

func newWhoRow() *whoRow {
	r := &whoRow{name: widget.NewLink("", nil), chip: widget.NewChip("", "", theme.Neutral)}
	r.copyIt = widget.NewIconButton(theme.IconCopy, "", nil)
	r.object = widget.Row(theme.Space3, r.name, widget.Spacer(), r.chip, r.copyIt)
	return r
}

func (r *whoRow) set(p *Page, w waiting, unreachable bool) {
	words := map[string]any{"App": w.app, "Recipe": w.name}
	if w.event == "" {
		words["App"] = lang.L("the other app")
	}
	r.name.SetText(w.name)
	r.name.OnTapped = func() {
		if p.OnOpenRecipe != nil {
			p.OnOpenRecipe(w.id)
		}
	}
	r.copyIt.Name = lang.L("Copy the address of {{.Recipe}}", words)
	r.copyIt.OnTapped = func() { p.copied(w.address) }
	switch {
	case !unreachable:
		r.chip.Set("", lang.L("Started by {{.App}}", words), theme.Neutral)
	case goesOn(p.book.reach, w):
		r.chip.Set(theme.IconClock, lang.L("Goes on: {{.App}} is asked every hour", words), theme.Warn)
	default:
		r.chip.Set(theme.IconAlert, lang.L("Gets nothing from {{.App}} now", words), theme.Bad)
	}
}

// goesOn says whether a recipe asks for what does not arrive.
func goesOn(r engine.Reach, w waiting) bool { return w.asks || slices.Contains(r.Polling, w.name) }
