// Package settings is the page of what a person chooses about Bellhop as a whole. Each change is kept at once;
// what makes no sense stays in its field, with a sentence beside it, until it does.
package settings

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui"
	"bellhop/ui/file"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine.
type Desk interface {
	Settings(ctx context.Context) (engine.Settings, error)
	ChangeSettings(ctx context.Context, change func(*engine.Settings)) error
	SetProxyPassword(ctx context.Context, password string) error
	PrivateAddresses(ctx context.Context) ([]string, error)
	AllowPrivate(ctx context.Context, addresses []string) error
	Folders(ctx context.Context) ([]string, error)
	AddFolder(ctx context.Context, folder string) (path string, err error)
	RemoveFolder(ctx context.Context, folder string) error
}

var _ Desk = (*desk.Desk)(nil)

// Login says whether Bellhop starts when the user logs in to the computer. It is called off the UI goroutine.
type Login interface {
	On() (bool, error)
	Set(on bool) error
}

// Files lets the user choose files and folders; *file.Dialogs is one. done is not called if none is chosen.
type Files interface {
	Choose(endings []string, done func(path string, err error))
	Folder(done func(path string, err error))
}

var _ Files = (*file.Dialogs)(nil)

// Params are what the page needs; all but Login, Mover, ExportAll, Recovery, OnReach, OnRestart and Now are
// required. What is missing is not offered.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Keeper    Keeper
	Login     Login
	Files     Files
	Mover     Mover
	// ExportAll writes all recipes into a folder, a file each, and counts them. It is called off the UI goroutine.
	ExportAll func(ctx context.Context, folder string) (int, error)
	Recovery  Recovery
	// Documents is the folder that is proposed for files.
	Documents string
	// Reach says whether deliveries from the internet arrive, and OnReach leads to the page about it.
	Reach   func() engine.Reach
	OnReach func()
	// Listens is the host and port where deliveries arrive now, and Usual the one that is taken when none is
	// chosen. TryListen says why Bellhop could not listen at another; it is called off the UI goroutine.
	Listens, Usual string
	TryListen      func(address string) error
	// Languages are the languages that the window can be in, as BCP 47 tags.
	Languages []string
	// OnChosen is told the settings after each change, to go by them at once.
	OnChosen func(s engine.Settings)
	// OnRestart ends Bellhop and starts it again.
	OnRestart func()
	Help      Help
	Now       func() time.Time
}

// book is what the page reads.
type book struct {
	settings engine.Settings
	reach    engine.Reach
	login    bool
	// loginErr says why it cannot be told whether Bellhop starts at login.
	loginErr error
	keeping  map[string]int
	stock    Stock
	private  []string
	folders  []string
}

// Page is the settings page.
type Page struct {
	Params
	loader *ui.Loader[book]
	book   book
	read   bool
	// shows bring the sections up to date with the book.
	shows []func()
	// texts are the fields that are typed into, which are kept when the page is left.
	texts []*text
	// saves are the changes that are still to be made, in order: of two of the same, the later must win.
	saves  []func()
	saving bool
	// saved is the row that says that it is; nil if none does.
	saved *row

	content *fyne.Container
	body    *container.Scroll
	reading fyne.CanvasObject
	failed  *widget.Banner
}

var _ ui.Page = (*Page)(nil)

