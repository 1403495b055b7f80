package account

import "context"

// ownField is the field that holds a secret of Bellhop's own.
const ownField = "value"

// OwnSecret returns a secret that belongs to no connection, such as the token of the tunnel's account; "" if
// there is none. Unavailable if it cannot be read now.
func (b *Book) OwnSecret(ctx context.Context, name string) (string, error) {
	key, err := b.ownKey(ctx, name)
	if err != nil {
		return "", err
	}
	values, err := b.loadSecrets(ctx, key)
	return values[ownField], err
}

// SetOwnSecret keeps such a secret, or removes it if value is "".
func (b *Book) SetOwnSecret(ctx context.Context, name, value string) error {
	key, err := b.ownKey(ctx, name)
	if err != nil {
		return err
	}
	if value == "" {
		return b.secrets.Delete(ctx, key)
	}
	return b.secrets.Save(ctx, key, map[string]string{ownField: value})
}

// ownKey names such a secret, apart from those of connections, whose names are numbers.
func (b *Book) ownKey(ctx context.Context, name string) (string, error) {
	installation, err := b.installed(ctx)
	return installation + "/" + name, err
}
