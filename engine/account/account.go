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

const (
	// patience is how long a keyring may take; it may be waiting for somebody to unlock it.
	patience = 10 * time.Second
	// restAfterFailure is how long a keyring that failed is left alone.
	restAfterFailure = 2 * time.Second
)

// Book finds and keeps accounts. It is safe for use by many goroutines. Make one with NewBook.
type Book struct {
	store   engine.Store
	secrets engine.Secrets

	// saving is held while secrets are read, changed and written: they are written all at once.
	saving sync.Mutex

	mu           sync.Mutex
	installation string
	known        map[string]*entry // by the name that was asked for
	forgotten    int               // counts the calls of Forget
}

// entry is an account in memory, or on its way there. Book.mu guards it.
type entry struct {
	connection engine.Connection
	// seen is the Book's forgotten when the connection was read: the store is asked again after more.
	seen    int
	secrets map[string]string // nil until they are read
	// failure is why they could not be read the last time.
	failure error
	again   time.Time     // not to be tried before
	loading chan struct{} // closed when the reading that is under way ends; nil if none is
}

// holds says whether e is of the connection as it is now: saving it changes its time.
func (e *entry) holds(c engine.Connection) bool {
	return e.connection.ID == c.ID && e.connection.UpdatedAt.Equal(c.UpdatedAt)
}

func (e *entry) account() engine.Account {
	return engine.Account{Connection: e.connection, Secrets: e.secrets}
}

// NewBook makes a book over a store and a place for secrets.
func NewBook(store engine.Store, secrets engine.Secrets) *Book {
	return &Book{store: store, secrets: secrets, known: map[string]*entry{}}
}

// Account returns a connection with its secrets. NotFound if there is no such connection;
// Unavailable if its secrets cannot be read now. Once that has been found, everybody is told so at
// once, while the keyring is asked again in the background: one that is locked holds up nobody else.
func (b *Book) Account(ctx context.Context, name string) (engine.Account, error) {
	b.mu.Lock()
	e, seen := b.known[name], b.forgotten
	if e != nil && e.secrets != nil && e.seen == seen {
		defer b.mu.Unlock()
		return e.account(), nil
	}
	b.mu.Unlock()
	c, err := b.connection(ctx, name)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		if engine.ErrorCode(err) == engine.NotFound {
			delete(b.known, name)
		}
		return engine.Account{}, err
	}
	if e = b.known[name]; e == nil || !e.holds(c) {
		e = &entry{connection: c}
		b.known[name] = e
	}
	e.seen = max(e.seen, seen)
	if e.secrets == nil && e.loading == nil && !time.Now().Before(e.again) {
		e.loading = make(chan struct{})
		go b.load(e)
	}
	if e.secrets == nil && e.failure == nil {
		if err := b.await(ctx, e); err != nil {
			return engine.Account{}, err
		}
	}
	if e.secrets == nil {
		return engine.Account{}, e.failure
	}
	return e.account(), nil
}

// await lets go of the lock until e's secrets are read or have failed. Its error is that they take
// too long: for the caller, or, after patience, for anybody.
func (b *Book) await(ctx context.Context, e *entry) error {
	loading := e.loading
	b.mu.Unlock()
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-loading:
	case <-patient.Done():
	}
	b.mu.Lock()
	if e.secrets != nil || e.failure != nil {
		return nil
	}
	late := engine.Wrap(patient.Err(), engine.Unavailable,
		"The secrets of the connection %q have not been read yet. Probably the keyring is locked: unlock it.", e.connection.Name)
	if ctx.Err() == nil {
		e.failure = late
	}
	return late
}

// load reads an entry's secrets. It outlives those who wait for it, and there is one for each entry
// at most, should the keyring never answer.
func (b *Book) load(e *entry) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	secrets, err := b.read(ctx, e.connection)
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.failure = err; err == nil {
		e.secrets = secrets
	}
	e.again = time.Now().Add(restAfterFailure)
	close(e.loading)
	e.loading = nil
}

