package action

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"syscall"
	"time"

	"bellhop/engine"
)

// Phase says how far a failed request got.
type Phase string

// The phases. Only after Between is it not known whether the app did what was asked.
const (
	Before   Phase = "before"   // nothing was sent, or not all of it
	Between  Phase = "between"  // all was sent; the answer was lost
	Answered Phase = "answered" // the app answered
)

// Failure is why a call did not succeed. It wraps an *engine.Error, which holds the code, the
// sentence for people and the cause; none of them holds a secret.
type Failure struct {
	Err *engine.Error
	// Detail is the app's own code, such as Slack's "channel_not_found".
	Detail string
	// Retry is true if another try later may succeed and does no harm. After Between that is so only
	// where doing it twice is as good as once; where it is false there, a person has to decide.
	Retry bool
	// RetryAfter is how long the app asks to wait; 0 if it does not say.
	RetryAfter time.Duration
	// Reconnect is true if the app refused who asks, not what is asked: every other request of the
	// connection will fail too, until a person mends it.
	Reconnect bool
	// Offline is true if the cause is that this computer has no network, as far as that can be told.
	Offline bool
	// Probe is true if the call was let out to see whether the app is back: that it is not tells nothing of
	// what was asked. Who lets calls out sets it.
	Probe bool
	Phase Phase
}

var _ error = (*Failure)(nil)

// Error returns the sentence.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the *engine.Error.
func (f *Failure) Unwrap() error { return f.Err }

// Paused says that a call was not even tried: the app is away, asked to be left alone, or has enough to
// do. It is not a failure, and no attempt is used up: the run waits and goes on by itself.
type Paused struct {
	// Until is when to come back. Many who wait are given different times, so that they do not return
	// together; who is given a late one is made due sooner when the reason is gone.
	Until time.Time
	// Why is a sentence for people.
	Why string
	// For is what is waited for: the connection's name, or the host where there is no connection.
	For string
	// Code is Unavailable, Limited, or Unauthorized where the connection needs a person.
	Code engine.Code
}

var _ error = (*Paused)(nil)

// Error returns the sentence.
func (p *Paused) Error() string { return p.Why }

// Unwrap returns the same as an *engine.Error, for those who only tell people.
func (p *Paused) Unwrap() error { return engine.Errorf(p.Code, "%s", p.Why) }

var errRedirects = errors.New("too many redirects")

// before makes a Failure of an error that came before anything was sent.
func before(err error) *Failure {
	code := engine.ErrorCode(err)
	return &Failure{
		Err:       engine.Wrap(err, code, "%s", engine.ErrorMessage(err)),
		Retry:     code == engine.Unavailable || code == engine.Limited,
		Reconnect: code == engine.Unauthorized, // no token was given for the account
		Phase:     Before,
	}
}

// failure makes a Failure of whatever went wrong with an exchange.
func (x *exchange) failure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	if _, ok := errors.AsType[*engine.Error](err); ok {
		f := before(err)
		f.Err = x.clean(err, f.Err.Code, f.Err.Message)
		return f
	}
	// A url.Error repeats the address, which may be a secret.
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if p, ok := errors.AsType[privateError](err); ok {
		return &Failure{Phase: Before, Err: x.clean(err, engine.Invalid, p.sentence())}
	}
	if errors.Is(err, errRedirects) {
		return &Failure{Phase: Answered, Err: x.clean(err, engine.Refused, fmt.Sprintf(
			"%s sends requests from one address to the next without end. Check the address.", x.app()))}
	}
	f := &Failure{Phase: Before, Retry: true, Offline: noNetwork(err)}
	message := unreachable(x.app(), err)
	if x.wrote.Load() {
		f.Phase, f.Retry = Between, x.repeatable()
		message = x.unanswered(err)
	}
	f.Err = x.clean(err, engine.Unavailable, message)
	return f
}

// clean makes an error whose texts hold no secret; its cause can still be asked what it is.
func (x *exchange) clean(cause error, code engine.Code, message string) *engine.Error {
	return engine.Wrap(quiet{x.secrets.text(cause.Error()), cause}, code, "%s", x.secrets.text(message))
}

type quiet struct {
	text  string
	cause error
}

func (q quiet) Error() string        { return q.text }
func (q quiet) Is(target error) bool { return errors.Is(q.cause, target) }

// repeatable says whether sending the request again does no harm.
func (x *exchange) repeatable() bool {
	if x.action.operation.Safe {
		return true
	}
	switch x.request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	name := x.action.operation.Request.IdempotencyHeader
	return name != "" && x.request.Header.Get(name) != ""
}

// app names the other side to people.
func (x *exchange) app() string {
	if x.action.usersAddress() && x.request != nil {
		return x.request.URL.Host
	}
	return x.action.connector.Title
}

func (x *exchange) unanswered(err error) string {
	what := "The connection broke"
	switch {
	case errors.Is(err, context.Canceled):
		what = "The run was stopped"
	case timeout(err):
		what = "It took too long"
	}
	if x.repeatable() {
		return fmt.Sprintf("%s before %s answered. It will be tried again, which does no harm here.", what, x.app())
	}
	return fmt.Sprintf("%s after the request was sent to %s and before the answer came. It may have been done: look there before you send it again.", what, x.app())
}

// unreachable says why nothing could be sent to app.
func unreachable(app string, err error) string {
	if says := byProxy(app, err); says != "" {
		return says
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
			return fmt.Sprintf("The certificate of %s has expired, so nobody can be sure who answers. Check the date and time of this computer; if they are right, it is for %[1]s to renew it.", app)
		}
		return fmt.Sprintf("The certificate of %s does not fit, so nobody can be sure who answers. Perhaps this network wants a login first; else check the address.", app)
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("The address of %s (%s) cannot be found. Check that this computer is online, and then the address.", app, dns.Name)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Sprintf("The run was stopped before anything was sent to %s.", app)
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Sprintf("%s answers at this address without encryption. Check whether the address begins with http:// or https://, and its port.", app)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("Nothing answers at the address of %s. Check the address; perhaps it is switched off for the moment.", app)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return fmt.Sprintf("%s cannot be reached from here. Check that this computer is online.", app)
	case timeout(err):
		return fmt.Sprintf("%s could not be reached in time. Check that this computer is online; perhaps %[1]s is slow for the moment.", app)
	}
	return fmt.Sprintf("The connection to %s failed before the request was sent. Check that this computer is online.", app)
}

// noNetwork says whether the cause is that there is no way out of this computer, or none to names.
func noNetwork(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	errno, ok := errors.AsType[syscall.Errno](err)
	return ok && slices.Contains(unreached, errno)
}

// Windows has numbers of its own (WSAENETDOWN, WSAENETUNREACH, WSAEHOSTUNREACH), which no other system
// uses for an error.
var unreached = []syscall.Errno{syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTUNREACH, 10050, 10051, 10065}

func timeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}
