package reach_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// visit is somebody who comes to the listener on this computer.
type visit struct {
	remote, host   string
	forwarded, via string // X-Forwarded-For and X-Forwarded-Host
	path           string
}

// fromApp is an app on the internet whose delivery a program nearby passes on.
var fromApp = visit{remote: "127.0.0.1:99", host: "hooks.example.com", forwarded: "198.51.100.7", path: "/hooks/known"}

func (b *bench) visited(v visit) {
	r := httptest.NewRequest("POST", "http://"+v.host+v.path, strings.NewReader("12345"))
	r.RemoteAddr = v.remote
	if v.forwarded != "" {
		r.Header.Set("X-Forwarded-For", v.forwarded)
	}
	if v.via != "" {
		r.Header.Set("X-Forwarded-Host", v.via)
	}
	b.ServeHTTP(httptest.NewRecorder(), r)
}

// TestARouterThatDoesNotLetBellhopCallItself: what comes from the internet all the same tells that all is well.
func TestARouterThatDoesNotLetBellhopCallItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.store.recipes, b.store.live = []engine.Recipe{{ID: 1, Name: "waits", On: true, Published: 1}}, map[int64]engine.Definition{1: {Trigger: engine.Trigger{Use: "webhook.received"}}}
		b.internet = fails(context.DeadlineExceeded)
		b.run()
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		r := b.now()
		require.Contains(t, r.Problem, "have an app send something")
		require.Equal(t, []string{"waits"}, r.Cut)

		b.visited(fromApp)
		r = b.now()
		require.True(t, r.Reachable())
		require.True(t, r.OneWay)
		require.Equal(t, time.Now(), r.Worked.Local())
		require.Empty(t, r.Problem)
		require.Empty(t, r.Fix)
		require.Empty(t, r.Cut)
		require.NoError(t, b.Check(t.Context()), "the call does not come through, and that is nothing new")
		came := r.Worked

		pass(24 * time.Hour)
		r = b.now()
		require.True(t, r.OneWay, "calls go on to fail as they did")
		require.Equal(t, came, r.Worked)
		require.Greater(t, len(b.visits), 100, "and are gone on with")
		b.end()

		b.Keeper = b.keeper()
		require.NoError(t, b.Reload(t.Context(), false))
		require.False(t, b.now().Reachable(), "nobody has called yet")
		b.run()
		require.True(t, b.now().OneWay, "it is remembered")

		b.set(func() { b.internet = fails(fmt.Errorf("odd")) })
		require.Error(t, b.Check(t.Context()))
		require.False(t, b.now().Reachable(), "that is another problem, and nothing came in despite it")
		b.set(func() { b.internet = fails(context.DeadlineExceeded) })
		require.NoError(t, b.Check(t.Context()))
		require.True(t, b.now().OneWay)

		pass(4 * 24 * time.Hour)
		require.False(t, b.now().Reachable(), "so long ago it tells nothing any more")
		b.visited(fromApp)
		require.True(t, b.now().OneWay)

		b.set(func() { b.internet = nil })
		require.NoError(t, b.Check(t.Context()))
		require.False(t, b.now().OneWay, "the router has learned it")
		b.set(func() { b.internet = fails(context.DeadlineExceeded) })
		require.Error(t, b.Check(t.Context()), "so from now on that is a problem")

		b.visited(fromApp)
		require.True(t, b.now().OneWay)
		b.choose(engine.Settings{Way: engine.WayAddress, Address: "https://other.example.com"})
		require.False(t, b.now().Reachable(), "it tells nothing about another address")
		b.end()
	})
}

func TestWhoTellsThatTheInternetComesIn(t *testing.T) {
	for _, test := range []struct {
		name  string
		visit visit
		tells bool
	}{
		{"an app, straight through the router", visit{remote: "198.51.100.7:99", host: "hooks.example.com", path: "/hooks/known"}, true},
		{"an app, through a program here", fromApp, true},
		{"an app, through a program on another computer", visit{remote: "192.168.1.9:99", host: "hooks.example.com:443", forwarded: "2606:4700::1", path: "/hooks/known"}, true},
		{"where the program changes the host, and says so", visit{remote: "127.0.0.1:99", host: "127.0.0.1:8420", forwarded: "198.51.100.7", via: "hooks.example.com", path: "/hooks/known"}, true},
		{"a computer of the same network", visit{remote: "192.168.1.7:99", host: "hooks.example.com", path: "/hooks/known"}, false},
		{"one that says it is another", visit{remote: "127.0.0.1:99", host: "hooks.example.com", forwarded: "198.51.100.7, 192.168.1.7", path: "/hooks/known"}, false},
		{"one of the same provider", visit{remote: "100.64.3.4:99", host: "hooks.example.com", path: "/hooks/known"}, false},
		{"this computer", visit{remote: "127.0.0.1:99", host: "hooks.example.com", path: "/hooks/known"}, false},
		{"who knows no recipe", visit{remote: "198.51.100.7:99", host: "hooks.example.com", path: "/wp-login.php"}, false},
		{"who came to another address", visit{remote: "198.51.100.7:99", host: "203.0.113.5", path: "/hooks/known"}, false},
		{"who is not known", visit{remote: "127.0.0.1:99", host: "hooks.example.com", forwarded: "unknown", path: "/hooks/known"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.internet = page(http.StatusOK, "", "the router's own page")
				b.run()
				b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
				b.visited(test.visit)
				require.Equal(t, test.tells, b.now().OneWay)
				require.Equal(t, test.tells, b.now().Reachable())
				b.end()
			})
		})
	}
}
