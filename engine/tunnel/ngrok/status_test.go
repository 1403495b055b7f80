package ngrok

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestEachChangeIsToldOnceWithTheTimeItBegan(t *testing.T) {
	clock := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var told []engine.Link
	s := newStatus(func() time.Time { return clock }, func(l engine.Link) { told = append(told, l) })
	why := engine.Link{Problem: silent, Fix: engine.FixNetwork}
	tick := func() time.Time {
		clock = clock.Add(time.Minute)
		return clock
	}
	began := clock
	expect := func(want ...engine.Link) {
		t.Helper()
		require.Equal(t, want, told)
		told = nil
	}

	expect(engine.Link{State: engine.LinkConnecting, Since: began})
	tick()
	s.lost(why)
	s.lost(why)
	s.trying()
	expect(engine.Link{State: engine.LinkConnecting, Since: began, Problem: silent, Fix: engine.FixNetwork})
	at := tick()
	s.up("https://a", "Free")
	s.up("https://a", "Free")
	expect(engine.Link{State: engine.LinkUp, Since: at, URL: "https://a", Plan: "Free"})
	tick()
	s.up("https://b", "Free")
	expect(engine.Link{State: engine.LinkUp, Since: at, URL: "https://b", Plan: "Free"})
	at = tick()
	s.trying()
	expect(engine.Link{State: engine.LinkLost, Since: at, URL: "https://b", Plan: "Free"})
	at = tick()
	s.refused(engine.Link{Problem: badToken.problem, Code: "ERR_NGROK_107", Fix: engine.FixToken})
	expect(engine.Link{State: engine.LinkRefused, Since: at, URL: "https://b", Plan: "Free", Problem: badToken.problem, Code: "ERR_NGROK_107", Fix: engine.FixToken})
	at = tick()
	s.trying()
	expect(engine.Link{State: engine.LinkLost, Since: at, URL: "https://b", Plan: "Free"})
	at = tick()
	s.off()
	expect(engine.Link{State: engine.LinkOff, Since: at})
}
