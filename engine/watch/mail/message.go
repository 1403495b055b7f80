package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reads e-mails in every charset
	"github.com/emersion/go-message/mail"
)

const (
	// longestText is how much of an e-mail's texts is kept, in bytes each.
	longestText = 512 << 10
	// mostAttachments and mostParts bound what is looked at.
	mostAttachments = 100
	mostParts       = 1000
	// largestContents is how much attachments may hold together that comes along, in bytes.
	largestContents = 1 << 20
)

// person is a sender or a recipient.
type person struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// attachment is a file that came with an e-mail.
type attachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	// Content is in base64, where it was asked for and is small.
	Content string `json:"content,omitempty"`
}

// message is what pills see as `trigger`.
type message struct {
	From      person   `json:"from"`
	To        []person `json:"to"`
	Cc        []person `json:"cc"`
	ReplyTo   []person `json:"reply_to"`
	Subject   string   `json:"subject"`
	Date      string   `json:"date"`
	Arrived   string   `json:"arrived"`
	MessageID string   `json:"message_id"`
	// InReplyTo is the id of the e-mail that it answers.
	InReplyTo string `json:"in_reply_to"`
	// Text is the e-mail as text, made out of HTML where it came as that alone.
	Text        string       `json:"text"`
	HTML        string       `json:"html"`
	Attachments []attachment `json:"attachments"`
	// Automatic is true if a program says that it sent it (RFC 3834), such as an absence note.
	Automatic bool  `json:"automatic"`
	Size      int64 `json:"size"`
	// Cut is true if the e-mail was too large to be read to its end.
	Cut bool `json:"cut"`
}

// parse reads an e-mail as far as it can be read.
func parse(content []byte, contents bool) *message {
	m := &message{To: []person{}, Cc: []person{}, ReplyTo: []person{}, Attachments: []attachment{}}
	r, err := mail.CreateReader(bytes.NewReader(content))
	if r == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
		m.Text = clean(content)
		return m
	}
	defer func() { _ = r.Close() }() // it is in memory
	m.head(r.Header)
	left := int64(0)
	if contents {
		left = largestContents
	}
	for range mostParts {
		part, err := r.NextPart()
		if err != nil && (part == nil || !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err)) {
			break // the end, or what cannot be read any further
		}
		switch header := part.Header.(type) {
		case *mail.InlineHeader:
			m.inline(header, part.Body)
		case *mail.AttachmentHeader:
			name, _ := header.Filename()
			left -= m.attach(name, header.Get("Content-Type"), part.Body, left)
		}
	}
	if m.Text == "" && m.HTML != "" {
		m.Text = plain(m.HTML)
	}
	return m
}

func (m *message) head(h mail.Header) {
	m.Subject, _ = h.Subject()
	m.Subject = clean([]byte(m.Subject))
	if date, err := h.Date(); err == nil {
		m.Date = moment(date)
	}
	m.MessageID, _ = h.MessageID()
	if ids, err := h.MsgIDList("In-Reply-To"); err == nil && len(ids) > 0 {
		m.InReplyTo = ids[0]
	}
	if from := people(h, "From"); len(from) > 0 {
		m.From = from[0]
	}
	m.To, m.Cc, m.ReplyTo = people(h, "To"), people(h, "Cc"), people(h, "Reply-To")
	sent := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	m.Automatic = sent != "" && sent != "no"
}

func people(h mail.Header, name string) []person {
	list, _ := h.AddressList(name)
	all := make([]person, 0, len(list))
	for _, a := range list {
		all = append(all, person{clean([]byte(a.Name)), clean([]byte(a.Address))})
	}
	return all
}

// inline takes up a part that is read with the e-mail. The first text counts, and the first HTML; what
// follows them are pictures within the text, or more of it.
func (m *message) inline(h *mail.InlineHeader, body io.Reader) {
	kind, params, _ := h.ContentType()
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = read(body)
	case kind == "text/html" && m.HTML == "":
		m.HTML = read(body)
	case strings.HasPrefix(kind, "text/") && params["name"] == "":
	default:
		m.attach(params["name"], kind, body, 0)
	}
}

// attach takes up a file, and returns how much of its content came along.
func (m *message) attach(name, kind string, body io.Reader, left int64) (taken int64) {
	if len(m.Attachments) == mostAttachments {
		return 0
	}
	kind, _, _ = strings.Cut(kind, ";")
	a := attachment{Name: fileName(name), Type: strings.ToLower(strings.TrimSpace(kind))}
	if left > 0 {
		content, err := io.ReadAll(io.LimitReader(body, left+1))
		a.Size = int64(len(content))
		if err == nil && a.Size <= left {
			a.Content = base64.StdEncoding.EncodeToString(content)
			taken = a.Size
		}
	}
	rest, _ := io.Copy(io.Discard, body) // as far as it can be read
	a.Size += rest
	m.Attachments = append(m.Attachments, a)
	return taken
}

// fileName is the last part of a name that somebody else has given to a file.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(clean([]byte(name)), `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	return name
}

func read(body io.Reader) string {
	data, err := io.ReadAll(io.LimitReader(body, longestText))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && len(data) == 0 {
		return ""
	}
	for i := 0; i < utf8.UTFMax && len(data) == longestText && !utf8.Valid(data[len(data)-utf8.UTFMax:]); i++ {
		data = data[:len(data)-1] // no half letter
	}
	return clean(data)
}

// clean makes a text of bytes: line ends are \n, and there is nothing that JSON or a database cannot take.
func clean(data []byte) string {
	if len(data) > longestText {
		data = data[:longestText]
	}
	text := strings.ToValidUTF8(string(data), "\uFFFD")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\x00", "")
}
