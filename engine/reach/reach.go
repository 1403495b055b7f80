// Package reach keeps the way by which deliveries come from the internet to this computer, and knows whether
// they do: it calls Bellhop's own public address through the real way, counts what comes in by it, and says
// who is affected when nothing does.
package reach

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/tunnel"
)

// Store is what a keeper needs of the store.
type Store interface {
	Setting(ctx context.Context, key string) (string, error)
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	engine.AwaitingReader
}

// Setup is what a tunnel is made of.
type Setup struct {
	Token string
	// Domain is the address that is wanted, without a scheme; "" is the account's own.
	Domain string
	// Proxy is what the tunnel goes out through, with its password; "" is nothing.
	Proxy string
}

// Params are what a keeper needs. All but Proxy, Moved, Local, Now and Log are required.
type Params struct {
	Store   Store
	Catalog engine.Catalog
	// Token returns the token of the tunnel's account; "" if there is none.
	Token func(ctx context.Context) (string, error)
	// Proxy returns engine.Settings.Proxy with its password, by which the tunnel goes out; nil means that it has none.
	Proxy func(ctx context.Context) (string, error)
	// Tunnel makes a tunnel that does nothing yet.
	Tunnel func(Setup) tunnel.Tunnel
	// Deliveries answers what comes in.
	Deliveries http.Handler
	// Server makes a server for what comes through the tunnel. It must bound how long a visitor may take to
	// send; a bound on answering does harm there.
	Server func(http.Handler) *http.Server
	// Visit carries the calls of the own public address.
	Visit     http.RoundTripper
	Publisher engine.Publisher
	// Moved is called when the public address is another than before, or there is one again: those who send
	// must be told. It must not block.
	Moved func()
	// Local returns where deliveries arrive on this computer, such as http://127.0.0.1:8420.
	Local func() string
	Now   func() time.Time
	Log   *slog.Logger
}

// Keeper keeps the way in that the settings ask for. Make one with New, let it Reload, then Run. All its
// methods may be called by many goroutines.
type Keeper struct {
	Params
	usage usage
	// out is the call that is under way; nil if none is.
	out atomic.Pointer[call]
	// outside is the host of a fixed address; nil if the way is another.
	outside atomic.Pointer[string]
	// inside counts what came through the tunnel and is not answered yet, and arrived is when the newest of
	// it came, in Unix nanoseconds.
	inside, arrived atomic.Int64

	reloading sync.Mutex // of two settings, the older must not come last

	mu    sync.Mutex
	state state
	want  want
	// changed is closed when want is another way than the one that is kept.
	changed chan struct{}
	tunnel  tunnel.Tunnel // nil unless one is kept
	kept    kept
	loaded  bool
	dirty   bool // kept is not in the store as it is
	asked   []chan<- error
	// cutCall ends the call under way, which is of an address that does not count any more.
	cutCall context.CancelFunc

	// now, soon and quiet have one place each: call now; write soon; all that came in was answered.
	now, soon, quiet chan struct{}
}

// want is the way that is asked for.
type want struct {
	way                   engine.Way
	address, token, proxy string
	// broken says that the token, or the password of the proxy, cannot be read.
	broken string
}

// state is what is known of it.
type state struct {
	way             engine.Way
	link            engine.Link
	url             string
	checked, worked time.Time
	failed          failure // the last call
}

// failure is why a call did not come through; the zero value if it did.
type failure struct {
	// problem says it in a sentence, fix what a person can do about it, and code is the tunnel's own word for it.
	problem string
	fix     engine.LinkFix
	code    string
}

