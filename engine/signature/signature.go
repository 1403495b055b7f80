// Package signature proves that a webhook delivery comes from who it says: HMACs over the raw body, with
// or without the time of sending and the address, signatures that a public key proves, a secret in a header,
// and HTTP basic authentication.
package signature

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"
	"strings"
	"time"

	"bellhop/engine"
)

// The schemes a SignatureSpec can name.
const (
	SchemeHMAC      = "hmac"
	SchemePublicKey = "public_key"
	SchemeHeader    = "header"
	SchemeBasic     = "basic"
	SchemeNone      = "none"
)

// maxCandidates bounds how many values of one header are tried, so that a sender cannot buy work
// with a header that lists thousands.
const maxCandidates = 8

// Verifier checks deliveries. It is safe for concurrent use.
type Verifier interface {
	// Verify returns nil if the delivery is signed as it should be, else an *engine.Error with the
	// code Unauthorized. body is what arrived, byte for byte. Where a header has several values,
	// one that fits is enough: senders send two while a secret is being changed. sentTo are whole
	// addresses that the sender may have been told; one that fits is enough, too. They count only where
	// CoversAddress says so.
	Verify(headers http.Header, body []byte, sentTo ...string) error
	// Begin is Verify for a body that comes in pieces.
	Begin(headers http.Header, sentTo ...string) Check
	// sign adds what Verify wants to see. The error is Invalid if it cannot be done without a key that only
	// the sender has.
	sign(headers http.Header, body []byte, sentTo ...string) error
}

// Check is a delivery that is being checked. Its body is written to it, which never fails.
type Check interface {
	io.Writer
	// Done is called once, after the body, and returns what Verify would. once is a text that two
	// deliveries have in common only if they are copies of each other; empty if the scheme does not tell.
	Done() (once string, err error)
}

// known is the check of a scheme that does not look at the body.
type known struct{ err error }

var _ Check = known{}

func (known) Write(p []byte) (int, error) { return len(p), nil }

func (k known) Done() (string, error) { return "", k.err }

// New makes the verifier of a spec whose pills are filled in for an account. A scheme that is not
// known, or a secret that is empty, is an *engine.Error with the code Invalid: whoever forgot a
// secret must not be left with an open door.
func New(spec engine.SignatureSpec) (Verifier, error) { return NewWithClock(spec, time.Now) }

// NewWithClock is New with a clock to compare the time of sending with.
func NewWithClock(spec engine.SignatureSpec, now func() time.Time) (Verifier, error) {
	switch spec = Complete(spec); spec.Scheme {
	case SchemeHMAC:
		return newHMAC(spec, now)
	case SchemePublicKey:
		return newPublicKey(spec, now)
	case SchemeHeader:
		if spec.Header == "" {
			return nil, engine.Errorf(engine.Invalid, "The name of the header that carries the secret is missing. Fill it in, in the connection.")
		}
		if spec.Secret == "" {
			return nil, noSecret()
		}
		return headerSecret{header: spec.Header, prefix: spec.Prefix, secret: sha256.Sum256([]byte(spec.Secret)), plain: spec.Secret}, nil
	case SchemeBasic:
		if spec.Password == "" {
			return nil, engine.Errorf(engine.Invalid, "The password that deliveries must carry is empty. Fill it in, in the connection.")
		}
		return basic{username: spec.Username, password: spec.Password}, nil
	case SchemeNone:
		return none{}, nil
	}
	return nil, engine.Errorf(engine.Invalid, "Bellhop knows no way called %q to check who sent a delivery. It knows %s.", spec.Scheme, strings.Join(Schemes(), ", "))
}

// CoversAddress says whether signatures of a spec are made of the address, too, to which a delivery is sent.
func CoversAddress(spec engine.SignatureSpec) bool {
	return strings.Contains(Complete(spec).Signed, "{url}")
}

// Sign adds to headers what a Verifier of the same spec accepts for body, which is sent to the first of sentTo.
// Errors are those of New, and Invalid if only the sender has the key to sign with.
func Sign(spec engine.SignatureSpec, headers http.Header, body []byte, sentTo ...string) error {
	v, err := New(spec)
	if err != nil {
		return err
	}
	return v.sign(headers, body, sentTo...)
}

func noSecret() error {
	return engine.Errorf(engine.Invalid, "The secret that deliveries are checked with is empty. Fill it in, in the connection.")
}

// headerSecret wants the secret itself in a header, such as Telegram's.
type headerSecret struct {
	header, prefix string
	secret         [sha256.Size]byte
	plain          string
}

var _ Verifier = headerSecret{}

func (s headerSecret) Verify(headers http.Header, _ []byte, _ ...string) error {
	values := headers.Values(s.header)
	if len(values) == 0 {
		return missing(s.header)
	}
	for _, value := range values[:min(len(values), maxCandidates)] {
		if value, ok := strings.CutPrefix(value, s.prefix); ok && same(value, s.secret) {
			return nil
		}
	}
	return engine.Errorf(engine.Unauthorized, "The header %s does not hold the secret of this connection. Give the sender the same secret.", s.header)
}

func (s headerSecret) Begin(headers http.Header, _ ...string) Check {
	return known{s.Verify(headers, nil)}
}

func (s headerSecret) sign(headers http.Header, _ []byte, _ ...string) error {
	headers.Set(s.header, s.prefix+s.plain)
	return nil
}

// basic is HTTP basic authentication.
type basic struct{ username, password string }

var _ Verifier = basic{}

func (b basic) Verify(headers http.Header, _ []byte, _ ...string) error {
	username, password, ok := (&http.Request{Header: headers}).BasicAuth()
	if !ok {
		return missing("Authorization")
	}
	// Both are compared always, so that the time taken does not tell which was wrong.
	user := same(username, sha256.Sum256([]byte(b.username)))
	pass := same(password, sha256.Sum256([]byte(b.password)))
	if !user || !pass {
		return engine.Errorf(engine.Unauthorized, "The user name or the password is not the one of this connection. Give the sender the same ones.")
	}
	return nil
}

func (b basic) Begin(headers http.Header, _ ...string) Check { return known{b.Verify(headers, nil)} }

func (b basic) sign(headers http.Header, _ []byte, _ ...string) error {
	r := http.Request{Header: headers}
	r.SetBasicAuth(b.username, b.password)
	return nil
}

// none accepts anyone who knows the address.
type none struct{}

var _ Verifier = none{}

func (none) Verify(http.Header, []byte, ...string) error { return nil }

func (none) Begin(http.Header, ...string) Check { return known{} }

func (none) sign(http.Header, []byte, ...string) error { return nil }

// same compares in a time that depends on neither the secret nor its length.
func same(value string, secret [sha256.Size]byte) bool {
	sum := sha256.Sum256([]byte(value))
	return subtle.ConstantTimeCompare(sum[:], secret[:]) == 1
}

func missing(header string) error {
	return engine.Errorf(engine.Unauthorized, "The delivery has no header %s, so nobody can tell who sent it. Set the secret at the sender too.", header)
}
