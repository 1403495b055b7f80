package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"bellhop/app/boot"
)

// printer is where results go. It remembers when that fails, so that a script whose disk is full
// does not take half a result for the whole.
type printer struct {
	io.Writer
	failed error
}

func (p *printer) Write(data []byte) (int, error) {
	n, err := p.Writer.Write(data)
	if err != nil && p.failed == nil {
		p.failed = err
	}
	return n, err
}

// printJSON prints a value as JSON, indented.
func (c *cli) printJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printList prints rows: with --json as an array, on a terminal as a table. lines says what to do
// in a pipe: one JSON object a line, or the table there too.
func printList[T any](c *cli, rows []T, lines bool, head string, row func(T) []string) error {
	if c.json {
		if rows == nil {
			rows = []T{}
		}
		return c.printJSON(rows)
	}
	if lines && !c.terminal() {
		e := json.NewEncoder(c.out)
		e.SetEscapeHTML(false)
		for _, r := range rows {
			if err := e.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	if len(rows) > 0 {
		fmt.Fprintln(w, strings.ToUpper(strings.ReplaceAll(head, " ", "\t")))
	}
	for _, r := range rows {
		cells := row(r)
		for i, cell := range cells {
			cells[i] = printable(cell)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// terminal says whether a person reads the output as it comes.
func (c *cli) terminal() bool {
	f, ok := c.out.Writer.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// printable replaces control signs, and those that turn the direction of writing: data from outside
// could use them to play with the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
}

// timeOrNil puts a time into JSON; null if it has not come.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// clock is how a time is written for people: as the clocks of the time zone show it that was chosen in the
// settings. In JSON times are RFC 3339, in UTC.
func (c *cli) clock(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(c.now().Location()).Format(time.DateTime)
}

// now is the time in that zone; in the computer's where there is no data to ask.
func (c *cli) now() time.Time {
	if c.zone == nil {
		return time.Now()
	}
	return time.Now().In(c.zone)
}

// speakingOf returns the command line as it speaks of open data. The window may have it examined beside a command.
func (c *cli) speakingOf(d *boot.Data) *cli {
	other := *c
	other.zone = d.Zone()
	return &other
}

// takeZone takes the time zone from the data, where there is some that can be read.
func (c *cli) takeZone(ctx context.Context) {
	if _, err := os.Stat(filepath.Join(c.dir, boot.DatabaseFile)); err != nil {
		return
	}
	d, err := boot.OpenData(ctx, c.config())
	if err != nil {
		return // whatever is wrong with it has been told, or is by who wants to use it
	}
	c.zone = d.Zone()
	_ = d.Close() // it was only read
}
