package boot_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/practice"
	"bellhop/engine/tunnel/ngrok/edge"
)

// standIn lets a service on this computer stand in for ngrok's.
func standIn(t *testing.T, o edge.Options) *edge.Edge {
	t.Helper()
	e := edge.Start(t, o)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, e.CA(), 0o600))
	t.Setenv("BELLHOP_NGROK_SERVER", e.AgentAddr())
	t.Setenv("BELLHOP_NGROK_CA", ca)
	t.Setenv("BELLHOP_NGROK_PUBLIC", e.PublicAddr())
	return e
}

func choose(t *testing.T, s *boot.System, way engine.Way, address string) {
	t.Helper()
	require.NoError(t, s.ChangeSettings(t.Context(), func(s *engine.Settings) { s.Way, s.Address = way, address }))
}

// realShop is a shop elsewhere: a connection of the user's, and no practice account.
func realShop(t *testing.T, s *boot.System) *practice.Shop {
	t.Helper()
	apps := practice.New(practice.Params{})
	require.NoError(t, apps.Start("127.0.0.1:0", "127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, apps.Close()) })
	account := apps.ShopAccount()
	require.NoError(t, s.SaveConnection(t.Context(), &engine.Connection{
		Name: "My shop", Connector: "shopify", BaseURL: apps.ShopURL(),
		Fields: map[string]string{"shop": account["shop"], "client_id": account["client_id"]},
	}, map[string]string{"client_secret": account["client_secret"]}))
	return apps.Shop
}

const orders = `
recipe: 1
name: Orders
trigger: {use: shopify.order_created, connection: My shop}
steps:
  - {id: stop, use: logic.stop}
`

// TestAShopDeliversThroughTheTunnel from the token to the run, over a link that breaks, a restart and a wrong token.
func TestAShopDeliversThroughTheTunnel(t *testing.T) {
	e := standIn(t, edge.Options{Tokens: []string{"tok_of_the_owner"}, Domains: []string{"shop.ngrok-free.app"}, Local: true})
	dir := t.TempDir()
	s := open(t, dir)
	shop := realShop(t, s)
	r, address := start(t, s, []byte(orders))
	require.True(t, strings.HasPrefix(address, s.URL), "only this computer reaches it")
	require.Equal(t, []string{"Orders"}, s.Reach().Cut)
	require.Equal(t, []string{"Orders"}, s.Reach().Polling)
	waitFor(t, func() bool { return len(shop.Subscriptions()) == 1 })

	choose(t, s, engine.WayNgrok, "")
	waitFor(t, func() bool { return s.Reach().Link.Fix == engine.FixToken })
	has, err := s.HasToken(t.Context())
	require.NoError(t, err)
	require.False(t, has)
	require.NoError(t, s.SetToken(t.Context(), "tok_of_another"))
	waitFor(t, func() bool { return s.Reach().Link.Code == "ERR_NGROK_107" })
	require.Error(t, s.CheckReach(t.Context()))
	require.NoError(t, s.SetToken(t.Context(), " tok_of_the_owner\n"))
	require.NoError(t, s.CheckReach(t.Context()))
	reach := s.Reach()
	require.True(t, reach.Reachable())
	require.Empty(t, reach.Cut)
	require.Equal(t, "http://"+e.PublicAddr(), reach.URL)

	// The shop is told by itself, and its deliveries come.
	addresses, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(addresses[0], reach.URL))
	told := func() bool { // and delivers to no address from before
		all := shop.Subscriptions()
		return len(all) == 1 && all[0].Address == addresses[0]
	}
	waitFor(t, told)
	arrives := func(n int) {
		t.Helper()
		require.NoError(t, s.CatchUp(t.Context(), 0)) // what looks at the shop since the address changed would find the order first
		_, err := shop.Send(t.Context(), practice.NewOrder{Total: "189.00"})
		require.NoError(t, err)
		waitFor(t, func() bool {
			runs, err := s.Runs(t.Context(), engine.RunFilter{})
			require.NoError(t, err)
			return len(runs) == n && !runs[0].State.Active()
		})
		runs, err := s.Runs(t.Context(), engine.RunFilter{Limit: 1})
		require.NoError(t, err)
		require.False(t, runs[0].Recovered, "it was delivered, and not fetched")
	}
	hits := e.Hits()
	arrives(1)
	require.Greater(t, e.Hits(), hits)
	require.Positive(t, s.Reach().Month.Bytes)

	// The link breaks, and comes back with the same address.
	e.Down()
	waitFor(t, func() bool { return s.Reach().Link.State == engine.LinkLost })
	lost := s.Reach()
	require.False(t, lost.Reachable())
	require.NotEmpty(t, lost.Problem)
	require.Equal(t, reach.URL, lost.URL)
	require.Equal(t, []string{"Orders"}, lost.Cut)
	e.Up(t)
	s.Again()
	waitFor(t, func() bool { return s.Reach().Reachable() })
	arrives(2)

	// A restart goes on, with the count, and the address counts before the tunnel is up.
	count := s.Reach().Month.Requests
	require.NoError(t, s.Close())
	e.Down()
	s = open(t, dir)
	addresses, err = s.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(addresses[0], reach.URL))
	require.Equal(t, count, s.Reach().Month.Requests)
	e.Up(t)
	s.Again()
	waitFor(t, func() bool { return s.Reach().Reachable() })
	arrives(3)

	choose(t, s, engine.WayNone, "")
	waitFor(t, func() bool { return len(e.Online()) == 0 })
	require.Empty(t, s.Reach().URL)
}

