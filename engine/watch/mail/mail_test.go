package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mailserver"
	"bellhop/engine/mailserver/mailtest"
	"bellhop/engine/poll"
	"bellhop/engine/watch/mail"
)

var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// bench is a mailbox that is watched.
type bench struct {
	*testing.T
	server  *mailtest.IMAPServer
	account engine.Account
	with    map[string]any
	gate    poll.Gate
	state   string
	quiet   bool
	runs    int
}

func watched(t *testing.T) *bench {
	t.Helper()
	s := mailtest.IMAP(t, mailserver.None)
	return &bench{T: t, server: s, account: mailtest.Account(s, nil)}
}

func (b *bench) try() (poll.Found, error) {
	b.Helper()
	source, err := mail.New(mailserver.Dialer{}, b.gate)(poll.Trigger{
		Connector: engine.Connector{Name: "email", Title: "E-mail"}, Operation: engine.Operation{Name: "received", Watch: engine.WatchMail, Connection: engine.Required},
		With: b.with, Account: func(context.Context) (engine.Account, error) { return b.account, nil },
	})
	require.NoError(b, err)
	found, err := source.Look(b.Context(), poll.Look{State: b.state, Quiet: b.quiet || b.state == "", Runs: b.runs, Now: noon})
	if err == nil {
		require.NotEmpty(b, found.State)
		b.state = found.State
	}
	return found, err
}

// look returns the subjects of what is found, "" for those that are only noted.
func (b *bench) look() []string {
	b.Helper()
	found, err := b.try()
	require.NoError(b, err)
	return subjects(b.T, found)
}

func subjects(t *testing.T, found poll.Found) []string {
	t.Helper()
	var all []string
	for _, item := range found.Items {
		require.NotEmpty(t, item.Key)
		if item.Body == nil {
			all = append(all, "")
			continue
		}
		all = append(all, message(t, item)["subject"].(string))
	}
	return all
}

func message(t *testing.T, item poll.Item) map[string]any {
	t.Helper()
	m := map[string]any{}
	require.NoError(t, json.Unmarshal(item.Body, &m))
	return m
}

func letter(n int) string {
	return fmt.Sprintf("From: Ana <ana@example.com>\nTo: shop@example.com\nSubject: mail %d\nDate: Sat, 21 Nov 2026 09:12:%02d +0100\nMessage-ID: <%[1]d@example.com>\n\nHello %[1]d\n", n, n%60)
}

func (b *bench) deliver(n int) {
	b.server.Deliver("INBOX", noon.Add(time.Duration(n)*time.Second), letter(n))
}

func TestEachEMailOnce(t *testing.T) {
	b := watched(t)
	b.deliver(1)
	require.Equal(t, []string{""}, b.look(), "the first look only notes")
	require.Empty(t, b.look())
	b.deliver(2)
	b.deliver(3)
	require.Equal(t, []string{"mail 2", "mail 3"}, b.look())
	state := b.state
	require.Empty(t, b.look())
	require.Equal(t, state, b.state, "nothing is written to the database")
}

func TestTheFirstLookAtAMailboxWithoutEMails(t *testing.T) {
	b := watched(t)
	require.Empty(t, b.look())
	b.deliver(1)
	require.Equal(t, []string{"mail 1"}, b.look())
}

func TestTheNewestAtTheFirstLook(t *testing.T) {
	b := watched(t)
	for n := range 5 {
		b.deliver(n)
	}
	b.runs = 2
	require.Equal(t, []string{"", "", "", "mail 3", "mail 4"}, b.look())
	require.Empty(t, b.look())
}

func TestOldEMailsAreNotNotedOneByOne(t *testing.T) {
	b := watched(t)
	for n := range 20 {
		b.server.Deliver("INBOX", noon.AddDate(-1, 0, n), letter(n))
	}
	b.deliver(30)
	require.Equal(t, []string{""}, b.look())
	require.Empty(t, b.look())
}

func TestWhatCameWhileTheRecipeWasOff(t *testing.T) {
	b := watched(t)
	b.look()
	b.deliver(1)
	b.quiet = true
	require.Equal(t, []string{""}, b.look())
	b.quiet = false
	b.deliver(2)
	require.Equal(t, []string{"mail 2"}, b.look())
}

func TestManyEMailsComeInPieces(t *testing.T) {
	b := watched(t)
	b.look()
	for n := range 120 {
		b.deliver(n)
	}
	var all []string
	for {
		found, err := b.try()
		require.NoError(t, err)
		require.LessOrEqual(t, len(found.Items), 50)
		all = append(all, subjects(t, found)...)
		if !found.More {
			break
		}
	}
	require.Len(t, all, 120)
	require.Equal(t, "mail 0", all[0])
	require.Equal(t, "mail 119", all[119])
	require.Empty(t, b.look())
}

