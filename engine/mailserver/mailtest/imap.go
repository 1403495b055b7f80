package mailtest

import (
	"io"
	"log"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/require"

	"bellhop/engine/mailserver"
)

// IMAPServer has the mailboxes of User; INBOX is there from the start.
type IMAPServer struct {
	*Server
	Boxes *imapmemserver.User
	t     testing.TB
}

// IMAP starts a server, which ends with the test.
func IMAP(t testing.TB, encryption mailserver.Encryption) *IMAPServer {
	t.Helper()
	listener, base := listen(t, encryption)
	s := &IMAPServer{Server: base, Boxes: imapmemserver.NewUser(User, Password), t: t}
	require.NoError(t, s.Boxes.Create("INBOX", nil))
	memory := imapmemserver.New()
	memory.AddUser(s.Boxes)
	options := &imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return session{memory.NewSession(), base}, nil, nil
		},
		InsecureAuth: encryption == mailserver.None,
		Logger:       log.New(io.Discard, "", 0),
	}
	if encryption == mailserver.StartTLS {
		options.TLSConfig = config()
	}
	server := imapserver.New(options)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

type session struct {
	imapserver.Session
	server *Server
}

func (s session) Login(user, password string) error {
	s.server.login(password)
	return s.Session.Login(user, password)
}

// literal is a message as it is appended.
type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// Deliver puts a message, whose lines end with \n or \r\n, into a mailbox.
func (s *IMAPServer) Deliver(mailbox string, at time.Time, message string) {
	s.t.Helper()
	message = strings.ReplaceAll(strings.ReplaceAll(message, "\r\n", "\n"), "\n", "\r\n")
	_, err := s.Boxes.Append(mailbox, literal{strings.NewReader(message)}, &imap.AppendOptions{Time: at})
	require.NoError(s.t, err)
}

// Renumber empties a mailbox and gives it another UIDVALIDITY.
func (s *IMAPServer) Renumber(mailbox string) {
	s.t.Helper()
	require.NoError(s.t, s.Boxes.Delete(mailbox))
	require.NoError(s.t, s.Boxes.Create(mailbox, nil))
}
