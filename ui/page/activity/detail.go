package activity

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// detail is one run whole. Its parts are made once and filled anew with each run.
type detail struct {
	page *Page
	// run is what is shown; its ID is 0 before anything is.
	run desk.RunDetail

	title, second *widget.Text
	chip          *widget.Chip
	banner        *widget.Banner
	deeds         map[deed]*widget.Button
	event         *eventCard
	cards         []*stepCard
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
	d := &detail{page: p, title: widget.NewSubtitle(""), second: widget.NewMuted(""), chip: widget.NewChip("", "", theme.Neutral)}
	d.banner = widget.NewBanner(theme.Neutral, "", "")
	d.banner.Below = true
	d.deeds = map[deed]*widget.Button{
		tryAgain:       widget.NewFilledButton("", lang.L("Try again"), func() { p.retry("") }),
		sendAgain:      widget.NewFilledButton("", lang.L("Send again"), func() { p.retryNow("") }),
		openStep:       widget.NewButton("", d.openStep),
		openConnection: widget.NewFilledButton("", "", func() { p.OnOpenConnection(connectionOf(d.run)) }),
		leaveIt:        widget.NewButton(lang.L("Leave it"), p.cancel),
	}
	d.event = newEventCard(p)
	d.column = widget.Column(theme.Space2)
	d.scroll = container.NewVScroll(widget.Inset(d.column, theme.Space1, theme.Space6))
	d.retry = iconButton(theme.IconRetry, "", p.retryOpen)
	d.replay = iconButton(theme.IconReplay, lang.L("Replay"), p.replay)
	d.cancel = iconButton(theme.IconStop, lang.L("Cancel the run"), p.cancel)
	d.copy = iconButton(theme.IconCopy, lang.L("Copy for support"), d.copyForSupport)

	head := widget.Row(theme.Space3, widget.Grow(widget.Column(2, d.title, d.second)), d.chip)
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
}

// fail says that the run cannot be shown.
func (d *detail) fail(sentence string) {
	d.gone.Set(theme.Bad, lang.L("This run cannot be shown."), sentence)
	widget.SetVisible(d.whole, false)
	widget.SetVisible(d.hint, false)
	widget.SetVisible(d.gone, true)
}

// show shows a run, or the same run in its new state.
func (d *detail) show(run desk.RunDetail) {
	d.run = run
	now := d.page.Now()
	d.title.SetText(titleOf(run.Run))
	d.second.SetText(d.about())
	d.showState()
	d.column.Objects = d.column.Objects[:0]
	if o, ok := outcomeOf(run, now); ok {
		d.showOutcome(o)
		d.column.Objects = append(d.column.Objects, d.banner)
	}
	d.event.show(run)
	d.column.Objects = append(d.column.Objects, d.event.object)
	span := spanOf(run, now)
	for i, s := range run.Definition.Steps {
		if i == len(d.cards) {
			d.cards = append(d.cards, newStepCard(d.page))
		}
		d.cards[i].show(stepView{run: run, index: i, step: s, record: recordOf(run, s.ID), span: span})
		d.column.Objects = append(d.column.Objects, d.cards[i].object)
	}
	d.showActions()
	widget.SetVisible(d.hint, false)
	widget.SetVisible(d.gone, false)
	widget.SetVisible(d.whole, true)
	d.whole.Refresh()
	d.scroll.Refresh()
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
	return words
}

func (d *detail) showState() {
	words := ""
	if i := failedStep(d.run); i >= 0 {
		data := map[string]any{"State": status.Of(d.run.State).Word, "N": i + firstStep}
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
	d.deeds[openConnection].SetText(lang.L("Open the connection {{.Name}}", map[string]any{"Name": connectionOf(d.run)}))
	// Where the connection is at fault, trying again comes second.
	d.deeds[tryAgain].Style = widget.Filled
	if len(o.deeds) > 0 && o.deeds[0] == openConnection {
		d.deeds[tryAgain].Style = widget.Plain
	}
	d.deeds[openStep].SetText(lang.L("Open the recipe"))
	if i := failedStep(d.run); i >= 0 {
		d.deeds[openStep].SetText(lang.L("Open step {{.N}}", map[string]any{"N": i + firstStep}))
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
	d.retry.SetText(lang.L("Retry from step {{.N}}", map[string]any{"N": startOf(d.run) + firstStep}))
	if d.run.State == engine.Succeeded && startOf(d.run) == 0 {
		d.retry.SetText(lang.L("Run again from the start"))
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
	if o, ok := outcomeOf(d.run, d.page.Now()); ok && len(o.deeds) > 0 {
		c.Focus(d.deeds[o.deeds[0]])
		return
	}
	c.Focus(d.event.raw)
}

func (d *detail) openStep() {
	step := ""
	if i := failedStep(d.run); i >= 0 {
		step = d.run.Definition.Steps[i].ID
	}
	d.page.OnOpenRecipe(d.run.RecipeID, step)
}

func (d *detail) copyForSupport() {
	fyne.CurrentApp().Clipboard().SetContent(supportText(d.run))
	d.page.Navigator.Toast(lang.L("Copied, without secrets and without what the event and the messages say."))
}

// numbered is a step's title with its number.
func numbered(n int, title string) string { return strconv.Itoa(n) + " · " + title }
