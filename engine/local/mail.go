package local

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mailserver"
	"bellhop/engine/mapping"
)

const (
	// mostRecipients is how many an e-mail may go to; providers take about as many.
	mostRecipients = 100
	// largestMail bounds an e-mail's texts, in bytes.
	largestMail = 10 << 20
	// fieldFrom is the connection's field with the sender; empty means the user, if that is an address.
	fieldFrom = "from"

	commandTime = time.Minute
	// takingTime is how long the server may take to take the message in. RFC 5321 has ten minutes.
	takingTime = 5 * time.Minute
)

// letter is an e-mail that is ready to be sent.
type letter struct {
	dialer  mailserver.Dialer
	call    action.Call
	from    string
	to      []string // all recipients
	content []byte
	kept    *engine.SentRequest
	id      string
}

// mail makes an e-mail of a call.
func (c *Client) mail(call action.Call, fields map[string]any) (task, error) {
	from, err := sender(call.Account)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	l := &letter{dialer: c.Mail, call: call, from: from.Address, id: messageID(call.IdempotencyKey, from)}
	l.kept = &engine.SentRequest{Method: "MAIL", URL: strings.TrimSpace(call.Account.Value(mailserver.FieldSMTPHost)), Headers: map[string]string{"From": from.String()}}
	for _, header := range []struct {
		field, name string
		set         func(...*mail.Address)
		receives    bool
	}{
		{"to", "To", m.ToMailAddress, true},
		{"cc", "Cc", m.CcMailAddress, true},
		{"bcc", "Bcc", m.BccMailAddress, true},
		{"reply_to", "Reply-To", m.ReplyToMailAddress, false},
	} {
		list, err := addresses(call.Operation, header.field, fields[header.field])
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			continue
		}
		header.set(list...)
		l.kept.Headers[header.name] = written(list)
		for _, a := range list {
			if header.receives {
				l.to = append(l.to, a.Address)
			}
		}
	}
	switch n := len(l.to); {
	case n == 0:
		return nil, engine.Errorf(engine.Invalid, "The e-mail goes to nobody. Fill in To; if it has a pill, the pill found nothing to put there.")
	case n > mostRecipients:
		return nil, engine.Errorf(engine.Invalid, "The e-mail would go to %d people. At most %d are possible; send it in a loop.", n, mostRecipients)
	}
	// A line break would begin another header.
	subject := shortened(strings.Join(strings.Fields(mapping.Text(fields["subject"])), " "), 500)
	m.Subject(subject)
	m.SetMessageIDWithValue(l.id)
	m.SetDateWithValue(c.Now())
	// So that nobody's automatic reply goes back and forth, RFC 3834.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	l.kept.Headers["Subject"], l.kept.Headers["Message-ID"] = subject, "<"+l.id+">"
	text, html := mapping.Text(fields["text"]), mapping.Text(fields["html"])
	switch {
	case strings.TrimSpace(text)+strings.TrimSpace(html) == "":
		return nil, engine.Errorf(engine.Invalid, "The e-mail says nothing. Fill in its text; if it has a pill, the pill found nothing to put there.")
	case len(text)+len(html) > largestMail:
		return nil, engine.Errorf(engine.Invalid, "The e-mail is too large: at most %d MB are possible.", largestMail>>20)
	case html == "":
		m.SetBodyString(gomail.TypeTextPlain, text)
	case text == "":
		m.SetBodyString(gomail.TypeTextHTML, html)
	default:
		m.SetBodyString(gomail.TypeTextPlain, text)
		m.AddAlternativeString(gomail.TypeTextHTML, html)
	}
	l.kept.Body, _ = action.Record(call.Account, []byte(text+html))
	var content bytes.Buffer
	if _, err := m.WriteTo(&content); err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The e-mail cannot be written: %s.", engine.Cause(err))
	}
	l.content = content.Bytes()
	return l, nil
}

func (l *letter) request() *engine.SentRequest { return l.kept }

func (l *letter) do(ctx context.Context) (any, *engine.Response, error) {
	server, err := l.dialer.SMTP(ctx, l.call.Account)
	if err != nil {
		return nil, nil, err
	}
	defer server.Close()
	says, err := l.hand(server)
	if err != nil {
		f, _ := errors.AsType[*action.Failure](err)
		if said, ok := errors.AsType[*textproto.Error](f.Err.Err); ok {
			return nil, &engine.Response{Status: said.Code, Body: mailserver.Says(l.call.Account, said.Msg)}, f
		}
		return nil, nil, f
	}
	server.Patience(time.Second)
	_ = server.Quit() // it has the message
	says = mailserver.Says(l.call.Account, says)
	to := make([]any, len(l.to))
	for i, address := range l.to {
		to[i] = address
	}
	return map[string]any{"message_id": l.id, "to": to, "says": says}, &engine.Response{Status: 250, Body: says}, nil
}

