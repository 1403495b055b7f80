// Package mail watches a mailbox by IMAP, for triggers that start a run for each e-mail that arrives. It
// asks as often as the recipe says and holds no connection open in between; nothing in the mailbox is
// changed, an e-mail that was read by a recipe stays unread for people.
package mail

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mailserver"
	"bellhop/engine/mapping"
	"bellhop/engine/poll"
)

// The fields of a trigger with the watch engine.WatchMail.
const (
	// FieldMailbox is the mailbox; empty means INBOX, where e-mails arrive.
	FieldMailbox = "mailbox"
	// FieldContents is true if what small attachments hold comes along.
	FieldContents = "contents"
	// FieldOwn is true if e-mails that Bellhop sent count too. Else a recipe that answers could answer itself,
	// or another Bellhop, without end.
	FieldOwn = "own"
)

const (
	// mostMails is how many e-mails are taken at one look; the rest follows at once.
	mostMails = 50
	// mostNoted is how many are only noted at one look.
	mostNoted = 2000
	// mostBytes is how much a look reads, and mostTime for how long, before it hands on what it has: over a
	// slow line, too, each look comes to an end.
	mostBytes = 8 << 20
	mostTime  = 30 * time.Second
	// overlap is how far back a mailbox is looked through whose numbers all have changed, before the time
	// of the last e-mail that was seen.
	overlap = 48 * time.Hour
)

// New returns the factory of mailboxes. Each look passes the gate, which may be nil.
func New(dialer mailserver.Dialer, gate poll.Gate) poll.Factory {
	return func(t poll.Trigger) (poll.Source, error) {
		s := &source{Trigger: t, dialer: dialer, gate: gate, mailbox: strings.TrimSpace(mapping.Text(t.With[FieldMailbox]))}
		if s.mailbox == "" {
			s.mailbox = "INBOX"
		}
		yes := func(name string) bool { return t.With[name] == true || t.With[name] == "true" }
		s.contents, s.own = yes(FieldContents), yes(FieldOwn)
		return s, nil
	}
}

type source struct {
	poll.Trigger
	dialer   mailserver.Dialer
	gate     poll.Gate
	mailbox  string
	contents bool
	own      bool
}

// seen is up to where the mailbox was looked at: a source's State, as JSON.
type seen struct {
	// Validity is the mailbox's UIDVALIDITY: with another, all numbers mean other e-mails (RFC 3501, 2.3.1.1).
	Validity uint32 `json:"validity"`
	// UID is that of the last e-mail that was seen.
	UID imap.UID `json:"uid"`
	// Through is when the newest e-mail arrived that was seen, by the server's clock.
	Through time.Time `json:"through,omitzero"`
}

// Look asks for what has arrived.
func (s *source) Look(ctx context.Context, look poll.Look) (poll.Found, error) {
	account, err := s.Account(ctx)
	if err != nil {
		return poll.Found{}, err
	}
	call := action.Call{Connector: s.Connector, Operation: s.Operation, With: s.With, Account: account}
	if _, err := call.Fields(); err != nil {
		return poll.Found{}, err
	}
	if s.gate == nil {
		return s.look(ctx, account, look)
	}
	leave, err := s.gate.Enter(ctx, call)
	if err != nil {
		return poll.Found{}, err
	}
	err = errCrashed
	defer func() { leave(action.Result{}, err) }() // also if it crashes: the place must become free
	var found poll.Found
	found, err = s.look(ctx, account, look)
	return found, err
}

// errCrashed is what the gate is told of a look that came to no end.
var errCrashed = errors.New("the look crashed")

func (s *source) look(ctx context.Context, account engine.Account, look poll.Look) (poll.Found, error) {
	client, err := s.dialer.IMAP(ctx, account)
	if err != nil {
		return poll.Found{}, err
	}
	defer func() { _ = client.Close() }() // nothing was changed
	b := &box{source: s, account: account, client: client, look: look}
	// Read-only, so that the server itself marks nothing as read.
	selected, err := client.Select(s.mailbox, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return poll.Found{}, b.failure(err)
	}
	found, err := b.find(selected)
	if err != nil {
		return poll.Found{}, b.failure(err)
	}
	_ = client.Logout().Wait() // all that was asked for has come
	return found, nil
}

