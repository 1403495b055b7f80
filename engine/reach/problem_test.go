package reach_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestWhyNobodyAnswered(t *testing.T) {
	dial := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
	}
	for _, test := range []struct {
		name string
		err  error
		says string
	}{
		{"offline", dial(syscall.ENETUNREACH), "This computer is offline"},
		{"offline, seen by the name server", &net.DNSError{Err: "dial udp 192.0.2.1:53: connect: network is unreachable", Name: "hooks.example.com"}, "This computer is offline"},
		{"offline on Windows", dial(10051), "This computer is offline"},
		{"a proxy that is away", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(syscall.ECONNREFUSED)}, "The proxy does not let Bellhop out"},
		{"another kind of proxy", fmt.Errorf("socks connect tcp 127.0.0.1:1->x:443: %w", dial(syscall.ECONNREFUSED)), "The proxy does not let Bellhop out"},
		{"a name that is none", &net.DNSError{Err: "no such host", Name: "hooks.example.com", IsNotFound: true}, "The name hooks.example.com is not known on the internet"},
		{"a name server that is away", &net.DNSError{Err: "server misbehaving", Name: "hooks.example.com", IsTemporary: true}, "cannot be looked up now"},
		{"nobody listens", dial(syscall.ECONNREFUSED), "Nothing answers at hooks.example.com. Check what passes deliveries on to http://127.0.0.1:8420: a router, a firewall or another program. If a router does, it may only keep Bellhop from calling itself"},
		{"hung up", io.EOF, "hooks.example.com took the call and hung up"},
		{"too slow", context.DeadlineExceeded, "did not answer within 10 seconds"},
		{"of another name", &tls.CertificateVerificationError{Err: x509.HostnameError{Host: "hooks.example.com", Certificate: &x509.Certificate{}}}, "does not fit"},
		{"of nobody", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "from an authority that everybody knows"},
		{"expired", &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "has expired"},
		{"no encryption", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "answers without encryption"},
		{"no certificate", &net.OpError{Op: "remote error", Err: tls.AlertError(112)}, "has no certificate for this name"},
		{"anything else", fmt.Errorf("odd"), "could not be reached. Check what passes deliveries on to http://127.0.0.1:8420"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, problem(t, engine.WayAddress, fails(test.err)), test.says)
		})
	}
}

// TestWhatIsWrongBeforeNgrok: there is nothing of one's own that passes anything on, so it is not sent there.
func TestWhatIsWrongBeforeNgrok(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		says string
		fix  engine.LinkFix
	}{
		{"no domain's record", &net.DNSError{Err: "no such host", Name: "hooks.example.com", IsNotFound: true}, "point it to ngrok", engine.FixDomain},
		{"nobody listens", syscall.ECONNREFUSED, "ngrok may have an outage", engine.FixMaker},
		{"too slow", context.DeadlineExceeded, "ngrok may have an outage", engine.FixMaker},
		{"a firewall that opens what passes", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "opens encrypted connections", engine.FixNetwork},
		{"the sign-in page of a hotel", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "sign-in page", engine.FixNetwork},
		{"a clock that is wrong", &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "date and time", ""},
		{"a keyring that is locked", engine.Errorf(engine.Unavailable, "The password for the proxy has not been read yet. Unlock the keyring."), "Unlock the keyring", ""},
		{"a proxy", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: io.EOF}, "The proxy", engine.FixProxy},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := reachWith(t, engine.WayNgrok, fails(test.err))
			require.Contains(t, r.Problem, test.says)
			require.NotContains(t, r.Problem, "8420")
			require.Equal(t, test.fix, r.Fix)
		})
	}
}

// TestEachProblemOfACallHasAFix, or there is nothing to do but wait.
func TestEachProblemOfACallHasAFix(t *testing.T) {
	for code, fix := range map[string]engine.LinkFix{
		"ERR_NGROK_3200": "", "ERR_NGROK_6024": engine.FixAccount, "ERR_NGROK_8012": engine.FixSessions, "ERR_NGROK_727": engine.FixPlan,
		"ERR_NGROK_734": engine.FixPlan, "ERR_NGROK_9999": engine.FixAccount,
	} {
		r := reachWith(t, engine.WayNgrok, page(404, "Ngrok-Error-Code: "+code, ""))
		require.Equal(t, fix, r.Fix, code)
		require.Equal(t, code, r.Code)
	}
	for status, fix := range map[int]engine.LinkFix{403: engine.FixAccount, 302: engine.FixAccount, 404: engine.FixTaken} {
		require.Equal(t, fix, reachWith(t, engine.WayNgrok, page(status, "", "")).Fix)
	}
	for _, status := range []int{200, 302, 401, 404, 502} {
		require.Equal(t, engine.FixAddress, reachWith(t, engine.WayAddress, page(status, "", "")).Fix)
	}
	r := reachWith(t, engine.WayAddress, page(404, "Ngrok-Error-Code: ERR_NGROK_3200", ""))
	require.Equal(t, engine.FixAddress, r.Fix)
}

