package boot

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/practice"
)

// When requests get through again after none did, what was missed meanwhile is fetched at once.
func TestWhatWasMissedWithoutANetworkIsFetchedWhenItIsBack(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", Secrets: "file", Practice: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	r, err := s.Practice.SetUp(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.CatchUp(t.Context(), r.ID)) // it has begun

	sends := func(host string, result error) {
		leave, err := s.gate.Enter(t.Context(), action.Call{
			Connector: engine.Connector{Name: host, Title: host, BaseURL: "https://" + host + ".example"},
			Operation: engine.Operation{Name: "send", Request: &engine.RequestSpec{Method: "POST", Path: "/x"}},
			Account:   engine.Account{Connection: engine.Connection{Name: host, Connector: host}},
		})
		require.NoError(t, err)
		leave(action.Result{}, result)
	}
	offline := &action.Failure{Err: engine.Errorf(engine.Unavailable, "No network."), Phase: action.Before, Retry: true, Offline: true}
	for i := range 3 {
		sends(fmt.Sprint("app", i%2), offline)
	}
	require.Eventually(t, func() bool { return len(s.gate.Trouble()) == 1 && s.gate.Trouble()[0].For == "" }, 5*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return len(s.network) == 0 }, 5*time.Second, time.Millisecond)
	_, err = s.Practice.Shop.Place(practice.NewOrder{Total: "189.00"})
	require.NoError(t, err)

	require.Eventually(t, func() bool {
		call := action.Call{Connector: engine.Connector{Name: "app2", BaseURL: "https://app2.example"}, Account: engine.Account{Connection: engine.Connection{Name: "app2"}}}
		leave, err := s.gate.Enter(t.Context(), call)
		if err == nil {
			leave(action.Result{}, nil)
		}
		return err == nil
	}, 30*time.Second, 10*time.Millisecond, "one request tries for all")
	require.Eventually(t, func() bool {
		runs, err := s.Runs(t.Context(), engine.RunFilter{RecipeID: r.ID})
		require.NoError(t, err)
		return len(runs) == 1 && runs[0].Recovered
	}, 10*time.Second, 10*time.Millisecond)
}