// New makes a keeper that keeps no way in yet.
func New(p Params) *Keeper {
	if p.Moved == nil {
		p.Moved = func() {}
	}
	if p.Local == nil {
		p.Local = func() string { return "" }
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Keeper{Params: p, changed: make(chan struct{}), now: make(chan struct{}, 1), soon: make(chan struct{}, 1), quiet: make(chan struct{}, 1)}
}

// Reload takes up the settings and the token as they are now. anew starts a way anew that needs a person,
// also if nothing is different: perhaps they mended it elsewhere.
func (k *Keeper) Reload(ctx context.Context, anew bool) error {
	k.reloading.Lock()
	defer k.reloading.Unlock()
	if err := k.load(ctx); err != nil {
		return err
	}
	settings, err := engine.ReadSettings(ctx, k.Store)
	if err != nil {
		return err
	}
	w := wanted(settings)
	if w.way == engine.WayNgrok {
		if w.token, err = k.Token(ctx); err == nil && w.proxy != "" && k.Proxy != nil {
			w.proxy, err = k.Proxy(ctx)
		}
		if err != nil {
			w.broken = engine.ErrorMessage(err)
		}
	}
	k.mu.Lock()
	same := w == k.want && !(anew && k.state.link.State == engine.LinkRefused)
	if !same {
		k.want = w
		close(k.changed)
		k.changed = make(chan struct{})
		k.beginLocked(w)
	}
	k.mu.Unlock()
	if !same {
		k.tell()
	}
	return nil
}

// wanted is the way that settings ask for, but for its token.
func wanted(s engine.Settings) want {
	switch s.Way {
	case engine.WayNgrok:
		return want{way: s.Way, address: engine.Domain(s.Address), proxy: s.Proxy}
	case engine.WayAddress:
		return want{way: s.Way, address: strings.TrimRight(strings.TrimSpace(s.Address), "/")}
	case engine.WayNone:
	}
	return want{way: engine.WayNone}
}

// beginLocked sets the state that a way begins with: addresses count at once.
func (k *Keeper) beginLocked(w want) {
	now := k.Now()
	k.state = state{way: w.way, link: engine.Link{State: engine.LinkConnecting, Since: now}}
	k.outside.Store(nil)
	k.endCallLocked()
	switch w.way {
	case engine.WayNone:
		k.state.link.State = engine.LinkOff
		k.answerHopelessLocked()
		return
	case engine.WayAddress:
		k.state.link.State, k.state.link.URL = engine.LinkUp, w.address
		host := hostOf(w.address)
		k.outside.Store(&host)
		k.addressLocked(w.address)
		k.hurry()
	case engine.WayNgrok:
		if k.kept.Way == w.way && k.kept.Address == w.address {
			k.addressLocked(k.kept.URL) // until the tunnel says otherwise
		}
	}
	if k.state.url != "" && k.state.url == k.kept.URL {
		k.state.worked = k.kept.Worked
	}
}

// Run keeps the way in until ctx ends. What has come in by then is answered before the way closes, if that
// takes no longer than two seconds.
func (k *Keeper) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { k.keepWay(ctx) })
	work.Go(func() { k.measure(ctx) })
	work.Go(func() { k.keepCount(ctx) })
	work.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	k.write(last)
	k.mu.Lock()
	k.answerLocked(engine.Errorf(engine.Unavailable, "Bellhop is ending."))
	k.mu.Unlock()
}

// Again is for after sleep and when the network has come or changed: the tunnel is made anew, and the own
// address called.
func (k *Keeper) Again() {
	k.mu.Lock()
	t := k.tunnel
	k.mu.Unlock()
	if t != nil {
		t.Again()
	}
	k.hurry()
}

// Check calls the own public address now and returns when it came through. The error is Invalid if there is
// no way in, and else Unavailable with the Problem. While the way is being brought up it waits, until ctx
// ends.
func (k *Keeper) Check(ctx context.Context) error {
	answer := make(chan error, 1)
	k.mu.Lock()
	k.asked = append(k.asked, answer)
	k.answerHopelessLocked()
	k.hurry()
	link, t, broken := k.state.link, k.tunnel, k.want.broken != ""
	k.mu.Unlock()
	if broken { // a keyring that was locked: whoever asks may just have unlocked it
		if err := k.Reload(ctx, false); err != nil {
			return err
		}
		k.mu.Lock()
		problem := k.want.broken
		k.mu.Unlock()
		if problem != "" {
			return engine.Errorf(engine.Unavailable, "%s", problem)
		}
	}
	if waits := link.State == engine.LinkLost || link.State == engine.LinkConnecting && link.Problem != ""; waits && t != nil {
		t.Again() // it may be long until it tries by itself, and perhaps a person has mended it
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		problem := cmp.Or(k.snapshot().Problem, "The address of this Bellhop on the internet has not answered yet. Bellhop goes on trying.")
		return engine.Wrap(ctx.Err(), engine.Unavailable, "%s", problem)
	}
}

