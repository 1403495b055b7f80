package activity

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/fact"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// detail is one run whole. Its parts are made once and filled anew with each run.
type detail struct {
	page *Page
	// run is what is shown; its ID is 0 before anything is.
	run journal
	// checked is what the app said of the run in doubt; nil if it was not asked.
	checked *desk.Checked
	// chosen is the round that is open of each loop, by its place; -1 for none.
	chosen map[place]int

	title, second *widget.Text
	chip          *widget.Chip
	recovered     *widget.Chip
	links         *fyne.Container
	caller        *widget.Button
	original      *widget.Button
	banner        *widget.Banner
	deeds         map[deed]*widget.Button
	event         *eventCard
	cards         map[int]*stepCard // by position
	lanes         map[place]*pathLane
	rounds        map[int]*rounds
	rescue        *widget.Text
	column        *fyne.Container
	scroll        *container.Scroll
	retry, replay *widget.Button
	cancel, copy  *widget.Button
	whole         *fyne.Container
	gone          *widget.Banner
	hint          *widget.Text
	object        *fyne.Container
}

func newDetail(p *Page) *detail {
	d := &detail{page: p, chosen: map[place]int{}, cards: map[int]*stepCard{}, lanes: map[place]*pathLane{}, rounds: map[int]*rounds{}, title: widget.NewSubtitle(""), second: widget.NewMuted(""), chip: widget.NewChip("", "", theme.Neutral)}
	d.banner = widget.NewBanner(theme.Neutral, "", "")
	d.banner.Below = true
	d.deeds = map[deed]*widget.Button{
		tryAgain:       widget.NewFilledButton("", lang.L("Try again"), func() { p.retry("") }),
		checkSent:      widget.NewFilledButton("", lang.L("Check"), p.check),
		wentThrough:    widget.NewButton(lang.L("It went through"), p.arrived),
		sendAgain:      widget.NewButton(lang.L("Send again"), func() { p.retryNow("") }),
		letOthersGo:    widget.NewButton(lang.L("Let the others go on"), p.unblock),
		openStep:       widget.NewButton("", d.openStep),
		openConnection: widget.NewFilledButton("", "", func() { p.OnOpenConnection(d.run.connection()) }),
		leaveIt:        widget.NewButton(lang.L("Leave it"), p.cancel),
	}
	d.event = newEventCard(p)
	d.column = widget.Column(theme.Space2)
	d.scroll = container.NewVScroll(widget.Inset(d.column, theme.Space1, theme.Space6))
	d.retry = iconButton(theme.IconRetry, "", p.retryOpen)
	d.replay = iconButton(theme.IconReplay, lang.L("Replay"), p.replayMenu)
	d.cancel = iconButton(theme.IconStop, lang.L("Cancel the run"), p.cancel)
	d.copy = iconButton(theme.IconCopy, lang.L("Copy for support"), d.copyForSupport)

	d.recovered = widget.NewChip(theme.IconMoon, lang.L("Recovered"), theme.Brass)
	d.rescue = widget.NewStrong(lang.L("If it failed"))
	d.caller = widget.NewLink("", func() { p.Open(d.run.CalledBy) })
	d.original = widget.NewLink("", func() { p.Open(d.run.ReplayOf) })
	d.links = widget.Row(theme.Space4, d.caller, d.original)
	head := widget.Row(theme.Space3, widget.Grow(widget.Column(2, d.title, d.second, d.links)), d.recovered, d.chip)
	top := widget.Inset(head, theme.Space5, theme.Space6)
	foot := widget.Column(0, widget.NewLineH(), widget.Inset(
		container.New(&wrap{gap: theme.Space2}, d.retry, d.replay, d.cancel, d.copy), theme.Space3, theme.Space6))
	d.whole = widget.Border(top, foot, nil, nil, d.scroll)
	d.gone = widget.NewBanner(theme.Bad, lang.L("This run cannot be shown."), "")
	d.hint = widget.NewHelp(lang.L("Choose a run at the left to see what came in, what was sent and what came back."))
	d.hint.Alignment = fyne.TextAlignCenter
	d.object = container.NewStack(d.whole, widget.Border(widget.Inset(d.gone, theme.Space5, theme.Space6), nil, nil, nil, nil),
		container.NewCenter(widget.Width(d.hint, 320)))
	d.whole.Hide()
	d.gone.Hide()
	return d
}

func iconButton(icon theme.IconName, text string, onTapped func()) *widget.Button {
	b := widget.NewButton(text, onTapped)
	b.Icon = icon
	return b
}

// begin says that another run will be shown: from the top.
func (d *detail) begin() {
	d.scroll.ScrollToTop()
	d.event.fold()
	for _, c := range d.cards {
		c.fold()
	}
	d.checked = nil
	clear(d.chosen)
}

// fail says that the run cannot be shown.
func (d *detail) fail(sentence string) {
	d.gone.Set(theme.Bad, lang.L("This run cannot be shown."), sentence)
	widget.SetVisible(d.whole, false)
	widget.SetVisible(d.hint, false)
	widget.SetVisible(d.gone, true)
}

