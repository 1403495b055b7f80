package diagnosis

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsNotForOthersIsTakenOut(t *testing.T) {
	t.Parallel()
	secret := `p&ss "word"`
	r := NewRedactor([]string{secret, "short-1", "short-1-longer", "two\nlines of it", "abc"}, []string{"my-shop.example", "993"})
	for text, want := range map[string]string{
		"it is " + secret + ".":                                       "it is [secret].",
		"GET /?key=" + url.QueryEscape(secret):                        "GET /?key=[secret]",
		"error=" + strconv.Quote("no: "+secret):                       `error="no: [secret]"`,
		base64.StdEncoding.EncodeToString([]byte(secret)) + " header": "[secret] header",
		"short-1-longer short-1":                                      "[secret] [secret]",
		"only lines of it":                                            "only [secret]",
		"abc is a word":                                               "abc is a word",
		"at my-shop.example on 993":                                   "at [private] on 993",
		"from Ann <ann.o'hara+x@mail.example.com>":                    "from Ann <[e-mail]>",
		"mail=jürgen@müller.example":                                  "mail=[e-mail]",
		"GET https://api.example/x?email=a%40b.example&page=2 failed": "GET https://api.example/x?[private] failed",
		"proxy http://ann:pw@proxy.example:3128":                      "proxy http://[secret]@proxy.example:3128",
		"Authorization: Bearer abc123def":                             "Authorization: Bearer [secret]",
		`token="t0ken99"`:                                             `token="[secret]"`,
		"the token is wrong":                                          "the token is wrong",
		"the secret of the connection":                                "the secret of the connection",
		"call +351 912 345 678 now":                                   "call [phone] now",
		"from 203.0.113.7:55012":                                      "from [address]:55012",
		"from 2001:db8::1 at 17:33:25":                                "from [address] at 17:33:25",
		"at http://127.0.0.1:8420":                                    "at http://127.0.0.1:8420",
		"time=2026-11-21T17:33:25.123Z level=INFO":                    "time=2026-11-21T17:33:25.123Z level=INFO",
		"hook k3v9x2m4n5b6c7d8f9g0h1j2k3":                             "hook [token]",
		"made_at=2026-11-21T18:30:03.000Z":                            "made_at=2026-11-21T18:30:03.000Z",
		"backups/bellhop-20261121-173325.db":                          "backups/bellhop-20261121-173325.db",
		"a-very-long-word-without-any-digit":                          "a-very-long-word-without-any-digit",
	} {
		require.Equal(t, want, r.Text(text))
	}
}

func TestALineThatIsTooLongIsLeftOut(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := NewRedactor([]string{"hunter22"}, nil)
	require.NoError(t, r.Lines(&out, strings.NewReader("one hunter22\n"+strings.Repeat("x", 3*longestLine)+"hunter22\nlast hunter22")))
	require.Equal(t, "one [secret]\n[a line that is too long]\nlast [secret]", out.String())
}

// FuzzRedact: a secret that is known is never left, whatever stands around it.
func FuzzRedact(f *testing.F) {
	f.Add("hunter22", "token=", " and more")
	f.Add("p\"w\\d1", "https://a@b?x=", "@mail.example")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < shortestSecret || strings.Contains("[secret][private][e-mail][token][phone][address]", secret) {
			return
		}
		// Masks may make up what happens to be the secret, together with what stands around them.
		if strings.ContainsAny(secret, "[]@?") || strings.Contains(before+after, secret[:1]) {
			return
		}
		require.NotContains(t, NewRedactor([]string{secret}, nil).Text(before+secret+after), secret)
	})
}
