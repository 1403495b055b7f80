package signature

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // An HMAC with SHA-1 still holds, and some senders have no other.
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"bellhop/engine"
)

var algorithms = map[string]func() hash.Hash{
	"sha1":   sha1.New,
	"sha256": sha256.New,
	"sha512": sha512.New,
}

// encoding is how a digest is written in a header.
type encoding struct {
	encode func([]byte) string
	decode func(string) ([]byte, error)
}

var encodings = map[string]encoding{
	"hex":    {hex.EncodeToString, hex.DecodeString},
	"base64": {base64.StdEncoding.EncodeToString, base64.StdEncoding.DecodeString},
}

// hmacBody is a keyed digest of the raw body, as Shopify, GitHub, WooCommerce and Typeform send it; or of the
// body and the time of sending, as Stripe, Slack, Paddle and those after Standard Webhooks do; or of the
// address too, as Square and HubSpot do.
type hmacBody struct {
	frame
	// macs holds hashes already keyed: keying costs as much as hashing a small delivery.
	macs sync.Pool
}

func newHMAC(spec engine.SignatureSpec, now func() time.Time) (Verifier, error) {
	algorithm, ok := algorithms[spec.Algorithm]
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "Bellhop knows no signature algorithm called %q. It knows sha1, sha256 and sha512.", spec.Algorithm)
	}
	encoding, ok := encodings[spec.Encoding]
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "Bellhop knows no signature encoding called %q. It knows hex and base64.", spec.Encoding)
	}
	key, err := key(spec)
	if err != nil {
		return nil, err
	}
	f, err := newFrame(spec, encoding, now)
	if err != nil {
		return nil, err
	}
	h := &hmacBody{frame: f, macs: sync.Pool{New: func() any { return &check{mac: hmac.New(algorithm, key)} }}}
	if f.address || f.form {
		return &addressed{h}, nil
	}
	return h, nil
}

// key returns the secret's bytes.
func key(spec engine.SignatureSpec) ([]byte, error) {
	if spec.Secret == "" {
		return nil, noSecret()
	}
	switch spec.Key {
	case "":
		return []byte(spec.Secret), nil
	case "base64":
		key, err := base64.StdEncoding.DecodeString(spec.Secret[strings.LastIndex(spec.Secret, "_")+1:])
		if err != nil || len(key) == 0 {
			return nil, engine.Errorf(engine.Invalid, "The secret that deliveries are checked with is not Base64, as this way of signing has it. Copy it again from the sender, whole.")
		}
		return key, nil
	}
	return nil, engine.Errorf(engine.Invalid, "Bellhop knows no way called %q to write a secret. It knows base64.", spec.Key)
}

var _ Verifier = (*hmacBody)(nil)

func (h *hmacBody) Verify(headers http.Header, body []byte, _ ...string) error {
	c := h.begin(headers, "")
	_, _ = c.Write(body) // never fails
	_, err := c.Done()
	return err
}

func (h *hmacBody) Begin(headers http.Header, _ ...string) Check { return h.begin(headers, "") }

// check is one delivery's digest. It is used again for others.
type check struct {
	*hmacBody
	mac     hash.Hash
	headers http.Header
	err     error // known before the body
	sent    string
	id      string
	address string
	sum     [sha512.Size]byte
}

var _ Check = (*check)(nil)

func (h *hmacBody) begin(headers http.Header, address string) *check {
	c, _ := h.macs.Get().(*check)
	c.hmacBody, c.headers, c.address = h, headers, address
	c.sent, c.id, c.err = h.read(headers)
	c.mac.Reset()
	if c.err == nil {
		c.add(h.before)
	}
	return c
}

// add adds a part of what is signed to the digest.
func (c *check) add(template string) {
	if template != "" {
		_, _ = io.WriteString(c.mac, fill(template, c.sent, c.id, c.address)) // never fails
	}
}

func (c *check) Write(p []byte) (int, error) {
	if c.err != nil {
		return len(p), nil
	}
	return c.mac.Write(p)
}

func (c *check) Done() (once string, err error) {
	header := c.header
	once, fits, err := c.end()
	if !fits && err == nil {
		err = misfit(header)
	}
	return once, err
}

func misfit(header string) error {
	return engine.Errorf(engine.Unauthorized, "The signature in %s does not fit. The delivery was changed on its way, or its sender uses another secret than this connection.", header)
}

// end says whether a signature fits, and what is wrong all the same. It gives the check back: another delivery
// may have it then.
func (c *check) end() (once string, fits bool, err error) {
	h := c.hmacBody
	defer func() {
		c.headers = nil
		h.macs.Put(c)
	}()
	if c.err != nil {
		return "", false, c.err
	}
	c.add(h.after)
	want := c.mac.Sum(c.sum[:0])
	for got := range h.digests(c.headers) {
		if !hmac.Equal(got, want) { // it sees to the length
			continue
		}
		if h.stamp == nil {
			return "", true, nil
		}
		if err := h.stamp.near(c.sent); err != nil {
			return "", true, err
		}
		return hex.EncodeToString(want[:sha1.Size]), true, nil
	}
	return "", false, nil
}

func (h *hmacBody) sign(headers http.Header, body []byte, sentTo ...string) error {
	sent, id := "", headers.Get(h.id)
	if h.id != "" && id == "" {
		id = "msg_" + rand.Text()
		headers.Set(h.id, id)
	}
	if h.stamp != nil {
		sent = h.stamp.write(headers)
	}
	c, _ := h.macs.Get().(*check)
	defer h.macs.Put(c)
	c.sent, c.id, c.address = sent, id, strings.Join(sentTo[:min(len(sentTo), 1)], "")
	c.mac.Reset()
	c.add(h.before)
	c.mac.Write(body)
	c.add(h.after)
	value := h.prefix + h.encoding.encode(c.mac.Sum(nil))
	if h.stamp != nil && h.stamp.header == "" {
		value = h.stamp.part + sent + h.separator + value
	}
	headers.Set(h.header, value)
	return nil
}
