package secret

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"bellhop/engine"
)

// recoveryFile keeps a copy of all secrets which a recovery code opens, whatever becomes of the keyring or of
// the key file. There is one from the first code on.
const recoveryFile = "secrets.recovery"

const recoveryFormat = 1

// recovery is what the file holds, as JSON. The copies are encrypted with a public key, so that each save can
// make one while the code is on paper only; the code opens the private key.
type recovery struct {
	Format    int       `json:"recovery"`
	MadeAt    time.Time `json:"made_at"`
	Recipient string    `json:"recipient"`
	Key       []byte    `json:"key"`
	// Copies are the values by field, as JSON and encrypted, by the key they are saved under.
	Copies map[string][]byte `json:"copies"`
}

// codeWork is how often a try of a code is hashed, as a power of two: its 160 bits need no help.
const codeWork = 10

// NewCode makes a recovery code and returns it; it is kept nowhere. An older one opens nothing any more.
// Unavailable if the secrets cannot all be read now.
func (k *Keeper) NewCode(ctx context.Context) (string, error) {
	unlock, err := lock(ctx, k.recoveryPath(), (*flock.Flock).TryLockContext)
	if err != nil {
		return "", err
	}
	defer unlock()
	all, err := k.All(ctx)
	if err != nil {
		return "", err
	}
	code := newCode()
	signs, err := readCode(code)
	if err != nil {
		return "", err
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", engine.Wrap(err, engine.Internal, "A key for the secrets cannot be made.")
	}
	opener, err := age.NewScryptRecipient(signs)
	if err != nil {
		return "", engine.Wrap(err, engine.Internal, "A key for the secrets cannot be made.")
	}
	opener.SetWorkFactor(codeWork)
	r := recovery{Format: recoveryFormat, MadeAt: time.Now().UTC().Truncate(time.Second), Recipient: identity.Recipient().String(), Copies: map[string][]byte{}}
	if r.Key, err = Encrypt([]byte(identity.String()), opener); err != nil {
		return "", err
	}
	for key, values := range all {
		if err := r.put(key, values); err != nil {
			return "", err
		}
	}
	return code, k.writeRecovery(r)
}

// CodeMadeAt returns when the recovery code that holds was made; zero if there is none.
func (k *Keeper) CodeMadeAt() (time.Time, error) {
	r, err := k.readRecovery()
	return r.MadeAt, err
}

// Recover brings back those secrets that cannot be read any more, by a recovery code, and returns how many
// connections' they were. Invalid if the code is mistyped or not the newest; NotFound if there never was one;
// Unavailable if they cannot be put where secrets are kept.
func (k *Keeper) Recover(ctx context.Context, typed string) (recovered int, err error) {
	signs, err := readCode(typed)
	if err != nil {
		return 0, err
	}
	r, err := k.readRecovery()
	if err != nil {
		return 0, err
	}
	if r.Format == 0 {
		return 0, engine.Errorf(engine.NotFound, "There is nothing that a recovery code opens in %s. It needs the file %s of the data folder for which the code was made.", k.dir, recoveryFile)
	}
	copies, err := r.open(signs, k.recoveryPath())
	if err != nil {
		return 0, err
	}
	if err := k.clearLost(ctx); err != nil {
		return 0, err
	}
	for key, values := range copies {
		there, err := k.Load(ctx, key)
		if err != nil {
			return recovered, err
		}
		if len(there) > 0 {
			continue
		}
		if err := k.Save(ctx, key, values); err != nil {
			return recovered, err
		}
		recovered++
	}
	return recovered, nil
}

// clearLost sets aside a file of secrets that has no key any more. It stays, should the key turn up.
func (k *Keeper) clearLost(ctx context.Context) error {
	was, err := k.readChoice()
	if err != nil {
		return err
	}
	if k.mode(was) == Keyring {
		return k.probe(ctx)
	}
	file := k.file()
	if _, err := file.all(ctx); err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	ending := ".lost-" + time.Now().UTC().Format("20060102-150405")
	for _, path := range []string{file.path(), file.keyPath()} {
		if err := os.Rename(path, path+ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return engine.Wrap(err, engine.Unavailable, "The file %s cannot be set aside. Check that the folder is yours.", path)
		}
	}
	k.log.Warn("secrets without a key were set aside", "file", file.path()+ending)
	return nil
}

