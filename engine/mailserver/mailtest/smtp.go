package mailtest

import (
	"io"
	"log"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"bellhop/engine/mailserver"
)

// Letter is an e-mail that arrived.
type Letter struct {
	From    string
	To      []string
	Content string
}

// SMTPServer takes e-mails. The functions, which may be nil, are what it does before it takes something;
// set them before it is used.
type SMTPServer struct {
	*Server
	OnMail, OnRcpt, OnData func(what string) error
	// Hang closes the connection when the whole e-mail has come, without an answer; Cut while it comes.
	Hang, Cut bool

	letters []Letter
}

// SMTP starts a server, which ends with the test.
func SMTP(t testing.TB, encryption mailserver.Encryption) *SMTPServer {
	t.Helper()
	listener, base := listen(t, encryption)
	s := &SMTPServer{Server: base}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &conversation{server: s, conn: c}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", encryption == mailserver.None
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	if encryption == mailserver.StartTLS {
		server.TLSConfig = config()
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// Letters returns the e-mails that arrived.
func (s *SMTPServer) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters
}

// conversation is one connection.
type conversation struct {
	server *SMTPServer
	conn   *smtp.Conn
	letter Letter
	known  bool
}

var _ smtp.AuthSession = (*conversation)(nil)

func (c *conversation) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *conversation) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		c.server.login(password)
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		c.known = true
		return nil
	}), nil
}

func (c *conversation) Mail(from string, _ *smtp.MailOptions) error {
	if !c.known {
		return smtp.ErrAuthRequired
	}
	c.letter = Letter{From: from}
	return before(c.server.OnMail, from)
}

func (c *conversation) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.letter.To = append(c.letter.To, to)
	return before(c.server.OnRcpt, to)
}

func (c *conversation) Data(r io.Reader) error {
	if c.server.Cut {
		return c.conn.Conn().Close()
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := before(c.server.OnData, string(content)); err != nil {
		return err
	}
	c.letter.Content = string(content)
	c.server.mu.Lock()
	c.server.letters = append(c.server.letters, c.letter)
	c.server.mu.Unlock()
	if c.server.Hang {
		return c.conn.Conn().Close()
	}
	return nil
}

func (c *conversation) Reset()        {}
func (c *conversation) Logout() error { return nil }

func before(do func(string) error, what string) error {
	if do == nil {
		return nil
	}
	return do(what)
}