// hand gives the letter to the server. All get it or nobody: where one recipient is refused, it ends.
func (l *letter) hand(server *mailserver.Sender) (says string, err error) {
	server.Patience(commandTime)
	if err := server.Mail("<" + l.from + ">"); err != nil {
		return "", server.Failure(err)
	}
	for _, address := range l.to {
		if err := server.Rcpt("<" + address + ">"); err != nil {
			f := server.Failure(err)
			if f.Phase == action.Answered {
				f.Err.Message = address + ": " + f.Err.Message
			}
			return "", f
		}
	}
	w, err := server.Data()
	if err != nil {
		return "", server.Failure(err)
	}
	server.Patience(takingTime)
	if _, err := w.Write(l.content); err != nil {
		return "", server.Failure(err) // without its end, no server sends it on
	}
	if err := w.Close(); err != nil {
		if _, ok := errors.AsType[*textproto.Error](err); ok {
			return "", server.Failure(err)
		}
		return "", &action.Failure{
			Phase: action.Between, Retry: l.call.Operation.Safe,
			Err: engine.Wrap(err, engine.Unavailable, "The connection to %s broke after the e-mail was sent and before it said whether it has it. Look among the sent e-mails, or ask who should get it, before you send it again.", server.Host()),
		}
	}
	if d, ok := w.(*smtp.DataCloser); ok {
		says = d.ServerResponse()
	}
	return says, nil
}

// sender is whom an account's e-mails come from.
func sender(a engine.Account) (*mail.Address, error) {
	given := a.Value(fieldFrom)
	if strings.TrimSpace(given) == "" {
		given = a.Value(mailserver.FieldUser)
	}
	list, err := parseAddresses(given)
	if err != nil || len(list) != 1 {
		return nil, engine.Errorf(engine.Invalid, "The connection %q does not say whom its e-mails come from. Open it and fill in the sender, such as Olive & Oak <shop@example.com>.", a.Name)
	}
	return list[0], nil
}

// addresses reads the addresses of a field: a text, parted by commas, semicolons or lines, or a list.
func addresses(o engine.Operation, field string, v any) ([]*mail.Address, error) {
	label := field
	if f, ok := o.Field(field); ok && f.Label != "" {
		label = f.Label
	}
	var all []*mail.Address
	for _, one := range texts(v) {
		list, err := parseAddresses(one)
		if err != nil {
			return nil, engine.Wrap(err, engine.Invalid, "%q in %s is no e-mail address. Write one such as ana@example.com or Ana Silva <ana@example.com>, and commas between several.", shortened(one, 100), label)
		}
		all = append(all, list...)
	}
	return all, nil
}

func texts(v any) []string {
	if list, ok := v.([]any); ok {
		var all []string
		for _, one := range list {
			all = append(all, mapping.Text(one))
		}
		return all
	}
	if v == nil {
		return nil
	}
	return []string{mapping.Text(v)}
}

var errNoAddress = errors.New("no address")

// parseAddresses reads a list of addresses. What has signs that end a line is none: it would be more
// headers than one.
func parseAddresses(text string) ([]*mail.Address, error) {
	text = strings.Trim(strings.TrimSpace(text), ",;")
	if text == "" {
		return nil, nil
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return nil, errNoAddress
	}
	list, err := mail.ParseAddressList(text)
	if err != nil && strings.Contains(text, ";") { // as Outlook writes it
		list, err = mail.ParseAddressList(strings.ReplaceAll(text, ";", ","))
	}
	if err != nil && !strings.ContainsAny(text, ",;\"") {
		// A name with signs that would need quotes, such as "Olive & Oak (Lisbon) <shop@example.com>".
		if name, address, ok := strings.Cut(strings.TrimSuffix(text, ">"), "<"); ok && !strings.ContainsAny(name+address, "<>") {
			if a, bad := mail.ParseAddress(address); bad == nil && a.Name == "" {
				a.Name = strings.TrimSpace(name)
				list, err = []*mail.Address{a}, nil
			}
		}
	}
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		at := strings.LastIndexByte(a.Address, '@')
		if at < 1 || strings.ContainsFunc(a.Address+a.Name, unicode.IsControl) || strings.ContainsAny(a.Address, "<> ") || len(a.Address) > 320 {
			return nil, errNoAddress
		}
	}
	return list, nil
}

func written(list []*mail.Address) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

// messageID is the same for every try of the same thing, so that what came twice can be told.
func messageID(key string, from *mail.Address) string {
	sum := sha256.Sum256([]byte(key))
	return mailserver.OwnID + hex.EncodeToString(sum[:16]) + from.Address[strings.LastIndexByte(from.Address, '@'):]
}
