package ngrok

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

// triesNoMore looks on for longer than the SDK pauses after its first and second try.
func triesNoMore(t *testing.T, e *edge.Edge) {
	t.Helper()
	connections := e.Connections()
	require.Never(t, func() bool { return e.Connections() > connections }, 1600*time.Millisecond, 50*time.Millisecond)
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		faults edge.Faults
		fix    engine.LinkFix
	}{
		"ERR_NGROK_105":  {edge.Faults{AuthError: "ERR_NGROK_105"}, engine.FixToken},
		"ERR_NGROK_106":  {edge.Faults{AuthError: "ERR_NGROK_106"}, engine.FixToken},
		"ERR_NGROK_107":  {edge.Faults{AuthError: "ERR_NGROK_107"}, engine.FixToken},
		"ERR_NGROK_4018": {edge.Faults{AuthError: "ERR_NGROK_4018"}, engine.FixToken},
		"ERR_NGROK_121":  {edge.Faults{AuthError: "ERR_NGROK_121"}, engine.FixUpdate},
		"ERR_NGROK_123":  {edge.Faults{AuthError: "ERR_NGROK_123"}, engine.FixAccount},
		"ERR_NGROK_116":  {edge.Faults{AuthError: "ERR_NGROK_116"}, engine.FixPlace},
		"ERR_NGROK_9040": {edge.Faults{AuthError: "ERR_NGROK_9040"}, engine.FixPlace},
		"ERR_NGROK_9009": {edge.Faults{AuthError: "ERR_NGROK_9009"}, engine.FixProxy},
		"ERR_NGROK_103":  {edge.Faults{AuthError: "ERR_NGROK_103"}, engine.FixAccount},
		"ERR_NGROK_300":  {edge.Faults{BindError: "ERR_NGROK_300"}, engine.FixToken},
		"ERR_NGROK_313":  {edge.Faults{BindError: "ERR_NGROK_313"}, engine.FixAddress},
		"ERR_NGROK_314":  {edge.Faults{BindError: "ERR_NGROK_314"}, engine.FixAddress},
		"ERR_NGROK_319":  {edge.Faults{BindError: "ERR_NGROK_319"}, engine.FixAddress},
		"ERR_NGROK_320":  {edge.Faults{BindError: "ERR_NGROK_320"}, engine.FixAddress},
		"ERR_NGROK_324":  {edge.Faults{BindError: "ERR_NGROK_324"}, engine.FixTaken},
	}
	for code, tc := range cases {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			e := edge.Start(t, edge.Options{Domains: []string{shop}})
			e.SetFaults(tc.faults)
			x := start(t, e, Params{})
			link := x.await(t, is(engine.LinkRefused))
			require.Equal(t, code, link.Code)
			require.Equal(t, tc.fix, link.Fix)
			require.Equal(t, refused(code).problem, link.Problem)
			require.Equal(t, 1, e.Connections())

			e.SetFaults(edge.Faults{})
			x.Again()
			again := x.await(t, is(engine.LinkConnecting))
			require.Empty(t, again.Problem)
			require.Empty(t, x.await(t, is(engine.LinkUp)).Problem)
		})
	}
}

func TestAWrongTokenIsNotTriedAgainNorShown(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Tokens: []string{"another"}})
	x := start(t, e, Params{})
	link := x.await(t, is(engine.LinkRefused))
	require.Equal(t, "ERR_NGROK_107", link.Code)
	require.Equal(t, engine.FixToken, link.Fix)
	triesNoMore(t, e)
	require.Len(t, e.Auths(), 1)
	require.Equal(t, token, e.Auths()[0].Extra.Authtoken)
	require.Contains(t, x.logs.String(), "Your authtoken: [secret]", "ngrok's answer quotes it")
}

func TestRefusedWhenItComesBack(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	x.await(t, is(engine.LinkUp))
	e.SetFaults(edge.Faults{AuthError: "ERR_NGROK_107"}) // the token was taken back in the dashboard
	require.Equal(t, 1, e.Drop())
	link := x.await(t, is(engine.LinkRefused))
	require.Equal(t, "ERR_NGROK_107", link.Code)
	require.Equal(t, "https://"+shop, link.URL, "the last one known")
	triesNoMore(t, e)
}

func TestAFullAccountIsTriedUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop, "other.ngrok-free.app"}, MaxSessions: 1})
	first := start(t, e, Params{})
	first.await(t, is(engine.LinkUp))
	second := start(t, e, Params{Domain: "other.ngrok-free.app"})
	link := second.await(t, with("ERR_NGROK_108"))
	require.Equal(t, engine.LinkConnecting, link.State)
	require.Equal(t, engine.FixSessions, link.Fix)
	tried := e.Connections()
	require.Eventually(t, func() bool { return e.Connections() > tried+2 }, within, time.Millisecond)
	first.end(t)
	require.Equal(t, "https://other.ngrok-free.app", second.await(t, is(engine.LinkUp)).URL)
}

func TestAnAddressInUseIsTriedUntilItIsFree(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	first := start(t, e, Params{})
	first.await(t, is(engine.LinkUp))
	second := start(t, e, Params{})
	link := second.await(t, with("ERR_NGROK_334"))
	require.Equal(t, engine.LinkConnecting, link.State)
	tried := len(e.Binds())
	require.Eventually(t, func() bool { return len(e.Binds()) > tried+2 }, within, time.Millisecond)
	for _, auth := range e.Auths() {
		require.Empty(t, auth.ClientID, "each try is a new agent")
	}
	first.end(t)
	second.await(t, is(engine.LinkUp))
}

