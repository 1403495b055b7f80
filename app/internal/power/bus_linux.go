package power

import (
	"context"
	"sync"

	"github.com/godbus/dbus/v5"
)

// What tells of sleep and networks on Linux: logind (org.freedesktop.login1(5)), NetworkManager, and
// systemd-networkd, whose states are properties.
var tellers = []struct {
	sender, path, iface, member string
}{
	{"org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep"},
	{"org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "StateChanged"},
	{"org.freedesktop.network1", "/org/freedesktop/network1", "org.freedesktop.DBus.Properties", "PropertiesChanged"},
}

type systemd struct {
	conn  *dbus.Conn
	news  chan News
	close sync.Once
}

var _ Bus = (*systemd)(nil)

func systemBus(ctx context.Context) (Bus, error) {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	return listen(ctx, conn)
}

// listen has the bus tell what happens. It takes the connection over.
func listen(ctx context.Context, conn *dbus.Conn) (Bus, error) {
	signals := make(chan *dbus.Signal, 64)
	conn.Signal(signals)
	for _, t := range tellers {
		err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(t.sender), dbus.WithMatchObjectPath(dbus.ObjectPath(t.path)),
			dbus.WithMatchInterface(t.iface), dbus.WithMatchMember(t.member))
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
	}
	b := &systemd{conn: conn, news: make(chan News, 64)}
	go func() {
		defer close(b.news)
		for s := range signals {
			news, ok := newsOf(s)
			if !ok {
				continue
			}
			select {
			case b.news <- news:
			default: // who does not listen has enough to do; the clocks and addresses tell too
			}
		}
	}()
	return b, nil
}

// newsOf says what a signal tells. The bus lets through those of tellers only.
func newsOf(s *dbus.Signal) (News, bool) {
	if s.Name != tellers[0].iface+"."+tellers[0].member {
		return Networks, true
	}
	var begins bool
	if err := dbus.Store(s.Body, &begins); err != nil {
		return 0, false
	}
	if begins {
		return Sleeping, true
	}
	return Woken, true
}

func (b *systemd) News() <-chan News { return b.news }

func (b *systemd) Close() { b.close.Do(func() { _ = b.conn.Close() }) }
