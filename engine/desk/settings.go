package desk

import (
	"context"

	"bellhop/engine"
)

// Settings returns what a person has chosen about Bellhop as a whole.
func (d *Desk) Settings(ctx context.Context) (engine.Settings, error) {
	return engine.ReadSettings(ctx, d.Store)
}

// ChangeSettings lets change alter the settings, keeps them and tells whoever goes by them; change may be called
// twice. A password within the address of the proxy is kept where secrets are. The error is Invalid if the
// settings make no sense then; nothing is kept in that case.
func (d *Desk) ChangeSettings(ctx context.Context, change func(*engine.Settings)) error {
	password, err := d.keepTyped(ctx, change)
	if err != nil {
		return err
	}
	forgotten := false
	err = d.Store.Update(ctx, func(tx engine.Tx) error {
		s, err := engine.ReadSettings(ctx, tx)
		if err != nil {
			return err
		}
		before := s
		change(&s)
		if err := d.settleProxy(&s, before.Proxy, password); err != nil {
			return err
		}
		forgotten = before.ProxyPassword != "" && s.ProxyPassword == ""
		return engine.WriteSettings(tx, s)
	})
	if err != nil {
		return err
	}
	if forgotten {
		d.forgetPassword(ctx)
	}
	return d.Changed(ctx, engine.Change{Kind: engine.SettingsChanged})
}
