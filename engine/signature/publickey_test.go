package signature_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
)

// signer makes signatures, as only the sender can.
type signer struct {
	key  crypto.Signer
	hash crypto.Hash // 0 for Ed25519, which takes the message itself
}

func (s signer) sign(t *testing.T, message string) []byte {
	digest := []byte(message)
	if s.hash != 0 {
		sum := sha256.Sum256(digest)
		digest = sum[:]
	}
	signature, err := s.key.Sign(rand.Reader, digest, s.hash)
	require.NoError(t, err)
	return signature
}

// shown is the public key as senders show it.
func (s signer) shown(t *testing.T) []byte {
	der, err := x509.MarshalPKIXPublicKey(s.key.Public())
	require.NoError(t, err)
	return der
}

func signers(t *testing.T) map[string]signer {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	primes, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return map[string]signer{"Ed25519": {edwards, 0}, "ECDSA": {curve, crypto.SHA256}, "RSA": {primes, crypto.SHA256}}
}

func TestPublicKeys(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_764_000_000, 0)
	others := signers(t)
	for name, s := range signers(t) {
		der := s.shown(t)
		keys := []string{
			base64.StdEncoding.EncodeToString(der), " " + base64.StdEncoding.EncodeToString(der[:30]) + "\n" + base64.StdEncoding.EncodeToString(der[30:]) + "\n",
			string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		}
		if edwards, ok := s.key.Public().(ed25519.PublicKey); ok {
			keys = append(keys, hex.EncodeToString(edwards))
		}
		for _, key := range keys {
			spec := engine.SignatureSpec{Scheme: "public_key", PublicKey: key, Header: "X-Signature", Encoding: "base64", Signed: "{timestamp}{body}", Timestamp: "X-Time"}
			v, err := signature.NewWithClock(spec, func() time.Time { return now })
			require.NoError(t, err, "%s: %s", name, key)
			headers := http.Header{}
			headers.Set("X-Time", "1764000000")
			headers.Set("X-Signature", base64.StdEncoding.EncodeToString(s.sign(t, "1764000000body")))
			require.NoError(t, v.Verify(headers, []byte("body")), name)
			once, err := pieces(v.Begin(headers), "body")
			require.NoError(t, err, name)
			require.NotEmpty(t, once, name)
			require.Equal(t, engine.Unauthorized, engine.ErrorCode(v.Verify(headers, []byte("Body"))), name)
			require.Equal(t, engine.Unauthorized, engine.ErrorCode(v.Verify(http.Header{}, []byte("body"))), name)
			later := headers.Clone()
			later.Set("X-Time", "1764000001")
			require.Error(t, v.Verify(later, []byte("body")), "%s: the time is signed", name)
			forged := headers.Clone()
			forged.Set("X-Signature", base64.StdEncoding.EncodeToString(others[name].sign(t, "1764000000body")))
			require.Error(t, v.Verify(forged, []byte("body")), name)
			for _, nonsense := range []string{"", "?", "AAAA", strings.Repeat("A", 1000)} {
				forged.Set("X-Signature", nonsense)
				require.Error(t, v.Verify(forged, []byte("body")), name)
			}
			now = now.Add(time.Hour)
			require.ErrorContains(t, v.Verify(headers, []byte("body")), "set this computer's clock", name)
			now = now.Add(-time.Hour)
			require.Equal(t, engine.Invalid, engine.ErrorCode(signature.Sign(spec, http.Header{}, nil)), "only the sender can")
		}
	}
}

func TestHowOldDeliveriesMayBe(t *testing.T) {
	t.Parallel()
	all := signers(t)
	for _, c := range []struct {
		scheme string
		signer signer
		later  time.Duration
		ok     bool
	}{
		{"discord", all["Ed25519"], 14 * time.Minute, true}, // it tries for ten minutes
		{"discord", all["Ed25519"], 16 * time.Minute, false},
		{"sendgrid", all["ECDSA"], 24 * time.Hour, true},
	} {
		now := time.Unix(1_764_000_000, 0).Add(c.later)
		spec := signature.Complete(engine.SignatureSpec{Scheme: c.scheme, PublicKey: base64.StdEncoding.EncodeToString(c.signer.shown(t))})
		v, err := signature.NewWithClock(spec, func() time.Time { return now })
		require.NoError(t, err)
		headers := http.Header{}
		headers.Set(spec.Timestamp, "1764000000")
		got := c.signer.sign(t, "1764000000{}")
		headers.Set(spec.Header, map[bool]string{true: hex.EncodeToString(got), false: base64.StdEncoding.EncodeToString(got)}[spec.Encoding == "hex"])
		require.Equal(t, c.ok, v.Verify(headers, []byte("{}")) == nil, "%s after %s", c.scheme, c.later)
	}
}

func TestALongMessageIsNotKeptForItsSignature(t *testing.T) {
	t.Parallel()
	all := signers(t)
	for name, ok := range map[string]bool{"Ed25519": false, "ECDSA": true} {
		spec := engine.SignatureSpec{Scheme: "public_key", PublicKey: base64.StdEncoding.EncodeToString(all[name].shown(t)), Header: "X-Signature", Encoding: "hex"}
		v, err := signature.New(spec)
		require.NoError(t, err)
		long := strings.Repeat("x", 1<<20+1)
		err = v.Verify(http.Header{"X-Signature": {hex.EncodeToString(all[name].sign(t, long))}}, []byte(long))
		require.Equal(t, ok, err == nil, "%s: %v", name, err)
	}
}

func TestWhatIsNoPublicKey(t *testing.T) {
	t.Parallel()
	good := "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
	fine := engine.SignatureSpec{Scheme: "public_key", PublicKey: good, Header: "X-Signature", Encoding: "hex"}
	_, err := signature.New(fine)
	require.NoError(t, err)
	for name, change := range map[string]func(*engine.SignatureSpec){
		"none":            func(s *engine.SignatureSpec) { s.PublicKey = " " },
		"cut":             func(s *engine.SignatureSpec) { s.PublicKey = good[:62] },
		"words":           func(s *engine.SignatureSpec) { s.PublicKey = "my key" },
		"something else":  func(s *engine.SignatureSpec) { s.PublicKey = "AAAA" },
		"a secret":        func(s *engine.SignatureSpec) { s.PublicKey, s.Secret = "", good },
		"no header":       func(s *engine.SignatureSpec) { s.Header = "" },
		"no encoding":     func(s *engine.SignatureSpec) { s.Encoding = "" },
		"the address too": func(s *engine.SignatureSpec) { s.Signed = "{url}{body}" },
		"a form":          func(s *engine.SignatureSpec) { s.Signed = "{form}" },
	} {
		spec := fine
		change(&spec)
		_, err := signature.New(spec)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), name)
	}
}