// show shows a run, or the same run in its new state.
func (d *detail) show(run journal) {
	if run.ID != d.run.ID || run.State != engine.Unsure {
		d.checked = nil
	}
	d.run = run
	now := d.page.Now()
	d.title.SetText(fact.Run(run.Run))
	d.second.SetText(d.about())
	d.showState()
	d.column.Objects = d.column.Objects[:0]
	if o, ok := d.teller().outcome(); ok {
		d.showOutcome(o)
		d.column.Objects = append(d.column.Objects, d.banner)
	}
	d.event.show(run)
	d.column.Objects = append(d.column.Objects, d.event.object)
	span := spanOf(run, now)
	d.list(d.column, run.in(-1, 0, false), "", span)
	d.showRescue(span)
	d.showActions()
	widget.SetVisible(d.hint, false)
	widget.SetVisible(d.gone, false)
	widget.SetVisible(d.whole, true)
	d.whole.Refresh()
	d.scroll.Refresh()
}

func (d *detail) teller() teller {
	return teller{journal: d.run, catalog: d.page.Catalog, checked: d.checked, now: d.page.Now()}
}

// about says which recipe, when and how long.
func (d *detail) about() string {
	run := d.run
	words := lang.L("{{.Recipe}} · {{.Time}}", map[string]any{"Recipe": run.RecipeName, "Time": second(run.CreatedAt, d.page.Now())})
	if !run.FinishedAt.IsZero() {
		words += " · " + when.Took(run.FinishedAt.Sub(run.CreatedAt))
	}
	if run.ReplayOf != 0 {
		words += " · " + lang.L("replay of an earlier run")
	}
	if run.Version < 0 {
		words += " · " + lang.L("with the draft as it was")
	}
	return words
}

func (d *detail) showState() {
	widget.SetVisible(d.recovered, d.run.Recovered)
	d.caller.SetText(lang.L("Started by run {{.N}}", map[string]any{"N": d.run.CalledBy}))
	widget.SetVisible(d.caller, d.run.CalledBy != 0)
	d.original.SetText(lang.L("Open run {{.N}}, which it repeats", map[string]any{"N": d.run.ReplayOf}))
	widget.SetVisible(d.original, d.run.ReplayOf != 0)
	widget.SetVisible(d.links, d.run.CalledBy != 0 || d.run.ReplayOf != 0)
	words := ""
	if at := d.run.failed(); at.position >= 0 {
		data := map[string]any{"State": status.Of(d.run.State).Word, "N": at.position + firstStep}
		switch d.run.State {
		case engine.Failed, engine.Held, engine.Unsure, engine.Waiting:
			words = lang.L("{{.State}} at step {{.N}}", data)
		}
	}
	status.Set(d.chip, d.run.State, words)
}

// firstStep is the number of a recipe's first step: the trigger is number 1.
const firstStep = 2

func (d *detail) showOutcome(o outcome) {
	d.banner.Set(o.tone, o.lead, o.text)
	d.deeds[openConnection].SetText(lang.L("Open the connection {{.Name}}", map[string]any{"Name": d.run.connection()}))
	for _, name := range []deed{tryAgain, checkSent, wentThrough, sendAgain, openConnection} {
		d.deeds[name].Style = widget.Plain
		if len(o.deeds) > 0 && o.deeds[0] == name && !o.open {
			d.deeds[name].Style = widget.Filled
		}
	}
	d.deeds[openStep].SetText(lang.L("Open the recipe"))
	if at := d.run.failed(); at.position >= 0 {
		d.deeds[openStep].SetText(lang.L("Open step {{.N}}", map[string]any{"N": at.position + firstStep}))
	}
	buttons := make([]fyne.CanvasObject, len(o.deeds))
	for i, name := range o.deeds {
		d.deeds[name].Refresh()
		buttons[i] = d.deeds[name]
	}
	d.banner.SetActions(buttons...)
}

// showActions shows what can be done with the run as a whole.
func (d *detail) showActions() {
	active := d.run.State.Active()
	start := d.run.startOf()
	d.retry.SetText(lang.L("Retry from step {{.N}}", map[string]any{"N": start + firstStep}))
	switch {
	case d.run.State == engine.Succeeded && start == 0:
		d.retry.SetText(lang.L("Run again from the start"))
	case d.run.State != engine.Succeeded && (d.run.holdsSteps(start) || d.run.loopAround(start) >= 0):
		d.retry.SetText(lang.L("Retry what failed"))
	}
	widget.SetVisible(d.retry, !active && d.run.State != engine.Filtered)
	widget.SetVisible(d.replay, !active)
	widget.SetVisible(d.cancel, active)
	for _, b := range []*widget.Button{d.retry, d.replay, d.cancel} {
		widget.SetEnabled(b, !d.page.busy)
	}
	for _, b := range d.deeds {
		widget.SetEnabled(b, !d.page.busy)
	}
}

// focus gives the keyboard to what helps most.
func (d *detail) focus() {
	c := fyne.CurrentApp().Driver().CanvasForObject(d.object)
	if c == nil || !d.whole.Visible() {
		return
	}
	if o, ok := d.teller().outcome(); ok && len(o.deeds) > 0 {
		c.Focus(d.deeds[o.deeds[0]])
		return
	}
	c.Focus(d.event.raw)
}

func (d *detail) openStep() {
	step := ""
	if at := d.run.failed(); at.position >= 0 {
		step = d.run.steps[at.position].ID
	}
	d.page.OnOpenRecipe(d.run.RecipeID, step)
}

func (d *detail) copyForSupport() {
	fyne.CurrentApp().Clipboard().SetContent(supportText(d.run))
	d.page.Navigator.Toast(lang.L("Copied, without secrets and without what the event and the messages say."))
}

// numbered is a step's title with its number.
func numbered(n int, title string) string { return strconv.Itoa(n) + " · " + title }
