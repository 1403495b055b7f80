package signature_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
)

const (
	shopAddress = "https://shop.example.com/hooks/abc"
	formType    = "application/x-www-form-urlencoded"
)

func TestTheAddressThatTheSenderWasTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, scheme, signed string
		sentTo               []string
		says                 string // "" if it is let in
	}{
		{"the same", "square", shopAddress, []string{shopAddress}, ""},
		{"one of several", "square", shopAddress, []string{"http://127.0.0.1:8420/hooks/abc", "https://old.example.com/hooks/abc", shopAddress}, ""},
		{"another host", "square", shopAddress, []string{"https://other.example.com/hooks/abc"}, "begins with https://other.example.com here"},
		{"another recipe's", "square", shopAddress, []string{"https://shop.example.com/hooks/abd"}, "begins with https://shop.example.com here"},
		{"another query", "square", shopAddress + "?shop=1", []string{shopAddress + "?shop=2"}, "does not fit"},
		{"none is known", "square", shopAddress, nil, "it is not known to which address"},
		{"with the usual port", "twilio", "https://shop.example.com:443/hooks/abc", []string{shopAddress}, ""},
		{"without it", "twilio", shopAddress, []string{"https://shop.example.com:443/hooks/abc"}, ""},
		{"with another port", "twilio", "https://shop.example.com:444/hooks/abc", []string{shopAddress}, "does not fit"},
		{"ports are no matter to others", "square", "https://shop.example.com:443/hooks/abc", []string{shopAddress}, "does not fit"},
		{"by an IPv6 address", "twilio", "http://[::1]/hooks/abc", []string{"http://[::1]:80/hooks/abc"}, ""},
		{"too many to try", "square", shopAddress, append(slicesOf(8), shopAddress), "does not fit"},
	} {
		spec := engine.SignatureSpec{Scheme: c.scheme, Secret: "hush"}
		v, err := signature.New(spec)
		require.NoError(t, err)
		headers := http.Header{"Content-Type": {formType}}
		require.NoError(t, signature.Sign(spec, headers, []byte("a=b"), c.signed))
		err = v.Verify(headers, []byte("a=b"), c.sentTo...)
		if c.says == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.Equal(t, engine.Unauthorized, engine.ErrorCode(err), c.name)
		require.ErrorContains(t, err, c.says, c.name)
		require.NotContains(t, err.Error(), "/hooks/", "whoever knows the whole address gets in elsewhere")
	}
}

func slicesOf(n int) []string {
	return strings.Fields(strings.Repeat("https://other.example.com/hooks/abc ", n))
}

func TestFormsThatAreSignedFieldByField(t *testing.T) {
	t.Parallel()
	spec := engine.SignatureSpec{Scheme: "twilio", Secret: "12345"}
	v, err := signature.New(spec)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(`{"a":1}`))
	covered := shopAddress + "?bodySHA256=" + hex.EncodeToString(sum[:])
	for _, c := range []struct {
		name, kind, body, as, address string // as is what was signed, body what arrives
		says                          string
	}{
		{"in another order", formType, "b=2&a=1", "a=1&b=2", shopAddress, ""},
		{"a value twice", formType, "a=1&a=1&a=2", "a=2&a=1", shopAddress, ""},
		{"written otherwise", formType + "; charset=UTF-8", "a=x%20y", "a=x+y", shopAddress, ""},
		{"a field more", formType, "a=1&b=2", "a=1", shopAddress, "does not fit"},
		{"no form that can be read", formType, "a=%", "a=1", shopAddress, "cannot be read"},
		{"too long", formType, "a=" + strings.Repeat("x", 1<<20), "a=1", shopAddress, "up to 1 MB"},
		{"empty, as of a GET", "", "", "", shopAddress + "?a=1", ""},
		{"something else, of which the address says the sum", "application/json", `{"a":1}`, `{"a":1}`, covered, ""},
		{"changed since", "application/json", `{"a":2}`, `{"a":1}`, covered, "does not cover"},
		{"not covered at all", "application/json", `{"a":1}`, `{"a":1}`, shopAddress, "does not cover"},
		{"as if it were no form", "text/plain", "a=1", "", shopAddress, "does not cover"},
	} {
		headers := http.Header{}
		if c.kind != "" {
			headers.Set("Content-Type", c.kind)
		}
		require.NoError(t, signature.Sign(spec, headers, []byte(c.as), c.address), c.name)
		err := v.Verify(headers, []byte(c.body), c.address)
		_, streamed := pieces(v.Begin(headers, c.address), c.body)
		require.Equal(t, err, streamed, c.name)
		if c.says == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.Equal(t, engine.Unauthorized, engine.ErrorCode(err), c.name)
		require.ErrorContains(t, err, c.says, c.name)
	}
}

// What tells copies apart is taken before another delivery may use the same check.
func TestManyAtTheSameTime(t *testing.T) {
	t.Parallel()
	spec := stamped()["in the header"]
	v, err := signature.New(spec)
	require.NoError(t, err)
	var all sync.Map
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			for j := range 200 {
				body := strings.Repeat("x", i*200+j)
				headers := http.Header{}
				if signature.Sign(spec, headers, []byte(body)) != nil {
					return
				}
				c := v.Begin(headers)
				_, _ = c.Write([]byte(body))
				once, err := c.Done()
				if before, there := all.LoadOrStore(once, body); err != nil || there {
					t.Errorf("%v: a delivery of %d is taken for the one of %d", err, len(body), len(before.(string)))
				}
			}
		})
	}
	work.Wait()
}