// Try is Account for a person who asks whether it works now: the secrets are read whatever is known.
func (b *Book) Try(ctx context.Context, name string) (engine.Account, error) {
	c, err := b.connection(ctx, name)
	if err != nil {
		return engine.Account{}, err
	}
	secrets, err := b.read(ctx, c)
	return engine.Account{Connection: c, Secrets: secrets}, err
}

// connection finds a connection by name, in any case if there is none in this one, as recipes may
// write it.
func (b *Book) connection(ctx context.Context, name string) (engine.Connection, error) {
	c, err := b.store.Connection(ctx, name)
	if engine.ErrorCode(err) != engine.NotFound {
		return c, err
	}
	all, err := b.store.Connections(ctx)
	if err != nil {
		return c, err
	}
	for _, c := range all {
		if strings.EqualFold(c.Name, name) {
			return c, nil
		}
	}
	return c, engine.Errorf(engine.NotFound, "There is no connection named %q. Add it under Connections.", name)
}

// Forget makes the Book ask the store whether connections changed. Secrets of those that did not stay
// in memory: the keyring may be locked by now.
func (b *Book) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgotten++
}

// Save stores a connection and sets its ID. Secrets whose value is "" are removed, those not named
// stay as they are.
func (b *Book) Save(ctx context.Context, c *engine.Connection, secrets map[string]string) error {
	b.saving.Lock()
	defer b.saving.Unlock()
	return b.save(ctx, c, secrets)
}

// Keep adds secrets to a connection, or removes those whose value is "", and leaves all else as it is. NotFound if
// there is no such connection.
func (b *Book) Keep(ctx context.Context, name string, secrets map[string]string) error {
	b.saving.Lock()
	defer b.saving.Unlock()
	c, err := b.connection(ctx, name)
	if err != nil {
		return err
	}
	return b.save(ctx, &c, secrets)
}

func (b *Book) save(ctx context.Context, c *engine.Connection, secrets map[string]string) error {
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
	defer b.drop(c.ID)
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

// drop takes a connection's secrets out of memory.
func (b *Book) drop(id int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.known, func(_ string, e *entry) bool { return e.connection.ID == id })
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

// read returns the connection's secrets, never nil without an error.
func (b *Book) read(ctx context.Context, c engine.Connection) (map[string]string, error) {
	secrets := map[string]string{}
	if len(c.SecretFields) == 0 {
		return secrets, nil
	}
	key, err := b.key(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	values, err := b.loadSecrets(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, field := range c.SecretFields {
		value, ok := values[field]
		if !ok {
			return nil, engine.Wrap(errLost, engine.Unavailable,
				"The keyring no longer has the secret of the connection %q. Enter it again under Connections.", c.Name)
		}
		secrets[field] = value
	}
	return secrets, nil
}

// key names a connection's secrets, apart from those of other data folders on this computer.
func (b *Book) key(ctx context.Context, id int64) (string, error) {
	name, err := b.installed(ctx)
	return name + "/" + strconv.FormatInt(id, 10), err
}

// installed returns installationName, read once.
func (b *Book) installed(ctx context.Context) (string, error) {
	b.mu.Lock()
	name := b.installation
	b.mu.Unlock()
	if name != "" {
		return name, nil
	}
	name, err := b.installationName(ctx)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	b.installation = name
	b.mu.Unlock()
	return name, nil
}

// installationName writes only the first time, so that secrets can be read while nothing can be
// written.
func (b *Book) installationName(ctx context.Context) (string, error) {
	name, err := b.store.Setting(ctx, settingInstallation)
	if err != nil || name != "" {
		return name, err
	}
	err = b.store.Update(ctx, func(tx engine.Tx) error {
		name, err = tx.Setting(ctx, settingInstallation)
		if err == nil && name == "" {
			name = strings.ToLower(rand.Text())
			err = tx.SetSetting(settingInstallation, name)
		}
		return err
	})
	return name, err
}
