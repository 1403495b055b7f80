package desk

import (
	"context"
	"strings"

	"bellhop/engine"
	"bellhop/engine/action"
)

// settingPrivate holds the private addresses that requests may go to, as a person wrote them.
const settingPrivate = "private_addresses"

// PrivateAddresses returns the addresses of this computer and its own network that steps may send
// requests to, although no connection allows them.
func (d *Desk) PrivateAddresses(ctx context.Context) ([]string, error) {
	text, err := d.Store.Setting(ctx, settingPrivate)
	return strings.Fields(text), err
}

// AllowPrivate sets them: addresses, networks such as 192.168.1.0/24, names, or names with a port.
// Invalid if one of them is none.
func (d *Desk) AllowPrivate(ctx context.Context, addresses []string) error {
	text := strings.Join(addresses, "\n")
	if _, err := action.ParseAllowed(text); err != nil {
		return err
	}
	if err := d.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingPrivate, text) }); err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.ConnectionsChanged})
}

// Paused tells what runs wait for without a try: connections and hosts that are away, or that need a
// person.
func (d *Desk) Paused(ctx context.Context) ([]engine.Paused, error) { return d.Store.Paused(ctx) }
