package editor

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// drawer is the data to insert, below the fields: what the trigger and the earlier steps give, with the
// sample's values.
type drawer struct {
	page *Page
	// target is the field that had the keyboard last; nil if none of those shown had it.
	target *pillText
	shown  bool

	outline *draft.Outline
	// of is what the outline was made of.
	of   outlined
	hits []string // what the search found; nil without a search

	search *widget.Entry
	sample *widget.Button
	tree   *widget.Tree
	none   *widget.Text
	object *fyne.Container
}

type outlined struct {
	place draft.Place
	data  int // Page.dataNumber
}

// drawerHeight is the drawer's height in pixels before scaling.
const drawerHeight = 264

func newDrawer(p *Page) *drawer {
	d := &drawer{page: p, outline: draft.NewOutline(nil, nil)}
	d.search = widget.NewSearchEntry(lang.L("Find “189.00” or “email”"), func(string) { d.find() })
	d.search.OnSubmitted = func(string) {
		if len(d.hits) > 0 {
			d.insert(d.hits[0])
		}
	}
	d.sample = widget.NewMenuButton("", d.samples)
	d.sample.Icon = theme.IconDown
	d.tree = widget.NewTree(lang.L("Data to insert"), d.children, d.branch, newDataRow, d.update, d.insert)
	d.none = widget.NewHelp("")
	closeIt := widget.NewIconButton(theme.IconClose, lang.L("Close the data"), d.close)
	head := widget.Row(theme.Space3, widget.NewCardTitle(lang.L("Insert data")), widget.Grow(d.search), d.sample, closeIt)
	head.Objects[0].(*widget.Text).Flow = widget.Whole
	head.Objects[0].Refresh()
	inside := widget.Border(widget.Column(theme.Space1, head, d.none), nil, nil, nil, d.tree)
	box := widget.NewSurface(theme.ColorBackground, widget.Inset(inside, theme.Space3, theme.Space6))
	d.object = widget.Sized(widget.Border(widget.NewLineH(), nil, nil, nil, box), 0, drawerHeight)
	d.object.Hide()
	return d
}

// aim makes a field the one that data go into.
func (d *drawer) aim(c *pillText) { d.target = c }

// open shows the data for a field.
func (d *drawer) open(c *pillText) {
	d.target, d.shown = c, true
	d.refresh()
	d.page.detail.reveal(c.object)
	d.page.focus(d.search)
}

func (d *drawer) close() {
	d.shown = false
	d.refresh()
}

// leave is for when the fields are made anew: none of those there were is meant any more.
func (d *drawer) leave() { d.target = nil }

// insert puts a value's pill into the field.
func (d *drawer) insert(id string) {
	n, ok := d.outline.Node(id)
	if ok && d.target != nil {
		d.target.insert(n.Pill())
	}
}

func (d *drawer) refresh() {
	p := d.page
	pills := p.detail.pills()
	visible := d.shown && len(pills) > 0
	if visible {
		if d.target == nil {
			d.target = pills[0]
		}
		d.fill()
	}
	if visible != d.object.Visible() {
		widget.SetVisible(d.object, visible)
		p.right.Refresh()
	}
}

// fill makes the outline anew if place or data are others.
func (d *drawer) fill() {
	p := d.page
	values := p.values()
	of := outlined{p.detail.place(), p.dataNumber}
	if of == d.of {
		return
	}
	d.of = of
	d.outline = draft.NewOutline(p.session.Sources(of.place), values)
	d.sample.SetText(d.sampleWords())
	d.find()
	if roots := d.outline.Roots(); len(roots) > 0 {
		d.tree.OpenBranch(roots[0])
		if source, _ := d.source(roots[0]); source.Loop {
			d.tree.OpenBranch(roots[0] + ".item")
		}
	}
}

