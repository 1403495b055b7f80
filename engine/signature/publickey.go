package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // only its size is taken
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"hash"
	"net/http"
	"strings"
	"time"

	"bellhop/engine"
)

// longestMessage is how many bytes can be signed with Ed25519, which must have them all at hand.
const longestMessage = 1 << 20

// publicKey is a signature that anybody can prove and only the sender can make. Which kind it is the key says:
// Ed25519, or ECDSA or RSA (PKCS #1 v1.5) with SHA-256.
type publicKey struct {
	frame
	key crypto.PublicKey
}

var _ Verifier = (*publicKey)(nil)

func newPublicKey(spec engine.SignatureSpec, now func() time.Time) (Verifier, error) {
	encoding, ok := encodings[spec.Encoding]
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "Bellhop knows no signature encoding called %q. It knows hex and base64.", spec.Encoding)
	}
	key, err := readPublicKey(spec.PublicKey)
	if err != nil {
		return nil, err
	}
	f, err := newFrame(spec, encoding, now)
	if err == nil && (f.address || f.form) {
		err = engine.Errorf(engine.Invalid, "What is signed for a public key is made of {body}, {timestamp} and {id}.")
	}
	if err != nil {
		return nil, err
	}
	return &publicKey{f, key}, nil
}

// readPublicKey reads a key as senders show it: 32 bytes in hex for Ed25519, else X.509's form in Base64,
// with PEM's lines around it or without.
func readPublicKey(text string) (crypto.PublicKey, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, engine.Errorf(engine.Invalid, "The public key that deliveries are checked with is empty. Fill it in, in the connection.")
	}
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == ed25519.PublicKeySize {
		return ed25519.PublicKey(raw), nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if block, _ := pem.Decode([]byte(text)); block != nil {
		der, err = block.Bytes, nil
	}
	if err == nil {
		switch key, _ := x509.ParsePKIXPublicKey(der); key.(type) {
		case ed25519.PublicKey, *ecdsa.PublicKey, *rsa.PublicKey:
			return key, nil
		}
	}
	return nil, engine.Errorf(engine.Invalid, "The public key cannot be read. Copy it again from the sender, whole: it is called public key or verification key there.")
}

func (k *publicKey) Verify(headers http.Header, body []byte, _ ...string) error {
	c := k.Begin(headers)
	_, _ = c.Write(body) // never fails
	_, err := c.Done()
	return err
}

func (k *publicKey) Begin(headers http.Header, _ ...string) Check {
	sent, id, err := k.read(headers)
	if err != nil {
		return known{err}
	}
	c := &keyCheck{publicKey: k, headers: headers, sent: sent, id: id, digest: sha256.New()}
	_, c.whole = k.key.(ed25519.PublicKey)
	_, _ = c.Write([]byte(fill(k.before, sent, id, ""))) // never fails
	return c
}

func (k *publicKey) sign(http.Header, []byte, ...string) error {
	return engine.Errorf(engine.Invalid, "Only the sender has the key that this way of signing needs.")
}

// keyCheck is one delivery.
type keyCheck struct {
	*publicKey
	headers  http.Header
	sent, id string
	digest   hash.Hash
	whole    bool // whether the message is kept, too
	message  bytes.Buffer
	size     int
}

var _ Check = (*keyCheck)(nil)

func (c *keyCheck) Write(p []byte) (int, error) {
	if c.size += len(p); c.whole && c.size <= longestMessage {
		c.message.Write(p)
	}
	return c.digest.Write(p)
}

func (c *keyCheck) Done() (once string, err error) {
	_, _ = c.Write([]byte(fill(c.after, c.sent, c.id, ""))) // never fails
	if c.whole && c.size > longestMessage {
		return "", engine.Errorf(engine.Unauthorized, "A delivery that is signed in this way can have up to 1 MB.")
	}
	digest := c.digest.Sum(nil)
	for got := range c.digests(c.headers) {
		if !c.proves(got, digest) {
			continue
		}
		if c.stamp == nil {
			return "", nil
		}
		return hex.EncodeToString(digest[:sha1.Size]), c.stamp.near(c.sent)
	}
	return "", engine.Errorf(engine.Unauthorized, "The signature in %s does not fit. The delivery was changed on its way, or the public key of this connection is another one than its sender's.", c.header)
}

func (c *keyCheck) proves(signature, digest []byte) bool {
	switch key := c.key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, c.message.Bytes(), signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) == nil
	}
	return false
}
