package boot

import (
	"context"
	"time"
)

// RecoveryCode makes a code that brings the secrets back when their key or the keyring is lost, as long as
// there is the data folder, and returns it. It is kept nowhere; one that was made before is useless from then
// on. Unavailable if the secrets cannot be read now.
func (d *Data) RecoveryCode(ctx context.Context) (string, error) {
	keeper, err := d.secrets.open(ctx)
	if err != nil {
		return "", err
	}
	return keeper.NewCode(ctx)
}

// RecoveryCodeMadeAt returns when the recovery code that holds was made; zero if there is none.
func (d *Data) RecoveryCodeMadeAt(ctx context.Context) (time.Time, error) {
	keeper, err := d.secrets.open(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return keeper.CodeMadeAt()
}

// RecoverSecrets brings lost secrets back by a recovery code, and returns how many connections' they were.
// Invalid if it is mistyped or not the newest, NotFound if there never was one.
func (d *Data) RecoverSecrets(ctx context.Context, code string) (int, error) {
	keeper, err := d.secrets.open(ctx)
	if err != nil {
		return 0, err
	}
	n, err := keeper.Recover(ctx, code)
	if n > 0 {
		d.Book.Forget()
	}
	return n, err
}