// find shows what fits the search, or all of it as a tree.
func (d *drawer) find() {
	d.hits = nil
	words := strings.TrimSpace(d.search.Text)
	none := ""
	if words != "" {
		d.hits = d.outline.Search(words)
		if len(d.hits) == 0 {
			none = lang.L("Nothing in this sample is called or reads “{{.Words}}”.", map[string]any{"Words": words})
		}
	} else if len(d.outline.Roots()) == 0 {
		none = lang.L("There are no data yet: choose what starts the recipe first.")
	}
	d.none.SetText(none)
	widget.SetVisible(d.none, none != "")
	d.tree.Refresh()
	d.tree.ScrollToTop()
}

// searching says whether the rows are hits of a search.
func (d *drawer) searching() bool { return strings.TrimSpace(d.search.Text) != "" }

func (d *drawer) children(id string) []string {
	switch {
	case id == "" && d.searching():
		return d.hits
	case id == "":
		return d.outline.Roots()
	case d.searching():
		return nil
	}
	return d.outline.Children(id)
}

func (d *drawer) branch(id string) bool {
	return id == "" || !d.searching() && d.outline.Branch(id)
}

// update shows one value.
func (d *drawer) update(id string, _ bool, o fyne.CanvasObject) {
	n, ok := d.outline.Node(id)
	if !ok {
		return
	}
	r := o.(*dataRow)
	label, bold := n.Label, false
	if source, ok := d.source(id); ok {
		label, bold = d.sourceWords(source), true
	}
	if words := d.roundWords(id); words != "" {
		label = words
	}
	if d.searching() && len(n.Trail) > 0 {
		label = strings.Join(n.Trail, " › ") + " › " + label
	}
	if n.Items >= 0 {
		label += " (" + strconv.Itoa(n.Items) + ")"
	}
	r.label.Parts = []widget.Part{{Text: label, Bold: bold}}
	r.label.Refresh()
	value := n.Value
	if n.Empty {
		value = lang.L("empty")
	}
	r.value.SetText(value)
}

func (d *drawer) source(id string) (draft.Source, bool) {
	for _, source := range d.page.session.Sources(d.of.place) {
		if source.Name == id {
			return source, true
		}
	}
	return draft.Source{}, false
}

// roundWords says what a part of a loop's round is; empty for all else.
func (d *drawer) roundWords(id string) string {
	name, part, ok := strings.Cut(id, ".")
	if source, _ := d.source(name); !ok || !source.Loop {
		return ""
	}
	return map[string]string{
		"item": lang.L("The entry"), "number": lang.L("Which one, from 1"), "index": lang.L("Which one, from 0"),
	}[part]
}

func (d *drawer) sourceWords(source draft.Source) string {
	switch {
	case source.Name == "trigger_request":
		return lang.L("How it arrived")
	case source.Place == draft.Whole:
		return lang.L("Why it failed")
	}
	return strconv.Itoa(source.Place.Number()) + " · " + d.page.session.Element(source.Place).Title
}

// samples is the menu of the events to show data of.
func (d *drawer) samples() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for i, s := range d.page.samples {
		item := fyne.NewMenuItem(sampleTitle(s.Title), func() { d.page.chooseSample(i) })
		item.Checked = i == d.page.sample
		items = append(items, item)
	}
	return items
}

func (d *drawer) sampleWords() string {
	title := sampleTitle("")
	if s := d.page.samples; d.page.sample < len(s) {
		title = sampleTitle(s[d.page.sample].Title)
	}
	return lang.L("Sample: {{.Event}}", map[string]any{"Event": draft.Short(title, 36)})
}

func sampleTitle(title string) string {
	if title == "" {
		return lang.L("an example")
	}
	return title
}

// chooseSample shows all data and outcomes with another event.
func (p *Page) chooseSample(i int) {
	p.sample, p.data = i, nil
	p.refresh()
}

// dataRow is one value: its name and how it reads.
type dataRow struct {
	fynewidget.BaseWidget
	label, value *widget.Text
}

var _ fyne.Widget = (*dataRow)(nil)

// labelWidth is the width of the names in pixels before scaling.
const labelWidth = 250

func newDataRow(bool) fyne.CanvasObject {
	r := &dataRow{label: widget.NewLine(""), value: widget.NewMuted("")}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *dataRow) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(widget.Inset(widget.Row(theme.Space3, widget.Width(r.label, labelWidth), widget.Grow(r.value)), 1, 0))
}
