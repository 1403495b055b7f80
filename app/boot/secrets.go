package boot

import (
	"context"
	"sync"

	"bellhop/engine"
	"bellhop/store/secret"
)

// lazySecrets opens the keyring at the first use, since that may take a while or ask the user, and
// most commands need no secret.
type lazySecrets struct {
	params secret.Params
	mu     sync.Mutex
	opened *secret.Keeper
}

var _ engine.Secrets = (*lazySecrets)(nil)

func (l *lazySecrets) open(ctx context.Context) (*secret.Keeper, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened != nil {
		return l.opened, nil
	}
	k, err := secret.Open(ctx, l.params)
	if err != nil {
		return nil, err
	}
	l.opened = k
	return k, nil
}

// check says where secrets are and whether they can be read now.
func (l *lazySecrets) check(ctx context.Context) (place string, err error) {
	k, err := l.open(ctx)
	if err != nil {
		return "", err
	}
	names := map[secret.Mode]string{secret.Keyring: "the keyring", secret.File: "an encrypted file"}
	return names[k.Mode()], k.Check(ctx)
}

func (l *lazySecrets) Load(ctx context.Context, key string) (map[string]string, error) {
	s, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.Load(ctx, key)
}

func (l *lazySecrets) Save(ctx context.Context, key string, values map[string]string) error {
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	return s.Save(ctx, key, values)
}

func (l *lazySecrets) Delete(ctx context.Context, key string) error {
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	return s.Delete(ctx, key)
}
