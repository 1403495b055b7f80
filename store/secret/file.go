package secret

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"bellhop/engine"
)

// fileSecrets keeps all secrets in one file, encrypted (age, X25519) with a key in a file beside
// it that only the user may read. So neither a stray copy of the one nor of the other tells anything.
type fileSecrets struct{ dir string }

var _ engine.Secrets = fileSecrets{}

func (s fileSecrets) path() string    { return filepath.Join(s.dir, "secrets.age") }
func (s fileSecrets) keyPath() string { return filepath.Join(s.dir, "secrets.key") }

// contents is what the file holds, as JSON: keys, and under each the values by field.
type contents struct {
	Format  int                          `json:"secrets"`
	Secrets map[string]map[string]string `json:"values"`
}

const fileFormat = 1

func (s fileSecrets) Load(ctx context.Context, key string) (map[string]string, error) {
	all, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	if values, ok := all[key]; ok {
		return values, nil
	}
	return map[string]string{}, nil
}

// keys returns the keys that have secrets, in alphabetical order.
func (s fileSecrets) keys(ctx context.Context) ([]string, error) {
	all, err := s.all(ctx)
	return slices.Sorted(maps.Keys(all)), err
}

func (s fileSecrets) all(ctx context.Context) (map[string]map[string]string, error) {
	unlock, err := lock(ctx, s.path(), (*flock.Flock).TryRLockContext)
	if err != nil {
		return nil, err
	}
	defer unlock()
	all, _, err := s.read()
	return all, err
}

func (s fileSecrets) Save(ctx context.Context, key string, values map[string]string) error {
	return s.change(ctx, func(all map[string]map[string]string) { all[key] = values })
}

func (s fileSecrets) Delete(ctx context.Context, key string) error {
	return s.change(ctx, func(all map[string]map[string]string) { delete(all, key) })
}

// change reads the file again under the lock, so that no process undoes another's change. What
// cannot be read is not overwritten.
func (s fileSecrets) change(ctx context.Context, fn func(map[string]map[string]string)) error {
	unlock, err := lock(ctx, s.path(), (*flock.Flock).TryLockContext)
	if err != nil {
		return err
	}
	defer unlock()
	all, identity, err := s.read()
	if err != nil {
		return err
	}
	if identity == nil {
		if identity, err = s.makeKey(); err != nil {
			return err
		}
	}
	fn(all)
	plain, err := json.Marshal(contents{Format: fileFormat, Secrets: all})
	if err != nil {
		return engine.Errorf(engine.Internal, "The secrets cannot be written as JSON.")
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, identity.Recipient())
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return engine.Wrap(err, engine.Internal, "The secrets cannot be encrypted.")
	}
	return replace(s.path(), sealed.Bytes())
}

// read returns the secrets and the key; both are empty in a new folder.
func (s fileSecrets) read() (map[string]map[string]string, *age.X25519Identity, error) {
	identity, err := s.readKey()
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(s.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return map[string]map[string]string{}, identity, nil
	case err != nil:
		return nil, nil, unreadable(err, s.path())
	}
	defer func() { _ = f.Close() }()
	if identity == nil {
		return nil, nil, engine.Errorf(engine.Unavailable,
			"The key file %s is missing, and without it %s cannot be read. Put it back from a backup, or move both away and connect your accounts again.", s.keyPath(), s.path())
	}
	plain, err := age.Decrypt(f, identity)
	if noMatch, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, nil, engine.Wrap(noMatch, engine.Unavailable,
			"The file %s was encrypted with another key than the one in %s. Nothing was overwritten: put back the two that belong together.", s.path(), s.keyPath())
	}
	if err != nil {
		return nil, nil, damaged(s.path())
	}
	b, err := io.ReadAll(plain)
	if err != nil {
		return nil, nil, damaged(s.path())
	}
	var c contents
	// The cause is left out: it could quote a secret.
	if err := json.Unmarshal(b, &c); err != nil || c.Format != fileFormat {
		return nil, nil, damaged(s.path())
	}
	if c.Secrets == nil {
		c.Secrets = map[string]map[string]string{}
	}
	return c.Secrets, identity, nil
}

// readKey returns nil if there is no key yet.
func (s fileSecrets) readKey() (*age.X25519Identity, error) {
	b, err := os.ReadFile(s.keyPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, unreadable(err, s.keyPath())
	}
	identities, err := age.ParseIdentities(bytes.NewReader(b))
	if err != nil || len(identities) != 1 {
		return nil, damaged(s.keyPath())
	}
	identity, ok := identities[0].(*age.X25519Identity)
	if !ok {
		return nil, damaged(s.keyPath())
	}
	return identity, nil
}

func (s fileSecrets) makeKey() (*age.X25519Identity, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, engine.Wrap(err, engine.Internal, "A key for the secrets cannot be made.")
	}
	text := "# The key to Bellhop's secrets.age. Whoever has both can use your accounts.\n" + identity.String() + "\n"
	return identity, replace(s.keyPath(), []byte(text))
}

// replace writes a file for the user only, so that after a power cut it is the old or the new one.
func replace(path string, data []byte) error {
	err := func() error {
		next := path + ".new"
		f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		if err == nil {
			err = f.Sync()
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return errors.Join(err, os.Remove(next))
		}
		if err := os.Rename(next, path); err != nil {
			return err
		}
		// The new name is on disk when its folder is. Windows has no such call, and needs none.
		if d, err := os.Open(filepath.Dir(path)); err == nil {
			_ = d.Sync()
			_ = d.Close()
		}
		return nil
	}()
	if err != nil {
		return engine.Wrap(err, engine.Unavailable, "The file %s cannot be written. Check that the disk is not full and the folder is yours.", path)
	}
	return nil
}

// lock keeps other processes, and other goroutines, off a file. The lock is a file of its own, since
// the one that it guards is replaced.
func lock(ctx context.Context, path string, take func(*flock.Flock, context.Context, time.Duration) (bool, error)) (unlock func(), err error) {
	f := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := take(f, ctx, 2*time.Millisecond); err != nil {
		_ = f.Close()
		if ctx.Err() != nil {
			return nil, engine.Wrap(ctx.Err(), engine.Unavailable, "Another Bellhop keeps %s locked. Close it and try again.", path)
		}
		return nil, engine.Wrap(err, engine.Unavailable, "The file %s cannot be locked. Check that the folder is yours and writable.", path)
	}
	return func() { _ = f.Close() }, nil
}
