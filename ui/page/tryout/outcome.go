package tryout

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/dryrun"
	"bellhop/ui/fact"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/widget"
)

const (
	// mostCards is how many steps are shown; a loop may have thousands of rounds.
	mostCards = 60
	// mostFields is how many of a step's fields are told.
	mostFields = 12
	// firstStep is the number of a recipe's first step: the trigger is number 1.
	firstStep = 2
)

// outcome shows what would have become of one event, step by step.
type outcome struct {
	page   *Page
	banner *widget.Banner
	cards  []*stepCard
	more   *widget.Text
	column *fyne.Container
	scroll *container.Scroll
	object fyne.CanvasObject
}

func newOutcome(p *Page) *outcome {
	o := &outcome{page: p, banner: widget.NewBanner(theme.Neutral, "", ""), more: widget.NewHelp(""), column: widget.Column(theme.Space2)}
	o.banner.Below = true
	o.scroll = container.NewVScroll(widget.Inset(o.column, 3, 3))
	o.object = o.scroll
	return o
}

func (o *outcome) show(one dryrun.Outcome) {
	run := one.Run
	o.column.Objects = o.column.Objects[:0]
	if run.Failure != nil {
		look := status.Of(run.State)
		o.banner.Set(look.Tone, lang.L("It would have ended here: {{.State}}.", map[string]any{"State": look.Word}), phrase.Of(run.Failure.Message))
		o.column.Objects = append(o.column.Objects, o.banner)
	}
	shown := 0
	for _, s := range run.Steps {
		if s.State == engine.Queued {
			continue
		}
		if shown == mostCards {
			o.more.SetText(lang.L("… and {{.N}} more", map[string]any{"N": len(run.Steps) - mostCards}))
			o.column.Objects = append(o.column.Objects, o.more)
			break
		}
		if shown == len(o.cards) {
			o.cards = append(o.cards, newStepCard(o.page))
		}
		o.cards[shown].show(s, run)
		o.column.Objects = append(o.column.Objects, o.cards[shown].object)
		shown++
	}
	o.column.Refresh()
	o.scroll.ScrollToTop()
}

// stepCard is one step as it would have gone.
type stepCard struct {
	page  *Page
	step  string
	tile  *widget.Tile
	title *widget.Text
	chip  *widget.Chip
	open  *widget.Button
	body  *widget.Text
	box   *fyne.Container

	object fyne.CanvasObject
}

func newStepCard(p *Page) *stepCard {
	c := &stepCard{page: p, tile: widget.NewTile(widget.TileLook{}), title: widget.NewCardTitle(""), chip: widget.NewChip("", "", theme.Neutral), body: widget.NewText("")}
	c.body.SizeName = theme.SizeSmall
	c.open = widget.NewIconButton(theme.IconOpen, "", func() { p.OnOpenStep(c.step) })
	c.box = widget.Column(theme.Space2, widget.Row(theme.Space3, c.tile, widget.Grow(c.title), c.chip, c.open), c.body)
	c.object = widget.NewTightCard(widget.Inset(c.box, theme.Space3, theme.Space4))
	return c
}

func (c *stepCard) show(s engine.StepRun, run engine.Run) {
	_, operation, _ := c.page.Catalog.Operation(s.Use)
	c.step = s.Step
	c.tile.SetLook(tile.Operation(c.page.Catalog, s.Use))
	title := operation.Title
	if s.Position < len(c.page.trial.steps) {
		title = fact.Title(c.page.trial.steps[s.Position].Step, c.page.Catalog)
	}
	title = strconv.Itoa(s.Position+firstStep) + " · " + title
	if s.Round != "" {
		title += " (" + lang.L("round {{.N}}", map[string]any{"N": roundWords(s.Round)}) + ")"
	}
	c.title.SetText(title)
	c.open.Name = lang.L("Open this step in the recipe") + ": " + title
	sent := len(s.Attempts) > 0
	switch {
	case s.State == engine.Succeeded && sent:
		c.chip.Set(theme.IconNext, lang.L("Would be sent"), theme.Primary)
	default:
		status.Set(c.chip, s.State, fact.Decided(s, operation))
	}
	text := words(s, operation)
	if s.Failure != nil && (run.Failure == nil || run.Failure.Step != s.Step) {
		text = phrase.Of(s.Failure.Message)
	}
	c.body.SetText(text)
	widget.SetVisible(c.body, text != "")
	c.box.Refresh()
}

// words tell what a step decided, or what it would have been filled with.
func words(s engine.StepRun, operation engine.Operation) string {
	if s.Note != "" {
		return fact.Clip(phrase.Of(s.Note))
	}
	if operation.Holds != "" {
		return ""
	}
	var lines []string
	for i, f := range fact.OfInput(s.Input, operation) {
		if i == mostFields {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, f.Name+": "+f.Value)
	}
	return strings.Join(lines, "\n")
}

// roundWords counts rounds from 1: "0.2" is "1.3".
func roundWords(round string) string {
	parts := strings.Split(round, ".")
	for i, part := range parts {
		if n, err := strconv.Atoi(part); err == nil {
			parts[i] = strconv.Itoa(n + 1)
		}
	}
	return strings.Join(parts, ".")
}
