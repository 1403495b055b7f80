package bundle

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/store/secret"
)

func ringOf(t *testing.T, dir string) *secret.Keeper {
	t.Helper()
	k, err := secret.Open(t.Context(), secret.Params{Mode: secret.Keyring, Dir: dir})
	require.NoError(t, err)
	return k
}

// TestTheKeyringHasTheSecretsOfAll: those of the data, of the data from before, and, until it is given up, of what
// waits to be put in place. Giving that up takes nothing from the others.
func TestTheKeyringHasTheSecretsOfAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	require.Equal(t, secret.Keyring, ringOf(t, dir).Mode()) // moved there
	token := func(dir string) string {
		values, err := ringOf(t, dir).Load(t.Context(), "house/1")
		require.NoError(t, err)
		return values["token"]
	}
	full := bundled(t, dir, func(p *Params) {
		all, err := ringOf(t, dir).All(t.Context())
		require.NoError(t, err)
		p.Secrets = all
	})
	empty := bundled(t, dir, func(p *Params) { p.Secrets = nil })
	// Making a bundle in these tests moves the secrets into a file: back.
	require.NoError(t, ringOf(t, dir).Save(t.Context(), "house/1", map[string]string{"token": "newer"}))

	for _, path := range []string{full, empty} {
		r := restoring(dir, path)
		r.Mode = secret.Keyring
		_, err := Prepare(t.Context(), r)
		require.NoError(t, err)
		// A secret that is saved meanwhile belongs to the data that is.
		require.NoError(t, ringOf(t, dir).Save(t.Context(), "house/2", map[string]string{"token": "other"}))
		require.NoError(t, Abandon(t.Context(), dir, slog.New(slog.DiscardHandler)))
		require.Equal(t, "newer", token(dir), path)
	}
	r := restoring(dir, full)
	r.Mode = secret.Keyring
	_, err := Prepare(t.Context(), r)
	require.NoError(t, err)
	done := replace(t, dir)
	require.Equal(t, "shpat_secret", token(dir))
	require.Equal(t, "newer", token(done.Aside))
}