// TestThroughTheTunnelNothingElseAnswers: not a path but those of recipes, whatever the method.
func TestThroughTheTunnelNothingElseAnswers(t *testing.T) {
	e := standIn(t, edge.Options{Domains: []string{"shop.ngrok-free.app"}})
	s := open(t, t.TempDir())
	a := newOutsideApp(t)
	require.NoError(t, s.SetToken(t.Context(), "tok_of_the_owner"))
	choose(t, s, engine.WayNgrok, "shop.ngrok-free.app")
	require.NoError(t, s.CheckReach(t.Context()))
	_, address := start(t, s, passOn(a))
	require.True(t, strings.HasPrefix(address, "https://shop.ngrok-free.app/hooks/"))

	visit := func(method, address string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(`{"text":"hello"}`))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		res, err := e.Client().Do(req)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode, string(body)
	}
	status, _ := visit("POST", address)
	require.Equal(t, 200, status)
	run := newest(t, s, engine.Succeeded)
	event, err := s.Store.Event(t.Context(), run.EventID)
	require.NoError(t, err)
	require.Equal(t, "203.0.113.9", event.Request.Headers["X-Forwarded-For"], "the visitor's own address")

	_, want := visit("GET", "https://shop.ngrok-free.app/hooks/nobody")
	for _, path := range []string{
		"/", "/hooks", "/hooks/", "/hooks/../ping", "/ping", "/show", "/changed", "/reach", "/.bellhop/", "/.bellhop/aaaaaaaaaaaaaaaaaaaaaaaaaa",
		"/orders", "/debug/pprof/", "/metrics", "/favicon.ico", "/robots.txt", "/admin/api/2026-07/graphql.json", "/api/chat.postMessage", "//" + strings.TrimPrefix(address, "https://"),
	} {
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
			status, body := visit(method, "https://shop.ngrok-free.app"+path)
			require.Equal(t, 404, status, "%s %s", method, path)
			require.Equal(t, want, body, "%s %s", method, path)
		}
	}
}

// TestAnAddressThatAnotherProgramTakesOver, such as after a router forgot where to pass on to.
func TestAnAddressThatAnotherProgramTakesOver(t *testing.T) {
	s := open(t, t.TempDir())
	_, _ = start(t, s, passOn(newOutsideApp(t)))
	var astray atomic.Bool
	to, err := url.Parse(s.URL)
	require.NoError(t, err)
	router := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if astray.Load() {
			_, _ = io.WriteString(w, "a printer's page")
			return
		}
		r.URL.Scheme, r.URL.Host = "http", to.Host
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	t.Cleanup(router.Close)
	choose(t, s, engine.WayAddress, router.URL)
	require.NoError(t, s.CheckReach(t.Context()))
	require.Empty(t, s.Reach().Cut)
	astray.Store(true)
	require.ErrorContains(t, s.CheckReach(t.Context()), "Another program answers")
	require.Equal(t, []string{"Pass it on"}, s.Reach().Cut)
	astray.Store(false)
	require.NoError(t, s.CheckReach(t.Context()))
	require.True(t, s.Reach().Reachable())
}