func TestTheUsualPausesAreNgroksFriends(t *testing.T) {
	require.Equal(t, usual, New(Params{}).pauses)
	require.Equal(t, time.Minute, usual.limit)
	require.Equal(t, 15*time.Second, usual.taken)
	require.Equal(t, 10*time.Second, usual.interval+usual.tolerance)
}

func TestAnAddressTakenWhileItWasAwayIsTriedWithANewAgent(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	x.await(t, is(engine.LinkUp))
	e.SetFaults(edge.Faults{BindError: "ERR_NGROK_334"})
	e.Drop()
	link := x.await(t, with("ERR_NGROK_334"))
	require.Equal(t, engine.LinkLost, link.State)
	require.Equal(t, "https://"+shop, link.URL)
	e.SetFaults(edge.Faults{})
	x.await(t, is(engine.LinkUp))
	auths := e.Auths()
	require.Empty(t, auths[len(auths)-1].ClientID, "the SDK alone would have come back as the old one")
}

func TestWhatBellhopDoesNotKnowIsTriedRarely(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	e.SetFaults(edge.Faults{AuthError: "ERR_NGROK_9999"})
	x := start(t, e, Params{}, func(p *pauses) { p.limit, p.first = time.Hour, time.Hour })
	link := x.await(t, with("ERR_NGROK_9999"))
	require.Equal(t, engine.LinkConnecting, link.State)
	require.Equal(t, refused("ERR_NGROK_9999").problem, link.Problem)
	require.Eventually(t, func() bool { return e.Connections() > 3 }, within, time.Millisecond)
	e.SetFaults(edge.Faults{})
	x.await(t, is(engine.LinkUp))
	require.Equal(t, 10*time.Minute, usual.unknown)
}

func TestAForgottenConnectionIsMadeAnew(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	x.await(t, is(engine.LinkUp))
	e.SetFaults(edge.Faults{AuthError: "ERR_NGROK_110"})
	e.Drop()
	link := x.await(t, with("ERR_NGROK_110"))
	require.Equal(t, engine.LinkLost, link.State)
	require.Empty(t, link.Fix)
	e.SetFaults(edge.Faults{})
	x.await(t, is(engine.LinkUp))
	auths := e.Auths()
	require.Empty(t, auths[len(auths)-1].ClientID+auths[len(auths)-1].Extra.Cookie)
}

func TestStoppedInTheDashboard(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	x.await(t, is(engine.LinkUp))
	require.NoError(t, e.Stop(shop, "ERR_NGROK_103", "suspended"))
	link := x.await(t, is(engine.LinkRefused))
	require.Equal(t, "ERR_NGROK_103", link.Code)
	triesNoMore(t, e)
	x.Again()
	x.await(t, is(engine.LinkUp))

	require.NoError(t, e.Stop(shop, "", "the service restarts"))
	x.await(t, is(engine.LinkLost))
	up := x.await(t, is(engine.LinkUp))
	x.visit(t, up.URL, []byte("again"))
}

func TestMistakesInTheSettingsNeedNoConnection(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	_, err := engine.CheckDomain("shop")
	oddAddress := &refusal{engine.ErrorMessage(err), engine.FixAddress, stop}
	cases := map[string]struct {
		params Params
		want   *refusal
	}{
		"no token":             {Params{Token: " \n"}, noToken},
		"the whole command":    {Params{Token: "ngrok config add-authtoken " + token}, oddToken},
		"letters of no token":  {Params{Token: "tökën"}, oddToken},
		"in quotes":            {Params{Token: `"` + token + `"`}, oddToken},
		"a port":               {Params{Domain: "shop.ngrok-free.app:8443"}, oddAddress},
		"no domain":            {Params{Domain: "shop"}, oddAddress},
		"a number":             {Params{Domain: "192.168.1.1"}, oddAddress},
		"another kind":         {Params{Domain: "tcp://1.tcp.ngrok.io"}, oddAddress},
		"a web proxy":          {Params{Proxy: "http://me:" + proxyPassword + "@proxy.example:3128"}, otherProxy},
		"a secure web proxy":   {Params{Proxy: "https://proxy.example:3128"}, otherProxy},
		"an old kind of proxy": {Params{Proxy: "socks4://proxy.example:1080"}, otherProxy},
		"no proxy's address":   {Params{Proxy: "socks5://"}, otherProxy},
		"not an address":       {Params{Proxy: "socks5://[" + proxyPassword}, otherProxy},
		"no certificate":       {Params{CA: []byte("none")}, badCA},
	}
	t.Run("cases", func(t *testing.T) { // all of them end before their connections are counted
		for name, tc := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				x := start(t, e, tc.params)
				link := x.await(t, is(engine.LinkRefused))
				require.Equal(t, tc.want.problem, link.Problem)
				require.Equal(t, tc.want.fix, link.Fix)
				require.Empty(t, link.Code)
				require.NotContains(t, link.Problem, proxyPassword)
				x.end(t)
				require.NotContains(t, x.logs.String(), proxyPassword)
			})
		}
	})
	require.Zero(t, e.Connections())
}

func TestPausesGrow(t *testing.T) {
	r := &run{Tunnel: New(Params{})}
	var pauses []time.Duration
	for range 7 {
		pauses = append(pauses, r.growing(r.pauses.taken))
	}
	const s = time.Second
	require.Equal(t, []time.Duration{s, 2 * s, 4 * s, 8 * s, 15 * s, 15 * s, 15 * s}, pauses)
	r.failed = 1000
	require.Equal(t, 30*s, r.growing(r.pauses.longest))
}
