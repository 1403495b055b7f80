package activity

import (
	"regexp"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/fact"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// stepView is what a step's card shows.
type stepView struct {
	run  *journal
	step engine.Placed
	// record is nil for a step that the run did not come to.
	record *engine.StepRun
	span   span
}

func (v stepView) number() int { return v.step.Position + firstStep }

// stepCard is one step of a run.
type stepCard struct {
	page *Page
	view stepView

	tile   *widget.Tile
	title  *widget.Text
	chip   *widget.Chip
	lane   *lane
	more   *widget.Button
	facts  *facts
	error  *widget.Text
	talk   *talk
	settle *fyne.Container
	body   *fyne.Container
	object *widget.Card
}

func newStepCard(p *Page) *stepCard {
	c := &stepCard{page: p, tile: widget.NewTile(widget.TileLook{}), title: widget.NewCardTitle(""),
		chip: widget.NewChip("", "", theme.Neutral), lane: newLane(), facts: newFacts(), error: widget.NewText("")}
	c.error.SetColor(theme.ColorError)
	c.error.SizeName = theme.SizeSmall
	c.more = widget.NewMenuButton("", c.menu)
	c.talk = newTalk(p)
	c.settle = widget.Row(theme.Space2,
		widget.NewButton(lang.L("This one went through"), func() { p.arrivedRound(c.view.step.ID, c.view.record.Round) }),
		widget.NewButton(lang.L("Send this one again"), func() { p.settle(c.view.step.ID, c.view.record.Round, false) }))
	c.body = widget.Column(theme.Space2, c.error, c.settle, c.facts.box, c.talk.box)
	c.object = newCardOf(cardHead(c.tile, c.title, c.chip, c.lane, c.more), c.body)
	return c
}

// fold goes back to what is seen at first.
func (c *stepCard) fold() { c.talk.fold() }

func (c *stepCard) show(v stepView) {
	c.view = v
	_, operation, _ := c.page.Catalog.Operation(v.step.Use)
	widget.SetVisible(c.settle, v.record != nil && v.record.State == engine.Unsure &&
		!v.run.holdsSteps(v.step.Position) && len(v.run.doubts()) > 1)
	c.tile.SetLook(tile.Operation(c.page.Catalog, v.step.Use))
	c.title.SetText(numbered(v.number(), fact.Title(v.step.Step, c.page.Catalog)))
	c.more.Name = lang.L("What can be done with step {{.N}}", map[string]any{"N": v.number()})
	if v.record == nil {
		c.title.SetColor(theme.ColorMuted)
		words := lang.L("Not reached")
		if v.run.State.Active() {
			words = lang.L("Not yet")
		}
		c.chip.Set("", words, theme.Neutral)
		widget.SetVisible(c.lane, false)
		widget.SetVisible(c.body, false)
		c.object.Refresh()
		return
	}
	c.title.SetColor(theme.ColorText)
	c.showState(operation)
	widget.SetVisible(c.lane, !v.record.StartedAt.IsZero())
	v.span.draw(c.lane, v.record)
	widget.SetVisible(c.body, true)
	c.showError()
	outside := len(v.record.Attempts) > 0
	var list []fact.Fact
	if outside && v.record.Note != "" { // such as that a person said it went through
		list = []fact.Fact{{Name: lang.L("Decided"), Value: fact.Clip(phrase.Of(v.record.Note))}}
	}
	if !outside && !v.run.holdsSteps(v.step.Position) { // of a loop the rounds tell
		list = insideFacts(v.record, operation)
	}
	c.facts.set(list)
	widget.SetVisible(c.talk.box, outside)
	widget.SetVisible(c.body, outside || len(list) > 0 || c.error.Visible())
	if outside {
		c.talk.show(v, operation)
	}
	c.object.Refresh()
}

// showState says how the step ended and how long it took, and of logic what it decided.
func (c *stepCard) showState(operation engine.Operation) {
	r := c.view.record
	words := status.Of(r.State).Word
	loop := c.view.run.loops[place{r.Position, r.Round}]
	decided := fact.Decided(*r, operation)
	switch {
	case loop != nil && r.State != engine.Queued:
		words = loop.summary()
	case decided != "":
		words = decided
	case r.State == engine.Waiting && r.Failure != nil && r.Failure.WaitsFor != "":
		words = lang.L("Waits for {{.Name}}", map[string]any{"Name": r.Failure.WaitsFor})
	case r.State == engine.Waiting && !c.view.due().IsZero():
		words = lang.L("Waiting until {{.Time}}", map[string]any{"Time": when.Clock(c.view.due(), c.page.Now())})
	case !r.FinishedAt.IsZero() && !r.StartedAt.IsZero():
		words += " · " + when.Took(r.FinishedAt.Sub(r.StartedAt))
	}
	status.Set(c.chip, r.State, words)
}

// showError tells why the step failed, unless the banner above tells it already.
func (c *stepCard) showError() {
	failure := c.view.record.Failure
	told := c.view.run.Failure
	text := ""
	if failure != nil && !c.view.run.holdsSteps(c.view.step.Position) && (told == nil || told.Step != c.view.step.ID) {
		text = phrase.Of(failure.Message)
	}
	c.error.SetText(text)
	widget.SetVisible(c.error, text != "")
}

// due is when a waiting step goes on.
func (v stepView) due() time.Time {
	if !v.record.DueAt.IsZero() {
		return v.record.DueAt
	}
	return v.run.DueAt
}

// runInNote finds the run that a step's note ends with, such as "collected with run 7".
var runInNote = regexp.MustCompile(`\brun (\d+)$`)

// relatedRun returns the run that a step started, waits for or gave its data to; 0 if there is none.
func relatedRun(r *engine.StepRun) int64 {
	if r == nil {
		return 0
	}
	found := runInNote.FindStringSubmatch(r.Note)
	if found == nil {
		return 0
	}
	id, _ := strconv.ParseInt(found[1], 10, 64) // digits, and 0 if they are too many
	return id
}

func (c *stepCard) menu() []*fyne.MenuItem {
	id, run := c.view.step.ID, c.view.run
	items := []*fyne.MenuItem{fyne.NewMenuItem(lang.L("Open this step in the recipe"), func() { c.page.OnOpenRecipe(run.RecipeID, id) })}
	if id := relatedRun(c.view.record); id != 0 {
		items = append(items, fyne.NewMenuItem(lang.L("Open run {{.N}}", map[string]any{"N": id}), func() { c.page.Open(id) }))
	}
	if c.view.record != nil && !run.State.Active() && !c.view.step.IfFailed {
		items = append(items, fyne.NewMenuItem(lang.L("Retry from this step"), func() { c.page.retry(id) }))
	}
	return items
}

// insideFacts tells of a step that reaches nothing outside: what it decided, or else what went in.
func insideFacts(r *engine.StepRun, operation engine.Operation) []fact.Fact {
	if r.Note == "" {
		return fact.OfInput(r.Input, operation)
	}
	name := lang.L("Decided")
	switch operation.Logic {
	case engine.LogicCall:
		name = lang.L("Started")
	case engine.LogicBatch:
		name = lang.L("Collects")
	case engine.LogicPaths:
		name = lang.L("Took")
	case engine.LogicFilter:
		name = lang.L("Compared")
	case engine.LogicDelay, engine.LogicDelayUntil:
		name = lang.L("Waits")
	}
	return []fact.Fact{{Name: name, Value: fact.Clip(phrase.Of(r.Note))}}
}
