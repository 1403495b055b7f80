package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"bellhop/engine"
	"bellhop/engine/request"
)

const (
	// fetchTime bounds one token request.
	fetchTime = 20 * time.Second
	// early is how long before its end a token is no longer used: clocks differ, and a request takes
	// time. Of tokens that live shortly it is a tenth of their life.
	early = 5 * time.Minute
)

// tokenRequest is a compiled engine.TokenSpec.
type tokenRequest struct {
	path   request.Path
	client *pair
}

func compileToken(spec engine.TokenSpec) (*tokenRequest, error) {
	path, err := request.CompilePath(spec.Path)
	if err != nil {
		return nil, err
	}
	client, err := compilePair(spec.ClientID, spec.ClientSecret)
	return &tokenRequest{path: path, client: client}, err
}

// Keeper signs requests and keeps the tokens fetched for it, in memory only. It is safe for
// concurrent use: of many who need the same token, one fetches it.
type Keeper struct {
	client *http.Client
	now    func() time.Time

	mu     sync.Mutex
	tokens map[string]*held
}

// held is a token, or the fetching of one. Its fields may be read once ready is closed.
type held struct {
	key   string
	ready chan struct{}
	value string
	until time.Time // when it is too old to use; zero if it does not say
	err   error
}

// NewKeeper makes a keeper that fetches tokens through client, which must not follow redirects to
// other hosts. now is the clock; nil means time.Now.
func NewKeeper(client *http.Client, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{client: client, now: now, tokens: map[string]*held{}}
}

// Forget drops the token that a request was signed with, after the app refused it. A newer one that
// somebody fetched meanwhile stays.
func (k *Keeper) Forget(s Signature) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.token != nil && k.tokens[s.token.key] == s.token {
		delete(k.tokens, s.token.key)
	}
}

func (k *Keeper) token(ctx context.Context, s *Scheme, t *tokenRequest, a engine.Account) (*held, error) {
	config, err := k.config(s, t, a)
	if err != nil {
		return nil, err
	}
	// A changed secret is another key: a connection that was edited starts afresh.
	sum := sha256.Sum256([]byte(config.TokenURL + "\x00" + config.ClientID + "\x00" + config.ClientSecret))
	key := hex.EncodeToString(sum[:])

	k.mu.Lock()
	h := k.tokens[key]
	if h == nil || h.stale(k.now()) {
		// Those of secrets that were changed are not asked for again.
		maps.DeleteFunc(k.tokens, func(_ string, old *held) bool { return old.stale(k.now()) })
		h = &held{key: key, ready: make(chan struct{})}
		k.tokens[key] = h
		// Those who wait for it must not suffer when the first of them is cancelled.
		go k.fetch(context.WithoutCancel(ctx), h, config, s.connector)
	}
	k.mu.Unlock()

	select {
	case <-h.ready:
		return h, h.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stale says whether h is of no more use. One that is being fetched is not stale.
func (h *held) stale(now time.Time) bool {
	select {
	case <-h.ready:
		return h.err != nil || !h.until.IsZero() && !now.Before(h.until)
	default:
		return false
	}
}

func (k *Keeper) config(s *Scheme, t *tokenRequest, a engine.Account) (clientcredentials.Config, error) {
	config := clientcredentials.Config{AuthStyle: oauth2.AuthStyleInParams}
	base, err := s.Base(a)
	if err != nil {
		return config, err
	}
	data := Data(a)
	u, err := t.path.Join(base, data)
	if err != nil {
		return config, err
	}
	config.TokenURL = u.String()
	config.ClientID, config.ClientSecret, err = t.client.fill(data)
	return config, err
}

func (k *Keeper) fetch(ctx context.Context, h *held, config clientcredentials.Config, connector string) {
	defer close(h.ready)
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, k.client), fetchTime)
	defer cancel()
	token, err := config.Token(ctx)
	if err != nil {
		h.err = tokenError(err, connector)
		return
	}
	h.value = token.AccessToken
	if !token.Expiry.IsZero() {
		// Reckoned from the system's clock by the library; k.now may be another.
		life := time.Until(token.Expiry)
		h.until = k.now().Add(life - min(early, life/10))
	}
}

// tokenError puts a failed token request into words. The answer itself is not repeated: what is in
// it is not known. Failures of the network stay as they are, for whoever judges those of requests.
func tokenError(err error, connector string) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		if _, ok := errors.AsType[interface {
			error
			Timeout() bool
		}](err); ok {
			return err
		}
		return engine.Errorf(engine.Unavailable, "%s answered the request for an access token with something that is none. Try again later.", connector)
	}
	status := refused.Response.StatusCode
	switch {
	case status == http.StatusTooManyRequests:
		return engine.Errorf(engine.Limited, "%s asked Bellhop to slow down. It will be tried again.", connector)
	case status >= 500:
		return engine.Errorf(engine.Unavailable, "%s is in trouble: it answered the request for an access token with status %d. It will be tried again.", connector, status)
	case refused.ErrorCode != "":
		return engine.Errorf(engine.Unauthorized, "%s gave no access token (%s). Check the client ID, the client secret and the address in the connection.", connector, refused.ErrorCode)
	}
	return engine.Errorf(engine.Unauthorized, "%s gave no access token: it answered with status %d. Check the client ID, the client secret and the address in the connection.", connector, status)
}
