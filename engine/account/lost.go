package account

import (
	"context"
	"errors"

	"bellhop/engine"
)

// settingLost says that data was restored without the secrets of its connections; see store/bundle.
const settingLost = "secrets_missing"

// errLost is within the error about a secret that the keyring does not have any more.
var errLost = errors.New("the secret is not there")

// Lost returns the names of the connections whose secrets were not restored with the data, and have not been entered
// since. Only while there may be some it asks the keyring; while that is locked, it returns none.
func (b *Book) Lost(ctx context.Context) (names []string, err error) {
	if set, err := b.store.Setting(ctx, settingLost); err != nil || set == "" {
		return nil, err
	}
	all, err := b.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		switch _, err := b.Account(ctx, c.Name); {
		case errors.Is(err, errLost):
			names = append(names, c.Name)
		case err != nil:
			return nil, ctx.Err() // what is wrong is told where a secret is needed
		}
	}
	if len(names) > 0 {
		return names, nil
	}
	return nil, b.store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingLost, "") })
}
