package boot_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/mailserver"
	"bellhop/engine/mailserver/mailtest"
)

// desktop is where notifications are shown.
type desktop chan string

func (d desktop) show(_ context.Context, n engine.Notice) error {
	d <- n.Title + ": " + n.Text
	return nil
}

// An e-mail starts a run that adds a row to a file, answers, and shows a notification.
func TestFromAnEMailToAFileAndBack(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	in, out := mailtest.IMAP(t, mailserver.None), mailtest.SMTP(t, mailserver.None)
	in.Deliver("INBOX", time.Now(), "From: Ana <ana@example.com>\nSubject: Is it here?\nMessage-ID: <1@example.com>\n\nHello,\n=1+1\n")
	shown := make(desktop, 1)
	s, err := boot.Open(t.Context(), boot.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", Secrets: "file", Notify: shown.show})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })

	account := mailtest.Account(in, out)
	account.Name = "My mail"
	require.NoError(t, s.SaveConnection(t.Context(), &account.Connection, account.Secrets))
	says, err := s.TestConnection(t.Context(), "My mail")
	require.NoError(t, err)
	require.Contains(t, says, "read from 127.0.0.1 and sent through 127.0.0.1")

	r, _, err := s.Import(t.Context(), "mail.yaml", []byte(`
recipe: 1
name: Answer
trigger: {use: email.received, connection: My mail, with: {first: 1}}
steps:
  - id: row
    use: folder.append_rows
    with: {file: "mail/{{trigger.from.address}}.csv", columns: "Subject, Text", values: {Subject: "{{trigger.subject}}", Text: "{{trigger.text}}"}}
  - id: answer
    use: email.send
    connection: My mail
    with: {to: "{{trigger.from.name}} <{{trigger.from.address}}>", subject: "Re: {{trigger.subject}}", text: "Noted in {{row.file}}."}
  - id: show
    use: computer.notify
    with: {title: New e-mail, text: "{{trigger.subject}}"}
`))
	require.NoError(t, err)
	sample, err := s.FetchSample(t.Context(), r.Draft)
	require.NoError(t, err)
	require.Equal(t, "Is it here?", sample.Data["trigger"].(map[string]any)["subject"])
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	run := newest(t, s, engine.Succeeded)
	require.Equal(t, "Is it here? (ana@example.com)", run.Title)

	data, err := os.ReadFile(filepath.Join(home, "Documents", "Bellhop", "mail", "ana@example.com.csv"))
	require.NoError(t, err)
	require.Equal(t, "\ufeffSubject,Text\r\nIs it here?,\"Hello,\r\n=1+1\r\n\"\r\n", string(data))
	letters := out.Letters()
	require.Len(t, letters, 1)
	require.Equal(t, []string{"ana@example.com"}, letters[0].To)
	require.Contains(t, letters[0].Content, "Noted in mail/ana@example.com.csv.")
	require.Equal(t, "New e-mail: Is it here?", <-shown)
	require.Equal(t, "APPEND", run.Steps[0].Attempts[0].Request.Method)
	require.Equal(t, "Re: Is it here?", run.Steps[1].Attempts[0].Request.Headers["Subject"])
	require.Equal(t, 250, run.Steps[1].Attempts[0].Response.Status)
}

// A sent e-mail whose answer was lost is not sent again by itself.
func TestAnEMailInDoubtWaitsForAPerson(t *testing.T) {
	out := mailtest.SMTP(t, mailserver.None)
	out.Hang = true
	s := open(t, t.TempDir())
	account := mailtest.Account(nil, out)
	require.NoError(t, s.SaveConnection(t.Context(), &account.Connection, account.Secrets))
	r, _, err := s.Import(t.Context(), "mail.yaml", []byte(`
recipe: 1
name: Send
trigger: {use: manual.run}
steps:
  - {id: send, use: email.send, connection: My mail, with: {to: ana@example.com, subject: a, text: b}}
`))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	_, err = s.Start(t.Context(), r.ID, nil)
	require.NoError(t, err)
	run := newest(t, s, engine.Unsure)
	require.Contains(t, run.Failure.Message, "before you send it again")
	require.Len(t, out.Letters(), 1)
}

// What comes into a folder starts a run; a folder that is gone is told.
func TestAFileStartsARun(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	s := open(t, t.TempDir())
	folder := t.TempDir()
	_, err := s.AddFolder(t.Context(), folder)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.txt"), []byte("Grüße"), 0o600))
	r, _, err := s.Import(t.Context(), "files.yaml", []byte(`
recipe: 1
name: Files
trigger: {use: folder.changed, with: {folder: "`+filepath.ToSlash(folder)+`", first: 1, pattern: "*.txt"}}
steps:
  - {id: end, use: logic.stop, with: {reason: "{{trigger.name}} says {{trigger.text}}"}}
`))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	run := newest(t, s, engine.Succeeded)
	require.Equal(t, "a.txt says Grüße", run.Steps[0].Note)
	require.Equal(t, "a.txt", run.Title)

	require.NoError(t, s.RemoveFolder(t.Context(), folder))
	r.Draft.Trigger.With["pattern"] = "*.csv" // looks anew
	_, err = s.FetchSample(t.Context(), r.Draft)
	require.ErrorContains(t, err, "bellhop folders add")
}
