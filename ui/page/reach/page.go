// Package reach is the page about being reachable from the internet: why and how, the guided set-up of
// each way, and once it is set up whether it works, how much comes and who depends on it.
package reach

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Engine is what the page asks of the engine at work; *boot.System is one.
type Engine interface {
	// Reach is how deliveries come now. It does not wait for anything.
	Reach() engine.Reach
	// SetToken keeps the token of the user's ngrok account with the other secrets; "" forgets it.
	SetToken(ctx context.Context, token string) error
	HasToken(ctx context.Context) (bool, error)
	// CheckReach has Bellhop try at once whether it can be reached, and returns when that is known.
	CheckReach(ctx context.Context) error
}

// Desk is what the page reads and changes; *desk.Desk is one.
type Desk interface {
	Settings(ctx context.Context) (engine.Settings, error)
	ChangeSettings(ctx context.Context, change func(*engine.Settings)) error
	Addresses(ctx context.Context, r engine.Recipe) ([]string, error)
}

var _ Desk = (*desk.Desk)(nil)

// Params are what the page needs; all but OnOpenRecipe, OnProxy, Browse, Now and After are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Engine    Engine
	Desk      Desk
	// Store reads which recipes wait for deliveries.
	Store   engine.AwaitingReader
	Catalog engine.Catalog
	// Local is where deliveries arrive on this computer, such as http://127.0.0.1:8420.
	Local        string
	OnOpenRecipe func(recipeID int64)
	// OnProxy opens the setting of the proxy.
	OnProxy func()
	// Browse opens a web page in the user's browser.
	Browse func(address string) error
	Now    func() time.Time
	// After runs f once, later, off the UI goroutine, unless stop is called before.
	After func(d time.Duration, f func()) (stop func())
}

// agoEvery is how often "4 min ago" is put right.
const agoEvery = 30 * time.Second

// tryTime bounds one try whether Bellhop can be reached.
const tryTime = 30 * time.Second

// pageWidth is the width of what the page shows, in pixels before scaling.
const pageWidth = 780

// view is one of the things that the page shows.
type view interface {
	// refresh shows what was read last.
	refresh()
	content() fyne.CanvasObject
}

// Page is the page about being reachable.
type Page struct {
	Params
	loader *ui.Loader[book]
	book   book
	read   bool
	shown  bool
	// stopAgo ends the timer of agoEvery; nil if it does not run.
	stopAgo func()

	choose *choose
	ngrok  *ngrok
	own    *own
	meter  *meter
	// view is what is shown; nil until the page has been read.
	view view
	// choosing is true while another way than the one in use is looked for.
	choosing bool
	// busy is true while something is being changed.
	busy bool

	failed  *widget.Banner
	title   *widget.Text
	body    *container.Scroll
	column  *fyne.Container
	frame   *fyne.Container
	wrapped fyne.CanvasObject
}

var (
	_ ui.Page    = (*Page)(nil)
	_ ui.Escaper = (*Page)(nil)
)

