package boot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"bellhop/app/internal/instance"
	"bellhop/app/internal/loopback"
	"bellhop/app/internal/power"
	"bellhop/engine"
	"bellhop/engine/bus"
	"bellhop/engine/catchup"
	"bellhop/engine/chain"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/engine/notice"
	"bellhop/engine/poll"
	"bellhop/engine/queue"
	"bellhop/engine/reach"
	"bellhop/engine/runtime"
	"bellhop/engine/start"
	"bellhop/engine/webhook"
	"bellhop/store/bundle"
)

// ErrRunning says that another process runs the engine on this data.
var ErrRunning = instance.ErrRunning

// endTime is how long the engine may take to end; most of it is for the runs under way.
const endTime = 10 * time.Second

// System is the engine at work on a data folder. Only one process can have it.
type System struct {
	*Data
	Bus      *bus.Bus
	Practice *Practice // nil unless the pretend accounts are in use
	// URL is where webhooks arrive, such as http://127.0.0.1:8420.
	URL string
	// Rescue tells that the data was damaged or gone and a backup took its place; nil if all is well.
	Rescue *Rescue
	// Restored tells that a person's restored data took the place of the data; nil if none waited.
	Restored *Replaced

	doubt    bool // the data may be damaged
	instance *instance.Instance
	hooks    *webhook.Handler
	door     door
	server   *http.Server
	poller   *poll.Poller
	fetcher  *catchup.Fetcher
	reach    *reach.Keeper
	queue    *queue.Queue
	limits   limits
	runtime  *runtime.Runtime
	reading  *reading
	starter  *start.Starter
	gate     *limit.Gate
	notices  *notice.Notices
	network  chan struct{} // told when it may have come or gone
	pausing  chan struct{} // told when a pause has begun or ended
	routing  sync.Mutex    // one table is made after the other: of two, the older must not come last
	broken   atomic.Bool   // some recipe cannot check its senders, such as with a locked keyring
	missed   atomic.Bool   // some change could not be taken up
	stop     context.CancelFunc
	work     sync.WaitGroup
	log      *slog.Logger
	endTime  time.Duration
	opened   time.Time // when it was
	closing  sync.Once
	closed   error
}

// Open opens the data folder and starts the engine on it. ErrRunning if another process has it.
func Open(ctx context.Context, c Config) (_ *System, err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	collectLess()
	owner, err := instance.Acquire(c.Dir)
	if err != nil {
		return nil, err
	}
	s := &System{instance: owner, Bus: &bus.Bus{}, network: make(chan struct{}, 1), pausing: make(chan struct{}, 1), log: c.Log, opened: time.Now(), endTime: cmp.Or(c.EndTime, endTime)}
	defer func() {
		if err != nil {
			_ = s.Close() // the first error is the one to tell
		}
	}()
	if s.Restored, err = bundle.Replace(ctx, c.Dir, c.Log); err != nil {
		return nil, err
	}
	if s.Data, err = openData(ctx, c, s.openOwn); err != nil {
		return nil, err
	}
	s.Desk = desk.New(desk.Params{
		Store: s.Store, Catalog: s.connectors, Book: s.Book, Tester: s.actions, Checker: s.actions, Looker: s.sources(s.actions, nil),
		Previewer: s.actions, Locale: s.Locale,
		Changed: s.changed, Leave: s.leave, BaseURL: s.baseURL, LocalURL: func(context.Context) string { return s.URL },
	})
	if s.door, err = openDoor(c.Dir); err != nil {
		return nil, err
	}
	s.Bodies = s.door.bodies
	s.gate = s.newGate()
	s.reading = &reading{Store: s.Store}
	s.starter = start.New(start.Params{Recipes: s.reading, Catalog: s.connectors, Log: c.Log})
	s.queue = queue.New(queue.Params{Source: s.Store, Limits: s.limits.atOnce, Log: c.Log, Drain: s.endTime * 8 / 10})
	ours, err := installation(ctx, s.Store)
	if err != nil {
		return nil, err
	}
	s.runtime = runtime.New(runtime.Params{
		Installation: ours,
		Store:        s.Store, Catalog: s.connectors, Accounts: s.Book, Actions: s.actions, Gate: s.gate, Publisher: publishers{s.door.answers, s.Bus},
		Bodies: s.door.bodies, Answer: s.door.answers.Deliver,
		Locale: s.Locale, Log: c.Log, Caller: s.starter, Ended: s.starter.Ended, Offer: s.queue.Offer, Wake: s.queue.Wake, Paused: s.isPaused,
	})
	key, err := chain.LoadKey(ctx, s.Store)
	if err != nil {
		return nil, err
	}
	s.hooks = webhook.New(webhook.Params{
		Store: s.Store, Bodies: s.door.bodies, Answers: s.door.answers, Accepted: s.accepted, Chain: key, Addresses: s.told, Log: c.Log,
	})
	s.loops.Key, s.loops.Own = key, s.hooks.Answers
	s.poller = poll.New(poll.Params{
		Store: s.reading, Catalog: s.connectors, Sources: s.sources(poll.Through(s.gate, s.actions), s.gate),
		Accepted: s.accepted, Troubled: s.troubled, Zone: s.Zone, Log: c.Log,
	})
	s.fetcher = s.newFetcher()
	s.reach = s.newKeeper()
	s.notices = s.newNotices(c.Notify)

	if err = errors.Join(s.reload(ctx), s.readPrivate(ctx), s.readPause(ctx), s.reach.Reload(ctx, false)); err != nil {
		return nil, err
	}
	if err = s.listen(ctx, c.Listen, c.AnyPort); err != nil {
		return nil, err
	}
	if s.Practice, err = openPractice(ctx, s, c.Practice); err != nil {
		return nil, err
	}
	s.subscribe(ctx)
	s.start(c)
	err = owner.Serve(instance.Handlers{
		Version: c.Version, Listen: func() string { return s.URL }, Show: c.Show,
		Changed: func(ctx context.Context, change engine.Change) error { return s.changed(ctx, change) }, Reach: s.askReach,
	})
	s.log.Info("the engine works", "version", c.Version, "address", s.URL, "data", c.Dir)
	return s, err
}

