// Package mailserver connects to the mail servers of an account: IMAP to read, SMTP to send.
//
// The servers are those that a person gave the connection, never ones that came with data, so they may be
// on this computer or in its own network. Without encryption nothing is sent unless the person chose so:
// a server that does not offer it is an error.
package mailserver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
)

// The fields of a connection.
const (
	FieldUser     = "user"
	FieldPassword = "password"

	FieldIMAPHost       = "imap_host"
	FieldIMAPPort       = "imap_port"
	FieldIMAPEncryption = "imap_encryption"

	FieldSMTPHost       = "smtp_host"
	FieldSMTPPort       = "smtp_port"
	FieldSMTPEncryption = "smtp_encryption"
)

// OwnID is how the Message-ID of every e-mail begins that Bellhop sends.
const OwnID = "bellhop."

// Encryption is how a connection is encrypted.
type Encryption string

// The ways. StartTLS begins in the open and is refused where the server does not go on encrypted.
const (
	TLS      Encryption = "tls"
	StartTLS Encryption = "starttls"
	None     Encryption = "none"
)

// The ports of each, by RFC 8314 and RFC 6409.
var (
	imapPorts = map[Encryption]int{TLS: 993, StartTLS: 143, None: 143}
	smtpPorts = map[Encryption]int{TLS: 465, StartTLS: 587, None: 25}
)

// dialTime bounds the way to a server, up to where it greets.
const dialTime = 20 * time.Second

// Dialer connects to mail servers. The zero value is ready for use.
type Dialer struct {
	// Roots are the authorities that a server's certificate may come from; nil means the system's.
	Roots *x509.CertPool
}

// server is where to connect to, and as whom.
type server struct {
	account        engine.Account
	host           string
	port           int
	encryption     Encryption
	user, password string
	roots          *x509.CertPool
}

func (d Dialer) server(a engine.Account, host, port, encryption string, ports map[Encryption]int, usual Encryption) (server, error) {
	s := server{
		account: a, host: strings.TrimSpace(a.Value(host)), encryption: Encryption(a.Value(encryption)),
		user: strings.TrimSpace(a.Value(FieldUser)), password: a.Value(FieldPassword), roots: d.Roots,
	}
	if s.encryption == "" {
		s.encryption = usual
	}
	s.port = ports[s.encryption]
	if text := strings.TrimSpace(a.Value(port)); text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return s, wrong("The connection %q has %q as a port. A port is a number such as %d; leave it empty for the usual one.", a.Name, text, s.port)
		}
		s.port = int(n)
	}
	switch {
	case s.host == "":
		return s, wrong("The connection %q does not say which server to use. Open it and fill the server in.", a.Name)
	case strings.ContainsAny(s.host, "/:@ \t") && net.ParseIP(s.host) == nil:
		return s, wrong("The connection %q has %q as a server. Write its name alone, such as mail.example.com.", a.Name, s.host)
	case s.port == 0:
		return s, wrong("The connection %q has an encryption that Bellhop does not know. Choose another.", a.Name)
	case s.user != "" && s.password == "":
		return s, wrong("The connection %q has a user name and no password. Open it and fill the password in.", a.Name)
	}
	return s, nil
}

func wrong(format string, args ...any) *action.Failure {
	return action.NotBegun(engine.Errorf(engine.Invalid, format, args...))
}

func (s server) address() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

func (s server) config(protocol string) *tls.Config {
	config := &tls.Config{ServerName: s.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	if protocol != "" {
		config.NextProtos = []string{protocol}
	}
	return config
}

// dial connects, encrypted from the start if so chosen. The connection is closed when ctx is done.
func (s server) dial(ctx context.Context, protocol string) (net.Conn, error) {
	dialing, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var conn net.Conn
	var err error
	dialer := &net.Dialer{Timeout: dialTime}
	if s.encryption == TLS {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: s.config(protocol)}).DialContext(dialing, "tcp", s.address())
	} else {
		conn, err = dialer.DialContext(dialing, "tcp", s.address())
	}
	if err != nil {
		return nil, s.unreachable(err)
	}
	return &bounded{Conn: conn, left: mostRead, stop: context.AfterFunc(ctx, func() { _ = conn.Close() })}, nil
}

// mostRead is how much a server may say in one conversation.
const mostRead = 1 << 30

var errEndless = errors.New("the server does not stop sending")

// bounded is a connection that ends when a server says too much, and whose closing lets go of its context.
type bounded struct {
	net.Conn
	left int64
	stop func() bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errEndless
	}
	n, err := b.Conn.Read(p)
	b.left -= int64(n)
	return n, err
}

func (b *bounded) Close() error {
	b.stop()
	return b.Conn.Close()
}

// unreachable makes a failure of an error that came before the server knew who asks.
func (s server) unreachable(err error) *action.Failure {
	if f, ok := errors.AsType[*action.Failure](err); ok {
		return f
	}
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		f := action.Unreachable(s.host, plain)
		f.Retry = false
		f.Err = engine.Wrap(err, engine.Invalid, "%s does not begin encrypted at port %d. Choose STARTTLS in the connection, or another port.", s.host, s.port)
		return f
	}
	return action.Unreachable(s.host, err)
}

// noEncryption says that a server does not go on encrypted.
func (s server) noEncryption() *action.Failure {
	return wrong("%s does not offer STARTTLS at port %d, so the password would go out unencrypted, and Bellhop does not send it. Choose TLS in the connection, and the port that belongs to it.", s.host, s.port)
}

// unauthorized says that the server knows no such user and password.
func (s server) unauthorized(err error) *action.Failure {
	return &action.Failure{
		Phase: action.Answered, Reconnect: true,
		Err: engine.Wrap(err, engine.Unauthorized, "%s does not accept the user name and password of the connection %q. Enter them again; "+
			"many providers, such as Gmail and iCloud, want an app password that you make in your account there.", s.host, s.account.Name),
	}
}

// Says returns the server's own words for people, in one line and without the account's secrets.
func Says(a engine.Account, text string) string {
	text, _ = action.Record(a, []byte(text))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + "…"
	}
	return text
}
