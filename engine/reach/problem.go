package reach

import (
	"cmp"
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

// fails is a failure with a sentence.
func fails(fix engine.LinkFix, format string, args ...any) failure {
	return failure{problem: fmt.Sprintf(format, args...), fix: fix}
}

// unreached says why nobody answered.
func (w who) unreached(err error) failure {
	if isOffline(err) {
		return fails(engine.FixNetwork, "This computer is offline, so nothing arrives from the internet. Deliveries come again when it is online.")
	}
	if own, ok := errors.AsType[*engine.Error](err); ok { // such as of a keyring that has the proxy's password
		return failure{problem: engine.ErrorMessage(own)}
	}
	if isProxy(err) {
		return fails(engine.FixProxy, "The proxy does not let Bellhop out to the internet, so it cannot see whether deliveries arrive. Choose another proxy in the settings, or none.")
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return w.unnamed(dns)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return w.uncertified(err)
	}
	_, isTLS := errors.AsType[tls.RecordHeaderError](err)
	_, isAlert := errors.AsType[tls.AlertError](err)
	switch {
	case w.way == engine.WayNgrok && (errors.Is(err, http.ErrSchemeMismatch) || isTLS || isAlert):
		return w.intercepted()
	case errors.Is(err, http.ErrSchemeMismatch), isTLS:
		return fails(engine.FixAddress, "%s answers without encryption. Set up a certificate there: apps deliver to addresses with https:// only.", w.host)
	case isAlert:
		return fails(engine.FixAddress, "%s has no certificate for this name, so apps do not deliver there. Set one up where the name leads to.", w.host)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, connRefusedOnWindows):
		return w.look("Nothing answers at %s.", w.host)
	case isTimeout(err):
		return w.look("%s did not answer within %d seconds.", w.host, int(callTime.Seconds()))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return w.look("%s took the call and hung up.", w.host)
	}
	return w.look("%s could not be reached.", w.host)
}

// unnamed says why a name cannot be looked up.
func (w who) unnamed(dns *net.DNSError) failure {
	switch {
	case !dns.IsNotFound:
		return fails(engine.FixNetwork, "The name %s cannot be looked up now. Check that this computer is online.", w.host)
	case w.way == engine.WayNgrok:
		return fails(engine.FixDomain, "The name %s is not known on the internet. If it is a domain of your own, who looks after it must point it to ngrok: "+
			"your ngrok account shows the target under Domains. A new name takes a while to become known everywhere.", w.host)
	}
	return fails(engine.FixAddress, "The name %s is not known on the internet. Check that it is written right; a new name takes a while to become known everywhere.", w.host)
}

// uncertified says what is wrong with a certificate.
func (w who) uncertified(err error) failure {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	switch expired := ok && invalid.Reason == x509.Expired; {
	case w.way == engine.WayNgrok && expired:
		return fails("", "The certificate of %s does not hold at the date that this computer believes in. Check its date and time. Deliveries may arrive all the same.", w.host)
	case w.way == engine.WayNgrok:
		return w.intercepted()
	case expired:
		return fails(engine.FixAddress, "The certificate of %s has expired, so apps do not deliver there. Check the date and time of this computer; if they are right, renew the certificate.", w.host)
	}
	return fails(engine.FixAddress, "The certificate of %s does not fit, so apps do not deliver there. It must be for this name, and from an authority that everybody knows.", w.host)
}

// intercepted says that ngrok's certificate, which is right, is not what comes here.
func (w who) intercepted() failure {
	return fails(engine.FixNetwork, "Something between this computer and %s opens encrypted connections: a firewall, a protection program, or the sign-in page of this network. "+
		"So Bellhop cannot see whether deliveries arrive.", w.host)
}

// look says what has happened, and where to look when it cannot be told what is wrong.
func (w who) look(format string, args ...any) failure {
	what := fmt.Sprintf(format, args...)
	if w.way == engine.WayNgrok {
		return failure{problem: what + " Bellhop calls again soon. If it stays so, ngrok may have an outage.", fix: engine.FixMaker}
	}
	return failure{problem: what + fmt.Sprintf(" Check what passes deliveries on to %s: a router, a firewall or another program.", w.to()) + echo, fix: engine.FixAddress}
}

// echo is what may be the matter where somebody else's router is in between.
const echo = " If a router does, it may only keep Bellhop from calling itself: have an app send something, and Bellhop sees that it arrives."

