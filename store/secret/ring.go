package secret

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/zalando/go-keyring"

	"bellhop/engine"
)

// service is the name under which people find Bellhop's items in their keyring.
const service = "Bellhop"

// promptTime bounds a call whose context has no end: the keyring may be waiting for a password
// that nobody is there to type.
const promptTime = time.Minute

// system is the operating system's keyring: Secret Service, macOS Keychain, Windows Credential Manager.
type system struct{}

var _ keyring.Keyring = system{}

func (system) Set(service, user, password string) error { return keyring.Set(service, user, password) }
func (system) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (system) Delete(service, user string) error        { return keyring.Delete(service, user) }
func (system) DeleteAll(service string) error           { return keyring.DeleteAll(service) }

// slowRing calls a keyring that may block for a prompt and knows no context. One call runs at a
// time, so a keyring that never answers holds up one goroutine and not one for each call, and a
// late save cannot overtake a later one.
type slowRing struct {
	keyring.Keyring
	turn chan struct{}
}

// systemRing is one for all keepers, so that opening them again and again over a keyring that never
// answers leaves one call behind and not one for each.
var systemRing = newSlowRing(system{})

func newSlowRing(k keyring.Keyring) *slowRing {
	return &slowRing{Keyring: k, turn: make(chan struct{}, 1)}
}

func (r *slowRing) call(ctx context.Context, fn func(keyring.Keyring) error) error {
	ctx, cancel := context.WithTimeout(ctx, promptTime)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return silent(ctx.Err())
	}
	done := make(chan error, 1)
	go func() {
		err := fn(r.Keyring)
		<-r.turn
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return silent(ctx.Err())
	}
}

func silent(err error) error {
	return engine.Wrap(err, engine.Unavailable,
		"The keyring that holds Bellhop's secrets does not answer. Probably it is locked and asks for its password: unlock it and try again.")
}

// ringSecrets keeps one keyring item for each key, holding a JSON object.
type ringSecrets struct {
	ring   *slowRing
	folder string
}

var _ engine.Secrets = ringSecrets{}

func (s ringSecrets) item(key string) string { return s.folder + "/" + key }

func (s ringSecrets) Load(ctx context.Context, key string) (map[string]string, error) {
	values := map[string]string{}
	if s.folder == "" {
		return values, nil // nothing was ever saved
	}
	got := make(chan string, 1) // not a variable: a call that is given up may still write to it
	err := s.ring.call(ctx, func(k keyring.Keyring) error {
		text, err := k.Get(service, s.item(key))
		got <- text
		return err
	})
	if errors.Is(err, keyring.ErrNotFound) {
		return values, nil
	}
	if err != nil {
		return nil, ringError(err)
	}
	if err := json.Unmarshal([]byte(<-got), &values); err != nil {
		// The cause could quote a secret.
		return nil, engine.Errorf(engine.Unavailable,
			"Bellhop's item %q in the keyring was changed by something else and cannot be read. Connect the account again.", s.item(key))
	}
	return values, nil
}

func (s ringSecrets) Save(ctx context.Context, key string, values map[string]string) error {
	b, err := json.Marshal(values)
	if err != nil {
		return engine.Errorf(engine.Internal, "The secrets cannot be written as JSON.")
	}
	return ringError(s.ring.call(ctx, func(k keyring.Keyring) error { return k.Set(service, s.item(key), string(b)) }))
}

func (s ringSecrets) Delete(ctx context.Context, key string) error {
	err := s.ring.call(ctx, func(k keyring.Keyring) error { return k.Delete(service, s.item(key)) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return ringError(err)
}

func ringError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return e
	}
	if errors.Is(err, keyring.ErrSetDataTooBig) {
		// 2,560 bytes on Windows, about 3,000 on macOS.
		return engine.Wrap(err, engine.Invalid,
			"These secrets are longer than the keyring of this computer takes (about 2,500 characters). Start Bellhop with --secrets file to keep them in an encrypted file.")
	}
	return engine.Wrap(err, engine.Unavailable,
		"The keyring that holds Bellhop's secrets is locked or missing. Unlock it, or log in to the desktop where it is; or start Bellhop with --secrets file and connect your accounts again.")
}
