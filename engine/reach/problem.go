package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"bellhop/engine"
)

// who is whose call it was.
type who struct {
	way   engine.Way
	host  string
	local string // where deliveries arrive on this computer; "" if that is not known
}

// unreached says why nobody answered.
func (w who) unreached(err error) string {
	if isOffline(err) {
		return "This computer is offline, so nothing arrives from the internet. Deliveries come again when it is online."
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return fmt.Sprintf("The name %s is not known on the internet. Check that it is written right; a new name takes a while to become known everywhere.", w.host)
		}
		return fmt.Sprintf("The name %s cannot be looked up now. Check that this computer is online.", w.host)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
			return fmt.Sprintf("The certificate of %s has expired, so apps do not deliver there. Check the date and time of this computer; if they are right, renew the certificate.", w.host)
		}
		return fmt.Sprintf("The certificate of %s does not fit, so apps do not deliver there. It must be for this name, and from an authority that everybody knows.", w.host)
	}
	_, isTLS := errors.AsType[tls.RecordHeaderError](err)
	_, isAlert := errors.AsType[tls.AlertError](err)
	switch {
	case errors.Is(err, http.ErrSchemeMismatch), isTLS:
		return fmt.Sprintf("%s answers without encryption. Set up a certificate there: apps deliver to addresses with https:// only.", w.host)
	case isAlert:
		return fmt.Sprintf("%s has no certificate for this name, so apps do not deliver there. Set one up where the name leads to.", w.host)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, connRefusedOnWindows):
		return fmt.Sprintf("Nothing answers at %s. Check that the program or device that passes deliveries on%s is running.", w.host, w.to())
	case isTimeout(err):
		return fmt.Sprintf("%s did not answer within %d seconds.%s", w.host, int(callTime.Seconds()), w.look())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return fmt.Sprintf("%s took the call and hung up.%s", w.host, w.look())
	}
	return fmt.Sprintf("%s could not be reached.%s", w.host, w.look())
}

// look says where to look when it cannot be told what is wrong.
func (w who) look() string {
	if w.way == engine.WayNgrok {
		return " Bellhop calls again soon; if it stays so, look at https://status.ngrok.com."
	}
	return fmt.Sprintf(" Check what passes deliveries on%s: a router, a firewall or another program.", w.to())
}

// to is where deliveries are to be passed on to.
func (w who) to() string {
	if w.local == "" {
		return ""
	}
	return " to " + w.local
}

// ngrokCode is how ngrok names what is wrong, in a header (Ngrok-Error-Code) or on its page.
var ngrokCode = regexp.MustCompile(`(?i)err_ngrok_\d+`)

// answered says why something else answers than this Bellhop.
func (w who) answered(r *http.Response, body []byte) result {
	code := ngrokCode.FindString(r.Header.Get("Ngrok-Error-Code"))
	if code == "" && (w.way == engine.WayNgrok || strings.HasPrefix(strings.ToLower(r.Header.Get("Server")), "ngrok")) {
		code = ngrokCode.FindString(string(body))
	}
	if code != "" {
		return w.ngrokPage(strings.ToUpper(code))
	}
	cause := fmt.Errorf("answered %s", r.Status)
	say := func(format string, args ...any) result {
		return result{problem: fmt.Sprintf(format, args...), cause: cause}
	}
	switch s := r.StatusCode; {
	case s >= 300 && s < 400:
		if to, err := url.Parse(r.Header.Get("Location")); err == nil && to.Host != "" && !strings.EqualFold(to.Hostname(), w.host) {
			return say("%s sends visitors on to %s instead of passing them on%s. Apps do not follow: switch off the sign-in or redirect there.", w.host, to.Hostname(), w.to())
		}
		return say("%s sends visitors from one address to the next instead of passing them on%s.", w.host, w.to())
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusProxyAuthRequired:
		return say("%s lets nobody in without signing in. Apps cannot do that: let everybody reach this address. Bellhop itself checks who sends.", w.host)
	// Those of proxies: Cloudflare's own are 520 to 530.
	case s >= 502 && s <= 504, s >= 520 && s <= 530:
		return say("%s answers, but does not reach Bellhop on this computer (status %d). Check that it passes on%s.", w.host, s, w.to())
	}
	return say("Another program answers at %s, not this Bellhop. Check that the address is right, and that it passes everything on%s without changing the path.", w.host, w.to())
}

// ngrokPage says what a page of ngrok's own means. Source: https://ngrok.com/docs/errors
func (w who) ngrokPage(code string) result {
	r := result{cause: errors.New(code)}
	switch code {
	case "ERR_NGROK_3200": // nobody is connected at this address
		r.gone = true
		r.problem = fmt.Sprintf("ngrok says that this computer is not connected at %s. Bellhop connects anew.", w.host)
	case "ERR_NGROK_6024": // the warning for visitors with a browser
		r.problem = fmt.Sprintf("ngrok shows its warning page at %s instead of passing visitors on. Deliveries of apps may come through all the same; look in your ngrok dashboard.", w.host)
	case "ERR_NGROK_8012", "ERR_NGROK_3004": // who is connected there gives no answer, or a broken one
		r.problem = fmt.Sprintf("ngrok reaches another program at %s, and that does not answer. Perhaps ngrok was started there by hand, too: close that.", w.host)
	case "ERR_NGROK_725", "ERR_NGROK_726", "ERR_NGROK_727", "ERR_NGROK_735":
		r.problem = "What your ngrok plan allows in a month is used up, so deliveries do not arrive. It begins anew on the first of the month; a larger plan helps at once."
	case "ERR_NGROK_702", "ERR_NGROK_703", "ERR_NGROK_714", "ERR_NGROK_734":
		r.problem = "More came at once than your ngrok plan allows, so ngrok turns some of it away. Most apps send again later."
	default:
		r.problem = fmt.Sprintf("ngrok does not pass visitors of %s on (%s). https://ngrok.com/docs/errors/%s says why.", w.host, code, strings.ToLower(code))
	}
	return r
}

// isOffline says whether there is no way out of this computer at all.
func isOffline(err error) bool {
	errno, ok := errors.AsType[syscall.Errno](err)
	if ok && slices.Contains(unreached, errno) {
		return true
	}
	// On the way to a name server the cause is only a text.
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && strings.Contains(dns.Err, "network is unreachable")
}

// unreached are the numbers of having no network: the last three, and connRefusedOnWindows, are those of
// Windows (WSAENETDOWN, WSAENETUNREACH, WSAEHOSTUNREACH), which no other system uses.
var unreached = []syscall.Errno{syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTUNREACH, 10050, 10051, 10065}

const connRefusedOnWindows = syscall.Errno(10061)

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}
