package local_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/connector"
	"bellhop/engine/local"
	"bellhop/engine/mailserver"
	"bellhop/engine/mailserver/mailtest"
)

var shipped = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Load(assets.Connectors()) })

// operation is one of the shipped connectors', so that the files are tested with what they are for.
func operation(t *testing.T, use string) (engine.Connector, engine.Operation) {
	t.Helper()
	catalog, err := shipped()
	require.NoError(t, err)
	c, o, ok := catalog.Operation(use)
	require.True(t, ok, use)
	return c, o
}

func call(t *testing.T, use string, with map[string]any) action.Call {
	t.Helper()
	c, o := operation(t, use)
	return action.Call{Connector: c, Operation: o, With: with, IdempotencyKey: "bellhop-1-7-send"}
}

func failure(t *testing.T, err error) *action.Failure {
	t.Helper()
	f, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok, "%v", err)
	require.NotEmpty(t, f.Phase)
	return f
}

func clock() time.Time { return time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC) }

// send sends an e-mail.
func send(t *testing.T, server *mailtest.SMTPServer, with map[string]any) (action.Result, error) {
	t.Helper()
	c := call(t, "email.send", with)
	c.Account = mailtest.Account(nil, server)
	result, err := local.New(local.Params{Now: clock}).Do(t.Context(), c)
	if result.Request != nil {
		require.NotContains(t, result.Request.Body, mailtest.Password)
	}
	return result, err
}

func letter(with map[string]any) map[string]any {
	all := map[string]any{"to": "ana@example.com", "subject": "Order 1042", "text": "It is on its way."}
	for name, v := range with {
		all[name] = v
	}
	return all
}

func TestAnEMail(t *testing.T) {
	server := mailtest.SMTP(t, mailserver.None)
	result, err := send(t, server, letter(map[string]any{
		"to": "Ana Silva <ana@example.com>; bo@example.com", "cc": []any{"cy@example.com"}, "bcc": "di@example.com",
		"reply_to": "Zoë <zoe@example.com>", "subject": "Grüße & öl", "html": "<p>It is on its <b>way</b>.</p>", "text": "It is on its way.\n.\nBye",
	}))
	require.NoError(t, err)
	letters := server.Letters()
	require.Len(t, letters, 1)
	require.Equal(t, "shop@example.com", letters[0].From)
	require.Equal(t, []string{"ana@example.com", "bo@example.com", "cy@example.com", "di@example.com"}, letters[0].To)
	m, err := mail.ReadMessage(strings.NewReader(letters[0].Content))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "Grüße & öl", subject)
	require.Equal(t, `"Ana Silva" <ana@example.com>, <bo@example.com>`, m.Header.Get("To"))
	require.Contains(t, m.Header.Get("Reply-To"), "<zoe@example.com>")
	require.Empty(t, m.Header.Get("Bcc"), "nobody sees who got a hidden copy")
	require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	at, err := m.Header.Date()
	require.NoError(t, err)
	require.True(t, at.Equal(clock()))
	body, err := io.ReadAll(m.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), "text/plain")
	require.Contains(t, string(body), "text/html")
	require.Contains(t, string(body), "\r\n.\r\nBye", "a line with a dot does not end it")

	output := result.Output.(map[string]any)
	require.Equal(t, "<"+output["message_id"].(string)+">", m.Header.Get("Message-ID"))
	require.Equal(t, 250, result.Response.Status)
	require.Equal(t, "MAIL", result.Request.Method)
	require.Equal(t, "Grüße & öl", result.Request.Headers["Subject"])
}

func TestTheSameTryHasTheSameMessageID(t *testing.T) {
	server := mailtest.SMTP(t, mailserver.None)
	ids := map[any]int{}
	for range 2 {
		result, err := send(t, server, letter(nil))
		require.NoError(t, err)
		ids[result.Output.(map[string]any)["message_id"]]++
	}
	require.Len(t, ids, 1)
}