// box is one look at a mailbox.
type box struct {
	*source
	account engine.Account
	client  *imapclient.Client
	look    poll.Look
}

func (b *box) find(selected *imap.SelectData) (poll.Found, error) {
	var last seen
	first := b.look.State == ""
	if !first && json.Unmarshal([]byte(b.look.State), &last) != nil {
		return poll.Found{}, engine.Errorf(engine.Internal, "what is known of a mailbox cannot be read: %q", b.look.State)
	}
	renumbered := !first && last.Validity != selected.UIDValidity
	criteria := &imap.SearchCriteria{}
	switch {
	case !first && !renumbered && selected.UIDNext != 0 && selected.UIDNext <= last.UID+1:
		return poll.Found{State: b.look.State}, nil // as it mostly is
	case first && b.look.Runs > 0:
		// The newest of all there is; those that arrived lately are noted besides, see renumbered.
	case first:
		criteria.Since = b.look.Now.Add(-overlap)
	case renumbered:
		criteria.Since = last.Through.Add(-overlap)
		last.UID = 0
	default:
		criteria.UID = []imap.UIDSet{{imap.UIDRange{Start: last.UID + 1}}}
	}
	result, err := b.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return poll.Found{}, err
	}
	// Asked for all from a number on, a server answers with the last one even if that is lower.
	uids := slices.DeleteFunc(result.AllUIDs(), func(uid imap.UID) bool { return uid <= last.UID })
	slices.Sort(uids)
	last.Validity = selected.UIDValidity
	return b.take(uids, last, selected.UIDNext, first)
}

// take makes items of e-mails, and says where the next look goes on.
func (b *box) take(uids []imap.UID, last seen, next imap.UID, first bool) (found poll.Found, err error) {
	noted, read := 0, len(uids)
	if b.look.Quiet {
		noted, read = max(0, len(uids)-b.look.Runs), min(len(uids), b.look.Runs)
		if first { // older ones never come up again
			from := max(0, noted-mostNoted)
			uids, noted = uids[from:], noted-from
		} else if len(uids) > mostNoted {
			uids, noted, read, found.More = uids[:mostNoted], mostNoted, 0, true
		}
	} else if read > mostMails {
		uids, read, found.More = uids[:mostMails], mostMails, true
	}
	if found.Items, err = b.note(uids[:noted], &last); err != nil {
		return poll.Found{}, err
	}
	bytes, begun := 0, time.Now()
	for i, uid := range uids[len(uids)-read:] {
		if !b.look.Quiet && (bytes > mostBytes || time.Since(begun) > mostTime) {
			uids, found.More = uids[:i], true
			break
		}
		item, size, ok, err := b.read(uid, &last)
		if err != nil {
			return poll.Found{}, err
		}
		bytes += size
		if ok {
			found.Items = append(found.Items, item)
		}
	}
	if len(uids) > 0 {
		last.UID = uids[len(uids)-1]
	}
	if !found.More && next > last.UID+1 {
		last.UID = next - 1 // what had these numbers is gone, or was left out
	}
	if first && last.Through.IsZero() {
		last.Through = b.look.Now.UTC().Truncate(time.Second)
	}
	state, err := json.Marshal(last)
	found.State = string(state)
	return found, err
}

// failure makes a failure of what went wrong after the server let us in.
func (b *box) failure(err error) error {
	if _, ok := errors.AsType[*engine.Error](err); ok {
		return err
	}
	host := b.account.Value(mailserver.FieldIMAPHost)
	said, ok := errors.AsType[*imap.Error](err)
	if !ok {
		return action.Unreachable(host, err)
	}
	if said.Code == imap.ResponseCodeNonExistent || said.Code == imap.ResponseCodeCannot || said.Code == imap.ResponseCodeNoPerm {
		return &action.Failure{Phase: action.Answered, Err: engine.Wrap(err, engine.NotFound,
			"There is no mailbox %q at %s. Check how it is called there; the one where e-mails arrive is INBOX.", b.mailbox, host)}
	}
	return &action.Failure{Phase: action.Answered, Retry: true, Err: engine.Wrap(err, engine.Unavailable,
		"%s does not let Bellhop look into the mailbox %q just now: %s.", host, b.mailbox, mailserver.Says(b.account, said.Text))}
}
