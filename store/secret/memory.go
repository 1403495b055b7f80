package secret

import (
	"context"
	"maps"
	"sync"

	"bellhop/engine"
)

// Memory keeps secrets until the process ends. It is for tests and for trying things out.
type Memory struct {
	mu     sync.Mutex
	values map[string]map[string]string
}

var _ engine.Secrets = (*Memory)(nil)

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{values: map[string]map[string]string{}} }

// Load returns the secrets saved under key; an empty map if there are none.
func (m *Memory) Load(_ context.Context, key string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	values := map[string]string{}
	maps.Copy(values, m.values[key])
	return values, nil
}

// Save keeps values under key, in place of those saved before.
func (m *Memory) Save(_ context.Context, key string, values map[string]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = maps.Clone(values)
	return nil
}

// Delete removes what was saved under key.
func (m *Memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return nil
}
