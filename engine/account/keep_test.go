package account_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// TestSecretsKeptAtTheSameTimeAreAllThere keeps a secret for each of several recipes at once: they are written together,
// so none may take another's place.
func TestSecretsKeptAtTheSameTimeAreAllThere(t *testing.T) {
	d := newDesk(t)
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			if err := d.Keep(t.Context(), "Shop", map[string]string{fmt.Sprintf("signing@%d", i): "s"}); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	account, err := d.Account(t.Context(), "Shop")
	require.NoError(t, err)
	require.Len(t, account.Secrets, 21)
	require.Equal(t, "one", account.Secrets["key"])

	require.NoError(t, d.Keep(t.Context(), "Shop", map[string]string{"signing@3": ""}))
	account, err = d.Account(t.Context(), "Shop")
	require.NoError(t, err)
	require.NotContains(t, account.Secrets, "signing@3")
	require.Equal(t, engine.NotFound, engine.ErrorCode(d.Keep(t.Context(), "Another", map[string]string{"x": "y"})))
}
