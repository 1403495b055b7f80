package notice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func (h *house) reached(r engine.Reach) {
	h.change(func() { h.reach = r })
	h.changes <- engine.Change{Kind: engine.ReachChanged}
}

func TestReachThatIsLost(t *testing.T) {
	up := engine.Reach{Way: engine.WayNgrok, Link: engine.Link{State: engine.LinkUp}, Worked: time.Now(), Cut: []string{"Big orders"}}
	lost := up
	lost.Link, lost.Problem = engine.Link{State: engine.LinkLost}, "Nobody answers at the public address."
	with := func(change func(r *engine.Reach)) engine.Reach {
		r := lost
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		reach engine.Reach
		want  string // "" if nothing is told
	}{
		"one recipe":          {lost, "Nobody answers at the public address. “Big orders” gets nothing."},
		"several":             {with(func(r *engine.Reach) { r.Cut = []string{"A", "B", "C", "D"} }), "Nobody answers at the public address. 4 recipes get nothing: “A”, “B” and 2 more."},
		"all ask by polling":  {with(func(r *engine.Reach) { r.Polling = r.Cut }), "Nobody answers at the public address. “Big orders” asks for what it misses, so it comes later."},
		"nobody waits for it": {with(func(r *engine.Reach) { r.Cut = nil }), ""},
		"no way in is wanted": {with(func(r *engine.Reach) { r.Way = engine.WayNone }), ""},
		"a person has to mend it": {
			with(func(r *engine.Reach) {
				r.Link = engine.Link{State: engine.LinkRefused, Problem: "ngrok does not accept the token. Paste it again."}
			}),
			"ngrok does not accept the token. Paste it again. “Big orders” gets nothing.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, "UTC", monday, func(h *house) {
				h.reached(up)
				h.pass(time.Hour)
				h.reached(c.reach)
				h.pass(4 * time.Minute)
				require.Empty(t, h.told(), "it may come back by itself")
				h.pass(3 * time.Minute)
				if c.want == "" {
					h.pass(24 * time.Hour)
					require.Empty(t, h.told())
					h.reached(up)
					h.pass(time.Hour)
					require.Empty(t, h.told())
					return
				}
				n := h.tells()
				require.Equal(t, "Deliveries cannot arrive", n.Title)
				require.Equal(t, c.want, n.Text)
				h.stop()
				h.start()
				h.pass(24 * time.Hour)
				require.Empty(t, h.told(), "once")
				h.reached(up)
				h.pass(time.Minute)
				require.Equal(t, []string{"Deliveries arrive again"}, h.told())
				h.pass(24 * time.Hour)
				require.Empty(t, h.told())
			})
		})
	}
}

func TestReachThatComesBackByItself(t *testing.T) {
	up := engine.Reach{Way: engine.WayNgrok, Worked: time.Now(), Cut: []string{"Big orders"}}
	lost := up
	lost.Problem = "Nobody answers."
	at(t, "UTC", monday, func(h *house) {
		for range 10 {
			h.reached(lost)
			h.pass(4 * time.Minute)
			h.reached(up)
			h.pass(4 * time.Minute)
		}
		require.Empty(t, h.told())
	})
}

// While the computer sleeps nothing arrives, and that is nothing to tell.
func TestReachAfterSleep(t *testing.T) {
	lost := engine.Reach{Way: engine.WayNgrok, Worked: time.Now(), Cut: []string{"Big orders"}, Problem: "Nobody answers."}
	at(t, "UTC", monday, func(h *house) {
		h.reached(lost)
		h.pass(2 * time.Minute)
		h.sleeps(8 * time.Hour)
		h.pass(4 * time.Minute)
		require.Empty(t, h.told(), "it has just woken")
		h.pass(5 * time.Minute)
		require.Len(t, h.told(), 1)
	})
}

// A person who gives the way in up is not told that it is back.
func TestAWayInThatIsGivenUp(t *testing.T) {
	lost := engine.Reach{Way: engine.WayNgrok, Worked: time.Now(), Cut: []string{"Big orders"}, Problem: "Nobody answers."}
	at(t, "UTC", monday, func(h *house) {
		h.reached(lost)
		h.pass(10 * time.Minute)
		require.Len(t, h.told(), 1)
		h.reached(engine.Reach{})
		h.pass(time.Hour)
		require.Empty(t, h.told())
	})
}

// TestNobodyWaitsWhileReachIsRead: it reads who is affected, and that may take seconds.
func TestNobodyWaitsWhileReachIsRead(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		reading, read := make(chan struct{}), make(chan struct{})
		slow := New(Params{Store: h, Catalog: h, Now: h.now, Reach: func() engine.Reach {
			close(reading)
			<-read
			return engine.Reach{}
		}})
		looked := make(chan struct{})
		go func() {
			defer close(looked)
			slow.due(t.Context())
		}()
		<-reading
		require.True(t, slow.heard(engine.Change{Kind: engine.ReachChanged}))
		close(read)
		<-looked
	})
}
