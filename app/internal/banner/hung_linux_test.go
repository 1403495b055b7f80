package banner

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// A bus that takes the connection and says nothing holds nobody up.
func TestABusThatHangs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	bus, err := net.Listen("unix", path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = bus.Close() })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	b := New(Params{})
	t.Cleanup(b.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	shown := make(chan error, 1)
	go func() { shown <- b.Show(ctx, engine.Notice{Title: "New order"}) }()
	select {
	case err := <-shown:
		require.ErrorIs(t, err, ErrNone)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	case <-time.After(20 * time.Second):
		t.Fatal("it waits for the bus")
	}
}
