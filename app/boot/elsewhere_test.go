package boot_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
)

func TestWhatListensElsewhereThanItWasToldIsKnown(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	dir := t.TempDir()
	s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Secrets: "file", Listen: taken.Addr().String(), AnyPort: true})
	require.NoError(t, err)
	told, elsewhere := s.Elsewhere(t.Context(), s.URL)
	require.True(t, elsewhere)
	require.Equal(t, taken.Addr().String(), told)
	require.NoError(t, s.Close())
	require.NoError(t, taken.Close())

	for _, free := range []string{told, "127.0.0.1:0", "localhost:0"} {
		s, err = boot.Open(t.Context(), boot.Config{Dir: dir, Secrets: "file", Listen: free, AnyPort: true})
		require.NoError(t, err)
		_, elsewhere = s.Elsewhere(t.Context(), s.URL)
		require.False(t, elsewhere, free)
		require.NoError(t, s.Close())
	}
}
