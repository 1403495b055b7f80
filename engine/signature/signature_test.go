package signature_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
)

// TestVectors checks what senders publish, or what follows from their documentation.
func TestVectors(t *testing.T) {
	t.Parallel()
	var vectors []struct {
		Name    string               `json:"name"`
		Spec    engine.SignatureSpec `json:"spec"`
		Headers map[string]string    `json:"headers"`
		Body    string               `json:"body"`
		SentTo  []string             `json:"sent_to"` // where the address counts
		Now     int64                `json:"now"`     // where the time of sending counts
		Valid   bool                 `json:"valid"`
	}
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Greater(t, len(vectors), 65)
	for _, vector := range vectors {
		v, err := signature.NewWithClock(vector.Spec, func() time.Time { return time.Unix(vector.Now, 0) })
		require.NoError(t, err, vector.Name)
		headers := http.Header{}
		for name, value := range vector.Headers {
			headers.Set(name, value)
		}
		err = v.Verify(headers, []byte(vector.Body), vector.SentTo...)
		_, streamed := pieces(v.Begin(headers, vector.SentTo...), vector.Body)
		require.Equal(t, err, streamed, vector.Name)
		if vector.Valid {
			require.NoError(t, err, vector.Name)
		} else {
			require.Equal(t, engine.Unauthorized, engine.ErrorCode(err), vector.Name)
		}
	}
}

// pieces writes a body byte by byte.
func pieces(c signature.Check, body string) (once string, err error) {
	for i := range len(body) {
		_, _ = c.Write([]byte{body[i]})
	}
	return c.Done()
}

// stamped are the ways to sign the time of sending.
func stamped() map[string]engine.SignatureSpec {
	return map[string]engine.SignatureSpec{
		"in the header": {Scheme: "hmac", Header: "X-Signature", Secret: "hush", Algorithm: "sha256", Encoding: "hex", Prefix: "v1=", Signed: "{timestamp}.{body}", Timestamp: "t="},
		"in another":    {Scheme: "hmac", Header: "X-Signature", Secret: "hush", Algorithm: "sha256", Encoding: "hex", Prefix: "v0=", Signed: "v0:{timestamp}:{body}:", Timestamp: "X-Time"},
		"with an id": {Scheme: "hmac", Header: "X-Signature", Secret: "whsec_aHVzaA==", Key: "base64", Algorithm: "sha256", Encoding: "base64", Prefix: "v1,",
			Signed: "{id}.{timestamp}.{body}", Timestamp: "X-Time", ID: "X-Id", Separator: " "},
	}
}

func TestOldDeliveriesAreNotTakenAgain(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC)
	for name, spec := range stamped() {
		for _, c := range []struct {
			later     time.Duration
			tolerance int
			ok        bool
		}{
			{0, 0, true}, {300 * time.Second, 0, true}, {301 * time.Second, 0, false}, {-300 * time.Second, 0, true}, {-301 * time.Second, 0, false},
			{24 * time.Hour, 0, false}, {20 * time.Second, 10, false}, {time.Hour, 7200, true},
		} {
			now := sent
			spec.Tolerance = c.tolerance
			v, err := signature.NewWithClock(spec, func() time.Time { return now })
			require.NoError(t, err)
			headers := http.Header{}
			signature.SignWith(v, headers, []byte("body"))
			now = sent.Add(c.later)
			err = v.Verify(headers, []byte("body"))
			require.Equal(t, c.ok, err == nil, "%s %v: %v", name, c, err)
			if !c.ok {
				require.ErrorContains(t, err, "set this computer's clock")
			}
		}
	}
}

func TestWhatIsSignedBesidesTheBody(t *testing.T) {
	t.Parallel()
	for name, spec := range stamped() {
		v, err := signature.New(spec)
		require.NoError(t, err)
		headers := http.Header{}
		require.NoError(t, signature.Sign(spec, headers, []byte("body")))
		first, err := pieces(v.Begin(headers), "body")
		require.NoError(t, err)
		require.NotEmpty(t, first)
		again := headers.Clone()
		again.Set("X-Signature", again.Get("X-Signature")+cmp.Or(spec.Separator, ",")+"v9=00")
		copied, err := pieces(v.Begin(again), "body")
		require.NoError(t, err)
		require.Equal(t, first, copied, "a copy is one, however it is dressed up")
		require.NoError(t, signature.Sign(spec, headers, []byte("other")))
		other, err := pieces(v.Begin(headers), "other")
		require.NoError(t, err)
		require.NotEqual(t, first, other)

		for _, header := range []string{"X-Time", "X-Id"} {
			if headers.Get(header) == "" {
				continue
			}
			for _, value := range []string{"1", ""} {
				changed := headers.Clone()
				changed.Set(header, value)
				require.Error(t, v.Verify(changed, []byte("other")), "%s: %s", name, header)
			}
		}
		require.Error(t, v.Verify(http.Header{"X-Signature": {"t=,v1=00"}}, nil))
		require.Error(t, v.Verify(http.Header{"X-Signature": {"v1=00"}}, nil))
	}
}

