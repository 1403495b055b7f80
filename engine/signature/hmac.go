package signature

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // An HMAC with SHA-1 still holds, and some senders have no other.
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"iter"
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
// body and the time of sending, as Stripe, Slack, Paddle and those after Standard Webhooks do.
type hmacBody struct {
	header, prefix, separator string
	encoding                  encoding
	stamp                     *stamp // nil if the time is not told
	id                        string // a header
	before, after             string // what is signed around the body
	// macs holds hashes already keyed: keying costs as much as hashing a small delivery.
	macs sync.Pool
}

var _ Verifier = (*hmacBody)(nil)

func newHMAC(spec engine.SignatureSpec, now func() time.Time) (Verifier, error) {
	algorithm, ok := algorithms[spec.Algorithm]
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "Bellhop knows no signature algorithm called %q. It knows sha1, sha256 and sha512.", spec.Algorithm)
	}
	encoding, ok := encodings[spec.Encoding]
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "Bellhop knows no signature encoding called %q. It knows hex and base64.", spec.Encoding)
	}
	if spec.Header == "" {
		return nil, engine.Errorf(engine.Invalid, "The name of the header that carries the signature is missing. Fill it in, in the connection.")
	}
	key, err := key(spec)
	if err != nil {
		return nil, err
	}
	h := &hmacBody{
		header:    http.CanonicalHeaderKey(spec.Header),
		prefix:    spec.Prefix,
		separator: cmp.Or(spec.Separator, ","),
		encoding:  encoding,
		id:        spec.ID,
		macs:      sync.Pool{New: func() any { return &check{mac: hmac.New(algorithm, key)} }},
	}
	if spec.Timestamp != "" {
		h.stamp = newStamp(spec, now)
	}
	return h, h.template(cmp.Or(spec.Signed, "{body}"))
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

// template takes over what is signed. What a header says and is not signed proves nothing.
func (h *hmacBody) template(signed string) error {
	before, after, ok := strings.Cut(signed, "{body}")
	if !ok || strings.Contains(after, "{body}") {
		return engine.Errorf(engine.Invalid, "What is signed must have {body} in it, once, and not be %q.", signed)
	}
	for name, there := range map[string]bool{"{timestamp}": h.stamp != nil, "{id}": h.id != ""} {
		if strings.Contains(signed, name) != there {
			return engine.Errorf(engine.Invalid, "What is signed must have %s in it just if there is a header for it.", name)
		}
	}
	h.before, h.after = before, after
	return nil
}

func (h *hmacBody) Verify(headers http.Header, body []byte) error {
	c := h.begin(headers)
	if c.err == nil {
		c.mac.Write(body)
	}
	return c.end()
}

func (h *hmacBody) Begin(headers http.Header) Check { return h.begin(headers) }

// check is one delivery's digest. It is used again for others.
type check struct {
	*hmacBody
	mac     hash.Hash
	headers http.Header
	err     error // known before the body
	sent    string
	id      string
	sum     [sha512.Size]byte
}

var _ Check = (*check)(nil)

func (h *hmacBody) begin(headers http.Header) *check {
	c, _ := h.macs.Get().(*check)
	c.hmacBody, c.headers, c.err, c.sent, c.id = h, headers, nil, "", ""
	if len(headers[h.header]) == 0 {
		c.err = missing(h.header)
		return c
	}
	if h.id != "" {
		if c.id = headers.Get(h.id); c.id == "" {
			c.err = missing(h.id)
			return c
		}
	}
	if h.stamp != nil {
		if c.sent, c.err = h.stamp.read(headers, h); c.err != nil {
			return c
		}
	}
	c.mac.Reset()
	c.add(h.before)
	return c
}

// add adds a part of what is signed to the digest.
func (c *check) add(template string) {
	if template != "" {
		_, _ = io.WriteString(c.mac, strings.NewReplacer("{timestamp}", c.sent, "{id}", c.id).Replace(template)) // never fails
	}
}

func (c *check) Write(p []byte) (int, error) {
	if c.err != nil {
		return len(p), nil
	}
	return c.mac.Write(p)
}

func (c *check) Done() (once string, err error) {
	stamped := c.stamp != nil
	if err = c.end(); err == nil && stamped {
		once = hex.EncodeToString(c.sum[:sha1.Size])
	}
	return once, err
}

// end compares, and gives the check back.
func (c *check) end() error {
	h := c.hmacBody
	defer func() {
		c.headers = nil
		h.macs.Put(c)
	}()
	if c.err != nil {
		return c.err
	}
	c.add(h.after)
	want := c.mac.Sum(c.sum[:0])
	for value := range h.values(c.headers) {
		value, ok := strings.CutPrefix(value, h.prefix)
		if !ok {
			continue
		}
		// A value of the wrong length or alphabet is no digest; hmac.Equal sees to the length.
		if got, err := h.encoding.decode(value); err == nil && hmac.Equal(got, want) {
			if h.stamp != nil {
				return h.stamp.near(c.sent)
			}
			return nil
		}
	}
	return engine.Errorf(engine.Unauthorized, "The signature in %s does not fit. The delivery was changed on its way, or its sender uses another secret than this connection.", h.header)
}

// values goes through what the header holds. Proxies join a header that came twice with a comma, which
// neither encoding has in it.
func (h *hmacBody) values(headers http.Header) iter.Seq[string] {
	return func(yield func(string) bool) {
		tried := 0
		for _, line := range headers[h.header] {
			for value := range strings.SplitSeq(line, h.separator) {
				if tried++; tried > maxCandidates || !yield(strings.Trim(value, " \t,")) {
					return
				}
			}
		}
	}
}

func (h *hmacBody) sign(headers http.Header, body []byte) {
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
	c.sent, c.id = sent, id
	c.mac.Reset()
	c.add(h.before)
	c.mac.Write(body)
	c.add(h.after)
	value := h.prefix + h.encoding.encode(c.mac.Sum(nil))
	if h.stamp != nil && h.stamp.header == "" {
		value = h.stamp.part + sent + h.separator + value
	}
	headers.Set(h.header, value)
}
