package ngrok

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSecretsAreTakenOut(t *testing.T) {
	const odd = `p"ss w/rd&é`
	r := newRedactor(token, odd, "")
	cases := map[string]struct{ text, want string }{
		"ngrok's own words": {"invalid.\nYour authtoken: " + token + "\r\n\r\nERR_NGROK_107\r\n", "invalid.\nYour authtoken: [secret]\r\n\r\nERR_NGROK_107\r\n"},
		"several times":     {token + "," + token, "[secret],[secret]"},
		"in quotes":         {"a " + strconv.Quote(odd), `a "[secret]"`},
		"in an address":     {"socks5://me:" + url.PathEscape(odd) + "@proxy", "socks5://me:[secret]@proxy"},
		"in a query":        {"?p=" + url.QueryEscape(odd), "?p=[secret]"},
		"nothing":           {"all is well", "all is well"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, r.text(tc.text)) })
	}
	require.Equal(t, "as it is", newRedactor("", "").text("as it is"))
}

type valuer struct{ secret string }

func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("is", v.secret)) }

func TestWhatTheSDKLogsHasNoSecret(t *testing.T) {
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler {
			return slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		"json": func(b *bytes.Buffer) slog.Handler {
			return slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			log := slog.New(quiet{handler(&b), newRedactor(token)})
			log.Error("failed with "+token, "err", errors.New("quotes "+token), "number", 7, "took", time.Second)
			log.With("with", token).WithGroup("in").Info("x", slog.Group("group", "deep", slog.GroupValue(slog.String("deeper", token))))
			log.Warn("x", "valuer", valuer{token}, "bytes", []byte(token), "struct", struct{ A any }{&token0}, "list", []string{token}, token, 1)
			log.Warn("x", "struct", struct{ Secret string }{token}, "map", map[string]string{token: token})
			log.Debug("encoded request", "with", "everything")
			got := b.String()
			require.NotContains(t, got, token)
			require.NotContains(t, got, "encoded request")
			require.Equal(t, 4, strings.Count(got, "\n"))
			require.NotContains(t, got, "ERROR", "an outage is no fault of the program")
			require.Contains(t, got, "number")
			require.Contains(t, got, "failed with [secret]")
		})
	}
}

var token0 = token

func TestTheSDKIsNotAskedForDetailsThatNobodyReads(t *testing.T) {
	handler := quiet{slog.NewTextHandler(&bytes.Buffer{}, nil), newRedactor(token)}
	require.False(t, handler.Enabled(t.Context(), slog.LevelError), "they would be written as details")
}

func FuzzRedact(f *testing.F) {
	f.Add(token, "before ", " after")
	f.Add(`a"b\c`, "\x00", "é")
	f.Add("%41", "a", "b")
	f.Add("aa", "a", "a")
	f.Add("[secret]", "", "")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		r := newRedactor(secret)
		if secret == "" || strings.Contains(redacted, secret) {
			return // there is nothing to hide, or it stands in what is put in its place
		}
		for _, form := range []string{secret, fmt.Sprintf("%q", secret), url.QueryEscape(secret), url.PathEscape(secret)} {
			// What is left and what is put in must not be the secret again, unless they meet by chance.
			got := r.text(before + form + after)
			rest := strings.ReplaceAll(got, redacted, "\x00\x00")
			if strings.Contains(secret, "\x00") {
				return
			}
			require.NotContains(t, rest, secret)
		}
	})
}
