package mailserver

import (
	"context"
	"errors"
	"mime"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-message/charset"
	"github.com/emersion/go-sasl"

	"bellhop/engine"
	"bellhop/engine/action"
)

// IMAP connects to an account's mailboxes and signs in. The connection ends with ctx, or when the client
// is closed. The error is a *action.Failure.
func (d Dialer) IMAP(ctx context.Context, a engine.Account) (*imapclient.Client, error) {
	s, err := d.server(a, FieldIMAPHost, FieldIMAPPort, FieldIMAPEncryption, imapPorts, TLS)
	if err != nil {
		return nil, err
	}
	if s.user == "" {
		return nil, wrong("The connection %q has no user name, which a mailbox needs. Open it and fill it in.", a.Name)
	}
	conn, err := s.dial(ctx, "imap")
	if err != nil {
		return nil, err
	}
	options := &imapclient.Options{WordDecoder: &mime.WordDecoder{CharsetReader: charset.Reader}}
	var client *imapclient.Client
	if s.encryption == StartTLS {
		options.TLSConfig = s.config("imap")
		client, err = imapclient.NewStartTLS(conn, options)
		if refused, ok := errors.AsType[*imap.Error](err); ok && refused.Type != imap.StatusResponseTypeBye {
			_ = conn.Close() // that it offers no encryption is the trouble
			return nil, s.noEncryption()
		}
	} else {
		client = imapclient.New(conn, options)
	}
	if err == nil {
		err = client.WaitGreeting()
	}
	if err != nil {
		_ = conn.Close() // what came before is the trouble
		return nil, s.imapFailure(err)
	}
	if err := s.signIn(client); err != nil {
		_ = client.Close() // that it does not let us in is the trouble
		return nil, err
	}
	return client, nil
}

func (s server) signIn(client *imapclient.Client) error {
	var err error
	if client.Caps().Has(imap.AuthCap(sasl.Plain)) {
		err = client.Authenticate(sasl.NewPlainClient("", s.user, s.password))
	} else {
		err = client.Login(s.user, s.password).Wait()
	}
	refused, ok := errors.AsType[*imap.Error](err)
	switch {
	case err == nil:
		return nil
	case !ok || refused.Type == imap.StatusResponseTypeBye:
		return s.imapFailure(err)
	}
	// What RFC 5530 lists as passing.
	switch refused.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug:
		return s.imapFailure(err)
	}
	return s.unauthorized(err)
}

// imapFailure makes a failure of what went wrong on the way in.
func (s server) imapFailure(err error) *action.Failure {
	refused, ok := errors.AsType[*imap.Error](err)
	if !ok {
		return s.unreachable(err)
	}
	return &action.Failure{Phase: action.Answered, Retry: true, Err: engine.Wrap(err, engine.Unavailable,
		"%s lets nobody in just now: %s. It will be tried again.", s.host, Says(s.account, refused.Text))}
}
