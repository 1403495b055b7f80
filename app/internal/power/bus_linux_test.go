package power

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

// newBus starts a bus that is the system's for this test.
func newBus(t *testing.T) (address string, daemon *exec.Cmd) {
	t.Helper()
	daemon = exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := daemon.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, daemon.Start(), "dbus-daemon is part of every desktop")
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	address, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address = strings.TrimSpace(address)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
	return address, daemon
}

// logind is a pretend one.
type logind struct {
	conn *dbus.Conn

	mu     sync.Mutex
	refuse map[string]bool // what may not be inhibited
	held   map[string][2]*os.File
	asked  []string
}

func newLogind(t *testing.T, address string) *logind {
	t.Helper()
	conn, err := dbus.Connect(address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	l := &logind{conn: conn, refuse: map[string]bool{}, held: map[string][2]*os.File{}}
	require.NoError(t, conn.Export(l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"))
	reply, err := conn.RequestName("org.freedesktop.login1", dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
	return l
}

// Inhibit gives out one end of a pipe, as logind does: when that is closed the lock is over.
func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, strings.Join([]string{what, who, why, mode}, ", "))
	if l.refuse[what] {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", []any{"Access denied"})
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.held[what] = [2]*os.File{ours, theirs}
	return dbus.UnixFD(theirs.Fd()), nil
}

func (l *logind) refuses(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse[what] = true
}

// released waits until a lock is given back.
func (l *logind) released(t *testing.T, what string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	ours, theirs := l.held[what][0], l.held[what][1]
	require.NotNil(t, ours)
	require.NoError(t, theirs.Close()) // it was sent, and whoever got it has one of their own
	require.NoError(t, ours.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err := ours.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

func TestLogindTells(t *testing.T) {
	address, daemon := newBus(t)
	l := newLogind(t, address)
	woke, networks := make(chan time.Duration, 10), make(chan bool, 10)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Watch(ctx, Params{Woke: func(d time.Duration) { woke <- d }, Network: func(online bool) { networks <- online }, Route: func() string { return "here" }})
	}()
	tell := func(asleep bool) {
		require.NoError(t, l.conn.Emit("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", asleep))
	}
	require.Eventually(t, func() bool { // until it listens
		tell(true)
		tell(false)
		select {
		case <-woke:
			return true
		case <-time.After(50 * time.Millisecond):
			return false
		}
	}, 10*time.Second, time.Millisecond)

	manager, err := dbus.Connect(address)
	require.NoError(t, err)
	defer manager.Close()
	_, err = manager.RequestName("org.freedesktop.NetworkManager", dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	for _, state := range []uint32{20, 40, 70} {
		require.NoError(t, manager.Emit("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager.StateChanged", state))
	}
	require.True(t, <-networks)
	require.Empty(t, networks, "three signals of one change")

	require.NoError(t, daemon.Process.Kill()) // and nothing hangs
	stop()
	<-ended
}

// Who is not at the screen may not keep the computer from sleeping, but from counting as idle.
func TestLogindIsAskedToStayAwake(t *testing.T) {
	address, _ := newBus(t)
	l := newLogind(t, address)
	var a Awake
	require.NoError(t, a.Keep(true))
	l.mu.Lock()
	require.Equal(t, []string{"sleep:idle, Bellhop, Runs are due, block"}, l.asked)
	l.mu.Unlock()
	require.NoError(t, a.Keep(false))
	l.released(t, "sleep:idle")

	l.refuses("sleep:idle")
	require.NoError(t, a.Keep(true))
	require.NoError(t, a.Keep(false))
	l.released(t, "idle")

	l.refuses("idle")
	require.ErrorContains(t, a.Keep(true), "Access denied")
}

func TestWithoutASystemBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
	var a Awake
	require.Error(t, a.Keep(true))
	_, err := systemBus(t.Context())
	require.Error(t, err)
}