// to is where deliveries are to be passed on to.
func (w who) to() string { return cmp.Or(w.local, "this computer") }

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
	return result{failure: w.stranger(r), cause: fmt.Errorf("answered %s", r.Status)}
}

// stranger says what an answer means that is neither Bellhop's nor a page of ngrok's own.
func (w who) stranger(r *http.Response) failure {
	s := r.StatusCode
	if w.way == engine.WayNgrok {
		if s == http.StatusUnauthorized || s == http.StatusForbidden || s >= 300 && s < 400 {
			return fails(engine.FixAccount, "A rule in your ngrok account turns visitors of %s away or asks them to sign in. Apps cannot do that: remove the rule. Bellhop itself checks who sends.", w.host)
		}
		return fails(engine.FixTaken, "Another program answers at %s, not this Bellhop: perhaps Bellhop or ngrok on another computer. Your ngrok account shows who has the address.", w.host)
	}
	switch {
	case s >= 300 && s < 400:
		if to, err := url.Parse(r.Header.Get("Location")); err == nil && to.Host != "" && !strings.EqualFold(to.Hostname(), w.host) {
			return fails(engine.FixAddress, "%s sends visitors on to %s instead of passing them on to %s. Apps do not follow: switch off the sign-in or redirect there.", w.host, to.Hostname(), w.to())
		}
		return fails(engine.FixAddress, "%s sends visitors from one address to the next instead of passing them on to %s.", w.host, w.to())
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusProxyAuthRequired:
		return fails(engine.FixAddress, "%s lets nobody in without signing in. Apps cannot do that: let everybody reach this address. Bellhop itself checks who sends.", w.host)
	// Those of proxies: Cloudflare's own are 520 to 530.
	case s >= 502 && s <= 504, s >= 520 && s <= 530:
		return fails(engine.FixAddress, "%s answers, but does not reach Bellhop on this computer (status %d). Check that it passes on to %s.", w.host, s, w.to())
	}
	f := fails(engine.FixAddress, "Another program answers at %s, not this Bellhop. Check that the address is right, and that it passes everything on to %s without changing the path.", w.host, w.to())
	f.problem += echo
	return f
}

// ngrokPage says what a page of ngrok's own means. Source: https://ngrok.com/docs/errors
func (w who) ngrokPage(code string) result {
	r := result{cause: errors.New(code)}
	switch code {
	case "ERR_NGROK_3200": // nobody is connected at this address
		r.gone = true
		r.failure = fails("", "ngrok says that this computer is not connected at %s. Bellhop connects anew.", w.host)
	case "ERR_NGROK_6024": // the warning for visitors with a browser
		r.failure = fails(engine.FixAccount, "ngrok shows its warning page at %s instead of passing visitors on. Deliveries of apps may come through all the same; look in your ngrok account.", w.host)
	case "ERR_NGROK_8012", "ERR_NGROK_3004": // who is connected there gives no answer, or a broken one
		r.failure = fails(engine.FixSessions, "ngrok reaches another program at %s, and that does not answer. Perhaps ngrok was started there by hand, too: close that.", w.host)
	case "ERR_NGROK_725", "ERR_NGROK_726", "ERR_NGROK_727", "ERR_NGROK_735":
		r.failure = fails(engine.FixPlan, "What your ngrok plan allows in a month is used up, so deliveries do not arrive. It begins anew on the first of the month; a larger plan helps at once.")
	case "ERR_NGROK_702", "ERR_NGROK_703", "ERR_NGROK_714", "ERR_NGROK_734":
		r.failure = fails(engine.FixPlan, "More came at once than your ngrok plan allows, so ngrok turns some of it away. Most apps send again later.")
	default:
		r.failure = fails(engine.FixAccount, "ngrok does not pass visitors of %s on (%s). https://ngrok.com/docs/errors/%s says why.", w.host, code, strings.ToLower(code))
	}
	if w.way == engine.WayAddress && r.fix == "" {
		r.failure = fails(engine.FixAddress, "%s is an address of ngrok's, and nobody is connected to ngrok there. Start what is to pass deliveries on to %s, or choose ngrok as the way in.", w.host, w.to())
	}
	r.code = code
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

// isProxy says whether it is the proxy that does not let anybody through.
func isProxy(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect" || strings.Contains(err.Error(), "socks connect ") // net/http and x/net say so
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}
