package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestListensAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		told, is string
		want     bool
	}{
		{"127.0.0.1:8420", "127.0.0.1:8420", true},
		{"127.0.0.1:8420", "127.0.0.1:9000", false},
		{"127.0.0.1:0", "127.0.0.1:9000", true},
		{"0.0.0.0:8420", "127.0.0.1:8420", true},
		{":8420", "127.0.0.1:8420", true},
		{"[::]:8420", "127.0.0.1:8420", true},
		{"[::1]:8420", "[::1]:8420", true},
		{"[0:0::1]:8420", "[::1]:8420", true},
		{"[::1]:8420", "127.0.0.1:8420", false},
		{"[::1]:0", "127.0.0.1:8420", false},
		{"192.0.2.1:8420", "127.0.0.1:8420", false},
		{"localhost:8420", "[::1]:8420", true},
		{"8420", "127.0.0.1:8420", false},
	} {
		require.Equal(t, c.want, engine.ListensAt(c.told, c.is), "%+v", c)
	}
}
