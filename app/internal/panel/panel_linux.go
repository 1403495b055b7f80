package panel

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// What shows tray icons on Linux, as the specification of StatusNotifierItem has it
// (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/): a watcher gathers
// the icons, and hosts such as panels show them.
const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	hasHost     = watcher + ".IsStatusNotifierHostRegistered"
)

func watch(ctx context.Context, tell func(bool)) {
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil { // no bus, no tray
		tell(false)
		<-ctx.Done()
		return
	}
	defer func() { _ = bus.Close() }() // it is left
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher)},
		{dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierHostRegistered")},
		{dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierHostUnregistered")},
	} {
		if err := bus.AddMatchSignalContext(ctx, match...); err != nil {
			break // what is now counts then
		}
	}
	was := shown(ctx, bus)
	tell(was)
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-signals:
			is := ok && shown(ctx, bus)
			if is != was {
				was = is
				tell(is)
			}
			if !ok { // the bus has gone, and with it all that was on it
				<-ctx.Done()
				return
			}
		}
	}
}

// shown asks for a watcher, and whether somebody shows what it gathers.
func shown(ctx context.Context, bus *dbus.Conn) bool {
	var there bool
	err := bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&there)
	if err != nil || !there {
		return false
	}
	host, err := bus.Object(watcher, watcherPath).GetProperty(hasHost)
	if err != nil {
		return true // a watcher that does not say
	}
	shows, ok := host.Value().(bool)
	return !ok || shows
}
