package mail

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-message/textproto"

	"bellhop/engine/mailserver"
	"bellhop/engine/poll"
)

// largestRead is how much of an e-mail is read, in bytes; what attachments have beyond it is left out. The
// texts come before them.
const largestRead = 4 << 20

// named are the headers by which e-mails are told apart.
var named = []string{"Message-ID", "Date", "From", "Subject"}

// note returns e-mails by their keys alone.
func (b *box) note(uids []imap.UID, last *seen) ([]poll.Item, error) {
	var items []poll.Item
	const piece = 500 // a command has an end
	head := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: named, Peek: true}
	for begin := 0; begin < len(uids); begin += piece {
		set := imap.UIDSetNum(uids[begin:min(begin+piece, len(uids))]...)
		fetch := b.client.Fetch(set, &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{head}})
		for message := fetch.Next(); message != nil; message = fetch.Next() {
			got, err := collect(message)
			if err != nil {
				_ = fetch.Close() // err is the trouble
				return nil, err
			}
			last.newest(got.arrived)
			items = append(items, poll.Item{Key: key(got)})
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

// read returns an e-mail and how much of it was read; ok is false if it has gone meanwhile, or is none to tell of. What it holds
// never makes it an error: an e-mail that nobody can read must not stop those behind it.
func (b *box) read(uid imap.UID, last *seen) (item poll.Item, size int, ok bool, err error) {
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: largestRead}}
	fetch := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{
		UID: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{whole},
	})
	defer func() { _ = fetch.Close() }() // twice does no harm
	message := fetch.Next()
	if message == nil {
		return poll.Item{}, 0, false, fetch.Close()
	}
	got, err := collect(message)
	if err != nil {
		return poll.Item{}, 0, false, err
	}
	if err := fetch.Close(); err != nil {
		return poll.Item{}, 0, false, err
	}
	last.newest(got.arrived)
	m := parse(got.content, b.contents)
	if !b.own && strings.HasPrefix(m.MessageID, mailserver.OwnID) {
		return poll.Item{}, len(got.content), false, nil
	}
	m.Arrived, m.Size, m.Cut = moment(got.arrived), got.size, got.size > largestRead
	body, err := json.Marshal(m)
	return poll.Item{Key: key(got), Body: body, ContentType: "application/json"}, len(got.content), true, err
}

// fetched is what a server sent of an e-mail.
type fetched struct {
	arrived time.Time
	size    int64
	content []byte
}

func collect(message *imapclient.FetchMessageData) (got fetched, err error) {
	for part := message.Next(); part != nil; part = message.Next() {
		switch part := part.(type) {
		case imapclient.FetchItemDataInternalDate:
			got.arrived = part.Time
		case imapclient.FetchItemDataRFC822Size:
			got.size = part.Size
		case imapclient.FetchItemDataBodySection:
			if part.Literal == nil {
				continue
			}
			// A server may send more than it was asked for.
			if got.content, err = io.ReadAll(io.LimitReader(part.Literal, largestRead)); err != nil {
				return got, err
			}
		}
	}
	return got, nil
}

// key tells e-mails apart, also when the server has numbered all of them anew, or one was moved away and
// back. A Message-ID alone would not do: some programs give the same to all they send.
func key(got fetched) string {
	header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(got.content)))
	if err != nil {
		header = textproto.Header{} // then the time has to do
	}
	var parts []string
	for _, name := range named {
		parts = append(parts, strings.Join(strings.Fields(header.Get(name)), " "))
	}
	id := strings.Trim(clean([]byte(parts[0])), "<>")
	if id == "" {
		id = "no id"
		parts = append(parts, moment(got.arrived))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return id + " " + hex.EncodeToString(sum[:8])
}

// moment is a time as pills have it; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