// New makes the page.
func New(p Params) *Page {
	if p.Now == nil {
		p.Now = time.Now
	}
	page := &Page{Params: p}
	page.loader = ui.NewLoader(p.Loop, page.load, page.take)
	page.build()
	return page
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Settings") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads everything.
func (p *Page) Show() {
	if p.saved != nil {
		p.saved.rest()
		p.saved = nil
	}
	p.loader.Load()
}

// Hide keeps what was typed, and stops reading.
func (p *Page) Hide() {
	p.loader.Stop()
	for _, t := range p.texts {
		t.left()
	}
}

// Apply reads anew when something that is shown may be different.
func (p *Page) Apply(changes []engine.Change) {
	for _, c := range changes {
		switch c.Kind {
		case engine.SettingsChanged, engine.ReachChanged, engine.ConnectionsChanged, engine.Lagged:
			p.loader.Load()
			return
		}
	}
}

func (p *Page) load(ctx context.Context) (b book, err error) {
	if b.settings, err = p.Desk.Settings(ctx); err != nil {
		return b, err
	}
	if b.keeping, err = p.Keeper.Keeping(ctx); err != nil {
		return b, err
	}
	if b.stock, err = p.Keeper.Stock(ctx); err != nil {
		return b, err
	}
	if b.private, err = p.Desk.PrivateAddresses(ctx); err != nil {
		return b, err
	}
	if b.folders, err = p.Desk.Folders(ctx); err != nil {
		return b, err
	}
	if p.Login != nil {
		b.login, b.loginErr = p.Login.On()
	}
	b.reach = p.Reach()
	return b, nil
}

func (p *Page) build() {
	p.reading = container.NewCenter(widget.NewMuted(lang.L("Reading your settings…")))
	p.failed = widget.NewBanner(theme.Bad, "", "", widget.NewButton(lang.L("Try again"), func() { p.loader.Load() }))
	p.failed.Hide()
	p.body = container.NewVScroll(widget.Spacer())
	sections := newColumn(theme.Space6, p.general(), p.notices(), p.reaching(), p.keeping(), p.privacy())
	if moving := p.moving(); moving != nil {
		sections.Add(moving)
	}
	sections.Add(p.help())
	// The cards' shadows need room at the sides.
	p.body.Content = container.New(insets{right: theme.Space4, bottom: theme.Space6, left: shadow, top: shadow}, sections)
	p.body.Hide()
	p.content = widget.NewPage(widget.NewPageHeader(p.Title()),
		widget.Border(p.failed, nil, nil, nil, container.NewStack(p.reading, p.body)))
}

// shadow is the room that a card's shadow needs around it.
const shadow = 3

// take takes what was read.
func (p *Page) take(b book, err error) {
	if err != nil {
		p.failed.Set(theme.Bad, lang.L("Bellhop cannot read your settings."), phrase.Error(err))
		p.failed.Show()
		widget.SetVisible(p.reading, false)
		p.content.Refresh()
		return
	}
	p.failed.Hide()
	p.book, p.read = b, true
	p.fill()
	p.reading.Hide()
	widget.SetVisible(p.body, true)
	p.content.Refresh()
}

// fill shows the book.
func (p *Page) fill() {
	for _, show := range p.shows {
		show()
	}
}

// onShow has something brought up to date each time the book is another.
func (p *Page) onShow(show func()) { p.shows = append(p.shows, show) }

// do does something off the UI goroutine, after what was to be done before, and tells on the UI goroutine
// what came of it. It is done also when the page is left meanwhile.
func (p *Page) do(work func(ctx context.Context) error, done func(err error)) {
	p.saves = append(p.saves, func() {
		err := work(context.Background())
		p.Loop.Post(func() {
			p.saving = false
			done(err)
			p.next()
		})
	})
	p.next()
}

func (p *Page) next() {
	if p.saving || len(p.saves) == 0 {
		return
	}
	work := p.saves[0]
	p.saves, p.saving = p.saves[1:], true
	p.Loop.Go(work)
}

// choose changes the settings, and tells beside a row whether they are kept.
func (p *Page) choose(r *row, change func(*engine.Settings)) {
	p.chooseWith(r.say, change)
}

func (p *Page) chooseWith(done func(err error), change func(*engine.Settings)) {
	p.chooseBy(done, func(ctx context.Context) error { return p.Desk.ChangeSettings(ctx, change) })
}

// chooseBy has something done that changes the settings.
func (p *Page) chooseBy(done func(err error), change func(ctx context.Context) error) {
	var now engine.Settings
	p.do(func(ctx context.Context) (err error) {
		if err = change(ctx); err != nil {
			return err
		}
		now, err = p.Desk.Settings(ctx)
		return err
	}, func(err error) {
		if err == nil {
			p.book.settings = now
			if p.OnChosen != nil {
				p.OnChosen(now)
			}
		}
		done(err)
		p.fill() // what was refused goes back to what holds
	})
}
