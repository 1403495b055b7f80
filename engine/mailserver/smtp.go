package mailserver

import (
	"context"
	"errors"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"bellhop/engine"
	"bellhop/engine/action"
)

// Sender is a conversation with the server that takes an account's mail. Close it.
type Sender struct {
	server
	*smtp.Client
	conn net.Conn
}

// SMTP connects to the server that takes an account's mail and signs in, if the account has a user. The
// conversation ends with ctx. The error is a *action.Failure with the phase Before, or Answered.
func (d Dialer) SMTP(ctx context.Context, a engine.Account) (*Sender, error) {
	s, err := d.server(a, FieldSMTPHost, FieldSMTPPort, FieldSMTPEncryption, smtpPorts, StartTLS)
	if err != nil {
		return nil, err
	}
	conn, err := s.dial(ctx, "")
	if err != nil {
		return nil, err
	}
	sender := &Sender{server: s, conn: conn}
	if err := sender.begin(); err != nil {
		_ = conn.Close() // what came before is the trouble
		return nil, err
	}
	return sender, nil
}

// Host is the server's name.
func (s *Sender) Host() string { return s.host }

// Close hangs up.
func (s *Sender) Close() { _ = s.conn.Close() } // all that matters was answered before

// Patience lets the server take that long from now on.
func (s *Sender) Patience(d time.Duration) { _ = s.conn.SetDeadline(time.Now().Add(d)) }

// helo is what a client says that has no name of its own: this computer's would tell too much.
const helo = "[127.0.0.1]"

func (s *Sender) begin() (err error) {
	s.Patience(dialTime)
	// Whether it is encrypted is told by the kind of connection.
	conn := s.conn
	if b, ok := conn.(*bounded); ok && s.encryption == TLS {
		conn = b.Conn
	}
	if s.Client, err = smtp.NewClient(conn, s.host); err != nil {
		return s.Failure(err)
	}
	if err := s.Hello(helo); err != nil {
		return s.Failure(err)
	}
	if s.encryption == StartTLS {
		if offered, _ := s.Extension("STARTTLS"); !offered {
			return s.noEncryption()
		}
		if err := s.StartTLS(s.config("")); err != nil {
			return s.Failure(err)
		}
	}
	if s.user == "" {
		return nil
	}
	auth := s.auth()
	if auth == nil {
		return wrong("%s takes no user name and password at port %d, or none that Bellhop knows. Check the port and the encryption in the connection.", s.host, s.port)
	}
	if err := s.Auth(auth); err != nil {
		if said, ok := errors.AsType[*textproto.Error](err); ok && said.Code >= 500 {
			return s.unauthorized(err)
		}
		return s.Failure(err)
	}
	return nil
}

// auth returns the plainest way to sign in that the server knows: encrypted, it is as good as any.
func (s *Sender) auth() smtp.Auth {
	_, offered := s.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	open := s.encryption == None
	switch {
	case open && slices.Contains(ways, "SCRAM-SHA-256"):
		return smtp.ScramSHA256Auth(s.user, s.password)
	case open && slices.Contains(ways, "CRAM-MD5"):
		return smtp.CRAMMD5Auth(s.user, s.password)
	case slices.Contains(ways, "PLAIN"):
		return smtp.PlainAuth("", s.user, s.password, s.host, open)
	case slices.Contains(ways, "LOGIN"):
		return smtp.LoginAuth(s.user, s.password, s.host, open)
	case slices.Contains(ways, "SCRAM-SHA-256"):
		return smtp.ScramSHA256Auth(s.user, s.password)
	case slices.Contains(ways, "CRAM-MD5"):
		return smtp.CRAMMD5Auth(s.user, s.password)
	}
	return nil
}

// Failure makes a failure of an error that came before the server had the whole message: nothing was
// sent on by it.
func (s *Sender) Failure(err error) *action.Failure {
	said, ok := errors.AsType[*textproto.Error](err)
	switch {
	case !ok:
		return s.unreachable(err)
	case said.Code < 500:
		return &action.Failure{
			Phase: action.Answered, Retry: true, Detail: code(said),
			Err: engine.Wrap(err, engine.Unavailable, "%s does not take the e-mail just now: %s. It will be tried again.", s.host, Says(s.account, said.Msg)),
		}
	}
	return &action.Failure{
		Phase: action.Answered, Detail: code(said),
		Err: engine.Wrap(err, engine.Refused, "%s does not take the e-mail: %s.", s.host, strings.TrimSuffix(Says(s.account, said.Msg), ".")),
	}
}

// code is the server's own code, such as "550 5.1.1".
func code(said *textproto.Error) string {
	head, _, _ := strings.Cut(said.Msg, " ")
	text := strings.TrimSpace(strings.Split(said.Error(), " ")[0])
	if strings.Count(head, ".") == 2 {
		return text + " " + head
	}
	return text
}
