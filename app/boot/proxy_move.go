package boot

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// settingClean says that the file has held no password since: until a Bellhop that knows better, that of a proxy
// was among the settings.
const settingClean = "settings_clean"

const (
	// moveWait is how long a keyring may take for the move. It may be that it asks a person.
	moveWait = time.Minute
	// moveAgain is after how long it is tried again with a keyring that is locked.
	moveAgain = 10 * time.Minute
)

// keepPasswordAway moves the password of a proxy from the settings to where secrets are, once, while the engine
// works. Until that succeeds, it goes on to be used from where it is.
func (s *System) keepPasswordAway(ctx context.Context) {
	for {
		err := s.movePassword(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		s.log.Warn("the password of the proxy cannot be put where secrets are kept, and is still among the settings; it is tried again", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(moveAgain):
		}
	}
}

// movePassword does so, and takes what is left of it out of the file.
func (d *Data) movePassword(ctx context.Context) error {
	clean, err := d.Store.Setting(ctx, settingClean)
	if err != nil || clean != "" {
		return err
	}
	chosen, err := engine.ReadSettings(ctx, d.Store)
	if err != nil {
		return err
	}
	if _, password := engine.SplitProxy(chosen.Proxy); password != "" {
		limited, cancel := context.WithTimeout(ctx, moveWait)
		defer cancel()
		if err := d.SetProxyPassword(limited, password); err != nil {
			return err
		}
		d.log.Info("the password of the proxy was moved from the settings to where secrets are kept")
	}
	written, err := engine.SettingsWritten(ctx, d.Store)
	if err != nil {
		return err
	}
	if written { // else there is nothing to take out
		if err := d.Store.ScrubSettings(ctx); err != nil {
			return err
		}
		d.stripBackups(ctx)
	}
	return d.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingClean, "1") })
}

// stripBackups takes the password out of the daily backups from before. Where that fails it goes with the backup, which
// newer ones replace within days.
func (d *Data) stripBackups(ctx context.Context) {
	all, err := Backups(d.Dir)
	for _, b := range all {
		if _, failed := sqlite.StripBackup(ctx, b.Path); failed != nil {
			err = failed
		}
	}
	if err != nil {
		d.log.Warn("a daily backup may hold the password of the proxy until newer ones replace it", "error", err)
	}
}
