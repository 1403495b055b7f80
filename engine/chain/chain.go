// Package chain notices when a run's request comes back to Bellhop as a delivery: requests to Bellhop's
// own addresses carry the header Bellhop-Chain, which tells the run that sent them and how many stand
// above it, so that a recipe that starts itself by way of its address does not do so for ever.
package chain

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"bellhop/engine"
)

// Header is where the chain stands in a request to Bellhop itself.
const Header = "Bellhop-Chain"

// keySize is the length of a key in bytes, macSize that of the proof in a header.
const (
	keySize = 32
	macSize = 16
)

// settingKey is where the installation's key is kept. Whoever knows it can make deliveries be refused
// that he could as well not send; it protects nothing else.
const settingKey = "chain_key"

// Link is the run that sent a request.
type Link struct {
	RunID int64
	// Depth is how many runs stand above it.
	Depth int
}

// Key signs links, so that nobody else can claim to be a run of this installation.
type Key []byte

// LoadKey returns the installation's key, which is made at the first call.
func LoadKey(ctx context.Context, store engine.Store) (Key, error) {
	value, err := store.Setting(ctx, settingKey)
	if err != nil {
		return nil, err
	}
	if key, err := hex.DecodeString(value); err == nil && len(key) == keySize {
		return key, nil
	}
	key := make(Key, keySize)
	_, _ = rand.Read(key) // never fails: it would end the program instead
	return key, store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingKey, hex.EncodeToString(key)) })
}

// Sign returns the header's value: run, depth and proof, such as `12.3.9f86d0…`.
func (k Key) Sign(l Link) string {
	text := strconv.FormatInt(l.RunID, 10) + "." + strconv.Itoa(l.Depth)
	return text + "." + hex.EncodeToString(k.mac(text))
}

// Read returns the link of a header's value. ok is false if there is none, or not of this installation:
// then the delivery comes from outside.
func (k Key) Read(value string) (l Link, ok bool) {
	if value == "" || len(value) > 100 {
		return l, false
	}
	end := strings.LastIndexByte(value, '.')
	if end < 0 {
		return l, false
	}
	mac, err := hex.DecodeString(value[end+1:])
	if err != nil || !hmac.Equal(mac, k.mac(value[:end])) {
		return l, false
	}
	_, err = fmt.Sscanf(value[:end], "%d.%d", &l.RunID, &l.Depth)
	return l, err == nil
}

func (k Key) mac(text string) []byte {
	h := hmac.New(sha256.New, k)
	h.Write([]byte(text))
	return h.Sum(nil)[:macSize]
}

type linkKey struct{}

// With returns a context whose requests are those of a run.
func With(ctx context.Context, l Link) context.Context { return context.WithValue(ctx, linkKey{}, l) }

// Transport puts the header on requests to Bellhop's own addresses, also after redirects, and takes
// it off all others: a step cannot set it.
type Transport struct {
	Base http.RoundTripper
	Key  Key
	// Own says whether Bellhop itself answers at an address with that path, whatever its host: it may be
	// reached under many names. Nil means nowhere.
	Own func(path string) bool
}

var _ http.RoundTripper = (*Transport)(nil)

// CloseIdleConnections closes connections that wait for another request, as http.Client's does.
func (t *Transport) CloseIdleConnections() {
	(&http.Client{Transport: t.Base}).CloseIdleConnections()
}

// RoundTrip sends a request.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	link, running := r.Context().Value(linkKey{}).(Link)
	own := running && t.Own != nil && t.Own(r.URL.Path)
	if own || r.Header.Get(Header) != "" {
		r = r.Clone(r.Context())
		r.Header.Del(Header)
		if own {
			r.Header.Set(Header, t.Key.Sign(link))
		}
	}
	return t.Base.RoundTrip(r)
}
