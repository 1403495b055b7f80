// Package practice is the page on which everything can be tried without any account: a pretend shop at
// the left that takes orders, and at the right a pretend Slack channel in which the messages appear.
package practice

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Accounts are the pretend apps. They are called off the UI goroutine; engine.PracticeChanged tells of
// a new order, a new message, and another answer to a delivery.
type Accounts interface {
	// Ready tells of the recipe that the pretend accounts are for; the zero Ready if there is none.
	Ready(ctx context.Context) (Ready, error)
	// SendOrder places an order and returns when its first delivery was answered, or failed. A
	// delivery that fails is told by Orders; the error is about an order that could not be placed.
	SendOrder(ctx context.Context, order Order) error
	// Orders returns the last orders, newest first.
	Orders(ctx context.Context) ([]Sent, error)
	// Messages returns the last messages of the pretend Slack, oldest first.
	Messages(ctx context.Context) ([]Message, error)
	// Fault is what is wrong with the pretend Slack now.
	Fault(ctx context.Context) (Fault, error)
	SetFault(ctx context.Context, fault Fault) error
	// Asleep says whether the pretend shop thinks that this computer sleeps. SetAsleep lets it think so, or
	// wakes it, and then returns when what it missed was fetched.
	Asleep(ctx context.Context) (bool, error)
	SetAsleep(ctx context.Context, asleep bool) error
}

// Ready tells whether the practice recipe is there and works.
type Ready struct {
	RecipeID int64 // 0 if there is none
	Name     string
	On       bool
}

// Order is one order to be placed.
type Order struct {
	// Total is an amount such as "189.00"; empty for any.
	Total string
	// What is what happens; the zero value is an order that is created.
	What What
}

// What is what happens in a pretend account.
type What int

// What can happen.
const (
	OrderCreated What = iota
	OrderPaid
	PaymentMade   // at the pretend Stripe
	PaymentFailed // likewise
)

// Sent is an order that was placed and what became of it.
type Sent struct {
	Name            string // "#1001"; of what happens at the pretend Stripe its name
	Customer        string
	Total, Currency string
	What            What
	At              time.Time
	// Status is how Bellhop answered the delivery, such as 200; 0 if it did not, or nobody was told.
	Status int
	// RunID is the run that came of it and State where that stands; 0 if there is none.
	RunID int64
	State engine.State
	// Recovered says that the order was missed and fetched later.
	Recovered bool
}

// Message is one message in the pretend Slack.
type Message struct {
	ID      string
	Channel string // its name, such as #orders
	Text    string
	At      time.Time
}

// Fault is a way for the pretend Slack to fail.
type Fault string

// The faults.
const (
	Fine    Fault = ""        // none
	Missing Fault = "missing" // says that there is no such channel
	Busy    Fault = "busy"    // asks to come again later
	Down    Fault = "down"    // answers with a server's error
	Lost    Fault = "lost"    // takes the message, but its answer gets lost
)

// Params are what the page needs; all but Now are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Accounts  Accounts
	// OnOpenRun shows a run; called on the UI goroutine.
	OnOpenRun func(runID int64)
	// OnSetUp makes the practice recipe and its connections and switches it on; called off the UI
	// goroutine.
	OnSetUp func(ctx context.Context) error
	Now     func() time.Time
}

// Page is the practice page.
type Page struct {
	Params
	loader *ui.Loader[reading]
	// last is what was read last; read is true once anything was.
	last reading
	read bool
	// busy is true while an order is being sent or the recipe set up.
	busy bool

	notice  *widget.Banner
	setUp   *widget.Button
	retry   *widget.Button
	shop    *shop
	chat    *chat
	trials  *trials
	content fyne.CanvasObject
}

var _ ui.Page = (*Page)(nil)

// reading is all that the page shows, read at once.
type reading struct {
	ready    Ready
	orders   []Sent
	messages []Message
	fault    Fault
	asleep   bool
}

// readEvery is the least time between reads: runs can change many times a second.
const readEvery = 200 * time.Millisecond

