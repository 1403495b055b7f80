package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestARecipeIsNotDeletedWhileARunOfItIsNotOver(t *testing.T) {
	ctx, a := t.Context(), newOutsideApp(t)
	s := open(t, t.TempDir())
	r, address := start(t, s, passOn(a))
	a.mu.Lock()
	a.hold = make(chan struct{})
	a.mu.Unlock()
	require.Equal(t, 200, post(t, address, `{"text":"slow"}`))
	run := newest(t, s, engine.Running)
	require.NoError(t, s.Switch(ctx, r.ID, false))

	err := s.DeleteRecipe(ctx, r.ID)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.ErrorContains(t, err, "runs under way")
	newest(t, s, engine.Running)

	require.NoError(t, s.Cancel(ctx, run.ID))
	newest(t, s, engine.Cancelled)
	require.NoError(t, s.DeleteRecipe(ctx, r.ID))
}
