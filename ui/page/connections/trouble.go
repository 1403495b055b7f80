package connections

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/limit"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// mostTroubles is how many are told at length above the list; the cards tell of all.
const mostTroubles = 3

// trouble is something that runs wait for.
type trouble struct {
	limit.Trouble
	// runs is how many wait.
	runs int
}

// troublesOf puts together what is in trouble and how many runs wait for it, those that need a person
// first. runs are how many wait, by what for.
func troublesOf(now []limit.Trouble, runs map[string]int) []trouble {
	all := make([]trouble, len(now))
	for i, t := range now {
		all[i] = trouble{t, runs[t.For]}
		if t.For == "" {
			for _, n := range runs {
				all[i].runs += n
			}
		}
	}
	slices.SortStableFunc(all, func(a, b trouble) int {
		first := func(t trouble) int {
			switch {
			case t.For == "":
				return 0
			case t.NeedsYou:
				return 1
			}
			return 2
		}
		return cmp.Compare(first(a), first(b))
	})
	return all
}

// troubleOf returns the trouble of a connection.
func (p *Page) troubleOf(c engine.Connection) (trouble, bool) {
	i := slices.IndexFunc(p.book.troubles, func(t trouble) bool { return t.Connection && strings.EqualFold(t.For, c.Name) })
	if i < 0 {
		return trouble{}, false
	}
	return p.book.troubles[i], true
}

// say puts a connection's trouble on its card.
func (r *row) say(t trouble, now time.Time) {
	since := map[string]any{"Time": when.Clock(t.Since, now)}
	if t.NeedsYou {
		r.icon, r.word, r.tone = theme.IconAlert, lang.L("Needs you since {{.Time}}", since), theme.Bad
	} else {
		r.icon, r.word, r.tone = theme.IconPause, lang.L("Paused since {{.Time}}", since), theme.Warn
	}
	r.paused = true
	r.note = waiting(t.runs)
	if r.note == "" {
		r.note = t.Why
	}
}

// sayWaiting puts on a card that runs wait, although nothing is known to be wrong: such as since before
// Bellhop was started, or because there are many of them.
func (r *row) sayWaiting(runs int) {
	r.icon, r.word, r.tone = theme.IconClock, lang.L("Runs wait"), theme.Warn
	r.note, r.paused = waiting(runs), true
}

// waiting says how many runs wait; "" if none does.
func waiting(runs int) string {
	if runs == 0 {
		return ""
	}
	return lang.N("{{.Count}} runs wait for it", runs, map[string]any{"Count": runs})
}

// showTroubles tells at length what runs wait for, and offers what can be done about it.
func (p *Page) showTroubles() {
	p.waits.Objects = p.waits.Objects[:0]
	for i, t := range p.book.troubles {
		if i == mostTroubles {
			break
		}
		for i >= len(p.banners.troubles) {
			p.banners.troubles = append(p.banners.troubles, widget.NewBanner(theme.Warn, "", ""))
		}
		b := p.banners.troubles[i]
		b.Set(p.troubleWords(t))
		b.SetActions(p.troubleDeeds(t)...)
		p.waits.Objects = append(p.waits.Objects, b)
	}
	widget.SetVisible(p.waits, len(p.waits.Objects) > 0)
	p.waits.Refresh()
}

func (p *Page) troubleWords(t trouble) (tone theme.Tone, lead, text string) {
	words := map[string]any{"Name": t.For, "Time": when.Clock(t.Since, p.Now())}
	text = t.Why
	switch {
	case t.For == "":
		tone, lead = theme.Warn, lang.L("Offline since {{.Time}}.", words)
	case t.NeedsYou:
		tone, lead = theme.Bad, lang.L("“{{.Name}}” needs you since {{.Time}}.", words)
	default:
		tone, lead = theme.Warn, lang.L("“{{.Name}}” is paused since {{.Time}}.", words)
	}
	if runs := waiting(t.runs); runs != "" {
		text += " " + runs + "."
	}
	if !t.Next.IsZero() && !t.NeedsYou {
		text += " " + lang.L("Bellhop asks again by itself: {{.Time}}.", map[string]any{"Time": when.Clock(t.Next, p.Now())})
	}
	return tone, lead, text
}

func (p *Page) troubleDeeds(t trouble) []fyne.CanvasObject {
	i := slices.IndexFunc(p.book.connections, func(c engine.Connection) bool { return t.Connection && strings.EqualFold(c.Name, t.For) })
	if i < 0 {
		return nil
	}
	c := p.book.connections[i]
	var deeds []fyne.CanvasObject
	if t.NeedsYou && !c.Practice {
		deeds = append(deeds, widget.NewButton(lang.L("Edit"), func() { p.edit(c) }))
	}
	try := widget.NewButton(lang.L("Try now"), func() { p.tryNow(c) })
	try.Name = lang.L("Try {{.Connection}} now", named(c))
	widget.SetEnabled(try, !p.tests[c.ID].running)
	return append(deeds, try)
}

// tryNow tests a connection; where there is nothing to test with, what waits tries.
func (p *Page) tryNow(c engine.Connection) {
	if connector, ok := p.Catalog.Connector(c.Connector); ok && testable(connector) {
		p.test(c)
		return
	}
	p.Engine.Back(c.Name)
	p.Navigator.Toast(lang.L("What waits for “{{.Connection}}” tries now.", named(c)))
}
