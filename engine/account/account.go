// Package account keeps connections and their secrets together: the connection in the store, its
// secrets in the keyring, and both in memory while the program runs.
package account

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bellhop/engine"
)

// settingInstallation names this data folder in the keyring, which all folders share.
const settingInstallation = "installation"

// patience is how long a keyring may take; it may be waiting for somebody to unlock it.
const patience = 10 * time.Second

// Book finds and keeps accounts. It is safe for use by many goroutines. Make one with NewBook.
type Book struct {
	store   engine.Store
	secrets engine.Secrets

	mu           sync.Mutex
	installation string
	known        map[string]engine.Account
}

// NewBook makes a book over a store and a place for secrets.
func NewBook(store engine.Store, secrets engine.Secrets) *Book {
	return &Book{store: store, secrets: secrets, known: map[string]engine.Account{}}
}

// Account returns a connection with its secrets. NotFound if there is no such connection;
// Unavailable if its secrets cannot be read now.
func (b *Book) Account(ctx context.Context, name string) (engine.Account, error) {
	b.mu.Lock()
	a, ok := b.known[strings.ToLower(name)]
	b.mu.Unlock()
	if ok {
		return a, nil
	}
	c, err := b.store.Connection(ctx, name)
	if engine.ErrorCode(err) == engine.NotFound {
		return engine.Account{}, engine.Wrap(err, engine.NotFound,
			"There is no connection named %q. Add it under Connections.", name)
	}
	if err != nil {
		return engine.Account{}, err
	}
	if a, err = b.load(ctx, c); err != nil {
		return engine.Account{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known[strings.ToLower(name)] = a
	return a, nil
}

// Forget drops what is in memory, because connections changed.
func (b *Book) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.known)
}

// Save stores a connection and sets its ID. Secrets whose value is "" are removed, those not named
// stay as they are.
func (b *Book) Save(ctx context.Context, c *engine.Connection, secrets map[string]string) error {
	defer b.Forget()
	added := c.ID == 0
	if added {
		// The secrets' key is the connection's id, so the connection comes first.
		if err := b.put(ctx, c); err != nil {
			return err
		}
	}
	err := b.saveSecrets(ctx, c, secrets)
	if err == nil {
		err = b.put(ctx, c)
	}
	if err != nil && added {
		_ = b.Delete(ctx, *c) // nothing half made remains; the first error is the one to tell
		c.ID = 0
	}
	return err
}

// Delete removes a connection and its secrets.
func (b *Book) Delete(ctx context.Context, c engine.Connection) error {
	defer b.Forget()
	err := b.store.Update(ctx, func(tx engine.Tx) error { return tx.DeleteConnection(c.ID) })
	if err != nil || len(c.SecretFields) == 0 {
		return err
	}
	key, err := b.key(ctx, c.ID)
	if err != nil {
		return err
	}
	return b.secrets.Delete(ctx, key)
}

func (b *Book) put(ctx context.Context, c *engine.Connection) error {
	return b.store.Update(ctx, func(tx engine.Tx) error { return tx.PutConnection(c) })
}

// saveSecrets changes some of a connection's secrets. One that the keyring has lost is no hindrance:
// entering it again is how that is mended.
func (b *Book) saveSecrets(ctx context.Context, c *engine.Connection, changes map[string]string) error {
	if len(changes) == 0 {
		return nil
	}
	key, err := b.key(ctx, c.ID)
	if err != nil {
		return err
	}
	values, err := b.loadSecrets(ctx, key)
	if err != nil {
		return err
	}
	for field, value := range changes {
		if value == "" {
			delete(values, field)
		} else {
			values[field] = value
		}
	}
	if err := b.secrets.Save(ctx, key, values); err != nil {
		return err
	}
	c.SecretFields = slices.Sorted(maps.Keys(values))
	return nil
}

func (b *Book) loadSecrets(ctx context.Context, key string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return b.secrets.Load(ctx, key)
}

func (b *Book) load(ctx context.Context, c engine.Connection) (engine.Account, error) {
	a := engine.Account{Connection: c, Secrets: map[string]string{}}
	if len(c.SecretFields) == 0 {
		return a, nil
	}
	key, err := b.key(ctx, c.ID)
	if err != nil {
		return a, err
	}
	values, err := b.loadSecrets(ctx, key)
	if err != nil {
		return a, err
	}
	for _, field := range c.SecretFields {
		value, ok := values[field]
		if !ok {
			return a, engine.Errorf(engine.Unavailable,
				"The keyring no longer has the secret of the connection %q. Enter it again under Connections.", c.Name)
		}
		a.Secrets[field] = value
	}
	return a, nil
}

// key names a connection's secrets, apart from those of other data folders on this computer.
func (b *Book) key(ctx context.Context, id int64) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.installation == "" {
		err := b.store.Update(ctx, func(tx engine.Tx) error {
			name, err := tx.Setting(ctx, settingInstallation)
			if err == nil && name == "" {
				name = strings.ToLower(rand.Text())
				err = tx.SetSetting(settingInstallation, name)
			}
			b.installation = name
			return err
		})
		if err != nil {
			b.installation = ""
			return "", err
		}
	}
	return b.installation + "/" + strconv.FormatInt(id, 10), nil
}
