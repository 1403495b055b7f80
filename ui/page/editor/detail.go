package editor

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// The tabs of a step.
const (
	tabChoose = iota
	tabSetUp
	tabOptions
)

// detail is the right side: the trigger or step that is worked on, or the choice of a new one.
type detail struct {
	page *Page
	// spot is where a step is being added; nil when none is.
	spot *draft.Spot
	// settingUp is true while the recipe's settings are shown.
	settingUp bool

	tile     *widget.Tile
	title    *widget.Text
	subtitle *widget.Text
	menu     *widget.Button
	head     *fyne.Container
	paste    *widget.Button
	cancel   *widget.Button
	tabs     *widget.Tabs
	problems *problemList
	body     *fyne.Container
	// scroll holds the fields.
	scroll *container.Scroll
	object fyne.CanvasObject

	chooser *chooser
	// setUp and options are made anew for each place, and nil while they are not shown.
	setUp   *setUp
	options *options
	// settings are the recipe's, made anew each time and nil while they are not shown.
	settings *settings
}

func newDetail(p *Page) *detail {
	d := &detail{page: p, tile: widget.NewTile(widget.TileLook{}), title: widget.NewSubtitle(""), subtitle: widget.NewMuted("")}
	d.menu = widget.NewMenuButton("", func() []*fyne.MenuItem { return p.stepMenu(p.session.Selected()) })
	d.menu.Name = lang.L("What can be done with this step")
	d.paste = widget.NewButton(lang.L("Paste the copied step"), p.pasteStep)
	d.cancel = widget.NewButton("", func() { p.selectPlace(p.session.Selected()) })
	d.tabs = widget.NewTabs(func(int) {
		d.build()
		d.refresh()
	}, "", "", "")
	d.problems = newProblemList(p)
	d.chooser = newChooser(p)
	d.body = container.NewStack()
	d.head = widget.Row(theme.Space3, d.tile, widget.Grow(widget.Column(2, d.title, d.subtitle)), d.paste, d.cancel, d.menu)
	top := widget.Column(0, d.problems.object, widget.Inset(widget.Column(theme.Space4, d.head, d.tabs), theme.Space4, theme.Space6), widget.NewLineH())
	d.object = widget.Border(top, nil, nil, nil, d.body)
	return d
}

// open chooses the tab where a place needs something: Choose while nothing is chosen.
func (d *detail) open() {
	d.spot, d.settingUp = nil, false
	d.tabs.Select(tabSetUp)
	if !d.page.session.Element(d.page.session.Selected()).Known {
		d.tabs.Select(tabChoose)
	}
}

// stay is for undo: the tab remains, if it makes sense.
func (d *detail) stay() {
	d.spot = nil
	if !d.page.session.Element(d.page.session.Selected()).Known {
		d.tabs.Select(tabChoose)
	}
}

// adding shows what can be added at a spot.
func (d *detail) adding(spot draft.Spot) {
	d.spot, d.settingUp = &spot, false
	d.build()
	d.refresh()
	d.chooser.focus()
}

// chose does what the chooser is there for.
func (d *detail) chose(use string) {
	s := d.page.session
	place, spot := s.Selected(), d.spot
	d.spot = nil
	d.tabs.Select(tabSetUp)
	if spot == nil {
		d.page.restructured(s.Choose(place, use))
		d.page.rebuilt() // also when the same one was chosen
	} else {
		d.page.restructured(s.Insert(*spot, use))
	}
	d.page.flow.focus(s.Selected())
	d.page.reload() // what comes in is now another sample, and there may be an address
	if d.setUp != nil {
		d.setUp.focusFirst()
	}
}

// build makes the body anew for the place and tab.
func (d *detail) build() {
	e := d.page.session.Element(d.page.session.Selected())
	d.setUp, d.options, d.settings = nil, nil, nil
	d.page.drawer.leave()
	var content fyne.CanvasObject
	switch {
	case d.settingUp:
		d.settings = newSettings(d.page)
		content = d.scrolling(d.settings.object)
	case d.spot != nil:
		d.chooser.show(engine.KindAction, "")
		content = d.chooser.object
	case d.tabs.Selected() == tabChoose:
		kind := engine.KindAction
		if e.Place == draft.Trigger {
			kind = engine.KindTrigger
		}
		d.chooser.show(kind, e.Use)
		content = d.chooser.object
	case d.tabs.Selected() == tabSetUp:
		d.setUp = newSetUp(d.page, e)
		content = d.scrolling(d.setUp.object)
	default:
		d.options = newOptions(d.page, e)
		content = d.scrolling(d.options.object)
	}
	d.body.Objects = []fyne.CanvasObject{content}
	d.body.Refresh()
}

func (d *detail) scrolling(o fyne.CanvasObject) fyne.CanvasObject {
	d.scroll = container.NewVScroll(widget.Inset(o, theme.Space5, theme.Space6))
	widget.Follow(d.scroll, o)
	return d.scroll
}

// reveal scrolls to a field when the drawer takes its place.
func (d *detail) reveal(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(d.scroll).Y
	// The label stands above the field.
	if above := top - 2*theme.Space6; above < 0 || top+o.MinSize().Height > d.scroll.Size().Height {
		d.scroll.ScrollToOffset(fyne.NewPos(0, d.scroll.Offset.Y+above))
	}
}