// TestPracticeStaysOnThisComputer: pretend orders need no way over the internet.
func TestPracticeStaysOnThisComputer(t *testing.T) {
	s, err := boot.Open(t.Context(), boot.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", Secrets: "file", Practice: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	choose(t, s, engine.WayAddress, "https://hooks.example.com")
	r, err := s.Practice.SetUp(t.Context())
	require.NoError(t, err)
	addresses, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(addresses[0], s.URL), addresses[0])
	_, err = s.Practice.Shop.Send(t.Context(), practice.NewOrder{Total: "189.00"})
	require.NoError(t, err)
	newest(t, s, engine.Succeeded)
	require.NoError(t, s.CatchUp(t.Context(), r.ID))
	require.Len(t, s.Practice.Shop.Subscriptions(), 1)
	require.Equal(t, addresses[0], s.Practice.Shop.Subscriptions()[0].Address)
	require.Empty(t, s.Reach().Cut)
}

// TestAProxyCountsAtOnce for what goes out, and not for what is on this computer.
func TestAProxyCountsAtOnce(t *testing.T) {
	var asked atomic.Pointer[string]
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.String()
		asked.Store(&to)
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(proxy.Close)
	a := newOutsideApp(t)
	s := open(t, t.TempDir())
	_, address := start(t, s, fmt.Appendf(nil, `
recipe: 1
name: Both
trigger: {use: webhook.received}
steps:
  - {id: away, use: http.request, with: {method: POST, url: "http://api.example/x", json: {}}, retry: {times: 0}, on_failure: continue}
  - {id: near, use: http.request, with: {method: POST, url: %q, json: {}}, retry: {times: 0}}
`, a.URL))
	require.NoError(t, s.ChangeSettings(t.Context(), func(s *engine.Settings) { s.Proxy = proxy.URL }))
	require.Equal(t, 200, post(t, address, `{}`))
	newest(t, s, engine.Succeeded)
	require.Equal(t, "http://api.example/x", *asked.Load())
	require.Len(t, a.bodies(), 1)
	err := s.ChangeSettings(t.Context(), func(s *engine.Settings) { s.Proxy = "ftp://proxy.example" })
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}

func TestTheAddressToListenAt(t *testing.T) {
	dir := t.TempDir()
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.ChangeSettings(t.Context(), func(s *engine.Settings) { s.Listen = "127.0.0.2:0" }))
	require.NoError(t, d.Close())
	for listen, want := range map[string]string{"": "http://127.0.0.2:", "127.0.0.1:0": "http://127.0.0.1:"} {
		s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Listen: listen, Secrets: "file"})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(s.URL, want), s.URL)
		require.NoError(t, s.Close())
	}
}

// TestAnotherProcessAsksAndChangesHowDeliveriesCome, whether or not the engine runs.
func TestAnotherProcessAsksAndChangesHowDeliveriesCome(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	ask := func(check bool) (engine.Reach, bool) {
		t.Helper()
		r, running, err := d.AskReach(context.WithoutCancel(t.Context()), check)
		require.NoError(t, err)
		return r, running
	}
	r, running := ask(false)
	require.True(t, running)
	require.Equal(t, engine.WayNone, r.Way)
	_, _, err = d.AskReach(t.Context(), true)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))

	require.NoError(t, d.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Way, to.Address = engine.WayAddress, s.URL }))
	r, _ = ask(true)
	require.True(t, r.Reachable())
	require.Equal(t, s.URL, d.BaseURL(t.Context()))
	require.Equal(t, s.URL, d.LocalURL(t.Context()))
	require.NoError(t, s.Close())
	last, running := ask(true)
	require.False(t, running)
	require.Equal(t, r.URL, last.URL)
	require.Equal(t, r.Worked.UTC(), last.Worked)
	require.Equal(t, r.Month.Requests, last.Month.Requests)
}

// TestAKeyringThatIsLockedLaterLeavesTheTunnelUp: the token is known by then, and other settings may change.
func TestAKeyringThatIsLockedLaterLeavesTheTunnelUp(t *testing.T) {
	e := standIn(t, edge.Options{Local: true})
	dir := t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.SetToken(t.Context(), "tok_of_the_owner"))
	choose(t, s, engine.WayNgrok, "")
	require.NoError(t, s.CheckReach(t.Context()))
	secrets, err := filepath.Glob(filepath.Join(dir, "secrets*"))
	require.NoError(t, err)
	require.NotEmpty(t, secrets)
	for _, file := range secrets {
		require.NoError(t, os.RemoveAll(file))
	}
	require.NoError(t, s.ChangeSettings(t.Context(), func(s *engine.Settings) { s.Theme = engine.ThemeDark }))
	require.NoError(t, s.CheckReach(t.Context()))
	require.Equal(t, 1, e.Connections(), "nothing was made anew")
}
