package mail

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func read2(text string, contents bool) *message {
	return parse([]byte(strings.ReplaceAll(text, "\n", "\r\n")), contents)
}

const mixed = `From: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>
To: Shop <shop@example.com>, bo@example.com
Cc: cy@example.com
Reply-To: answers@example.com
Subject: =?iso-8859-1?q?Gr=FC=DFe?=
Date: Sat, 21 Nov 2026 09:12:44 +0100
Message-ID: <a@example.com>
In-Reply-To: <b@example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: multipart/alternative; boundary=y

--y
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe =80
--y
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGI+R3LDvMOfZTwvYj4=
--y--
--x
Content-Type: application/pdf; name="list.pdf"
Content-Disposition: attachment; filename="../../etc/l=?utf-8?q?=C3=AF?=st.pdf"
Content-Transfer-Encoding: base64

JVBERg==
--x
Content-Type: image/png; name=logo.png
Content-Disposition: inline
Content-Transfer-Encoding: base64

AAAA
--x--
`

func TestAnEMailInAllItsParts(t *testing.T) {
	m := read2(mixed, true)
	require.Equal(t, person{"Zoë", "zoe@example.com"}, m.From)
	require.Equal(t, []person{{"Shop", "shop@example.com"}, {"", "bo@example.com"}}, m.To)
	require.Equal(t, []person{{"", "cy@example.com"}}, m.Cc)
	require.Equal(t, []person{{"", "answers@example.com"}}, m.ReplyTo)
	require.Equal(t, "Grüße", m.Subject)
	require.Equal(t, "2026-11-21T08:12:44Z", m.Date)
	require.Equal(t, "a@example.com", m.MessageID)
	require.Equal(t, "b@example.com", m.InReplyTo)
	require.True(t, m.Automatic)
	require.Contains(t, m.Text, "Grüße")
	require.Equal(t, "<b>Grüße</b>", m.HTML)
	require.Len(t, m.Attachments, 2)
	require.Equal(t, "application/pdf", m.Attachments[0].Type)
	require.NotContains(t, m.Attachments[0].Name, "/", "a name leads nowhere")
	require.EqualValues(t, 4, m.Attachments[0].Size)
	require.Equal(t, "JVBERg==", m.Attachments[0].Content)
	require.Equal(t, "logo.png", m.Attachments[1].Name)
	require.Empty(t, read2(mixed, false).Attachments[0].Content)
	require.EqualValues(t, 4, read2(mixed, false).Attachments[0].Size)
}

func TestEMailsInOtherCharsets(t *testing.T) {
	for charset, body := range map[string]string{
		"utf-8": "Preis: 5 €", "windows-1252": "Preis: 5 \x80", "iso-8859-15": "Preis: 5 \xa4",
	} {
		m := read2("Content-Type: text/plain; charset="+charset+"\n\n"+body, false)
		require.Equal(t, "Preis: 5 €", m.Text, charset)
	}
	m := read2("Content-Type: text/plain; charset=gb2312\n\n\xc4\xe3\xba\xc3", false)
	require.Equal(t, "你好", m.Text)
	m = read2("Content-Type: text/plain; charset=x-none\n\nas it is \xff", false)
	require.Equal(t, "as it is \uFFFD", m.Text)
}

func TestHTMLAsText(t *testing.T) {
	for page, want := range map[string]string{
		"<p>Hello<br>Ana &amp; Bo</p><p>Bye</p>":                               "Hello\nAna & Bo\n\nBye",
		"<html><head><title>T</title><style>p{}</style></head><body>Hi</body>": "Hi",
		"<ul><li>one<li>two</ul>":                                              "one\ntwo",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>":      "a b\nc",
		"a\n  b<script>evil()</script>":                                        "a b",
		"<!-- no --><b>bold</b>text":                                           "boldtext",
		"<style>never ends":                                                    "",
	} {
		require.Equal(t, want, plain(page), page)
	}
	m := read2("Content-Type: text/html\n\n<p>Hi &lt;Ana&gt;</p>", false)
	require.Equal(t, "Hi <Ana>", m.Text)
}

// An e-mail that is broken, or made to break things, is read as far as it goes.
func TestBrokenEMails(t *testing.T) {
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=x\n\n--x\n", 5000)
	for what, text := range map[string]string{
		"nothing":        "",
		"no header":      "just text",
		"no end":         "Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\ntext",
		"no parts":       "Subject: a\nContent-Type: multipart/mixed; boundary=x\n\nnone",
		"bad encoding":   "Subject: a\nContent-Transfer-Encoding: base64\n\n!!!!",
		"no encoding":    "Subject: a\nContent-Transfer-Encoding: x-none\n\ntext",
		"bad addresses":  "From: <<<>>\nTo: ,,,;\nSubject: a\n\nb",
		"bad date":       "Date: yesterday\n\nb",
		"NUL":            "Subject: a\x00b\n\na\x00b",
		"deep":           deep,
		"many parts":     "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\nContent-Disposition: attachment\n\na\n", 5000) + "--x--",
		"long header":    "Subject: " + strings.Repeat("x", 2<<20) + "\n\nb",
		"no text at all": string([]byte{0xff, 0xfe, 0, 1, 2}),
	} {
		t.Run(what, func(t *testing.T) { sound(t, read2(text, true)) })
	}
	require.Len(t, read2("Content-Type: multipart/mixed; boundary=x\n\n"+strings.Repeat("--x\nContent-Disposition: attachment\n\na\n", 500)+"--x--", true).Attachments, mostAttachments)
}

// sound makes sure that what was read can be kept.
func sound(t *testing.T, m *message) {
	t.Helper()
	require.True(t, utf8.ValidString(m.Text+m.HTML+m.Subject+m.From.Name+m.From.Address))
	require.NotContains(t, m.Text+m.Subject, "\x00")
	body, err := json.Marshal(m)
	require.NoError(t, err)
	require.Less(t, len(body), 8<<20)
}

func FuzzEMails(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(mixed, "\n", "\r\n")))
	f.Add([]byte("Content-Type: text/html\r\n\r\n<p>a"))
	f.Add([]byte("Subject: =?utf-8?b?//8=?=\r\n\r\n"))
	f.Fuzz(func(t *testing.T, content []byte) { sound(t, parse(content, true)) })
}
