package power

import (
	"context"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// holdAwake asks logind for an inhibitor lock, which lasts until its file is closed
// (https://systemd.io/INHIBITOR_LOCKS/). Some desktops go by "idle" and some by "sleep"; "sleep" may be refused
// to who is not at the screen.
func holdAwake() (func(), error) {
	ctx, cancel := context.WithTimeout(context.Background(), holdTime)
	defer cancel()
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return inhibit(ctx, conn)
}

// holdTime bounds how long logind may take to answer.
const holdTime = 5 * time.Second

func inhibit(ctx context.Context, conn *dbus.Conn) (release func(), err error) {
	logind := conn.Object("org.freedesktop.login1", "/org/freedesktop/login1")
	for _, what := range []string{"sleep:idle", "idle"} {
		var lock dbus.UnixFD
		call := logind.CallWithContext(ctx, "org.freedesktop.login1.Manager.Inhibit", 0, what, "Bellhop", "Runs are due", "block")
		if err = call.Store(&lock); err == nil {
			file := os.NewFile(uintptr(lock), "inhibitor")
			return func() { _ = file.Close() }, nil
		}
	}
	return nil, err
}
