package signature_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

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
		Valid   bool                 `json:"valid"`
	}
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Greater(t, len(vectors), 20)
	for _, vector := range vectors {
		v, err := signature.New(vector.Spec)
		require.NoError(t, err, vector.Name)
		headers := http.Header{}
		for name, value := range vector.Headers {
			headers.Set(name, value)
		}
		err = v.Verify(headers, []byte(vector.Body))
		if vector.Valid {
			require.NoError(t, err, vector.Name)
		} else {
			require.Equal(t, engine.Unauthorized, engine.ErrorCode(err), vector.Name)
		}
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
			hmacSpec("sha256", "hex", "sha256="), hmacSpec("sha1", "base64", ""),
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
