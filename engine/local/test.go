package local

import (
	"context"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mailserver"
)

// testTime bounds a test of one server.
const testTime = 30 * time.Second

// TestConnection signs in at the servers of an account, sends nothing, and says what it found.
func (c *Client) TestConnection(ctx context.Context, connector engine.Connector, account engine.Account) (string, error) {
	if kind := connector.Connection.Test.Local; kind != engine.TestMail {
		return "", action.NotBegun(engine.Errorf(engine.Internal, "nobody here can test %q", kind))
	}
	var fine []string
	for _, server := range []struct {
		field, good string
		try         func(context.Context, engine.Account) error
	}{
		{mailserver.FieldIMAPHost, "read from", c.tryIMAP},
		{mailserver.FieldSMTPHost, "sent through", c.trySMTP},
	} {
		host := strings.TrimSpace(account.Value(server.field))
		if host == "" {
			continue
		}
		if err := c.try(ctx, account, server.try); err != nil {
			return "", err
		}
		fine = append(fine, server.good+" "+host)
	}
	if fine == nil {
		return "", action.NotBegun(engine.Errorf(engine.Invalid, "The connection names no server. Fill in one to read from, one to send through, or both."))
	}
	return "Connected: e-mail can be " + strings.Join(fine, " and ") + ".", nil
}

func (c *Client) try(ctx context.Context, account engine.Account, try func(context.Context, engine.Account) error) error {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	return try(ctx, account)
}

func (c *Client) tryIMAP(ctx context.Context, account engine.Account) error {
	client, err := c.Mail.IMAP(ctx, account)
	if err != nil {
		return err
	}
	_ = client.Logout().Wait() // it let us in, which is all there was to find out
	_ = client.Close()
	return nil
}

func (c *Client) trySMTP(ctx context.Context, account engine.Account) error {
	sender, err := c.Mail.SMTP(ctx, account)
	if err != nil {
		return err
	}
	defer sender.Close()
	_ = sender.Quit() // it let us in, which is all there was to find out
	return nil
}
