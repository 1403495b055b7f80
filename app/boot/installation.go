package boot

import (
	"context"
	"crypto/rand"
	"strings"

	"bellhop/engine"
)

// settingInstallation is what tells the requests of this data from those of other Bellhops at the same app.
const settingInstallation = "request_installation"

// noInstallation is kept for data that had runs before there were such names: a request that is under way must
// keep its key.
const noInstallation = "-"

// installation returns what stands in the keys of requests. It goes along with the data, as the runs' ids do.
func installation(ctx context.Context, store engine.Store) (string, error) {
	name, err := store.Setting(ctx, settingInstallation)
	if err != nil {
		return "", err
	}
	if name == "" {
		err = store.Update(ctx, func(tx engine.Tx) error {
			runs, err := tx.Runs(ctx, engine.RunFilter{Limit: 1})
			if err != nil {
				return err
			}
			name = noInstallation
			if len(runs) == 0 {
				name = strings.ToLower(rand.Text()[:10])
			}
			return tx.SetSetting(settingInstallation, name)
		})
	}
	if name == noInstallation || err != nil {
		return "", err
	}
	return name + "-", nil
}
