package signature

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // An HMAC with SHA-1 still holds, and some senders have no other.
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"
	"sync"

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

// hmacBody is a keyed digest of the raw body, as Shopify, GitHub, WooCommerce and Typeform send it.
type hmacBody struct {
	header, prefix string
	encoding       encoding
	// macs holds hashes already keyed: keying costs as much as hashing a small delivery.
	macs sync.Pool
}

var _ Verifier = (*hmacBody)(nil)

func newHMAC(spec engine.SignatureSpec) (Verifier, error) {
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
	if spec.Secret == "" {
		return nil, noSecret()
	}
	key := []byte(spec.Secret)
	return &hmacBody{
		header:   spec.Header,
		prefix:   spec.Prefix,
		encoding: encoding,
		macs:     sync.Pool{New: func() any { return hmac.New(algorithm, key) }},
	}, nil
}

func (h *hmacBody) Verify(headers http.Header, body []byte) error {
	values := headers.Values(h.header)
	if len(values) == 0 {
		return missing(h.header)
	}
	var buffer [sha512.Size]byte
	want := h.digest(buffer[:0], body)
	tried := 0
	for _, line := range values {
		// Proxies join a header that came twice with a comma, which neither encoding has in it.
		for value := range strings.SplitSeq(line, ",") {
			if tried++; tried > maxCandidates {
				return h.mismatch()
			}
			value, ok := strings.CutPrefix(strings.TrimSpace(value), h.prefix)
			if !ok {
				continue
			}
			// A value of the wrong length or alphabet is no digest; hmac.Equal sees to the length.
			if got, err := h.encoding.decode(value); err == nil && hmac.Equal(got, want) {
				return nil
			}
		}
	}
	return h.mismatch()
}

func (h *hmacBody) sign(headers http.Header, body []byte) {
	headers.Set(h.header, h.prefix+h.encoding.encode(h.digest(nil, body)))
}

func (h *hmacBody) digest(into, body []byte) []byte {
	mac := h.macs.Get().(hash.Hash)
	defer h.macs.Put(mac)
	mac.Reset()
	mac.Write(body)
	return mac.Sum(into)
}

func (h *hmacBody) mismatch() error {
	return engine.Errorf(engine.Unauthorized, "The signature in %s does not fit. The delivery was changed on its way, or its sender uses another secret than this connection.", h.header)
}
