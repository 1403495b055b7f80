package boot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// inOrder passes on what comes in, with rules for its runs.
func inOrder(a *outsideApp, rules string) []byte {
	return []byte(strings.Replace(string(passOn(a)), "trigger:", "runs: "+rules+"\ntrigger:", 1))
}

// Deliveries about one order are done one after the other, as they came; one that fails keeps only
// those behind it waiting, until a person lets them go. A restart changes nothing of it.
func TestRunsGoOneAfterTheOther(t *testing.T) {
	a, dir := newOutsideApp(t), t.TempDir()
	s := open(t, dir)
	recipe, address := start(t, s, inOrder(a, `{in_order: true, order_by: "{{trigger.id}}", block: until_resolved}`))

	for i := range 20 {
		require.Equal(t, 200, post(t, address, fmt.Sprintf(`{"id":1,"text":"%02d"}`, i)))
	}
	waitFor(t, func() bool { return len(a.bodies()) == 20 })
	for i, body := range a.bodies() {
		require.JSONEq(t, fmt.Sprintf(`{"text":"%02d"}`, i), body)
	}

	a.answer(http.StatusBadRequest)
	require.Equal(t, 200, post(t, address, `{"id":1,"text":"fails"}`))
	failed := newest(t, s, engine.Failed)
	a.answer(http.StatusOK)
	require.Equal(t, engine.Never, failed.BlocksUntil)
	require.Equal(t, 200, post(t, address, `{"id":1,"text":"behind"}`))
	require.Equal(t, 200, post(t, address, `{"id":2,"text":"other"}`))
	waitFor(t, func() bool { return len(a.bodies()) == 22 })
	require.JSONEq(t, `{"text":"other"}`, a.bodies()[21])

	require.NoError(t, s.Close())
	s = open(t, dir)
	addresses, err := s.Addresses(t.Context(), recipe)
	require.NoError(t, err)
	require.Equal(t, 200, post(t, addresses[0], `{"id":2,"text":"later"}`))
	newest(t, s, engine.Succeeded)
	waiting, err := s.Runs(t.Context(), engine.RunFilter{States: []engine.State{engine.Queued}})
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	require.True(t, waiting[0].Behind())
	require.NoError(t, s.Unblock(t.Context(), failed.ID))
	waitFor(t, func() bool { return len(a.bodies()) == 24 })
	require.JSONEq(t, `{"text":"behind"}`, a.bodies()[23])
	require.Equal(t, engine.Conflict, engine.ErrorCode(s.Unblock(t.Context(), failed.ID)))
}

func TestARecipeRunsNoMoreAtOnceThanItSays(t *testing.T) {
	a := newOutsideApp(t)
	hold := make(chan struct{})
	a.hold = hold
	s := open(t, t.TempDir())
	_, address := start(t, s, inOrder(a, `{at_once: 2}`))
	for i := range 10 {
		require.Equal(t, 200, post(t, address, fmt.Sprintf(`{"text":"%d"}`, i)))
	}
	waitFor(t, func() bool { return len(a.bodies()) == 2 })
	for n := 3; n <= 10; n++ {
		hold <- struct{}{}
		waitFor(t, func() bool { return len(a.bodies()) == n })
	}
	close(hold)
	newest(t, s, engine.Succeeded)
}
