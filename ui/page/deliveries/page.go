// Package deliveries is the page that answers "my webhook does not arrive": a recipe's address, and what
// came to it lately, let in or not and why.
package deliveries

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine.
type Desk interface {
	Recipe(ctx context.Context, id int64) (engine.Recipe, error)
	Addresses(ctx context.Context, r engine.Recipe) ([]string, error)
	Deliveries(ctx context.Context, recipeID int64, limit int) ([]desk.Delivery, error)
}

var _ Desk = (*desk.Desk)(nil)

// Params are what the page needs; all but Reach, OnReach, Now and After are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	RecipeID  int64
	// OnOpenRun shows the run of a delivery.
	OnOpenRun func(id int64)
	// Reach is how deliveries from the internet come; without it nothing is said about that. It is called
	// off the UI goroutine. OnReach opens the page about it.
	Reach   func() engine.Reach
	OnReach func()
	Now     func() time.Time
	// After calls f in its own goroutine after a time, unless stop was called before; time.AfterFunc.
	After func(d time.Duration, f func()) (stop func())
}

const (
	// most is how many deliveries are shown.
	most = 200
	// readEvery is how often they are read anew: nobody tells of what was not let in.
	readEvery = 2 * time.Second
)

// book is what the page reads.
type book struct {
	recipe     engine.Recipe
	addresses  []string
	deliveries []desk.Delivery
	reach      engine.Reach
}

// Page is the page of one recipe's deliveries. Open it with Navigator.Open.
type Page struct {
	Params
	loader *ui.Loader[book]
	book   book
	read   bool
	stop   func()

	title   *widget.Text
	address *widget.Text
	off     *widget.Banner
	// cut tells that nothing from the internet arrives.
	cut     *widget.Banner
	failed  *widget.Banner
	list    *widget.List
	empty   fyne.CanvasObject
	content fyne.CanvasObject
}

var _ ui.Page = (*Page)(nil)

// New makes the page.
func New(params Params) *Page {
	if params.Now == nil {
		params.Now = time.Now
	}
	if params.After == nil {
		params.After = func(d time.Duration, f func()) func() {
			timer := time.AfterFunc(d, f)
			return func() { timer.Stop() }
		}
	}
	p := &Page{Params: params}
	p.loader = ui.NewLoader(p.Loop, p.load, p.show)
	p.build()
	return p
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("What came in") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads now, and again and again until Hide.
func (p *Page) Show() {
	p.loader.Load()
	if p.stop == nil {
		p.stop = p.Loop.Repeat(p.After, readEvery, p.loader.Load)
	}
}

// Hide stops reading.
func (p *Page) Hide() {
	p.loader.Stop()
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
}

// Apply reads anew if the recipe is another now. What came in is read every readEvery: there may be
// hundreds in a second.
func (p *Page) Apply(changes []engine.Change) {
	if slices.ContainsFunc(changes, func(c engine.Change) bool { return c.Kind == engine.RecipesChanged }) {
		p.loader.Load()
	}
}

func (p *Page) load(ctx context.Context) (b book, err error) {
	if b.recipe, err = p.Desk.Recipe(ctx, p.RecipeID); err != nil {
		return b, err
	}
	if b.addresses, err = p.Desk.Addresses(ctx, b.recipe); err != nil {
		return b, err
	}
	if p.Reach != nil {
		b.reach = p.Reach()
	}
	b.deliveries, err = p.Desk.Deliveries(ctx, p.RecipeID, most)
	return b, err
}

func (p *Page) build() {
	back := widget.NewQuietButton(theme.IconBack, lang.L("Back"), p.Navigator.Back)
	p.title = widget.NewTitle(lang.L("My webhook does not arrive?"))
	p.address = widget.NewText("")
	p.address.Monospace = true
	copyIt := widget.NewButton(lang.L("Copy address"), p.copyAddress)
	copyIt.Icon = theme.IconCopy
	p.off = widget.NewBanner(theme.Warn, lang.L("This recipe is off."), lang.L("What comes to its address is turned away until you switch it on."))
	p.off.Hide()
	p.cut = widget.NewBanner(theme.Warn, "", "")
	p.cut.Hide()
	p.failed = widget.NewBanner(theme.Bad, "", "", widget.NewButton(lang.L("Try again"), func() { p.loader.Load() }))
	p.failed.Hide()
	first := widget.NewCard(widget.Column(theme.Space2,
		widget.NewStrong(lang.L("1. The other app must send to exactly this address")),
		widget.Row(theme.Space3, widget.Grow(p.address), copyIt),
		widget.NewHelp(lang.L("Copy it anew and compare: one letter less is enough. An address on 127.0.0.1 can only be reached from this computer."))))
	second := widget.NewStrong(lang.L("2. What came to it lately"))
	p.list = widget.NewList(lang.L("Deliveries"), func() int { return len(p.book.deliveries) },
		func() fyne.CanvasObject { return newRow() },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.book.deliveries) { // the list may ask for what is gone already
				o.(*row).show(p.book.deliveries[i], p.Now())
			}
		}, p.press)
	p.empty = widget.NewEmptyState(theme.IconGlobe, lang.L("Nothing has come yet"),
		lang.L("Let the other app send something, or open the address in a browser: that is refused, but shows here within seconds. If it does not, the other app cannot reach this computer, or the address is another."))
	p.empty.Hide()
	top := widget.Column(theme.Space3, p.failed, p.cut, p.off, first, widget.Inset(second, theme.Space2, 0))
	p.content = widget.NewPage(widget.Row(theme.Space3, back, widget.Grow(p.title)),
		widget.Border(top, nil, nil, nil, container.NewStack(widget.Inset(p.list, theme.Space2, 0), p.empty)))
}

