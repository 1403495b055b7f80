package account_test

import (
	"context"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/account"
)

// memory is a store of connections. It counts what it is asked and can refuse to write.
type memory struct {
	engine.Store // what the book does not use is not there
	mu           sync.Mutex
	settings     map[string]string
	all          []engine.Connection
	reads        int
	readOnly     bool
}

func (m *memory) Close() error { return nil }

func (m *memory) Setting(_ context.Context, key string) (string, error) { return m.settings[key], nil }

func (m *memory) Update(_ context.Context, fn func(engine.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.readOnly {
		return engine.Errorf(engine.Unavailable, "read-only")
	}
	return fn(tx{m: m})
}

func (m *memory) Connection(_ context.Context, name string) (engine.Connection, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	for _, c := range m.all {
		if c.Name == name {
			return c, nil
		}
	}
	return engine.Connection{}, engine.Errorf(engine.NotFound, "no connection %q", name)
}

func (m *memory) Connections(context.Context) ([]engine.Connection, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]engine.Connection(nil), m.all...), nil
}

type tx struct {
	engine.Tx
	m *memory
}

func (t tx) Setting(ctx context.Context, key string) (string, error) { return t.m.Setting(ctx, key) }

func (t tx) SetSetting(key, value string) error {
	t.m.settings[key] = value
	return nil
}

func (t tx) PutConnection(c *engine.Connection) error {
	c.UpdatedAt = time.Now()
	if c.ID == 0 {
		c.ID = int64(len(t.m.all) + 1)
		t.m.all = append(t.m.all, *c)
		return nil
	}
	t.m.all[c.ID-1] = *c
	return nil
}

func (t tx) DeleteConnection(id int64) error {
	t.m.all[id-1] = engine.Connection{}
	return nil
}

// keyring counts what it is asked. It can be locked, and it can be silent until its context ends or,
// if it is deaf, for longer.
type keyring struct {
	mu     sync.Mutex
	values map[string]map[string]string
	loads  int
	locked bool
	silent chan struct{}
	deaf   bool
}

func (k *keyring) Load(ctx context.Context, key string) (map[string]string, error) {
	k.mu.Lock()
	k.loads++
	silent, deaf := k.silent, k.deaf
	k.mu.Unlock()
	if silent != nil {
		done := ctx.Done()
		if deaf {
			done = nil
		}
		select {
		case <-silent:
		case <-done:
			return nil, engine.Errorf(engine.Unavailable, "The keyring does not answer.")
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.locked {
		return nil, engine.Errorf(engine.Unavailable, "The keyring is locked.")
	}
	values := map[string]string{}
	maps.Copy(values, k.values[key])
	return values, nil
}

func (k *keyring) asked() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.loads
}

func (k *keyring) Save(_ context.Context, key string, values map[string]string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.values[key] = maps.Clone(values)
	return nil
}

func (k *keyring) Delete(_ context.Context, key string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.values, key)
	return nil
}

func (k *keyring) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
}

type desk struct {
	*account.Book
	store *memory
	ring  *keyring
	shop  engine.Connection
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{
		store: &memory{settings: map[string]string{"installation": "here"}},
		ring: &keyring{values: map[string]map[string]string{
			"here/1": {"key": "one"}, "here/2": {"key": "two"},
		}},
	}
	d.shop = engine.Connection{ID: 1, Name: "Shop", SecretFields: []string{"key"}, UpdatedAt: time.Now()}
	d.store.all = []engine.Connection{d.shop, {ID: 2, Name: "Slack", SecretFields: []string{"key"}, UpdatedAt: time.Now()}}
	d.Book = account.NewBook(d.store, d.ring)
	return d
}

func (d *desk) key(t *testing.T, name string) string {
	t.Helper()
	a, err := d.Account(t.Context(), name)
	require.NoError(t, err)
	return a.Secrets["key"]
}

func TestAnAccountIsReadOnceUntilItChanges(t *testing.T) {
	d := newDesk(t)
	for range 3 {
		require.Equal(t, "one", d.key(t, "Shop"))
	}
	require.Equal(t, 1, d.ring.asked())
	require.Equal(t, 1, d.store.reads)

	c := d.shop
	require.NoError(t, d.Save(t.Context(), &c, map[string]string{"key": "new"}))
	require.Equal(t, "new", d.key(t, "Shop"))
}

