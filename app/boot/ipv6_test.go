package boot_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// At an address of IPv6 deliveries arrive as at any other.
func TestListeningAtAnIPv6Address(t *testing.T) {
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return // this computer does not speak it
	}
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	dir := t.TempDir()
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Listen = address }))
	r, _, err := d.Import(t.Context(), "six.yaml", []byte("recipe: 1\nname: Six\ntrigger: {use: webhook.received}\nsteps:\n  - {id: halt, use: logic.stop}\n"))
	require.NoError(t, err)
	require.NoError(t, d.Switch(t.Context(), r.ID, true))
	require.NoError(t, d.Close())

	s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.Equal(t, "http://"+address, s.URL)
	_, elsewhere := s.Elsewhere(t.Context(), s.URL)
	require.False(t, elsewhere)
	at, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(at[0], "http://[::1]:"), at)
	require.Equal(t, http.StatusOK, post(t, at[0], `{}`))
}
