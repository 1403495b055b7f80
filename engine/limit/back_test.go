package limit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/limit"
)

func TestAPersonWhoGotThroughLetsAllGoOn(t *testing.T) {
	for name, err := range map[string]error{"away": trouble, "needs a person": revoked} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var released []string
				changed := 0
				g := gate(t, limit.Params{Changed: func() { changed++ }, Release: func(_ context.Context, name string, _ int) (int, error) {
					released = append(released, name)
					return 0, nil
				}})
				call := to("Shop", engine.Limits{})
				for range 6 {
					_ = try(t, g, call, time.Millisecond, err)
				}
				require.Len(t, g.Trouble(), 1)
				before := changed
				g.Back("Another")
				require.Equal(t, before, changed)
				g.Back("Shop")
				synctest.Wait()
				require.Empty(t, g.Trouble())
				require.Greater(t, changed, before)
				require.Equal(t, []string{"Shop"}, released)
				require.NoError(t, try(t, g, call, time.Millisecond, nil))
				g.Back("Shop")
				require.Equal(t, before+1, changed, "nobody waits any more")
			})
		})
	}
}