func TestForgettingDoesNotAskTheKeyringForWhatDidNotChange(t *testing.T) {
	d := newDesk(t)
	require.Equal(t, "one", d.key(t, "Shop"))
	d.ring.set(func() { d.ring.locked = true })
	d.Forget()
	require.Equal(t, "one", d.key(t, "Shop"), "a keyring that was locked meanwhile stops nothing")

	// What another process changed is asked for.
	d.store.all[0].UpdatedAt = d.store.all[0].UpdatedAt.Add(time.Microsecond)
	require.Equal(t, "one", d.key(t, "Shop"), "as long as nobody tells")
	d.Forget()
	_, err := d.Account(t.Context(), "Shop")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

func TestAnAccountReadWhileItChangesIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		answer := make(chan struct{})
		d.ring.silent = answer
		early := make(chan string, 1)
		go func() {
			a, _ := d.Account(context.Background(), "Shop") // without its secret if it fails
			early <- a.Secrets["key"]
		}()
		synctest.Wait()
		// Another process saves while the keyring is being asked, and tells.
		<-time.After(time.Millisecond)
		d.store.mu.Lock()
		d.store.all[0].UpdatedAt = time.Now()
		d.store.mu.Unlock()
		d.Forget()
		close(answer)
		require.Equal(t, "one", <-early)
		d.ring.set(func() { d.ring.values["here/1"] = map[string]string{"key": "new"} })
		require.Equal(t, "new", d.key(t, "Shop"))
	})
}

func TestASilentKeyringHoldsUpNobodyForLong(t *testing.T) {
	for name, deaf := range map[string]bool{"it gives up in time": false, "it never answers": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				answer := make(chan struct{})
				d.ring.silent, d.ring.deaf = answer, deaf
				began := time.Now()
				for range 100 {
					_, err := d.Account(t.Context(), "Shop")
					require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
				}
				require.Equal(t, 10*time.Second, time.Since(began), "only the first waits")
				require.Equal(t, 1, d.ring.asked(), "and a call that never ends is not made again")

				soon, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began = time.Now()
				_, err := d.Account(soon, "Slack")
				require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
				require.Equal(t, time.Second, time.Since(began), "whoever cannot wait does not")

				close(answer)
				d.ring.set(func() { d.ring.silent = nil })
				<-time.After(6 * time.Second)
				_, _ = d.Account(t.Context(), "Shop") // the first asks again, in the background
				synctest.Wait()
				require.Equal(t, "one", d.key(t, "Shop"))
				require.Equal(t, "two", d.key(t, "Slack"))
			})
		})
	}
}

func TestALockedKeyringIsLeftAloneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.ring.locked = true
		for range 600 {
			_, err := d.Account(t.Context(), "Shop")
			require.ErrorContains(t, err, "locked")
			<-time.After(100 * time.Millisecond)
		}
		require.LessOrEqual(t, d.ring.asked(), 31)

		d.ring.set(func() { d.ring.locked = false })
		a, err := d.Try(t.Context(), "Shop")
		require.NoError(t, err, "whoever asks whether it works now is told what is now")
		require.Equal(t, "one", a.Secrets["key"])
		<-time.After(6 * time.Second)
		_, _ = d.Account(t.Context(), "Shop")
		synctest.Wait()
		require.Equal(t, "one", d.key(t, "Shop"))
	})
}

func TestNamesInAnotherCase(t *testing.T) {
	d := newDesk(t)
	require.Equal(t, "one", d.key(t, "SHOP"), "recipes may write it so")
	d.store.all = append(d.store.all, engine.Connection{ID: 3, Name: "SHOP", SecretFields: []string{"key"}, UpdatedAt: time.Now()})
	d.ring.values["here/3"] = map[string]string{"key": "three"}
	d.Forget()
	require.Equal(t, "three", d.key(t, "SHOP"), "the name itself wins")
	require.Equal(t, "one", d.key(t, "Shop"), "and the two are never mixed up")
}

func TestSecretsAreReadWhileNothingCanBeWritten(t *testing.T) {
	d := newDesk(t)
	d.store.readOnly = true
	require.Equal(t, "one", d.key(t, "Shop"))
}

func TestADeletedAccountIsGone(t *testing.T) {
	d := newDesk(t)
	require.Equal(t, "one", d.key(t, "Shop"))
	require.NoError(t, d.Delete(t.Context(), d.shop))
	_, err := d.Account(t.Context(), "Shop")
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	require.NotContains(t, d.ring.values, "here/1")
}

func TestASecretThatTheKeyringLostIsSaidInWords(t *testing.T) {
	d := newDesk(t)
	delete(d.ring.values, "here/1")
	_, err := d.Account(t.Context(), "Shop")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.ErrorContains(t, err, "Enter it again")

	c := engine.Connection{Name: "New"}
	require.NoError(t, d.Save(t.Context(), &c, map[string]string{"key": "n"}))
	require.Equal(t, []string{"key"}, c.SecretFields)
	require.Equal(t, "n", d.key(t, "New"))
}