// Close stops the engine: no more deliveries are taken, runs under way get eight seconds, what is not
// done by then goes on at the next start. It takes ten seconds at most, whatever does not end: all
// that was accepted is on disk. Closing twice does nothing.
func (s *System) Close() error {
	s.closing.Do(func() {
		ended := make(chan error, 1)
		go func() { ended <- s.close() }()
		select {
		case s.closed = <-ended:
			s.log.Info("the engine has ended", "error", s.closed)
		case <-time.After(s.endTime):
			s.log.Warn("the engine did not end in time and is left as it is")
		}
	})
	return s.closed
}

func (s *System) close() error {
	var errs []error
	if s.stop != nil {
		s.stop()
	}
	if s.server != nil {
		errs = append(errs, hangUp(s.server, s.endTime/2))
	}
	s.work.Wait()
	if s.gate != nil {
		s.gate.Close()
	}
	if s.Practice != nil {
		errs = append(errs, s.Practice.Close())
	}
	s.instance.Hush() // who asks from here on finds the data closed
	if s.Data != nil {
		errs = append(errs, s.Data.Close())
	}
	return errors.Join(append(errs, s.instance.Close())...)
}

// hangUp stops taking deliveries. Senders who dawdle are cut off: without an answer they send again.
func hangUp(server *http.Server, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}

// listen opens the door for deliveries.
func (s *System) listen(ctx context.Context, address string, anyPort bool) error {
	settings, err := engine.ReadSettings(ctx, s.Store)
	if err != nil {
		return err
	}
	asked := address
	address = cmp.Or(asked, settings.Listen, UsualListen())
	listener, err := Listen(address)
	if err != nil && anyPort {
		s.log.Warn("webhooks cannot arrive at the address that was chosen, so they arrive at another", "address", address, "error", engine.Cause(err))
		listener, err = listenNear(address)
	}
	if err != nil {
		return cannotListen(address, err)
	}
	s.URL = localURL(listener.Addr().String())
	s.server = webhook.NewServer(s.reach, s.log)
	s.work.Go(func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the webhook listener ended", "error", err)
		}
	})
	return s.remember(ctx, address, asked)
}

// listenNear listens at another port, or where the computer has no such address any more, such as in another
// network, at the usual address.
func listenNear(address string) (listener net.Listener, err error) {
	host, _, _ := net.SplitHostPort(address)
	for _, near := range []string{net.JoinHostPort(host, "0"), UsualListen(), net.JoinHostPort(loopback.Host(), "0")} {
		if listener, err = Listen(near); err == nil {
			return listener, nil
		}
	}
	return nil, err
}

// cannotListen says why nothing can arrive at an address.
func cannotListen(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return engine.Wrap(err, engine.Unavailable,
			"Bellhop cannot listen at %s: another program does so already. Close it, or choose another address with --listen.", address)
	}
	return engine.Wrap(err, engine.Unavailable,
		"Bellhop cannot listen at %s: %s. Choose an address of this computer with --listen, such as %s.", address, engine.Cause(err), UsualListen())
}

// localURL returns where on this computer a listener at an address is reached: one that listens on
// all addresses has none of its own.
func localURL(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		address = net.JoinHostPort(loopback.Host(), port)
	}
	return "http://" + address
}

func (s *System) start(c Config) {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.work.Go(func() { _ = s.queue.Run(ctx, s.runtime.Handle) })
	s.work.Go(func() { s.mendOrder(ctx) })
	s.work.Go(func() { s.poller.Run(ctx) })
	s.work.Go(func() { s.fetcher.Run(ctx) })
	s.work.Go(func() { s.notify(ctx) })
	s.work.Go(func() { s.watchPower(ctx, c.power) })
	s.work.Go(func() { s.keepAwake(ctx, &power.Awake{Hold: c.hold}) })
	s.work.Go(func() { s.reach.Run(ctx) })
	s.work.Go(func() { s.watchNetwork(ctx, s.network) })
	s.work.Go(func() { s.watch(ctx) })
	s.work.Go(func() { s.watchPause(ctx) })
	s.work.Go(func() { s.keepPasswordAway(ctx) })
	s.work.Go(func() { s.lookAfter(ctx) })
	s.work.Go(func() { s.door.keep(ctx, s.hooks, s.Store, s.log) })
}

// troubled tells that a recipe's trigger cannot look any more, or can again.
func (s *System) troubled(recipeID int64) {
	s.Bus.Publish(engine.Change{Kind: engine.RecipesChanged, RecipeID: recipeID})
}

// accepted hands a run that was just committed to the queue.
func (s *System) accepted(job engine.Job) {
	s.queue.Offer(job)
	s.Bus.Publish(engine.Change{Kind: engine.RunChanged, RecipeID: job.RecipeID, RunID: job.RunID, State: engine.Queued})
}
