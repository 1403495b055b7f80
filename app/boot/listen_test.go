package boot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// A computer that is in another network now has not the address that was chosen: the window opens all the
// same, so that another can be chosen there. Where there is no window, it is said.
func TestAnAddressThatIsGone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Listen = "192.0.2.1:8420" })) // it is nobody's
	require.NoError(t, s.Close())

	_, err := boot.Open(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.ErrorContains(t, err, "Bellhop cannot listen at 192.0.2.1:8420")
	s, err = boot.Open(t.Context(), boot.Config{Dir: dir, Secrets: "file", AnyPort: true})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(s.URL, "http://127.0.0.1:"), s.URL)
	chosen, err := s.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, "192.0.2.1:8420", chosen.Listen, "it counts again at home")
	require.NoError(t, s.Close())
}
