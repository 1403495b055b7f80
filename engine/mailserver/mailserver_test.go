package mailserver_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mailserver"
	"bellhop/engine/mailserver/mailtest"
)

func account(fields map[string]string) engine.Account {
	return engine.Account{
		Connection: engine.Connection{Name: "My mail", Connector: "email", Fields: fields},
		Secrets:    map[string]string{mailserver.FieldPassword: mailtest.Password},
	}
}

func imapTo(s *mailtest.Server, encryption mailserver.Encryption) map[string]string {
	return map[string]string{
		mailserver.FieldUser: mailtest.User, mailserver.FieldIMAPHost: s.Host, mailserver.FieldIMAPPort: s.Port,
		mailserver.FieldIMAPEncryption: string(encryption),
	}
}

func smtpTo(s *mailtest.Server, encryption mailserver.Encryption) map[string]string {
	return map[string]string{
		mailserver.FieldUser: mailtest.User, mailserver.FieldSMTPHost: s.Host, mailserver.FieldSMTPPort: s.Port,
		mailserver.FieldSMTPEncryption: string(encryption),
	}
}

func failure(t *testing.T, err error) *action.Failure {
	t.Helper()
	f, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok, "%v", err)
	require.NotContains(t, f.Error(), mailtest.Password)
	return f
}

func TestSigningIn(t *testing.T) {
	for _, encryption := range []mailserver.Encryption{mailserver.TLS, mailserver.StartTLS, mailserver.None} {
		t.Run(string(encryption), func(t *testing.T) {
			imap, smtp := mailtest.IMAP(t, encryption), mailtest.SMTP(t, encryption)
			d := mailserver.Dialer{Roots: mailtest.Roots(t)}
			client, err := d.IMAP(t.Context(), account(imapTo(imap.Server, encryption)))
			require.NoError(t, err)
			require.NoError(t, client.Logout().Wait())
			sender, err := d.SMTP(t.Context(), account(smtpTo(smtp.Server, encryption)))
			require.NoError(t, err)
			require.NoError(t, sender.Quit())
			sender.Close()
		})
	}
}

func TestAWrongPasswordNeedsAPerson(t *testing.T) {
	imap, smtp := mailtest.IMAP(t, mailserver.TLS), mailtest.SMTP(t, mailserver.TLS)
	d := mailserver.Dialer{Roots: mailtest.Roots(t)}
	in, out := account(imapTo(imap.Server, mailserver.TLS)), account(smtpTo(smtp.Server, mailserver.TLS))
	in.Secrets[mailserver.FieldPassword], out.Secrets[mailserver.FieldPassword] = "wrong password", "wrong password"
	_, err := d.IMAP(t.Context(), in)
	for _, err := range []error{err, func() error { _, err := d.SMTP(t.Context(), out); return err }()} {
		f := failure(t, err)
		require.True(t, f.Reconnect)
		require.Equal(t, engine.Unauthorized, f.Err.Code)
		require.Contains(t, f.Error(), "app password")
		require.NotContains(t, f.Error(), "wrong password")
	}
}

func TestACertificateThatDoesNotFit(t *testing.T) {
	imap, smtp := mailtest.IMAP(t, mailserver.StartTLS), mailtest.SMTP(t, mailserver.StartTLS)
	var d mailserver.Dialer // trusts the system's authorities only
	_, err := d.IMAP(t.Context(), account(imapTo(imap.Server, mailserver.StartTLS)))
	require.Contains(t, failure(t, err).Error(), "certificate")
	_, err = d.SMTP(t.Context(), account(smtpTo(smtp.Server, mailserver.StartTLS)))
	require.Contains(t, failure(t, err).Error(), "certificate")
	require.Empty(t, imap.Logins(), "no password went out")
	require.Empty(t, smtp.Logins(), "no password went out")
}

// A server, or somebody on the way, that does not offer encryption gets no password.
func TestNoEncryptionNoPassword(t *testing.T) {
	imap, smtp := mailtest.IMAP(t, mailserver.None), mailtest.SMTP(t, mailserver.None)
	d := mailserver.Dialer{Roots: mailtest.Roots(t)}
	for _, encryption := range []mailserver.Encryption{mailserver.StartTLS, mailserver.TLS} {
		_, err := d.IMAP(t.Context(), account(imapTo(imap.Server, encryption)))
		f := failure(t, err)
		require.Equal(t, engine.Invalid, f.Err.Code, f.Error())
		require.False(t, f.Retry)
		_, err = d.SMTP(t.Context(), account(smtpTo(smtp.Server, encryption)))
		f = failure(t, err)
		require.Equal(t, engine.Invalid, f.Err.Code, f.Error())
		require.False(t, f.Retry)
	}
	require.Empty(t, imap.Logins())
	require.Empty(t, smtp.Logins())
}

func TestMistakesInTheConnection(t *testing.T) {
	for what, fields := range map[string]map[string]string{
		"no server":        {},
		"an address":       {mailserver.FieldIMAPHost: "https://mail.example.com", mailserver.FieldUser: "u"},
		"a port with it":   {mailserver.FieldIMAPHost: "mail.example.com:993", mailserver.FieldUser: "u"},
		"no port":          {mailserver.FieldIMAPHost: "mail.example.com", mailserver.FieldIMAPPort: "imap", mailserver.FieldUser: "u"},
		"too large a port": {mailserver.FieldIMAPHost: "mail.example.com", mailserver.FieldIMAPPort: "70000", mailserver.FieldUser: "u"},
		"encryption":       {mailserver.FieldIMAPHost: "mail.example.com", mailserver.FieldIMAPEncryption: "rot13", mailserver.FieldUser: "u"},
		"no user":          {mailserver.FieldIMAPHost: "127.0.0.1"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := mailserver.Dialer{}.IMAP(t.Context(), account(fields))
			f := failure(t, err)
			require.Equal(t, engine.Invalid, f.Err.Code)
			require.Equal(t, action.Before, f.Phase)
			require.False(t, f.Retry)
		})
	}
}

func TestAServerThatIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = mailserver.Dialer{}.IMAP(t.Context(), account(map[string]string{
		mailserver.FieldUser: "u", mailserver.FieldIMAPHost: "127.0.0.1", mailserver.FieldIMAPPort: port,
	}))
	f := failure(t, err)
	require.Equal(t, action.Before, f.Phase)
	require.True(t, f.Retry)
	require.Equal(t, engine.Unavailable, f.Err.Code)
}

// A server that takes the connection and says nothing does not hold anybody longer than they want.
func TestAServerThatSaysNothing(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = mailserver.Dialer{}.IMAP(ctx, account(map[string]string{
		mailserver.FieldUser: "u", mailserver.FieldIMAPHost: "127.0.0.1", mailserver.FieldIMAPPort: port, mailserver.FieldIMAPEncryption: "none",
	}))
	require.True(t, failure(t, err).Retry)
	ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = mailserver.Dialer{}.SMTP(ctx, account(map[string]string{
		mailserver.FieldSMTPHost: "127.0.0.1", mailserver.FieldSMTPPort: port, mailserver.FieldSMTPEncryption: "none",
	}))
	require.True(t, failure(t, err).Retry)
}
