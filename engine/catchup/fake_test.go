package catchup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/catchup"
	"bellhop/engine/connector"
	"bellhop/engine/poll"
	"bellhop/engine/practice"
)

// store keeps recipes, events, runs and what triggers remember. An update that fails leaves nothing.
type store struct {
	engine.Tx   // what is not used is not there
	mu          sync.Mutex
	recipes     []engine.Recipe
	versions    map[string]engine.Definition
	connections []engine.Connection
	kept
	// cutAt fails the update of that number, after all of it was done.
	cutAt, updates int
}

type kept struct {
	events []engine.Event
	runs   []engine.Run
	state  map[string]string
	seen   map[string]bool
}

func place(recipe int64, what any) string { return fmt.Sprintf("%d %v", recipe, what) }

func (s *store) Update(_ context.Context, fn func(engine.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates++
	before := kept{slices.Clone(s.events), slices.Clone(s.runs), maps.Clone(s.state), maps.Clone(s.seen)}
	err := fn(tx{s})
	if s.updates == s.cutAt {
		err = engine.Errorf(engine.Unavailable, "The disk is full.")
	}
	if err != nil {
		s.kept = before
	}
	return err
}

func (s *store) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return s.Update(ctx, fn)
}

func (s *store) Recipes(context.Context) ([]engine.Recipe, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.recipes), nil
}

func (s *store) Version(_ context.Context, id int64, number int) (engine.Definition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[place(id, number)], nil
}

func (s *store) Setting(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state[key], nil
}

func (s *store) Connections(context.Context) ([]engine.Connection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.connections), nil
}

func (s *store) TriggerState(_ context.Context, id int64, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state[place(id, key)], nil
}

// tx is the store while it is locked.
type tx struct{ *store }

func (t tx) Recipe(_ context.Context, id int64) (engine.Recipe, error) {
	for _, r := range t.recipes {
		if r.ID == id {
			return r, nil
		}
	}
	return engine.Recipe{}, engine.Errorf(engine.NotFound, "gone")
}

func (t tx) TriggerState(_ context.Context, id int64, key string) (string, error) {
	return t.state[place(id, key)], nil
}

func (t tx) SetTriggerState(id int64, key, value string) error {
	t.state[place(id, key)] = value
	return nil
}

func (t tx) Setting(_ context.Context, key string) (string, error) { return t.state[key], nil }

func (t tx) SetSetting(key, value string) error {
	t.state[key] = value
	return nil
}

func (t tx) MarkSeen(id int64, at, key string) (bool, time.Time, error) {
	key = place(id, at+" "+key)
	first := !t.seen[key]
	t.seen[key] = true
	return first, time.Time{}, nil
}

func (t tx) AddEvent(e *engine.Event) error {
	key := place(e.RecipeID, "event "+e.Key)
	if t.seen[key] {
		return engine.Errorf(engine.Conflict, "seen")
	}
	t.seen[key] = true
	e.ID = int64(len(t.events) + 1)
	t.events = append(t.events, *e)
	return nil
}

func (t tx) AddRun(r *engine.Run) error {
	r.ID = int64(len(t.runs) + 1)
	t.runs = append(t.runs, *r)
	return nil
}

// bench is a fetcher with its store, a pretend shop, and a clock that can be set.
type bench struct {
	*catchup.Fetcher
	t       *testing.T
	store   *store
	catalog *connector.Catalog
	shop    *practice.Shop
	account engine.Account

	mu     sync.Mutex
	off    time.Duration // how far the clock on the wall is from the bubble's
	zone   *time.Location
	theirs time.Duration // how far the shop's clock is
	asked  int           // requests that got to the shop
	down   bool          // there is no network
	told   int           // times that Troubled was called
	left   int           // and Left
	jobs   int
	stop   func()
	gate   poll.Gate
	// address is where deliveries arrive; nil leaves subscriptions alone.
	address func(context.Context, engine.Recipe) string
	// keeps lets the app's secrets be kept.
	keeps bool
	// meet answers requests in place of the shop, or lets them through with nothing.
	meet func(body string) (*http.Response, error)
	// mutations are those that got to the shop, by the name of their field.
	mutations []string
}

// recipe is the one that listens, and shopURL is where the shop is.
const (
	recipe  = int64(1)
	shopURL = "http://127.0.0.1:8421"
)

// shipped is the catalog of connectors that Bellhop comes with.
var shipped = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Load(assets.Connectors()) })

// newBench begins with a recipe on new orders that was just switched on.
func newBench(t *testing.T) *bench {
	catalog, err := shipped()
	require.NoError(t, err)
	b := &bench{t: t, catalog: catalog, zone: time.UTC, store: &store{versions: map[string]engine.Definition{}, kept: kept{
		state: map[string]string{}, seen: map[string]bool{},
	}}}
	b.shop = practice.New(practice.Params{AccessToken: "shpat_1", Now: b.theirClock}).Shop
	b.account = engine.Account{
		Connection: engine.Connection{ID: 1, Name: "My shop", Connector: "shopify", BaseURL: shopURL, Practice: true, Fields: map[string]string{"shop": "x"}},
		Secrets:    map[string]string{"access_token": "shpat_1", "client_secret": "hush"},
	}
	b.store.connections = []engine.Connection{b.account.Connection}
	b.publish("shopify.order_created")
	b.switchOn()
	b.Fetcher = catchup.New(b.params())
	return b
}

