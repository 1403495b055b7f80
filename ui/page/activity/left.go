package activity

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// left is the list of runs with its search and its chips.
type left struct {
	page   *Page
	chips  []*chip
	broken *widget.Banner
	none   *widget.Text
	// only names the recipe whose runs are shown.
	only *widget.Button
	// counts are how many runs there are in which state, of all recipes.
	counts  map[engine.State]int
	further *widget.Button
	list    *runList
	object  fyne.CanvasObject
}

// chip shows the runs in some states.
type chip struct {
	*widget.Choice
	states []engine.State
	// recovered is for the runs whose events were missed at first.
	recovered bool
	// name says what the chip shows, given how many there are.
	name func(n int) string
	// counted chips are there only while there is something to see.
	counted bool
}

func newLeft(p *Page) *left {
	l := &left{page: p}
	search := widget.NewSearchEntry(lang.L("Search these runs…"), func(text string) {
		p.shelf.query = text
		p.fill()
		l.top()
	})
	chips := container.New(&wrap{gap: theme.Space1 + 2})
	for _, c := range []*chip{
		{name: func(int) string { return lang.L("All") }},
		{states: []engine.State{engine.Failed}, name: withCount(func() string { return lang.L("Failed") })},
		{states: []engine.State{engine.Waiting}, name: withCount(func() string { return lang.L("Waiting") })},
		{states: []engine.State{engine.Filtered}, name: func(int) string { return lang.L("Filtered") }},
		{states: []engine.State{engine.Held, engine.Unsure}, name: withCount(func() string { return lang.L("Held, unsure") }), counted: true},
		{recovered: true, name: func(int) string { return lang.L("Recovered") }, counted: true},
	} {
		c.Choice = widget.NewChoice(c.name(0), func() { l.choose(c) })
		c.Choice.Hidden = c.counted
		l.chips = append(l.chips, c)
		chips.Add(c.Choice)
	}
	l.chips[0].Set(l.chips[0].Text, true)
	l.broken = widget.NewBanner(theme.Bad, "", "")
	l.broken.Hide()
	l.none = widget.NewHelp("")
	l.none.Alignment = fyne.TextAlignCenter
	l.further = widget.NewButton(lang.L("Look further back"), p.older)
	l.further.Hide()
	l.list = newRunList(p)
	l.only = widget.NewButton("", nil)
	l.only.Icon = theme.IconFilter
	l.only.OnTapped = func() { widget.ShowMenuBelow(l.only, l.recipes()...) }
	more := widget.NewMenuButton(lang.L("What can be done with all these runs"), p.manyMenu)
	head := widget.Row(theme.Space2, widget.Grow(widget.NewTitle(p.Title())), l.only, more)
	top := widget.Inset(widget.Column(theme.Space3, head, search, chips, l.broken), theme.Space5, theme.Space4)
	nothing := container.NewCenter(widget.Width(l.none, 300))
	foot := widget.Inset(container.NewCenter(l.further), theme.Space2, 0)
	list := widget.Inset(l.list, 0, theme.Space4)
	l.object = widget.Border(top, foot, nil, nil, container.NewStack(list, nothing))
	l.only.SetText(lang.L("All recipes"))
	return l
}

// recipes is the menu of whose runs to show.
func (l *left) recipes() []*fyne.MenuItem {
	p := l.page
	items := []*fyne.MenuItem{fyne.NewMenuItem(lang.L("All recipes"), func() { p.Narrow(0) })}
	byName := slices.SortedFunc(maps.Values(p.recipeOf), func(a, b engine.Recipe) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	if len(byName) > mostRecipes {
		// Of so many, those that ran lately; the others' runs are reached from the recipes page.
		byName = slices.DeleteFunc(byName, func(r engine.Recipe) bool {
			return !slices.ContainsFunc(p.shelf.runs, func(run engine.Run) bool { return run.RecipeID == r.ID })
		})
		byName = byName[:min(len(byName), mostRecipes)]
	}
	for _, r := range byName {
		items = append(items, fyne.NewMenuItem(r.Name, func() { p.Narrow(r.ID) }))
	}
	return items
}

// mostRecipes is how many recipes the menu has.
const mostRecipes = 25

// mostName is how many letters of a recipe's name fit beside the page's title.
const mostName = 16

// named shows whose runs there are to be seen.
func (l *left) named() {
	name := lang.L("All recipes")
	if r, ok := l.page.recipeOf[l.page.shelf.recipe]; ok {
		name = r.Name
	}
	l.only.Name = lang.L("Runs of: {{.Recipe}}", map[string]any{"Recipe": name})
	if letters := []rune(name); len(letters) > mostName {
		name = string(letters[:mostName-1]) + "…"
	}
	l.only.SetText(name)
	l.setCounts(l.counts)
}

func withCount(word func() string) func(n int) string {
	return func(n int) string {
		if n == 0 {
			return word()
		}
		return lang.L("{{.State}} {{.Count}}", map[string]any{"State": word(), "Count": n})
	}
}

func (l *left) choose(chosen *chip) {
	for _, c := range l.chips {
		c.Set(c.Text, c == chosen)
	}
	l.page.choose(chosen.states, chosen.recovered)
}

// setCounts shows how many runs there are in which state. They are those of all recipes, so where one is
// chosen there are no numbers.
func (l *left) setCounts(counts map[engine.State]int) {
	l.counts = counts
	for _, c := range l.chips {
		n := 0
		for _, s := range c.states {
			n += counts[s]
		}
		if c.recovered && slices.ContainsFunc(l.page.shelf.runs, func(r engine.Run) bool { return r.Recovered }) {
			n = 1
		}
		shown := n
		if l.page.shelf.recipe != 0 {
			shown = 0
		}
		c.Set(c.name(shown), c.Selected)
		widget.SetVisible(c.Choice, !c.counted || n > 0 || c.Selected)
	}
	l.object.Refresh()
}

// failed tells that the runs could not be read, or no longer.
func (l *left) failed(err error) {
	if err == nil {
		widget.SetVisible(l.broken, false)
		return
	}
	l.broken.Set(theme.Bad, lang.L("The runs cannot be read."), phrase.Error(err))
	widget.SetVisible(l.broken, true)
	l.object.Refresh()
}

// fill shows these runs.
func (l *left) fill(runs []engine.Run) {
	searching := l.page.shelf.query != ""
	l.setCounts(l.counts)
	l.list.fill(runs)
	switch {
	case len(runs) > 0 || !l.page.read:
		l.none.SetText("")
	case searching && l.page.shelf.more:
		l.none.SetText(lang.L("None of the {{.N}} newest runs has these words.", map[string]any{"N": len(l.page.shelf.runs)}))
	case searching:
		l.none.SetText(lang.L("No run has these words in its title, its recipe or its event."))
	default:
		l.none.SetText(lang.L("There are no such runs."))
	}
	// While searching, the list is no measure of how much is loaded, so older runs are asked for.
	widget.SetVisible(l.further, searching && l.page.shelf.more)
	l.object.Refresh()
}

// mark shows which run is open.
func (l *left) mark(id int64) { l.list.mark(id) }

// top goes back to the newest run.
func (l *left) top() { l.list.ScrollToTop() }

// index returns where a run is among those shown, or -1.
func index(runs []engine.Run, id int64) int {
	return slices.IndexFunc(runs, func(r engine.Run) bool { return r.ID == id })
}
