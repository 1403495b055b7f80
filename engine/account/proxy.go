package account

import (
	"context"

	"bellhop/engine"
)

// ownProxy is the name of the proxy's secret. It holds the password and the address that it is for: nobody else
// must be given it, should the address be changed.
const (
	ownProxy      = "proxy"
	proxyAddress  = "address"
	proxyPassword = "password"
)

// ProxyPassword returns the password for the proxy at an address, which is engine.Settings.Proxy. Unavailable
// if it cannot be read now, or is not there any more.
func (b *Book) ProxyPassword(ctx context.Context, address string) (string, error) {
	key, err := b.ownKey(ctx, ownProxy)
	if err != nil {
		return "", err
	}
	values, err := b.loadSecrets(ctx, key)
	if err != nil {
		return "", engine.Wrap(err, engine.Unavailable, "The password for the proxy cannot be read, so nothing goes out through it. %s", engine.ErrorMessage(err))
	}
	if values[proxyPassword] == "" || values[proxyAddress] != address {
		return "", engine.Errorf(engine.Unavailable,
			"The keyring does not have the password for the proxy any more, so nothing goes out through it. Enter it again in the settings, under Network.")
	}
	return values[proxyPassword], nil
}

// SetProxyPassword keeps the password for the proxy at an address, in the place of one kept before; "" removes that.
func (b *Book) SetProxyPassword(ctx context.Context, address, password string) error {
	key, err := b.ownKey(ctx, ownProxy)
	if err != nil {
		return err
	}
	if password == "" {
		return b.secrets.Delete(ctx, key)
	}
	return b.secrets.Save(ctx, key, map[string]string{proxyAddress: address, proxyPassword: password})
}