// copy keeps the copy of a key's secrets up to date, if there is a recovery code; no values remove it. The
// secrets themselves are saved by then, so trouble is only logged.
func (k *Keeper) copy(ctx context.Context, key string, values map[string]string) {
	if _, err := os.Stat(k.recoveryPath()); errors.Is(err, fs.ErrNotExist) {
		return
	}
	err := func() error {
		unlock, err := lock(ctx, k.recoveryPath(), (*flock.Flock).TryLockContext)
		if err != nil {
			return err
		}
		defer unlock()
		r, err := k.readRecovery()
		if err != nil || r.Format == 0 {
			return err
		}
		if len(values) == 0 {
			delete(r.Copies, key)
		} else if err := r.put(key, values); err != nil {
			return err
		}
		return k.writeRecovery(r)
	}()
	if err != nil {
		k.log.Warn("the copy of the secrets that the recovery code opens is not up to date; make a new code", "error", err)
	}
}

func (k *Keeper) recoveryPath() string { return filepath.Join(k.dir, recoveryFile) }

// readRecovery returns the zero recovery if there is none.
func (k *Keeper) readRecovery() (r recovery, err error) {
	b, err := os.ReadFile(k.recoveryPath())
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, unreadable(err, k.recoveryPath())
	}
	if err := json.Unmarshal(b, &r); err != nil || r.Format != recoveryFormat {
		return recovery{}, damaged(k.recoveryPath())
	}
	if r.Copies == nil {
		r.Copies = map[string][]byte{}
	}
	return r, nil
}

func (k *Keeper) writeRecovery(r recovery) error {
	b, err := json.Marshal(r)
	if err != nil {
		return engine.Wrap(err, engine.Internal, "The copy of the secrets cannot be written.")
	}
	return replace(k.recoveryPath(), b)
}

func (r recovery) put(key string, values map[string]string) error {
	recipient, err := age.ParseX25519Recipient(r.Recipient)
	if err != nil {
		return engine.Wrap(err, engine.Unavailable, "The file %s is damaged. Make a new recovery code.", recoveryFile)
	}
	plain, err := json.Marshal(values)
	if err != nil {
		return engine.Errorf(engine.Internal, "The secrets cannot be written down.")
	}
	r.Copies[key], err = Encrypt(plain, recipient)
	return err
}

// open decrypts the copies with a code.
func (r recovery) open(signs, path string) (map[string]map[string]string, error) {
	opener, err := age.NewScryptIdentity(signs)
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "This cannot be a recovery code.")
	}
	opener.SetMaxWorkFactor(codeWork)
	key, err := decrypt(r.Key, opener)
	if noMatch, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, engine.Wrap(noMatch, engine.Invalid, "This recovery code is not the newest of this data. A new one makes those before it useless.")
	}
	if err != nil {
		return nil, damaged(path)
	}
	identity, err := age.ParseX25519Identity(string(key))
	if err != nil {
		return nil, damaged(path)
	}
	all := map[string]map[string]string{}
	for name, sealed := range r.Copies {
		plain, err := decrypt(sealed, identity)
		var values map[string]string
		// The cause is left out: it could quote a secret.
		if err != nil || json.Unmarshal(plain, &values) != nil {
			return nil, damaged(path)
		}
		all[name] = values
	}
	return all, nil
}

// Encrypt encrypts what is secret to whoever has the key of to.
func Encrypt(plain []byte, to age.Recipient) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, engine.Wrap(err, engine.Internal, "The secrets cannot be encrypted.")
	}
	return sealed.Bytes(), nil
}

func decrypt(sealed []byte, identity age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
