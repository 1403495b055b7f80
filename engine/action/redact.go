package action

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"bellhop/engine"
	"bellhop/engine/auth"
)

// hidden stands where a secret was.
const hidden = "•••"

// minSecret is the length below which a value is no secret worth the name: hiding every "1" would
// make records useless.
const minSecret = 4

// redactor takes an account's secrets out of texts and values, in every form they travel in.
type redactor struct {
	words   []string // longest first, so that no part of one stays
	longest int
}

func newRedactor(a engine.Account, signature auth.Signature) *redactor {
	r := &redactor{}
	for _, secret := range a.Secrets {
		r.add(secret)
	}
	for _, secret := range signature.Secrets {
		r.add(secret)
	}
	slices.SortFunc(r.words, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	r.words = slices.Compact(r.words)
	if len(r.words) > 0 {
		r.longest = len(r.words[0])
	}
	return r
}

// manyRedactors is how many accounts' redactors are kept; there are rarely more accounts.
const manyRedactors = 256

// redactors keeps what newRedactor made: the same few accounts sign most requests.
type redactors struct {
	mu    sync.Mutex
	known map[string]keptRedactor // by the connection's name
}

// keptRedactor is a redactor and the secrets that it is of.
type keptRedactor struct {
	account   map[string]string
	signature []string
	redactor  *redactor
}

// of returns the redactor of an account and what signed a request for it.
func (k *redactors) of(a engine.Account, signature auth.Signature) *redactor {
	k.mu.Lock()
	defer k.mu.Unlock()
	known := k.known[a.Name]
	if known.redactor != nil && maps.Equal(known.account, a.Secrets) && slices.Equal(known.signature, signature.Secrets) {
		return known.redactor
	}
	r := newRedactor(a, signature)
	if len(k.known) >= manyRedactors {
		clear(k.known)
	}
	if k.known == nil {
		k.known = map[string]keptRedactor{}
	}
	k.known[a.Name] = keptRedactor{maps.Clone(a.Secrets), slices.Clone(signature.Secrets), r}
	return r
}

func (r *redactor) add(secret string) {
	if len(secret) < minSecret {
		return
	}
	raw := []byte(secret)
	forms := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		strings.ReplaceAll(secret, "/", `\/`),
	}
	if quoted, err := json.Marshal(secret); err == nil {
		forms = append(forms, strings.Trim(string(quoted), `"`))
	}
	if quoted, err := encodeJSON(secret); err == nil {
		forms = append(forms, strings.Trim(string(quoted), `"`))
	}
	// An address that is a secret has it in its path.
	if u, err := url.Parse(secret); err == nil && u.Host != "" {
		for _, form := range []string{u.String(), u.RequestURI(), u.EscapedPath()} {
			if len(form) >= 2*minSecret {
				forms = append(forms, form)
			}
		}
	}
	r.words = append(r.words, forms...)
}

// found says whether s holds a secret.
func (r *redactor) found(s string) bool {
	return slices.ContainsFunc(r.words, func(word string) bool { return strings.Contains(s, word) })
}

func (r *redactor) text(s string) string {
	for _, word := range r.words {
		if strings.Contains(s, word) {
			s = strings.ReplaceAll(s, word, hidden)
		}
	}
	return s
}

// clip returns up to keep bytes of a body as text without secrets, and whether it was longer.
func (r *redactor) clip(body []byte, keep int) (text string, truncated bool) {
	// What is read beyond the end is long enough to recognise a secret that crosses it, and dropped
	// again, as a longer one may be cut there.
	if len(body) <= keep+r.longest {
		text = r.text(string(body))
	} else {
		text = r.text(string(body[:keep+r.longest]))
		text = text[:max(0, len(text)-r.longest)]
	}
	if truncated = len(body) > keep; truncated {
		text = text[:min(len(text), keep)]
	}
	return strings.ToValidUTF8(text, "\uFFFD"), truncated
}

// value returns a JSON value without secrets: v itself if it has none.
func (r *redactor) value(v any) any {
	if len(r.words) == 0 {
		return v
	}
	switch v := v.(type) {
	case string:
		return r.text(v)
	case json.Number:
		if r.found(string(v)) {
			return hidden
		}
	case []any:
		for i := range v {
			v[i] = r.value(v[i])
		}
	case map[string]any:
		for name, one := range v {
			clean := r.text(name)
			if clean != name {
				delete(v, name)
			}
			v[clean] = r.value(one)
		}
	}
	return v
}