// New makes the page.
func New(params Params) *Page {
	if params.Now == nil {
		params.Now = time.Now
	}
	p := &Page{Params: params}
	p.loader = ui.NewLoader(p.Loop, func(ctx context.Context) (reading, error) { return readAll(ctx, params.Accounts) }, p.show)
	p.loader.Every = readEvery
	p.notice = widget.NewBanner(theme.Warn, "", "")
	p.notice.Hide()
	p.setUp = widget.NewFilledButton("", "", p.setItUp)
	p.retry = widget.NewButton(lang.L("Try again"), func() { p.loader.Load() })
	p.shop, p.chat, p.trials = newShop(p), newChat(p), newTrials(p)
	right := widget.Border(nil, widget.Column(0, spaceAbove(p.trials.object)), nil, nil, p.chat.object)
	header := widget.Column(theme.Space2, widget.NewPageHeader(p.Title()),
		widget.NewHelp(lang.L("Try everything with pretend accounts: nothing real is sent.")), p.notice)
	p.content = widget.NewPage(header, newHalves(p.shop.object, right))
	p.enable()
	return p
}

func readAll(ctx context.Context, accounts Accounts) (r reading, err error) {
	if r.ready, err = accounts.Ready(ctx); err != nil {
		return r, err
	}
	if r.orders, err = accounts.Orders(ctx); err != nil {
		return r, err
	}
	if r.messages, err = accounts.Messages(ctx); err != nil {
		return r, err
	}
	if r.fault, err = accounts.Fault(ctx); err != nil {
		return r, err
	}
	r.asleep, err = accounts.Asleep(ctx)
	return r, err
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Practice") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads everything.
func (p *Page) Show() { p.loader.Load() }

// Hide stops reading.
func (p *Page) Hide() { p.loader.Stop() }

// Apply reads anew when anything changed that is shown.
func (p *Page) Apply(changes []engine.Change) {
	if slices.ContainsFunc(changes, func(c engine.Change) bool { return c.Kind != engine.ConnectionsChanged }) {
		p.loader.Load()
	}
}

func (p *Page) show(r reading, err error) {
	if err != nil {
		p.notice.Set(theme.Bad, lang.L("The pretend accounts do not answer."), phrase.Error(err))
		p.notice.SetActions(p.retry)
		widget.SetVisible(p.notice, true)
		p.content.Refresh()
		return
	}
	p.last, p.read = r, true
	p.shop.show(r.orders)
	p.chat.show(r.messages)
	p.trials.show(r.fault)
	p.trials.sleep.Set(r.asleep)
	p.showReady()
	p.enable()
	p.content.Refresh()
}

// showReady says what is missing before a pretend order leads anywhere.
func (p *Page) showReady() {
	ready := p.last.ready
	switch {
	case ready.RecipeID == 0:
		p.notice.Set(theme.Warn, lang.L("There is no practice recipe yet."), lang.L("It posts pretend orders to a pretend Slack channel."))
		p.setUp.SetText(lang.L("Set it up"))
	case !ready.On:
		p.notice.Set(theme.Warn, lang.L("The practice recipe is off."), lang.L("“{{.Recipe}}” must be on for an order to lead anywhere.", map[string]any{"Recipe": ready.Name}))
		p.setUp.SetText(lang.L("Switch it on"))
	default:
		widget.SetVisible(p.notice, false)
		return
	}
	p.notice.SetActions(p.setUp)
	widget.SetVisible(p.notice, true)
}

// enable lets one send where that leads anywhere, and nothing is under way.
func (p *Page) enable() {
	widget.SetEnabled(p.setUp, !p.busy)
	widget.SetEnabled(p.shop.send, !p.busy && p.read && p.last.ready.On)
}

func (p *Page) setItUp() {
	p.do(p.OnSetUp, func() { p.Navigator.Toast(lang.L("The practice recipe is on. Send a pretend order.")) })
}

// do does something off the UI goroutine, one thing at a time; then is called when it went well.
func (p *Page) do(work func(ctx context.Context) error, then func()) {
	if p.busy {
		return
	}
	p.busy = true
	p.enable()
	p.Loop.Go(func() {
		err := work(context.Background())
		p.Loop.Post(func() {
			p.busy = false
			p.enable()
			p.loader.Load()
			if err != nil {
				widget.NewMessage(p.Navigator.Dialogs(), lang.L("That did not work"), phrase.Error(err)).Show()
				return
			}
			then()
		})
	})
}
