package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"bellhop/engine/poll"
)

// largestRead is how much of an e-mail is read, in bytes; what attachments have beyond it is left out.
const largestRead = 10 << 20

// note returns e-mails by their keys alone.
func (b *box) note(uids []imap.UID, last *seen) ([]poll.Item, error) {
	var items []poll.Item
	const piece = 500 // a command has an end
	for begin := 0; begin < len(uids); begin += piece {
		set := imap.UIDSetNum(uids[begin:min(begin+piece, len(uids))]...)
		fetch := b.client.Fetch(set, &imap.FetchOptions{UID: true, Envelope: true, InternalDate: true})
		for message := fetch.Next(); message != nil; message = fetch.Next() {
			head, err := message.Collect()
			if err != nil {
				_ = fetch.Close() // err is the trouble
				return nil, err
			}
			last.newest(head.InternalDate)
			items = append(items, poll.Item{Key: key(head)})
		}
		if err := fetch.Close(); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// newest takes up when an e-mail arrived.
func (s *seen) newest(at time.Time) {
	if at.After(s.Through) {
		s.Through = at.UTC()
	}
}

// read returns an e-mail; ok is false if it has gone meanwhile. What it holds never makes it an error: an
// e-mail that nobody can read must not stop those behind it.
func (b *box) read(uid imap.UID, last *seen) (item poll.Item, ok bool, err error) {
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: largestRead}}
	fetch := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{
		UID: true, Envelope: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{whole},
	})
	defer func() { _ = fetch.Close() }() // twice does no harm
	message := fetch.Next()
	if message == nil {
		return poll.Item{}, false, fetch.Close()
	}
	head := &imapclient.FetchMessageBuffer{}
	var content []byte
	for part := message.Next(); part != nil; part = message.Next() {
		switch part := part.(type) {
		case imapclient.FetchItemDataUID:
			head.UID = part.UID
		case imapclient.FetchItemDataEnvelope:
			head.Envelope = part.Envelope
		case imapclient.FetchItemDataInternalDate:
			head.InternalDate = part.Time
		case imapclient.FetchItemDataRFC822Size:
			head.RFC822Size = part.Size
		case imapclient.FetchItemDataBodySection:
			if part.Literal != nil {
				// A server may send more than it was asked for.
				if content, err = io.ReadAll(io.LimitReader(part.Literal, largestRead)); err != nil {
					return poll.Item{}, false, err
				}
			}
		}
	}
	if err := fetch.Close(); err != nil {
		return poll.Item{}, false, err
	}
	last.newest(head.InternalDate)
	m := parse(content, b.contents)
	m.Arrived = moment(head.InternalDate)
	m.Size = head.RFC822Size
	m.Cut = head.RFC822Size > largestRead
	m.complete(head.Envelope)
	body, err := json.Marshal(m)
	return poll.Item{Key: key(head), Body: body, ContentType: "application/json"}, true, err
}

// key tells e-mails apart, also when the server has numbered all of them anew, or one was moved away and
// back. A Message-ID alone would not do: some programs give the same to all they send.
func key(head *imapclient.FetchMessageBuffer) string {
	e := head.Envelope
	if e == nil {
		e = &imap.Envelope{}
	}
	id := e.MessageID
	parts := []string{id, e.Subject, moment(e.Date)}
	for _, a := range e.From {
		parts = append(parts, a.Addr())
	}
	if id == "" {
		parts = append(parts, moment(head.InternalDate))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	if id == "" {
		id = "no id"
	}
	return id + " " + hex.EncodeToString(sum[:8])
}

// moment is a time as pills have it; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
