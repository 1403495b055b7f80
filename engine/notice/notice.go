// Package notice decides what a person is told outside of the window, and when: that runs need them, what was
// fetched after the computer slept, that a recipe is silent which never is, that deliveries cannot arrive. Each
// is told once. What is told too often is not read, so much becomes little, and false alarms are avoided.
package notice

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bellhop/engine"
)

// Store is what is needed of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	Setting(ctx context.Context, key string) (string, error)
	Recipes(ctx context.Context) ([]engine.Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
	Runs(ctx context.Context, filter engine.RunFilter) ([]engine.Run, error)
	TriggerState(ctx context.Context, recipeID int64, key string) (string, error)
}

// Params are what notices need. Store, Catalog and Show are required.
type Params struct {
	Store   Store
	Catalog engine.Catalog
	// Show puts a notice on the desktop. It returns when the desktop has taken it.
	Show func(ctx context.Context, n engine.Notice) error
	// CatchUp asks all apps what was missed, and returns when that is stored; nil means that nothing is missed.
	CatchUp func(ctx context.Context) error
	// Reach tells how deliveries come; nil means that there is nothing to tell.
	Reach func() engine.Reach
	// Online says whether there is a network, as far as is known; nil means yes.
	Online func() bool
	// Needy returns the connections that need a person before runs that use them go on; nil means none.
	Needy func() []Needy
	// Zone is where times of day are meant that recipes do not say more of; nil means time.Local.
	Zone func() *time.Location
	Now  func() time.Time
	Log  *slog.Logger
}

// Needy is a connection that needs a person.
type Needy struct {
	Connection string
	// Why is a sentence for people.
	Why string
}

// Notices tell a person things while Run runs. Make them with New. They are safe for concurrent use.
type Notices struct {
	Params
	tell chan struct{} // something is new in what follows
	work sync.WaitGroup

	mu     sync.Mutex
	kept   kept
	read   bool // kept was read
	failed failures
	away   fetching
	reach  reach
	alive  alive
}

const (
	// gathers is how long is waited for more before something is told, and calm how far apart notices about
	// runs are at least.
	gathers = 3 * time.Second
	calm    = time.Minute
	// pulse is how often is looked whether a time has come.
	pulse = time.Minute
)

// New makes notices.
func New(p Params) *Notices {
	if p.Reach == nil {
		p.Reach = func() engine.Reach { return engine.Reach{} }
	}
	if p.Online == nil {
		p.Online = func() bool { return true }
	}
	if p.Needy == nil {
		p.Needy = func() []Needy { return nil }
	}
	if p.Zone == nil {
		p.Zone = func() *time.Location { return time.Local }
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Notices{Params: p, tell: make(chan struct{}, 1), failed: newFailures()}
}

// Run tells what there is to tell until ctx ends. changes are those of the engine.
func (n *Notices) Run(ctx context.Context, changes <-chan engine.Change) {
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	soon := time.NewTimer(gathers)
	defer soon.Stop()
	waits := true // soon is running
	hurry := func() {
		if !waits {
			waits = true
			soon.Reset(gathers)
		}
	}
	n.begin(ctx)
	defer n.work.Wait()
	for {
		select {
		case <-ctx.Done():
			n.last()
			return
		case c, ok := <-changes:
			if !ok {
				changes = nil
			} else if n.heard(c) {
				hurry()
			}
		case <-n.tell:
			n.askNow(ctx)
			hurry()
		case <-soon.C:
			waits = false
			n.look(ctx)
		case <-ticker.C:
			n.look(ctx)
		}
	}
}

// heard notes a change, and says whether it may be something to tell.
func (n *Notices) heard(c engine.Change) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch c.Kind {
	case engine.RunChanged:
		return n.failed.heard(c, n.Now())
	case engine.Lagged:
		n.failed.missed = true
		return true
	case engine.ReachChanged, engine.SettingsChanged, engine.ConnectionsChanged:
		return true
	}
	return false
}

// begin takes up what was left to tell.
func (n *Notices) begin(ctx context.Context) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readLocked(ctx)
	n.failed.missed = true // perhaps the process was killed with something to tell
	if n.read {
		_ = n.keepLocked(ctx) // it was logged
	}
}

// showTime bounds how long the desktop may take to show something.
const showTime = 20 * time.Second

// look finds out what there is to tell, and tells what may be told now.
func (n *Notices) look(ctx context.Context) {
	for _, notice := range n.due(ctx) {
		showing, cancel := context.WithTimeout(ctx, showTime)
		if err := n.Show(showing, notice); err != nil && ctx.Err() == nil {
			n.Log.Warn("a notice could not be shown", "kind", notice.Kind, "error", err)
		}
		cancel()
	}
}

// due returns what is to be shown now. It is not among what is kept any more: rather nothing is told than
// something twice.
func (n *Notices) due(ctx context.Context) []engine.Notice {
	reached := n.Reach() // it reads who is affected, which may take a while: nobody waits for the lock meanwhile
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readLocked(ctx)
	if !n.read {
		return nil // the store cannot be read: later
	}
	n.lookAtRunsLocked(ctx)
	n.lookAtConnectionsLocked()
	n.lookAtAwayLocked(ctx)
	n.lookAtReachLocked(reached)
	n.lookAtSilenceLocked(ctx)
	var show []engine.Notice
	if len(n.kept.Pending) > 0 {
		settings, err := engine.ReadSettings(ctx, n.Store)
		if err != nil {
			n.Log.Error("the settings cannot be read, so nothing is told", "error", err)
			return nil
		}
		show = n.takeLocked(ctx, times{settings.Notices, settings.Location()})
	}
	if n.keepLocked(ctx) != nil {
		return nil // it would be told again after a restart; it is told when the store can again
	}
	return show
}

// last keeps what was not told yet.
func (n *Notices) last() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.read {
		n.keepSilenceLocked()
		_ = n.keepLocked(ctx) // it was logged
	}
}

// Step shows a recipe's own notification. It is what a person has asked for, so it comes at once and whatever the
// mode; but in quiet hours it waits for their end. The error is Show's.
func (n *Notices) Step(ctx context.Context, title, text string) error {
	notice := engine.Notice{Kind: engine.NoticeStep, Title: title, Text: text, At: n.Now()}
	settings, err := engine.ReadSettings(ctx, n.Store)
	if err != nil {
		return err
	}
	if _, quiet := (times{settings.Notices, settings.Location()}).quiet(notice.At); !quiet {
		return n.Show(ctx, notice)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readLocked(ctx)
	before := len(n.kept.Pending)
	n.addLocked(notice)
	if err := n.keepLocked(ctx); err != nil {
		n.kept.Pending = n.kept.Pending[:before] // the step is tried again
		return err
	}
	return nil
}

// signal has what is new looked at soon.
func (n *Notices) signal() {
	select {
	case n.tell <- struct{}{}:
	default:
	}
}
