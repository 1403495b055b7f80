package recipes

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// mostWarnings is how many are told at length above the list; the cards tell of all.
const mostWarnings = 2

// sayTrouble puts on a card what keeps its recipe from working now.
func (p *Page) sayTrouble(r *row, c desk.RecipeCard, now time.Time) {
	if !c.On {
		return
	}
	if t, ok := p.troubles[c.ID]; ok {
		r.icon, r.tone = theme.IconAlert, theme.Bad
		r.word, r.note = lang.L("Cannot look since {{.Time}}", map[string]any{"Time": when.Clock(t.Since, now)}), phrase.Of(t.Message)
		return
	}
	if t, ok := waitsFor(c.Draft, p.waits); ok {
		r.icon, r.tone, r.note = theme.IconPause, theme.Warn, t.Why
		r.word = lang.L("Waits for {{.Name}}", map[string]any{"Name": t.For})
		if t.For == "" {
			r.word = lang.L("Offline")
		}
	}
}

// waitsFor returns the connection in trouble that a recipe uses; of no network all are in need that use any.
func waitsFor(d engine.Definition, waits []limit.Trouble) (limit.Trouble, bool) {
	names := []string{d.Trigger.Connection}
	for _, s := range d.Walk() {
		names = append(names, s.Connection)
	}
	i := slices.IndexFunc(waits, func(t limit.Trouble) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return name != "" && (t.For == "" || t.Connection && strings.EqualFold(t.For, name))
		})
	})
	if i < 0 {
		return limit.Trouble{}, false
	}
	return waits[i], true
}

// warn tells at length what keeps recipes from working: the longest lasting first.
func (p *Page) warn() {
	p.warnings.Objects = p.warnings.Objects[:0]
	add := func(tone theme.Tone, lead, text string, deeds ...fyne.CanvasObject) {
		i := len(p.warnings.Objects)
		if i == mostWarnings {
			return
		}
		for i >= len(p.warning) {
			p.warning = append(p.warning, widget.NewBanner(theme.Warn, "", ""))
		}
		p.warning[i].Set(tone, lead, text)
		p.warning[i].SetActions(deeds...)
		p.warnings.Objects = append(p.warnings.Objects, p.warning[i])
	}
	now := p.Now()
	gone := status.Unreachable(p.reach)
	if gone {
		p.warnOfReach(add) // first, since it concerns many
	}
	troubled := slices.DeleteFunc(slices.Clone(p.cards), func(c desk.RecipeCard) bool { _, ok := p.troubles[c.ID]; return !ok || !c.On })
	slices.SortStableFunc(troubled, func(a, b desk.RecipeCard) int { return p.troubles[a.ID].Since.Compare(p.troubles[b.ID].Since) })
	for _, c := range troubled {
		t := p.troubles[c.ID]
		lead := lang.L("“{{.Recipe}}” cannot look since {{.Time}}.", map[string]any{"Recipe": c.Name, "Time": when.Clock(t.Since, now)})
		open := widget.NewButton(lang.L("Open"), func() { p.OnOpen(c.ID) })
		open.Name = lang.L("Open {{.Recipe}}", map[string]any{"Recipe": c.Name})
		add(theme.Bad, lead, phrase.Of(t.Message)+" "+lang.L("What happens meanwhile is not lost: it is found when it can look again."), open)
	}
	waits := slices.Clone(p.waits)
	slices.SortStableFunc(waits, func(a, b limit.Trouble) int { return cmp.Compare(a.Since.UnixNano(), b.Since.UnixNano()) })
	for _, t := range waits {
		lead := lang.L("Offline since {{.Time}}.", map[string]any{"Time": when.Clock(t.Since, now)})
		if t.For != "" {
			lead = lang.L("“{{.Name}}” is paused since {{.Time}}.", map[string]any{"Name": t.For, "Time": when.Clock(t.Since, now)})
		}
		var deeds []fyne.CanvasObject
		if p.OnConnections != nil && t.Connection {
			deeds = append(deeds, widget.NewButton(lang.L("Show the connections"), p.OnConnections))
		}
		tone := theme.Warn
		if t.NeedsYou {
			tone, lead = theme.Bad, lang.L("“{{.Name}}” needs you since {{.Time}}.", map[string]any{"Name": t.For, "Time": when.Clock(t.Since, now)})
		}
		add(tone, lead, t.Why, deeds...)
	}
	if !gone {
		p.warnOfReach(add)
	}
	widget.SetVisible(p.warnings, len(p.warnings.Objects) > 0)
	p.warnings.Refresh()
}

// warnOfReach tells once, for all recipes, that what apps on the internet send does not arrive.
func (p *Page) warnOfReach(add func(tone theme.Tone, lead, text string, deeds ...fyne.CanvasObject)) {
	cut := len(p.reach.Cut)
	if cut == 0 || p.OnReach == nil {
		return
	}
	text := ""
	if asking := len(p.reach.Polling); asking > 0 {
		text = lang.N("{{.Count}} of them ask their app every hour and go on, later.", asking, map[string]any{"Count": asking})
	}
	switch {
	case status.Unreachable(p.reach):
		look := status.OfReach(p.reach, p.Now())
		lead := look.Word + ": " + lang.N("{{.Count}} recipes affected", cut, map[string]any{"Count": cut}) + "."
		add(look.Tone, lead, text, widget.NewButton(lang.L("See why"), p.OnReach))
	case p.reach.Way == engine.WayNone && !p.notNow:
		later := widget.NewQuietButton("", lang.L("Not now"), func() {
			p.notNow = true
			p.warn()
			p.arrange()
		})
		add(theme.Neutral, lang.N("{{.Count}} recipes wait for apps that cannot send to this computer yet.", cut, map[string]any{"Count": cut}), text,
			later, widget.NewButton(lang.L("Make it reachable"), p.OnReach))
	}
}
