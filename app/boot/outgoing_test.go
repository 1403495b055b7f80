package boot_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// throughConnection is a recipe that sends what comes in to the app, with a connection to it.
func throughConnection(a *outsideApp) []byte {
	return fmt.Appendf(nil, `
recipe: 1
name: Through a connection
trigger: {use: webhook.received}
steps:
  - {id: send, use: http.request, connection: Mine, with: {method: POST, url: %q, json: {text: "{{trigger.text}}"}}}
`, a.URL)
}

// connected opens an engine with a connection to the app, and returns how to change its token.
func connected(t *testing.T) (s *boot.System, reconnect func(token string)) {
	t.Helper()
	s = open(t, t.TempDir())
	c := engine.Connection{Name: "Mine", Connector: "http", Fields: map[string]string{"scheme": "bearer"}}
	reconnect = func(token string) {
		require.NoError(t, s.SaveConnection(t.Context(), &c, map[string]string{"token": token}))
	}
	reconnect("token-one")
	return s, reconnect
}

func allSucceeded(t *testing.T, s *boot.System, n int) func() bool {
	return func() bool {
		counts, err := s.StateCounts(t.Context())
		require.NoError(t, err)
		return counts[engine.Succeeded] == n
	}
}

func TestAConnectionThatIsRefusedHoldsItsRunsUntilItIsMended(t *testing.T) {
	a := newOutsideApp(t)
	s, reconnect := connected(t)
	_, address := start(t, s, throughConnection(a))
	a.answer(http.StatusUnauthorized)
	for i := range 3 {
		require.Equal(t, 200, post(t, address, fmt.Sprintf(`{"text":"%d"}`, i)))
	}
	waitFor(t, func() bool {
		paused, err := s.Paused(t.Context())
		require.NoError(t, err)
		return len(paused) == 1 && paused[0].WaitsFor == "Mine" && paused[0].Runs == 3
	})
	trouble := s.Trouble()
	require.Len(t, trouble, 1)
	require.True(t, trouble[0].NeedsYou)
	require.Contains(t, trouble[0].Why, "Reconnect it")
	asked := len(a.bodies())
	require.LessOrEqual(t, asked, 3)

	a.answer(http.StatusOK)
	reconnect("token-two")
	waitFor(t, allSucceeded(t, s, 3))
	require.Empty(t, s.Trouble())
	require.Len(t, a.bodies(), asked+3)
}

func TestAnAppThatIsAwayIsLeftAloneAndItsRunsGoOn(t *testing.T) {
	a := newOutsideApp(t)
	s, _ := connected(t)
	_, address := start(t, s, throughConnection(a))
	a.answer(http.StatusServiceUnavailable)
	const runs = 20
	for i := range runs {
		require.Equal(t, 200, post(t, address, fmt.Sprintf(`{"text":"%d"}`, i)))
	}
	waitFor(t, func() bool {
		paused, err := s.Paused(t.Context())
		require.NoError(t, err)
		return len(paused) == 1 && paused[0].Runs >= 10
	})
	require.NotEmpty(t, s.Trouble())
	require.Less(t, len(a.bodies()), runs, "not every run tries")
	a.answer(http.StatusOK)
	waitFor(t, allSucceeded(t, s, runs))
	require.Empty(t, s.Trouble())
}

// An older Bellhop kept addresses that this one knows to be none.
func TestAPrivateAddressThatCannotBeReadTakesNoneOfTheOthersAway(t *testing.T) {
	a, dir := newOutsideApp(t), t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.Store.Update(t.Context(), func(tx engine.Tx) error {
		return tx.SetSetting("private_addresses", "192.168.1.300\n127.0.0.1")
	}))
	require.NoError(t, s.Close())
	s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	_, address := start(t, s, passOn(a))
	require.Equal(t, 200, post(t, address, `{"text":"hello"}`))
	newest(t, s, engine.Succeeded)
	require.Len(t, a.bodies(), 1)
}
