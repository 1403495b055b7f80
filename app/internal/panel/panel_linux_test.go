package panel_test

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	"github.com/stretchr/testify/require"

	"bellhop/app/internal/panel"
)

const watcher = "org.kde.StatusNotifierWatcher"

// newBus starts a session bus of the test's own.
func newBus(t *testing.T) string {
	t.Helper()
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := daemon.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, daemon.Start(), "dbus-daemon is part of every desktop")
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(address)
}

// newWatcher is a desktop that gathers tray icons; host says whether it shows them too.
func newWatcher(t *testing.T, address string, host bool) (*dbus.Conn, *prop.Properties) {
	t.Helper()
	conn, err := dbus.Connect(address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	properties, err := prop.Export(conn, "/StatusNotifierWatcher", prop.Map{
		watcher: {"IsStatusNotifierHostRegistered": {Value: host, Emit: prop.EmitFalse}},
	})
	require.NoError(t, err)
	reply, err := conn.RequestName(watcher, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
	return conn, properties
}

// watch returns what is told, in order.
func watch(t *testing.T) <-chan bool {
	told := make(chan bool, 100)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		panel.Watch(ctx, func(shown bool) { told <- shown })
	}()
	t.Cleanup(func() { stop(); <-ended })
	return told
}

func next(t *testing.T, told <-chan bool) bool {
	t.Helper()
	select {
	case shown := <-told:
		return shown
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is told")
		return false
	}
}

func TestATrayComesAndGoes(t *testing.T) {
	address := newBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	told := watch(t)
	require.False(t, next(t, told), "none yet")
	conn, _ := newWatcher(t, address, true)
	require.True(t, next(t, told))
	require.NoError(t, conn.Close())
	require.False(t, next(t, told))
	newWatcher(t, address, true)
	require.True(t, next(t, told))
}

func TestAWatcherWithoutAPanelShowsNothing(t *testing.T) {
	address := newBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	conn, properties := newWatcher(t, address, false)
	told := watch(t)
	require.False(t, next(t, told))
	properties.SetMust(watcher, "IsStatusNotifierHostRegistered", true)
	require.NoError(t, conn.Emit("/StatusNotifierWatcher", watcher+".StatusNotifierHostRegistered"))
	require.True(t, next(t, told))
}

func TestWithoutABusThereIsNoTray(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
	require.False(t, next(t, watch(t)))
}
