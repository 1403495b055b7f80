package desk

import (
	"context"

	"bellhop/engine"
)

// Settings returns what a person has chosen about Bellhop as a whole.
func (d *Desk) Settings(ctx context.Context) (engine.Settings, error) {
	return engine.ReadSettings(ctx, d.Store)
}

// ChangeSettings lets change alter the settings, keeps them and tells whoever goes by them. The error is
// Invalid if they make no sense then; nothing is kept in that case.
func (d *Desk) ChangeSettings(ctx context.Context, change func(*engine.Settings)) error {
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		s, err := engine.ReadSettings(ctx, tx)
		if err != nil {
			return err
		}
		change(&s)
		return engine.WriteSettings(tx, s)
	})
	if err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.SettingsChanged})
}