var errNoWay = engine.Errorf(engine.Invalid,
	"Only this computer reaches Bellhop. Choose first how deliveries come in from the internet: through ngrok, or an address of your own.")

// answerLocked answers those who asked for a call.
func (k *Keeper) answerLocked(err error) {
	for _, c := range k.asked {
		c <- err
	}
	k.asked = nil
}

// answerHopelessLocked answers them where no call can be made until a person does something.
func (k *Keeper) answerHopelessLocked() {
	switch {
	case k.state.way == engine.WayNone:
		k.answerLocked(errNoWay)
	case k.state.link.State == engine.LinkRefused:
		k.answerLocked(engine.Errorf(engine.Unavailable, "%s", k.state.link.Problem))
	}
}

// URL returns the public address that apps send to, without a slash at its end; "" if there is none.
func (k *Keeper) URL() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state.url
}

// Reach returns how deliveries come in now. What cannot be read from the store is left out and logged.
func (k *Keeper) Reach(ctx context.Context) engine.Reach {
	r := k.snapshot()
	if r.Way != engine.WayNone && r.Problem == "" {
		return r
	}
	waiting, err := engine.AwaitingRecipes(ctx, k.Store, k.Catalog)
	if err != nil && !errors.Is(err, context.Canceled) {
		k.Log.Warn("who waits for deliveries cannot be read", "error", err)
	}
	for _, w := range waiting {
		r.Cut = append(r.Cut, w.Recipe.Name)
		if w.Asks() {
			r.Polling = append(r.Polling, w.Recipe.Name)
		}
	}
	return r
}

// snapshot is Reach without those who are affected.
func (k *Keeper) snapshot() engine.Reach {
	now := k.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.state
	r := engine.Reach{
		Way: s.way, Link: s.link, URL: s.url, Checked: s.checked, Worked: s.worked, Problem: s.failed.problem, Fix: s.failed.fix, Code: s.failed.code,
		Before: k.kept.before(s.url, now), Month: k.usage.read(now),
	}
	switch s.link.State {
	case engine.LinkUp:
	case engine.LinkLost, engine.LinkRefused:
		r.Problem, r.Fix, r.Code = cmp.Or(s.link.Problem, "The connection to ngrok is lost. Bellhop brings it back by itself."), s.link.Fix, s.link.Code
	case engine.LinkConnecting, engine.LinkOff:
		r.Problem, r.Fix, r.Code = s.link.Problem, s.link.Fix, s.link.Code
	}
	if k.oneWayLocked(now) {
		r.OneWay, r.Worked, r.Problem, r.Fix, r.Code = true, k.kept.Came, "", "", ""
	}
	came := time.Unix(0, k.arrived.Load())
	if r.Problem == "" && s.way == engine.WayNgrok && came.After(r.Worked) && !came.After(now) && !s.checked.IsZero() {
		r.Worked = came // a delivery tells as much as a call of our own
	}
	if r.Problem == "" && (s.checked.IsZero() || s.link.State != engine.LinkUp) {
		r.Worked = time.Time{} // it is not known yet whether it still does
	}
	return r
}

// tell tells whoever listens that the state is another.
func (k *Keeper) tell() { k.Publisher.Publish(engine.Change{Kind: engine.ReachChanged}) }

// hurry has the own address called now.
func (k *Keeper) hurry() { poke(k.now) }

func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is to be done already
	}
}
