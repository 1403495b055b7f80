package engine

import (
	"context"
	"time"
)

// Connection is an account at an app. Its secrets are kept apart, in Secrets.
type Connection struct {
	ID        int64
	Name      string
	Connector string
	// Fields holds the values that are not secret, by field name.
	Fields map[string]string
	// SecretFields names the secret fields that have a value, in alphabetical order.
	SecretFields []string
	// BaseURL replaces the connector's own base address; empty means the connector's.
	BaseURL string
	// Limits replace the connector's; nil means that those hold.
	Limits *Limits
	// AllowPrivate lets its requests go to addresses of this computer and of its own network.
	AllowPrivate bool
	// Practice marks the built-in pretend accounts.
	Practice             bool
	CreatedAt, UpdatedAt time.Time
}

// Account is a connection together with its secrets, for the time of one use.
type Account struct {
	Connection
	Secrets map[string]string
}

// Value returns a field of the account, secret or not, and "" if it is not set.
func (a Account) Value(field string) string {
	if v, ok := a.Secrets[field]; ok {
		return v
	}
	return a.Fields[field]
}

// Secrets keeps what nobody may read: the OS keyring, or an encrypted file. A key names one
// connection's secrets; all of them are loaded and saved together. Loading a key that was never
// saved returns an empty map; a keyring that is locked or absent is an error with the code
// Unavailable. Implementations may block on a prompt, so never call them on the UI goroutine.
type Secrets interface {
	Load(ctx context.Context, key string) (map[string]string, error)
	Save(ctx context.Context, key string, values map[string]string) error
	Delete(ctx context.Context, key string) error
}
