package loopback

import (
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		there []string
		want  string
	}{
		"both":      {[]string{"127.0.0.1:0", "[::1]:0"}, "127.0.0.1"},
		"IPv4 only": {[]string{"127.0.0.1:0"}, "127.0.0.1"},
		"IPv6 only": {[]string{"[::1]:0"}, "::1"},
		"neither":   {nil, "127.0.0.1"},
	} {
		require.Equal(t, c.want, host(func(_, address string) (net.Listener, error) {
			for _, one := range c.there {
				if one == address {
					return net.Listen("tcp", "127.0.0.1:0")
				}
			}
			return nil, errors.New("no such address")
		}), name)
	}
	require.Equal(t, map[string]string{four: "tcp", six: "tcp6"}[Host()], Network())
	listener, err := Listen("0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
}
