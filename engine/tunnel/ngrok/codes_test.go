package ngrok

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestCodesAreFoundInAnyShape(t *testing.T) {
	for text, want := range map[string]string{
		"authentication failed: no.\r\n\r\nERR_NGROK_107\r\n":                      "ERR_NGROK_107",
		"stopped\n\nhttps://ngrok.com/docs/errors/err_ngrok_334":                   "ERR_NGROK_334",
		"ERR_NGROK_108; and then ERR_NGROK_334":                                    "ERR_NGROK_108",
		"failed to dial ngrok server with address \"connect.ngrok-agent.com:443\"": "",
		"ERR_NGROK_":          "",
		"ERR_NGROK_123456789": "",
		"MYERR_NGROK_1":       "",
		"":                    "",
	} {
		require.Equal(t, want, codeIn(text), text)
	}
}

func TestEveryCodeIsToldInWords(t *testing.T) {
	cases := map[string]struct {
		fix  engine.LinkFix
		then remedy
		says string
	}{
		"ERR_NGROK_105":  {engine.FixToken, stop, "authtoken"},
		"ERR_NGROK_106":  {engine.FixToken, stop, "authtoken"},
		"ERR_NGROK_107":  {engine.FixToken, stop, "authtoken"},
		"ERR_NGROK_4018": {engine.FixToken, stop, "authtoken"},
		"ERR_NGROK_108":  {engine.FixSessions, slowly, "another computer"},
		"ERR_NGROK_121":  {engine.FixUpdate, stop, "Update"},
		"ERR_NGROK_123":  {engine.FixAccount, stop, "e-mail"},
		"ERR_NGROK_116":  {engine.FixPlace, stop, "VPN"},
		"ERR_NGROK_9040": {engine.FixPlace, stop, "VPN"},
		"ERR_NGROK_313":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_314":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_319":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_320":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_324":  {engine.FixTaken, stop, "at the same time"},
		"ERR_NGROK_334":  {engine.FixTaken, anew, "in use"},
		"ERR_NGROK_702":  {engine.FixPlan, slowly, "Too many"},
		"ERR_NGROK_703":  {engine.FixPlan, slowly, "Too many"},
		"ERR_NGROK_714":  {engine.FixPlan, slowly, "Too many"},
		"ERR_NGROK_734":  {engine.FixPlan, slowly, "Too many"},
		"ERR_NGROK_725":  {engine.FixPlan, slowly, "used up"},
		"ERR_NGROK_726":  {engine.FixPlan, slowly, "used up"},
		"ERR_NGROK_727":  {engine.FixPlan, slowly, "used up"},
		"ERR_NGROK_735":  {engine.FixPlan, slowly, "used up"},
		"ERR_NGROK_300":  {engine.FixToken, stop, "authtoken"},
		"ERR_NGROK_102":  {engine.FixAccount, stop, "suspended"},
		"ERR_NGROK_103":  {engine.FixAccount, stop, "suspended"},
		"ERR_NGROK_336":  {engine.FixAccount, stop, "suspended"},
		"ERR_NGROK_337":  {engine.FixAccount, stop, "suspended"},
		"ERR_NGROK_338":  {engine.FixAccount, stop, "suspended"},
		"ERR_NGROK_348":  {engine.FixSessions, slowly, "another computer"},
		"ERR_NGROK_382":  {engine.FixAccount, stop, "e-mail"},
		"ERR_NGROK_350":  {engine.FixTaken, stop, "at the same time"},
		"ERR_NGROK_119":  {engine.FixUpdate, stop, "Update"},
		"ERR_NGROK_120":  {engine.FixUpdate, stop, "Update"},
		"ERR_NGROK_115":  {engine.FixPlace, stop, "VPN"},
		"ERR_NGROK_316":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_322":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_330":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_331":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_347":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_354":  {engine.FixAddress, stop, "comes with it"},
		"ERR_NGROK_110":  {"", anew, "anew"},
		"ERR_NGROK_335":  {"", anew, "anew"},
		"ERR_NGROK_349":  {"", slowly, "too often"},
		"ERR_NGROK_351":  {"", slowly, "too often"},
		"ERR_NGROK_9009": {engine.FixProxy, stop, "proxy"},
	}
	for code, want := range cases {
		got, known := refusals[code]
		require.True(t, known, code)
		require.Equal(t, want.fix, got.fix, code)
		require.Equal(t, want.then, got.then, code)
		require.Contains(t, got.problem, want.says, code)
	}
	require.Len(t, refusals, len(cases), "every code has its case")
	sentence := regexp.MustCompile(`^[A-Za-z].+\.$`)
	for code, r := range refusals {
		require.Regexp(t, sentence, r.problem, code)
		require.NotContains(t, r.problem, "ERR_", code)
	}
}

func TestUnknownCodesSayWhereToReadOn(t *testing.T) {
	require.Equal(t, refusal{
		problem: "ngrok refused: ERR_NGROK_9999. What that means is written at ngrok.com/docs/errors/err_ngrok_9999. Bellhop tries again now and then.",
		fix:     engine.FixAccount, then: rarely,
	}, refused("ERR_NGROK_9999"))
}

func TestTroubleIsToldInWords(t *testing.T) {
	cases := map[string]struct {
		err  error
		want string
		fix  engine.LinkFix
	}{
		"no internet":       {fmt.Errorf("failed to dial ngrok server: %w", &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}), silent, engine.FixNetwork},
		"no name":           {fmt.Errorf("failed to dial: %w", &net.DNSError{Err: "no such host", Name: "connect.ngrok-agent.com"}), noName, engine.FixNetwork},
		"a strange root":    {fmt.Errorf("auth: %w", x509.UnknownAuthorityError{}), intercepted, engine.FixNetwork},
		"… only as a text":  {errors.New("session closed: x509: certificate signed by unknown authority"), intercepted, engine.FixNetwork},
		"another name":      {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, intercepted, engine.FixNetwork},
		"a page of a hotel": {errors.New("tls: first record does not look like a TLS handshake"), intercepted, engine.FixNetwork},
		"a proxy":           {errors.New("socks connect tcp 127.0.0.1:1->x:443: connection refused"), proxied, engine.FixProxy},
		"cut":               {errors.New("EOF"), "", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			problem, fix := trouble(tc.err)
			require.Equal(t, tc.want, problem)
			require.Equal(t, tc.fix, fix)
		})
	}
}