func TestLargeEMailsComeFewAtATime(t *testing.T) {
	b := watched(t)
	b.look()
	for n := range 20 {
		b.server.Deliver("INBOX", noon, letter(n)+strings.Repeat("long line of text\n", 40_000))
	}
	found, err := b.try()
	require.NoError(t, err)
	require.True(t, found.More)
	require.Less(t, len(found.Items), 20)
	got := len(found.Items)
	for found.More {
		found, err = b.try()
		require.NoError(t, err)
		got += len(found.Items)
	}
	require.Equal(t, 20, got)
}

// A server that numbers its e-mails anew, such as after it was moved, starts no run for those that ran.
func TestEMailsThatAreNumberedAnew(t *testing.T) {
	b := watched(t)
	b.deliver(1)
	seen := map[string]bool{}
	remember := func() (fresh []string) {
		t.Helper()
		found, err := b.try()
		require.NoError(t, err)
		for i, subject := range subjects(t, found) {
			if !seen[found.Items[i].Key] {
				seen[found.Items[i].Key] = true
				fresh = append(fresh, subject)
			}
		}
		return fresh
	}
	require.Equal(t, []string{""}, remember())
	b.deliver(2)
	require.Equal(t, []string{"mail 2"}, remember())

	b.server.Renumber("INBOX")
	b.server.Deliver("INBOX", noon.AddDate(0, -1, 0), letter(40)) // was there long before
	b.deliver(1)
	b.deliver(2)
	b.deliver(3) // came meanwhile
	require.Equal(t, []string{"mail 3"}, remember())
	require.Empty(t, remember())
	b.deliver(4)
	require.Equal(t, []string{"mail 4"}, remember())
}

func TestEMailsWithTheSameIDAreNotTheSame(t *testing.T) {
	b := watched(t)
	b.look()
	for n := range 2 {
		b.server.Deliver("INBOX", noon, strings.Replace(letter(n), fmt.Sprintf("<%d@", n), "<same@", 1))
		b.server.Deliver("INBOX", noon.Add(time.Duration(n)*time.Second), "From: scanner@example.com\nSubject: scan\n\nno id\n")
	}
	found, err := b.try()
	require.NoError(t, err)
	keys := map[string]bool{}
	for _, item := range found.Items {
		keys[item.Key] = true
	}
	require.Len(t, keys, 4)
}

func TestNothingIsMarkedAsRead(t *testing.T) {
	b := watched(t)
	b.look()
	b.deliver(1)
	require.Len(t, b.look(), 1)
	client, err := mailserver.Dialer{}.IMAP(t.Context(), b.account)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	status, err := client.Status("INBOX", &imap.StatusOptions{NumUnseen: true}).Wait()
	require.NoError(t, err)
	require.EqualValues(t, 1, *status.NumUnseen)
}

// A recipe that answers e-mails does not answer its own, nor those of another Bellhop.
func TestOwnEMailsStartNothing(t *testing.T) {
	b := watched(t)
	b.look()
	own := strings.Replace(letter(1), "<1@", "<bellhop.1@", 1)
	b.server.Deliver("INBOX", noon, own)
	b.deliver(2)
	require.Equal(t, []string{"mail 2"}, b.look())
	b.with = map[string]any{mail.FieldOwn: true}
	b.server.Deliver("INBOX", noon, own)
	require.Equal(t, []string{"mail 1"}, b.look())
}

func TestOtherMailboxes(t *testing.T) {
	b := watched(t)
	b.with = map[string]any{mail.FieldMailbox: "Orders"}
	_, err := b.try()
	f, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok)
	require.Equal(t, engine.NotFound, f.Err.Code)
	require.Contains(t, f.Error(), `no mailbox "Orders"`)
	require.NoError(t, b.server.Boxes.Create("Orders", nil))
	require.Empty(t, b.look())
	b.deliver(1)
	b.server.Deliver("Orders", noon, letter(2))
	require.Equal(t, []string{"mail 2"}, b.look())
}

// gate notes what passes.
type gate struct {
	paused error
	left   []error
}

func (g *gate) Enter(context.Context, action.Call) (func(action.Result, error), error) {
	if g.paused != nil {
		return nil, g.paused
	}
	return func(_ action.Result, err error) { g.left = append(g.left, err) }, nil
}

func TestAWrongPasswordIsToldToTheGate(t *testing.T) {
	b := watched(t)
	g := &gate{}
	b.gate = g
	b.look()
	b.account.Secrets = map[string]string{mailserver.FieldPassword: "wrong password"}
	state := b.state
	_, err := b.try()
	f, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok)
	require.True(t, f.Reconnect)
	require.Equal(t, []error{nil, err}, g.left)
	require.Equal(t, state, b.state)
	g.paused = &action.Paused{Why: "waits"}
	_, err = b.try()
	require.Equal(t, g.paused, err)
	require.Len(t, b.server.Logins(), 2, "a connection that needs a person is left alone")
}