// New makes the page.
func New(p Params) *Page {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.After == nil {
		p.After = func(d time.Duration, f func()) func() {
			timer := time.AfterFunc(d, f)
			return func() { timer.Stop() }
		}
	}
	if p.Browse == nil {
		p.Browse = browse
	}
	page := &Page{Params: p, body: container.NewVScroll(widget.Spacer())}
	page.loader = ui.NewLoader(p.Loop, page.load, page.show)
	page.choose, page.ngrok, page.own, page.meter = newChoose(page), newNgrok(page), newOwn(page), newMeter(page)
	page.failed = widget.NewBanner(theme.Bad, "", "", widget.NewButton(lang.L("Try again"), page.loader.Load))
	page.failed.Hide()
	page.title = widget.NewTitle(page.Title())
	back := widget.NewQuietButton(theme.IconBack, lang.L("Back"), func() {
		if !page.Escape() {
			p.Navigator.Back()
		}
	})
	page.frame = container.NewStack(widget.NewMuted(lang.L("Looking whether Bellhop can be reached…")))
	page.column = widget.Inset(widget.Column(theme.Space4, page.failed, page.frame), theme.Space2, 3)
	page.body.Content = widget.RowTop(0, widget.Spacer(), widget.Width(page.column, pageWidth), widget.Spacer())
	page.wrapped = widget.NewPage(widget.Row(theme.Space3, back, widget.Grow(page.title)), page.body)
	return page
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Reach Bellhop from the internet") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.wrapped }

// Show reads everything.
func (p *Page) Show() {
	p.shown = true
	p.loader.Load()
	if p.stopAgo == nil {
		p.stopAgo = p.Loop.Repeat(p.After, agoEvery, p.loader.Load) // puts the times right
	}
}

// Hide stops reading.
func (p *Page) Hide() {
	p.shown = false
	p.loader.Stop()
	if p.stopAgo != nil {
		p.stopAgo()
		p.stopAgo = nil
	}
}

// Apply reads anew what the changes are about.
func (p *Page) Apply(changes []engine.Change) {
	for _, c := range changes {
		switch c.Kind {
		case engine.ReachChanged, engine.SettingsChanged, engine.RecipesChanged, engine.ConnectionsChanged, engine.Lagged:
			p.loader.Load()
			return
		}
	}
}

// Escape leaves a set-up that was begun.
func (p *Page) Escape() bool {
	if !p.read || p.view == p.home() && !p.choosing {
		return false
	}
	p.finish()
	return true
}

// show takes what was read.
func (p *Page) show(b book, err error) {
	if err != nil {
		p.failed.Set(theme.Bad, lang.L("Bellhop cannot read how it is reached."), phrase.Error(err))
		p.failed.Show()
		p.body.Refresh()
		return
	}
	p.failed.Hide()
	p.book = b
	p.choosing = p.choosing && b.settings.Way != engine.WayNone // perhaps it was turned off elsewhere
	first := !p.read
	p.read = true
	if first || p.view == p.choose || p.view == p.meter {
		p.goTo(p.home())
		return
	}
	p.refresh()
}

// finish leaves a set-up.
func (p *Page) finish() {
	p.choosing = false
	p.goTo(p.home())
}

// home is what is shown while nothing is being set up.
func (p *Page) home() view {
	if p.choosing || p.book.settings.Way == engine.WayNone {
		return p.choose
	}
	return p.meter
}

// follow scrolls to each control in an object when the keyboard comes to it.
func (p *Page) follow(o fyne.CanvasObject) fyne.CanvasObject {
	widget.Follow(p.body, o)
	return o
}

// goTo shows a view.
func (p *Page) goTo(v view) {
	another := p.view != v
	p.view = v
	v.refresh()
	if another {
		p.frame.Objects = []fyne.CanvasObject{v.content()}
		p.frame.Refresh()
		p.body.ScrollToTop()
	}
	p.body.Refresh()
}

// refresh brings what is shown up to date.
func (p *Page) refresh() {
	if p.view != nil {
		p.view.refresh()
		p.body.Refresh()
	}
}

// do does something slow, one at a time, and then calls done on the UI goroutine.
func (p *Page) do(f func(ctx context.Context) error, done func(err error)) {
	if p.busy {
		return
	}
	p.busy = true
	p.refresh()
	p.Loop.Go(func() {
		// What was begun is finished, also when the page is left meanwhile.
		err := f(context.Background())
		p.Loop.Post(func() {
			p.busy = false
			done(err)
			if p.shown {
				p.loader.Load()
			}
			p.refresh()
		})
	})
}

// try tries whether Bellhop can be reached. What is wrong stands in Reach then.
func (p *Page) try(ctx context.Context) (struct{}, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	if p.Engine.Reach().Link.State == engine.LinkRefused {
		// Perhaps it was mended elsewhere: settings that are kept once more are taken up anew.
		if err := p.Desk.ChangeSettings(ctx, func(*engine.Settings) {}); err != nil {
			return struct{}{}, err
		}
	}
	return struct{}{}, p.Engine.CheckReach(ctx)
}

// open opens a web page, or says where it is.
func (p *Page) open(address string) {
	if err := p.Browse(address); err != nil {
		widget.NewMessage(p.Navigator.Dialogs(), lang.L("The browser does not open."), lang.L("Open this page by yourself: {{.Address}}", map[string]any{"Address": address})).Show()
	}
}

// copied puts an address on the clipboard.
func (p *Page) copied(address string) {
	fyne.CurrentApp().Clipboard().SetContent(address)
	p.Navigator.Toast(lang.L("The address is copied."))
}