func hmacSpec(algorithm, encoding, prefix string) engine.SignatureSpec {
	return engine.SignatureSpec{Scheme: "hmac", Header: "X-Signature", Secret: "hush", Algorithm: algorithm, Encoding: encoding, Prefix: prefix}
}

func TestWhatIsSignedVerifies(t *testing.T) {
	t.Parallel()
	specs := []engine.SignatureSpec{
		{Scheme: "header", Header: "X-Secret", Secret: "a secret, with a comma"},
		{Scheme: "header", Header: "Authorization", Prefix: "Bearer ", Secret: "hush"},
		{Scheme: "basic", Username: "ana", Password: "pa:ss"},
		{Scheme: "basic", Password: "only"},
	}
	for _, algorithm := range []string{"sha1", "sha256", "sha512"} {
		for _, encoding := range []string{"hex", "base64"} {
			for _, prefix := range []string{"", algorithm + "=", "v1="} {
				specs = append(specs, hmacSpec(algorithm, encoding, prefix))
			}
		}
	}
	for _, spec := range specs {
		v, err := signature.New(spec)
		require.NoError(t, err)
		headers := http.Header{}
		require.NoError(t, signature.Sign(spec, headers, []byte("body")))
		require.NoError(t, v.Verify(headers, []byte("body")), "%+v", spec)

		other := spec
		other.Secret, other.Password = other.Secret+"x", other.Password+"x"
		v, err = signature.New(other)
		require.NoError(t, err)
		require.Equal(t, engine.Unauthorized, engine.ErrorCode(v.Verify(headers, []byte("body"))), "%+v", spec)
		require.Equal(t, engine.Unauthorized, engine.ErrorCode(v.Verify(http.Header{}, []byte("body"))), "%+v", spec)
		if spec.Scheme == "hmac" {
			v, err = signature.New(spec)
			require.NoError(t, err)
			require.Error(t, v.Verify(headers, []byte("Body")), "%+v", spec)
		}
	}
}

func TestSeveralValues(t *testing.T) {
	t.Parallel()
	spec := hmacSpec("sha256", "hex", "sha256=")
	v, err := signature.New(spec)
	require.NoError(t, err)
	signed := http.Header{}
	require.NoError(t, signature.Sign(spec, signed, []byte("body")))
	good := signed.Get("X-Signature")
	bad := "sha256=" + strings.Repeat("00", 32)
	tests := []struct {
		name   string
		values []string
		ok     bool
	}{
		{"second line", []string{bad, good}, true},
		{"joined by a proxy", []string{bad + ", " + good}, true},
		{"upper case hex", []string{"sha256=" + strings.ToUpper(strings.TrimPrefix(good, "sha256="))}, true},
		{"surrounding space", []string{" " + good + " "}, true},
		{"without its prefix", []string{strings.TrimPrefix(good, "sha256=")}, false},
		{"with another prefix", []string{"sha512=" + strings.TrimPrefix(good, "sha256=")}, false},
		{"cut short", []string{good[:len(good)-2]}, false},
		{"empty", []string{""}, false},
		{"only the prefix", []string{"sha256="}, false},
		{"longer", []string{good + "00"}, false},
		{"too many before it", []string{strings.Repeat(bad+",", 100) + good}, false},
	}
	for _, test := range tests {
		err := v.Verify(http.Header{"X-Signature": test.values}, []byte("body"))
		require.Equal(t, test.ok, err == nil, test.name)
	}

	v, err = signature.New(engine.SignatureSpec{Scheme: "header", Header: "X-Secret", Secret: "new"})
	require.NoError(t, err)
	require.NoError(t, v.Verify(http.Header{"X-Secret": {"old", "new"}}, nil))
	require.Error(t, v.Verify(http.Header{"X-Secret": {"old", "ne"}}, nil))
}

func TestNoDoorIsLeftOpen(t *testing.T) {
	t.Parallel()
	without := func(change func(*engine.SignatureSpec)) engine.SignatureSpec {
		spec := hmacSpec("sha256", "hex", "")
		change(&spec)
		return spec
	}
	for _, spec := range []engine.SignatureSpec{
		{},
		{Scheme: "HMAC"},
		without(func(s *engine.SignatureSpec) { s.Secret = "" }),
		without(func(s *engine.SignatureSpec) { s.Header = "" }),
		without(func(s *engine.SignatureSpec) { s.Algorithm = "md5" }),
		without(func(s *engine.SignatureSpec) { s.Encoding = "base32" }),
		without(func(s *engine.SignatureSpec) { s.Key = "base32" }),
		without(func(s *engine.SignatureSpec) { s.Key = "base64"; s.Secret = "whsec_" }),
		without(func(s *engine.SignatureSpec) { s.Key = "base64"; s.Secret = "whsec_???" }),
		without(func(s *engine.SignatureSpec) { s.Signed = "{timestamp}" }),
		without(func(s *engine.SignatureSpec) { s.Signed = "{body}{body}" }),
		without(func(s *engine.SignatureSpec) { s.Signed = "{timestamp}.{body}" }),
		without(func(s *engine.SignatureSpec) { s.Timestamp = "t=" }),
		without(func(s *engine.SignatureSpec) { s.Signed = "{id}.{body}" }),
		without(func(s *engine.SignatureSpec) { s.ID = "X-Id" }),
		{Scheme: "header", Header: "X-Secret"},
		{Scheme: "header", Secret: "hush"},
		{Scheme: "basic", Username: "ana"},
	} {
		_, err := signature.New(spec)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%+v", spec)
		require.Equal(t, engine.Invalid, engine.ErrorCode(signature.Sign(spec, http.Header{}, nil)), "%+v", spec)
	}
	v, err := signature.New(engine.SignatureSpec{Scheme: "none"})
	require.NoError(t, err)
	require.NoError(t, v.Verify(http.Header{}, nil))
}

