package desk

import (
	"context"
	"time"

	"bellhop/engine"
)

// forgetTime bounds how long a keyring may take to forget the password of a proxy that is not used any more.
const forgetTime = 3 * time.Second

// SetProxyPassword keeps the password for the proxy in the settings where secrets are, or removes it if it is
// "". It counts at once. Invalid if there is no proxy to which a user has to say his name; Unavailable if the
// keyring cannot be used now, and then nothing is changed.
func (d *Desk) SetProxyPassword(ctx context.Context, password string) error {
	now, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	address, _ := engine.SplitProxy(now.Proxy)
	if password != "" && engine.ProxyUser(address) == "" {
		return engine.Errorf(engine.Invalid, "The proxy takes a password together with a user name. Write its address with the name first, such as http://ann@proxy.example:3128.")
	}
	if err := d.Book.SetProxyPassword(ctx, address, password); err != nil {
		return err
	}
	err = d.Store.Update(ctx, func(tx engine.Tx) error {
		s, err := engine.ReadSettings(ctx, tx)
		if err != nil {
			return err
		}
		if s.Proxy != now.Proxy {
			return engine.Errorf(engine.Conflict, "The proxy has just been changed elsewhere. Look at it, and enter the password again.")
		}
		s.Proxy, s.ProxyPassword = address, d.mark(password)
		return engine.WriteSettings(tx, s)
	})
	if err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.SettingsChanged})
}

// mark is what the settings say of a password: when it was kept, so that others see that it is another.
func (d *Desk) mark(password string) string {
	if password == "" {
		return ""
	}
	return d.Now().UTC().Format(time.RFC3339Nano)
}

// keepTyped puts a password that change writes into the address of the proxy where secrets are, before the
// settings say so: killed in between, no other proxy is given it. It returns that password; "" if none was
// written, or it is the one that was in the settings already.
func (d *Desk) keepTyped(ctx context.Context, change func(*engine.Settings)) (string, error) {
	now, err := d.Settings(ctx)
	if err != nil {
		return "", err
	}
	was := now.Proxy
	change(&now)
	address, password := engine.SplitProxy(now.Proxy)
	if password == "" || now.Proxy == was {
		return "", nil
	}
	if err := now.Check(); err != nil {
		return "", err
	}
	return password, d.Book.SetProxyPassword(ctx, address, password)
}

// settleProxy parts what stands in the settings from what is secret, after a change; kept is what keepTyped
// returned. Another proxy has another password.
func (d *Desk) settleProxy(s *engine.Settings, was, kept string) error {
	if s.Proxy == was {
		return nil
	}
	address, password := engine.SplitProxy(s.Proxy)
	if password != kept {
		return engine.Errorf(engine.Conflict, "The proxy has just been changed elsewhere. Look at it, and enter it again.")
	}
	if address != was || s.Proxy != address {
		s.ProxyPassword = d.mark(password)
	}
	s.Proxy = address
	return nil
}

// forgetPassword removes the password of a proxy that is not used any more. A keyring that is locked now is no
// hindrance: what it keeps is for the address of before only, and the next one takes its place.
func (d *Desk) forgetPassword(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, forgetTime)
	defer cancel()
	_ = d.Book.SetProxyPassword(ctx, "", "")
}