func (b *bench) params() catchup.Params {
	var catalog engine.Catalog = b.catalog
	if b.keeps {
		catalog = keeping{catalog}
	}
	return catchup.Params{
		Store: b.store, Catalog: catalog, Keep: b.keep, Accounts: b, Apps: action.New(action.Params{Transport: b, Now: b.now}), Now: b.now,
		Address: b.address, Gate: b.gate,
		Accepted: func(engine.Job) { b.with(func() { b.jobs++ }) },
		Left:     func(catchup.Made) { b.with(func() { b.left++ }) },
		Troubled: func(int64) { b.with(func() { b.told++ }) },
	}
}

// keep keeps secrets with the account.
func (b *bench) keep(_ context.Context, _ string, secrets map[string]string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.account.Secrets = maps.Clone(b.account.Secrets)
	maps.Copy(b.account.Secrets, secrets)
	return nil
}

// publish adds a version of the recipe.
func (b *bench) publish(use string) {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if len(b.store.recipes) == 0 {
		b.store.recipes = []engine.Recipe{{ID: recipe, Token: "abc"}}
	}
	r := &b.store.recipes[0]
	r.Published++
	b.store.versions[place(recipe, r.Published)] = engine.Definition{Trigger: engine.Trigger{Use: use, Connection: "My shop"}}
}

// switchOn begins anew, as the desk does.
func (b *bench) switchOn() {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.recipes[0].On = true
	b.store.state[place(recipe, engine.TriggerThrough)] = b.now().UTC().Format(time.RFC3339Nano)
	b.store.state[place(recipe, engine.TriggerCaughtUp)] = engine.CatchUpAnew
}

func (b *bench) switchOff() {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.recipes[0].On = false
}

func (b *bench) with(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.off).In(b.zone)
}

// theirClock is the shop's, which is right whatever is set here.
func (b *bench) theirClock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.theirs)
}

// night is a sleep: time passes, and this program does not see it.
func (b *bench) night(d time.Duration) {
	b.with(func() { b.off, b.theirs = b.off+d, b.theirs+d })
}

func (b *bench) Account(context.Context, string) (engine.Account, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.account, nil
}

// mutation finds what a request changes at the shop.
var mutation = regexp.MustCompile(`webhookSubscription(Create|Delete)`)

// RoundTrip brings requests to the shop.
func (b *bench) RoundTrip(r *http.Request) (*http.Response, error) {
	down := false
	b.with(func() {
		if down = b.down; !down {
			b.asked++
		}
	})
	if down {
		return nil, errors.New("connect: network is unreachable")
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	var meet func(string) (*http.Response, error)
	b.with(func() {
		meet = b.meet
		if name := mutation.FindString(string(body)); name != "" {
			b.mutations = append(b.mutations, name)
		}
	})
	if meet != nil {
		if answer, err := meet(string(body)); answer != nil || err != nil {
			return answer, err
		}
	}
	w := httptest.NewRecorder()
	w.Header().Set("Date", b.theirClock().UTC().Format(http.TimeFormat))
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Host = r.URL.Host
	b.shop.ServeHTTP(w, r)
	return w.Result(), nil
}

// start lets a fetcher work, and a new one after stop as after a restart.
func (b *bench) start() {
	b.run()
	synctest.Wait()
}

// begin is start outside of a bubble: it returns when the first look is over.
func (b *bench) begin() {
	b.run()
	require.NoError(b.t, b.Ask(b.t.Context(), recipe))
}

func (b *bench) run() {
	b.Fetcher = catchup.New(b.params())
	b.reload()
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Run(ctx)
	}()
	b.stop = func() {
		cancel()
		<-ended
	}
}

func (b *bench) reload() { require.NoError(b.t, b.Reload(b.t.Context())) }

// pass lets time pass in a bubble, the only place where Wait does not panic.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// place makes orders that nobody is told of.
func (b *bench) place(n int) {
	for range n {
		_, err := b.shop.Place(practice.NewOrder{})
		require.NoError(b.t, err)
	}
}

// runs returns for how many events of the shop there is a run, and makes sure that it is one each, recovered.
func (b *bench) runs() int {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	require.Len(b.t, b.store.runs, len(b.store.events))
	for i, r := range b.store.runs {
		require.True(b.t, r.Recovered)
		require.Equal(b.t, engine.Queued, r.State)
		require.Equal(b.t, b.store.events[i].ID, r.EventID)
	}
	return len(b.store.runs)
}

func (b *bench) trouble() *engine.Trouble {
	kept, err := b.store.TriggerState(b.t.Context(), recipe, engine.TriggerUncaught)
	require.NoError(b.t, err)
	return engine.ParseTrouble(kept)
}

func (b *bench) requests() (n int) {
	b.with(func() { n = b.asked })
	return n
}

// keyOf is what the app calls a fetched event.
func keyOf(e engine.Event) string {
	key, _, _ := strings.Cut(e.Key, catchup.KeyMark)
	return key
}