func TestWhyAnotherAnswered(t *testing.T) {
	for _, test := range []struct {
		name         string
		way          engine.Way
		status       int
		header, body string
		says         string
	}{
		{"another program", engine.WayAddress, 200, "", "It works!", "Another program answers at hooks.example.com"},
		{"one that echoes", engine.WayAddress, 200, "", "/.bellhop/", "Another program answers"},
		{"another Bellhop", engine.WayAddress, 404, "", `{"status":"refused","message":"There is nothing here."}`, "not this Bellhop"},
		{"a proxy without us", engine.WayAddress, 502, "", "Bad Gateway", "does not reach Bellhop on this computer (status 502). Check that it passes on to http://127.0.0.1:8420"},
		{"Cloudflare without us", engine.WayAddress, 530, "Server: cloudflare", "error code: 1033", "(status 530)"},
		{"a sign-in", engine.WayAddress, 302, "Location: https://login.example.net/in", "", "sends visitors on to login.example.net"},
		{"a circle", engine.WayAddress, 302, "Location: https://hooks.example.com/", "", "from one address to the next"},
		{"a password", engine.WayAddress, 401, "", "", "lets nobody in without signing in"},
		{"ngrok, nobody connected", engine.WayNgrok, 404, "Ngrok-Error-Code: ERR_NGROK_3200", "", "is not connected"},
		{"ngrok, said on the page", engine.WayNgrok, 404, "", "<p>The endpoint is offline. ERR_NGROK_3200</p>", "is not connected"},
		{"ngrok as an own address", engine.WayAddress, 404, "Ngrok-Error-Code: ERR_NGROK_3200", "", "nobody is connected to ngrok there"},
		{"ngrok, the warning", engine.WayNgrok, 200, "", "<html>ERR_NGROK_6024</html>", "warning page"},
		{"ngrok, another program", engine.WayNgrok, 502, "Ngrok-Error-Code: ERR_NGROK_8012", "", "another program"},
		{"ngrok, used up", engine.WayNgrok, 403, "Ngrok-Error-Code: err_ngrok_727", "", "used up"},
		{"ngrok, too many", engine.WayNgrok, 429, "Ngrok-Error-Code: ERR_NGROK_734", "", "turns some of it away"},
		{"ngrok, unknown", engine.WayNgrok, 500, "Ngrok-Error-Code: ERR_NGROK_9999", "", "https://ngrok.com/docs/errors/err_ngrok_9999"},
		{"a page that only talks of ngrok", engine.WayAddress, 200, "", "about ERR_NGROK_3200", "Another program"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, problem(t, test.way, page(test.status, test.header, test.body)), test.says)
		})
	}
}

// TestACallFollowsNobodyElsewhere: not to another host, and to the same one only a few times.
func TestACallFollowsNobodyElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var asked []string
		b.internet = func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.Scheme+"://"+r.URL.Host)
			if r.URL.Scheme == "http" {
				return page(301, "Location: https://"+r.URL.Host+r.URL.Path, "")(r)
			}
			return b.arrive(r), nil
		}
		b.run()
		b.choose(engine.Settings{Way: engine.WayAddress, Address: "http://hooks.example.com"})
		require.True(t, b.now().Reachable(), "to https it may lead: %s", b.now().Problem)
		require.Equal(t, []string{"http://hooks.example.com", own}, asked)
		b.end()
	})
}

// problem is what is said when the internet answers so.
func problem(t *testing.T, way engine.Way, internet func(*http.Request) (*http.Response, error)) string {
	t.Helper()
	return reachWith(t, way, internet).Problem
}

// reachWith is how it stands when the internet answers so.
func reachWith(t *testing.T, way engine.Way, internet func(*http.Request) (*http.Response, error)) (r engine.Reach) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token, b.internet = "tok", internet
		b.run()
		b.choose(engine.Settings{Way: way, Address: own})
		if way == engine.WayNgrok {
			b.link(up(own))
		}
		r = b.now()
		require.False(t, r.Reachable())
		b.end()
	})
	return r
}