func (p *Page) show(b book, err error) {
	if err != nil {
		p.failed.Set(theme.Bad, lang.L("It cannot be read what came in."), phrase.Error(err))
		p.failed.Show()
		p.content.Refresh()
		return
	}
	p.failed.Hide()
	p.book, p.read = b, true
	p.title.SetText(lang.L("What came in for “{{.Recipe}}”", map[string]any{"Recipe": b.recipe.Name}))
	p.address.SetText(strings.Join(b.addresses, "  "))
	widget.SetVisible(p.off, !b.recipe.On)
	p.showReach(b)
	widget.SetVisible(p.empty, len(b.deliveries) == 0)
	widget.SetVisible(p.list, len(b.deliveries) > 0)
	p.list.Refresh()
	p.content.Refresh()
}

// showReach says if nothing from the internet arrives: then the rest need not be looked at.
func (p *Page) showReach(b book) {
	r := b.reach
	cut := p.OnReach != nil && slices.Contains(r.Cut, b.recipe.Name) && (r.Way == engine.WayNone || status.Unreachable(r))
	if cut && r.Way == engine.WayNone {
		p.cut.Set(theme.Warn, lang.L("Apps on the internet cannot send to this computer yet."), "")
		p.cut.SetActions(widget.NewButton(lang.L("Make it reachable"), p.OnReach))
	} else if cut {
		look := status.OfReach(r, p.Now())
		p.cut.Set(look.Tone, look.Word+".", phrase.Of(r.Problem))
		p.cut.SetActions(widget.NewButton(lang.L("See why"), p.OnReach))
	}
	widget.SetVisible(p.cut, cut)
}

func (p *Page) copyAddress() {
	fyne.CurrentApp().Clipboard().SetContent(strings.Join(p.book.addresses, "\n"))
	p.Navigator.Toast(lang.L("The address is copied. Paste it where the other app asks for a webhook."))
}

// press opens the run of what was let in, and tells at length why something was not.
func (p *Page) press(i int) {
	d := p.book.deliveries[i]
	if d.Accepted {
		p.OnOpenRun(d.RunID)
		return
	}
	var dialog *widget.Dialog
	rows := []widget.KeyValue{
		{Key: lang.L("When"), Value: times(d, p.Now())},
		{Key: lang.L("What was answered"), Value: statusWords(d)},
	}
	if d.Sender != "" {
		rows = append(rows, widget.KeyValue{Key: lang.L("Who sent it"), Value: d.Sender})
	}
	if d.Method != "" {
		rows = append(rows, widget.KeyValue{Key: lang.L("How"), Value: d.Method})
	}
	dialog = widget.NewDialog(p.Navigator.Dialogs(), lang.L("It was not let in"),
		widget.Column(theme.Space3, widget.NewText(phrase.Of(d.Reason)), widget.NewKeyValues(rows...)),
		widget.NewFilledButton("", lang.L("OK"), func() { dialog.Hide() }))
	dialog.Show()
}