func TestErrorsKeepTheSecret(t *testing.T) {
	t.Parallel()
	for _, spec := range []engine.SignatureSpec{
		{Scheme: "header", Header: "X-Secret", Secret: "hush-hush"},
		{Scheme: "basic", Username: "ana", Password: "hush-hush"},
		{Scheme: "hmac", Header: "X-Secret", Secret: "hush-hush", Algorithm: "sha1", Encoding: "hex"},
	} {
		v, err := signature.New(spec)
		require.NoError(t, err)
		err = v.Verify(http.Header{"X-Secret": {"wrong"}, "Authorization": {"Basic d3Jvbmc6d3Jvbmc="}}, nil)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hush")
		require.NotContains(t, err.Error(), "wrong")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("sha256=00", []byte("{}"), "hush")
	f.Add("", []byte(nil), "k")
	f.Add(",,,", []byte("\x00\xff"), "\xff")
	f.Fuzz(func(t *testing.T, value string, body []byte, secret string) {
		for _, spec := range []engine.SignatureSpec{
			hmacSpec("sha256", "hex", "sha256="), hmacSpec("sha1", "base64", ""), stamped()["in the header"],
			{Scheme: "header", Header: "X-Signature"}, {Scheme: "basic"},
		} {
			spec.Secret, spec.Password = secret, secret
			v, err := signature.New(spec)
			if err != nil {
				require.Empty(t, secret)
				continue
			}
			// Anything may arrive; only the right secret opens.
			err = v.Verify(http.Header{"X-Signature": {value}, "Authorization": {value}}, body)
			_, streamed := pieces(v.Begin(http.Header{"X-Signature": {value}, "Authorization": {value}}), string(body))
			require.Equal(t, err, streamed)
			if spec.Scheme == "header" {
				require.Equal(t, value == secret, err == nil)
			}
			signed := http.Header{}
			require.NoError(t, signature.Sign(spec, signed, body))
			require.NoError(t, v.Verify(signed, body))
			if spec.Scheme == "hmac" {
				require.Error(t, v.Verify(signed, append(body[:len(body):len(body)], 'x')))
			}
		}
	})
}

// BenchmarkVerify checks a Shopify delivery of 2.5 KB.
func BenchmarkVerify(b *testing.B) {
	spec := hmacSpec("sha256", "base64", "")
	body := []byte(strings.Repeat("x", 2500))
	headers := http.Header{}
	require.NoError(b, signature.Sign(spec, headers, body))
	v, err := signature.New(spec)
	require.NoError(b, err)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Verify(headers, body); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPresets: what a preset says of itself is a spec that works.
func TestPresets(t *testing.T) {
	t.Parallel()
	const address = "https://hooks.example.com/hooks/abc"
	for _, scheme := range signature.Schemes()[5:] {
		spec := engine.SignatureSpec{Scheme: scheme, Header: "X-Signature", Secret: "whsec_aHVzaA=="}
		if signature.Complete(spec).Scheme == signature.SchemePublicKey {
			continue // see TestPublicKeys
		}
		v, err := signature.New(spec)
		require.NoError(t, err, scheme)
		headers := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		require.NoError(t, signature.Sign(spec, headers, []byte("a=b"), address))
		once, err := pieces(v.Begin(headers, "https://other.example.com/hooks/abc", address), "a=b")
		require.NoError(t, err, scheme)
		require.Equal(t, signature.Complete(spec).Timestamp != "", once != "", "%s: a copy is known where the time is signed", scheme)
		require.Equal(t, signature.CoversAddress(spec), v.Verify(headers, []byte("a=b"), "https://other.example.com/hooks/abc") != nil, scheme)
		require.Error(t, v.Verify(headers, []byte("a=c"), address), scheme)
		spec.Secret = ""
		_, err = signature.New(spec)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), scheme)
	}
	plain := hmacSpec("sha256", "hex", "")
	require.Equal(t, plain, signature.Complete(plain))
}