// What comes from outside never becomes a header, a recipient or a command.
func TestNoHeaderCanBeBroughtIn(t *testing.T) {
	for what, with := range map[string]map[string]any{
		"subject":                {"subject": "Hi\r\nBcc: evil@example.org"},
		"subject, bare newline":  {"subject": "Hi\nBcc: evil@example.org"},
		"subject, bare return":   {"subject": "Hi\rBcc: evil@example.org"},
		"subject, other newline": {"subject": "Hi\u2028Bcc: evil@example.org\u0085X: y"},
		"text":                   {"text": "Hi\r\n.\r\nMAIL FROM:<evil@example.org>\r\n"},
		"encoded":                {"subject": "=?utf-8?q?Hi=0D=0ABcc:_evil@example.org?="},
	} {
		t.Run(what, func(t *testing.T) {
			server := mailtest.SMTP(t, mailserver.None)
			_, err := send(t, server, letter(with))
			require.NoError(t, err)
			letters := server.Letters()
			require.Len(t, letters, 1)
			require.Equal(t, []string{"ana@example.com"}, letters[0].To)
			m, err := mail.ReadMessage(strings.NewReader(letters[0].Content))
			require.NoError(t, err)
			require.Empty(t, m.Header.Get("Bcc"))
			require.Empty(t, m.Header.Get("X"))
		})
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for what, address := range map[string]any{
		"no at":                "ana",
		"nothing before":       "@example.com",
		"nothing behind":       "ana@",
		"a line break":         "ana@example.com\r\nBcc: evil@example.org",
		"a line break, quoted": "\"ana\r\nBcc: x\" <ana@example.com>",
		"a newline":            "ana@example.com\nevil@example.org",
		"a command":            "ana@example.com>\r\nRCPT TO:<evil@example.org",
		"a NUL":                "ana@example.com\x00",
		"two in one":           "ana@example.com evil@example.org",
		"brackets":             "<<ana@example.com>>",
		"one of a list":        []any{"ana@example.com", "bo"},
	} {
		for _, field := range []string{"to", "cc", "bcc", "reply_to"} {
			t.Run(what+" in "+field, func(t *testing.T) {
				server := mailtest.SMTP(t, mailserver.None)
				_, err := send(t, server, letter(map[string]any{field: address}))
				f := failure(t, err)
				require.Equal(t, action.Before, f.Phase)
				require.Equal(t, engine.Invalid, f.Err.Code)
				require.False(t, f.Retry)
				require.Contains(t, f.Error(), "is no e-mail address")
				require.Empty(t, server.Letters())
				require.Empty(t, server.Logins(), "nobody was even called")
			})
		}
	}
}

func TestWhatAnEMailMustHave(t *testing.T) {
	many := make([]any, 101)
	for i := range many {
		many[i] = "ana@example.com"
	}
	for what, tc := range map[string]struct {
		with map[string]any
		says string
	}{
		"nobody":    {map[string]any{"to": ""}, `"To" is empty`},
		"commas":    {map[string]any{"to": " , "}, "goes to nobody"},
		"no text":   {map[string]any{"text": " "}, "says nothing"},
		"too many":  {map[string]any{"to": many}, "At most 100"},
		"too large": {map[string]any{"text": strings.Repeat("x", 10<<20+1)}, "too large"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := send(t, mailtest.SMTP(t, mailserver.None), letter(tc.with))
			require.Contains(t, failure(t, err).Error(), tc.says)
		})
	}
	c := call(t, "email.send", letter(nil))
	c.Account = mailtest.Account(nil, mailtest.SMTP(t, mailserver.None))
	c.Account.Fields[mailserver.FieldUser] = "anna"
	_, err := local.New(local.Params{}).Do(t.Context(), c)
	require.Contains(t, failure(t, err).Error(), "fill in the sender")
}

// How far it got decides what may be done about it.
func TestFailuresOfSending(t *testing.T) {
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	unknown := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"}
	always := func(err error) func(string) error { return func(string) error { return err } }
	for what, tc := range map[string]struct {
		server func(*mailtest.SMTPServer)
		phase  action.Phase
		retry  bool
		code   engine.Code
		says   string
		sent   int
	}{
		"the sender is refused":          {func(s *mailtest.SMTPServer) { s.OnMail = always(unknown) }, action.Answered, false, engine.Refused, "No such user here", 0},
		"a recipient is refused":         {func(s *mailtest.SMTPServer) { s.OnRcpt = always(unknown) }, action.Answered, false, engine.Refused, "ana@example.com: ", 0},
		"a recipient is refused for now": {func(s *mailtest.SMTPServer) { s.OnRcpt = always(busy) }, action.Answered, true, engine.Unavailable, "Try again later", 0},
		"the e-mail is refused":          {func(s *mailtest.SMTPServer) { s.OnData = always(unknown) }, action.Answered, false, engine.Refused, "No such user here", 0},
		"the e-mail is refused for now":  {func(s *mailtest.SMTPServer) { s.OnData = always(busy) }, action.Answered, true, engine.Unavailable, "Try again later", 0},
		"the answer is lost":             {func(s *mailtest.SMTPServer) { s.Hang = true }, action.Between, false, engine.Unavailable, "before you send it again", 1},
	} {
		t.Run(what, func(t *testing.T) {
			server := mailtest.SMTP(t, mailserver.None)
			tc.server(server)
			result, err := send(t, server, letter(nil))
			f := failure(t, err)
			require.Equal(t, tc.phase, f.Phase)
			require.Equal(t, tc.retry, f.Retry)
			require.Equal(t, tc.code, f.Err.Code)
			require.Contains(t, f.Error(), tc.says)
			require.Len(t, server.Letters(), tc.sent)
			require.NotNil(t, result.Request)
			if tc.phase == action.Answered {
				require.Contains(t, f.Detail, ".")
				require.NotNil(t, result.Response)
			}
		})
	}
}

