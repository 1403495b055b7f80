package recipes

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/recipe"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// row is a recipe as its card shows it.
type row struct {
	id            int64
	name, summary string
	on            bool
	// webhook is true if the recipe has an address.
	webhook bool
	// byHand is true if a person starts it.
	byHand bool
	// asks is true if the app can be asked what was missed.
	asks  bool
	looks []widget.TileLook
	// mostTiles is how many tiles are shown of any recipe.
	mostTiles int
	bars      []widget.Bar
	icon      theme.IconName
	word      string
	tone      theme.Tone
	// note stands below the chip.
	note string
}

func newRow(c desk.RecipeCard, catalog engine.Catalog, now time.Time) row {
	r := row{id: c.ID, name: c.Name, summary: summaryOf(c, catalog), on: c.On}
	for _, use := range c.Uses {
		r.looks = append(r.looks, tile.Operation(catalog, use))
	}
	_, trigger, ok := catalog.Operation(c.Draft.Trigger.Use)
	r.webhook = ok && trigger.Webhook != nil
	r.asks = ok && trigger.Asks()
	r.byHand = trigger.Start == engine.StartManual
	for _, count := range c.Stats.Hours {
		r.bars = append(r.bars, widget.Bar{Count: count})
	}
	r.say(c, now)
	return r
}

// say puts the recipe's state into words.
func (r *row) say(c desk.RecipeCard, now time.Time) {
	today := ""
	if c.Stats.Today > 0 {
		today = lang.L("{{.N}} today", map[string]any{"N": c.Stats.Today})
	}
	last := c.Stats.Last
	switch {
	case !c.On && c.Published == 0:
		r.word, r.note = lang.L("Draft"), lang.L("Ready to switch on")
		if c.Problems > 0 {
			r.note = lang.L("{{.N}} to finish", map[string]any{"N": c.Problems})
		}
	case !c.On:
		r.word, r.note = lang.L("Off"), today
		switch {
		case c.Changed:
			r.note = lang.L("Draft has changes")
		case last == nil:
			r.note = lang.L("No runs yet")
		case today == "":
			r.note = lang.L("Last run {{.When}}", map[string]any{"When": when.Ago(moment(*last), now)})
		}
	case last == nil:
		r.icon, r.word, r.note = theme.IconClock, lang.L("No runs yet"), lang.L("Waiting for the first")
	default:
		look := status.Of(last.State)
		ago := when.Ago(moment(*last), now)
		r.icon, r.tone, r.note = look.Icon, look.Tone, today
		r.word = lang.L("{{.State}} {{.When}}", map[string]any{"State": look.Word, "When": ago})
		if last.State == engine.Succeeded {
			r.word = ago // the check says the rest
		}
		if last.Failure != nil && last.State != engine.Succeeded && last.State != engine.Filtered {
			r.note = phrase.Of(last.Failure.Message)
		}
	}
}

// moment is when a run came to where it stands.
func moment(run engine.Run) time.Time {
	for _, t := range []time.Time{run.FinishedAt, run.StartedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return run.CreatedAt
}

// matches says whether the name, what it does or an app's name holds a query in lower case.
func (r row) matches(query string) bool {
	text := r.name + "\n" + r.summary
	for _, look := range r.looks {
		text += "\n" + look.Name
	}
	return strings.Contains(strings.ToLower(text), query)
}

// spoken is what a screen reader says of the whole card.
func (r row) spoken() string {
	return fmt.Sprintf("%s. %s %s. %s", r.name, r.summary, r.word, r.note)
}

// barsName tells the chart in words.
func (r row) barsName() string {
	total := 0
	for _, b := range r.bars {
		total += b.Count
	}
	return lang.L("Runs in the last 12 hours: {{.N}}", map[string]any{"N": total})
}

// summaryOf says what a recipe does in the language of the catalogue; the engine says it in English.
func summaryOf(c desk.RecipeCard, catalog engine.Catalog) string {
	if said, ok := catalog.(recipe.Speaker); ok {
		return recipe.Summary(c.Draft, said)
	}
	return c.Summary
}