// refresh brings up to date what follows from values.
func (d *detail) refresh() {
	s := d.page.session
	e := s.Element(s.Selected())
	d.problems.refresh()
	ofStep := d.spot == nil && !d.settingUp
	widget.SetVisible(d.tabs, ofStep)
	widget.SetVisible(d.cancel, !ofStep)
	widget.SetVisible(d.paste, d.spot != nil && draft.Copied(fyne.CurrentApp().Clipboard().Content()))
	widget.SetVisible(d.menu, ofStep && e.Place != draft.Trigger)
	d.head.Refresh() // the words have the room that the buttons leave
	switch {
	case d.settingUp:
		d.cancel.SetText(lang.L("Close"))
		d.tile.SetLook(widget.TileLook{Icon: theme.IconSettings, Name: lang.L("Settings")})
		d.title.SetText(lang.L("Settings of the recipe"))
		d.subtitle.SetText(lang.L("How its runs stand to each other, and what is told and kept"))
		d.settings.refresh()
		return
	case d.spot != nil:
		d.cancel.SetText(lang.L("Cancel"))
		d.tile.SetLook(widget.TileLook{Icon: theme.IconPlus, Name: lang.L("New step")})
		d.title.SetText(lang.L("Add a step"))
		d.subtitle.SetText(d.spotWords(*d.spot))
		return
	}
	d.tile.SetLook(look(e))
	d.title.SetText(strconv.Itoa(e.Place.Number()) + " · " + e.Title)
	if e.Use == "" {
		d.title.SetText(lang.L("Choose what starts this recipe"))
	}
	d.subtitle.Parts = d.where(e)
	d.subtitle.Refresh()
	d.nameTabs(e)
	if d.setUp != nil {
		d.setUp.refresh(e)
	}
	if d.options != nil {
		d.options.refresh(e)
	}
}

// openSettings shows the recipe's settings.
func (d *detail) openSettings() {
	d.spot, d.settingUp = nil, true
	d.build()
	d.refresh()
}

// escape goes back to the step that was shown before the recipe's settings, or before a step was to be
// added; false if it is shown.
func (d *detail) escape() bool {
	if d.spot == nil && !d.settingUp {
		return false
	}
	d.cancel.OnTapped()
	return true
}

// spotWords says where a step is being added.
func (d *detail) spotWords(spot draft.Spot) string {
	s := d.page.session
	before := draft.Trigger
	switch in := s.In(spot.List); {
	case spot.Index > 0 && spot.Index <= len(in):
		before = in[spot.Index-1]
	case spot.IfFailed:
		return lang.L("for when the recipe has failed")
	case spot.Path != draft.NoPath:
		step, _ := s.Step(spot.Holder)
		return lang.L("on the path “{{.Path}}”", map[string]any{"Path": step.Paths[spot.Path].Name})
	case spot.Holder != draft.Trigger:
		return lang.L("within {{.Step}}", map[string]any{"Step": s.Element(spot.Holder).Title})
	}
	return lang.L("after {{.Step}}", map[string]any{"Step": s.Element(before).Title})
}

// pills are the fields shown that data can be inserted into, in order.
func (d *detail) pills() []*pillText {
	switch {
	case d.setUp != nil:
		return d.setUp.pills
	case d.settings != nil:
		return d.settings.pills
	}
	return nil
}

// place is what the fields shown are of: a trigger, a step, or the whole recipe.
func (d *detail) place() draft.Place {
	if d.settingUp {
		return draft.Whole
	}
	return d.page.session.Selected()
}

// where says which app and account an element uses.
func (d *detail) where(e draft.Element) []widget.Part {
	switch {
	case e.Use == "":
		return []widget.Part{{Text: lang.L("Every recipe begins with something that happens")}}
	case !e.Known:
		return []widget.Part{{Text: lang.L("This Bellhop does not know “{{.Use}}”", map[string]any{"Use": e.Use})}}
	case e.Connection == "":
		return []widget.Part{{Text: e.Connector.Title}}
	}
	return []widget.Part{
		{Text: lang.L("{{.App}} · connection", map[string]any{"App": e.Connector.Title}) + " "},
		{Text: e.Connection, Bold: true, Color: theme.ColorText},
	}
}

// nameTabs puts a tick on the tabs that need nothing any more.
func (d *detail) nameTabs(e draft.Element) {
	wrong := [3]bool{tabChoose: !e.Known}
	for _, p := range d.page.session.ProblemsAt(e.Place) {
		wrong[tabOf(p)] = true
	}
	for i, name := range []string{lang.L("Choose"), lang.L("Set up"), lang.L("Options")} {
		switch {
		case i == tabOptions && !wrong[i]:
		case wrong[i]:
			name += " !"
		default:
			name += " ✓"
		}
		if i == tabSetUp && !e.Known {
			name = lang.L("Set up")
		}
		d.tabs.SetName(i, name)
	}
}

// tabOf is where a problem can be put right.
func tabOf(p draft.Problem) int {
	switch p.Part {
	case "use":
		return tabChoose
	case "connection", "with", "paths", "steps", "":
		return tabSetUp
	}
	return tabOptions
}

// takeNew chooses a connection that was just added, where the selected place waits for one.
func (d *detail) takeNew(added []engine.Connection) {
	s := d.page.session
	e := s.Element(s.Selected())
	for _, c := range added {
		if e.Known && e.Operation.Connection != "" && e.Connection == "" && c.Connector == e.Connector.Name {
			d.page.saver.later()
			s.SetConnection(e.Place, c.Name)
			break
		}
	}
	if d.setUp != nil {
		d.setUp.showConnections()
	}
}
