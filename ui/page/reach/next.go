package reach

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// mostTold is how many recipes are listed at most; of the others it is said where to find their addresses.
const mostTold = 12

// next says which apps have to be told the address, and which Bellhop tells by itself.
type next struct {
	page   *Page
	lead   *widget.Text
	rows   []*nextRow
	list   *fyne.Container
	more   *widget.Text
	object *fyne.Container
}

// nextRow is one recipe, used for one after another.
type nextRow struct {
	icon        *widget.Icon
	name, about *widget.Text
	copyIt      *widget.Button
	object      *fyne.Container
}

func newNext(p *Page) *next {
	n := &next{page: p, lead: widget.NewParts(), list: widget.Column(theme.Space3), more: widget.NewHelp("")}
	n.object = widget.Column(theme.Space3, widget.NewLineH(), n.lead, n.list, n.more)
	return n
}

func (n *next) refresh(visible bool) {
	widget.SetVisible(n.object, visible)
	if !visible {
		return
	}
	all := n.page.book.waiting
	switch toTell := count(all, func(w waiting) bool { return !w.told }); {
	case len(all) == 0:
		n.say(lang.L("No recipe waits for deliveries yet. When you make one, its settings show the address to paste into the other app."))
	case toTell == 0:
		n.say(lang.L("Nothing to do. Bellhop tells the apps the address by itself."))
	default:
		n.say(lang.L("Tell the other apps where to send. Each recipe has an address of its own; paste it in place of the old one."))
	}
	n.list.Objects = n.list.Objects[:0]
	for i, w := range all {
		if i == mostTold {
			break
		}
		if i == len(n.rows) {
			n.rows = append(n.rows, newNextRow())
			n.page.follow(n.rows[i].object)
		}
		n.rows[i].set(n.page, w)
		n.list.Objects = append(n.list.Objects, n.rows[i].object)
	}
	widget.SetVisible(n.more, len(all) > mostTold)
	if left := len(all) - mostTold; left > 0 {
		n.more.SetText(lang.N("… and {{.Count}} more recipes: their menus on the Recipes page have “Copy address”.", left, map[string]any{"Count": left}))
	}
	n.list.Refresh()
}

func (n *next) say(sentence string) {
	n.lead.Parts = []widget.Part{{Text: lang.L("What comes next."), Bold: true}, {Text: " " + sentence}}
	n.lead.Refresh()
}

func newNextRow() *nextRow {
	r := &nextRow{icon: widget.NewIcon("", theme.ColorMuted, 16), name: widget.NewStrong(""), about: widget.NewMuted("")}
	r.copyIt = widget.NewButton(lang.L("Copy address"), nil)
	r.copyIt.Icon = theme.IconCopy
	r.object = widget.Row(theme.Space3, r.icon, widget.Grow(widget.Column(1, r.name, r.about)), r.copyIt)
	return r
}

func (r *nextRow) set(p *Page, w waiting) {
	r.name.SetText(w.name)
	words := map[string]any{"App": w.app, "Event": w.event, "Recipe": w.name}
	r.icon.Set(theme.IconEdit, theme.Warn.Foreground())
	switch {
	case w.told:
		r.icon.Set(theme.IconCheck, theme.OK.Foreground())
		r.about.SetText(lang.L("Bellhop tells {{.App}} by itself.", words))
	case w.event == "":
		r.about.SetText(lang.L("Paste the address into the app that is to send."))
	default:
		r.about.SetText(lang.L("In {{.App}}, paste the address where it asks for “{{.Event}}”.", words))
	}
	widget.SetVisible(r.copyIt, !w.told)
	r.copyIt.Name = lang.L("Copy the address of {{.Recipe}}", words)
	r.copyIt.OnTapped = func() { p.copied(w.address) }
}