// Without its end no server sends an e-mail on, so one that was cut off half way is simply sent again.
func TestAnEMailThatIsCutOffHalfWay(t *testing.T) {
	server := mailtest.SMTP(t, mailserver.None)
	server.Cut = true
	_, err := send(t, server, letter(map[string]any{"text": strings.Repeat("It is on its way. ", 400_000)}))
	f := failure(t, err)
	require.Equal(t, action.Before, f.Phase)
	require.True(t, f.Retry)
	require.Empty(t, server.Letters())
}

func TestOneRefusedRecipientAndNobodyGetsIt(t *testing.T) {
	server := mailtest.SMTP(t, mailserver.None)
	server.OnRcpt = func(to string) error {
		if to == "bo@example.com" {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"}
		}
		return nil
	}
	_, err := send(t, server, letter(map[string]any{"to": "ana@example.com, bo@example.com, cy@example.com"}))
	require.Contains(t, failure(t, err).Error(), "bo@example.com: ")
	require.Empty(t, server.Letters())
}

func TestARunThatWasStoppedSendsNothing(t *testing.T) {
	server := mailtest.SMTP(t, mailserver.None)
	c := call(t, "email.send", letter(nil))
	c.Account = mailtest.Account(nil, server)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := local.New(local.Params{}).Do(ctx, c)
	require.Equal(t, action.Before, failure(t, err).Phase)
	require.Empty(t, server.Logins())
}

func TestATrialSendsNothing(t *testing.T) {
	server := mailtest.SMTP(t, mailserver.None)
	c := call(t, "email.send", letter(nil))
	c.Account = mailtest.Account(nil, server)
	request, err := local.New(local.Params{Now: clock}).Preview(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, "<ana@example.com>", request.Headers["To"])
	require.Equal(t, "It is on its way.", request.Body)
	require.Empty(t, server.Logins())
}

func TestTheConnectionsTest(t *testing.T) {
	in, out := mailtest.IMAP(t, mailserver.None), mailtest.SMTP(t, mailserver.None)
	actions := local.Actions{Client: action.New(action.Params{}), Own: local.New(local.Params{})}
	email, _ := operation(t, "email.send")
	says, err := actions.TestConnection(t.Context(), email, mailtest.Account(in, out))
	require.NoError(t, err)
	require.Equal(t, "Connected: e-mail can be read from 127.0.0.1 and sent through 127.0.0.1.", says)
	says, err = actions.TestConnection(t.Context(), email, mailtest.Account(nil, out))
	require.NoError(t, err)
	require.Equal(t, "Connected: e-mail can be sent through 127.0.0.1.", says)
	wrong := mailtest.Account(in, nil)
	wrong.Secrets[mailserver.FieldPassword] = "another"
	_, err = actions.TestConnection(t.Context(), email, wrong)
	require.True(t, failure(t, err).Reconnect)
	_, err = actions.TestConnection(t.Context(), email, mailtest.Account(nil, nil))
	require.ErrorContains(t, err, "names no server")
	require.Empty(t, out.Letters())
}

type shown struct {
	title, text string
	err         error
}

func (s *shown) Notify(_ context.Context, title, text string) error {
	s.title, s.text = title, text
	return s.err
}

func TestNotifications(t *testing.T) {
	n := &shown{}
	c := local.New(local.Params{Notifier: n})
	_, err := c.Do(t.Context(), call(t, "computer.notify", map[string]any{"title": "New\norder", "text": "#1042\x07 " + strings.Repeat("x", 2000)}))
	require.NoError(t, err)
	require.Equal(t, "New order", n.title)
	require.Len(t, []rune(n.text), 1000)
	require.NotContains(t, n.text, "\x07")

	n.err = errors.New("no bus")
	_, err = c.Do(t.Context(), call(t, "computer.notify", map[string]any{"title": "New order"}))
	require.True(t, failure(t, err).Retry)

	_, err = local.New(local.Params{}).Do(t.Context(), call(t, "computer.notify", map[string]any{"title": "New order"}))
	f := failure(t, err)
	require.False(t, f.Retry)
	require.Contains(t, f.Error(), "without its window")
}
