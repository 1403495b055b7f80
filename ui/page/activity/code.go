package activity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// code is a text as it is, which is made only when somebody wants to see it: it costs much memory.
type code struct {
	view *widget.CodeView
	text string
	box  *fyne.Container
}

// codeLines is how many lines are seen at once.
const codeLines = 10

func newCode() *code {
	c := &code{box: widget.Column(0)}
	c.box.Hide()
	return c
}

func (c *code) set(text string) {
	if c.view == nil {
		c.view = widget.NewCodeView("", codeLines)
		copyIt := widget.NewLink(lang.L("Copy this text"), func() { fyne.CurrentApp().Clipboard().SetContent(c.text) })
		c.box.Objects = []fyne.CanvasObject{widget.Column(theme.Space1, c.view, widget.Row(0, copyIt))}
	}
	if c.text != text {
		c.text = text
		c.view.SetText(text)
	}
}

// visible shows or hides it; what is hidden gives its memory back.
func (c *code) visible(is bool) {
	if !is && c.view != nil && c.text != "" {
		c.text = ""
		c.view.SetText("")
	}
	widget.SetVisible(c.box, is)
}

// mostPretty is how long a text may be to be set out anew, in bytes; that needs several times as much.
const mostPretty = 256 << 10

// pretty sets out JSON in lines; other texts, and what was cut off, stay as they are.
func pretty(text string) string {
	if len(text) > mostPretty {
		return text
	}
	var b bytes.Buffer
	if json.Indent(&b, []byte(strings.TrimSpace(text)), "", "  ") != nil {
		return text
	}
	return b.String()
}

// requestText writes a request out: method and address, headers, body.
func requestText(r *engine.SentRequest) string {
	return message(r.Method+" "+r.URL, r.Headers, r.Body)
}

// responseText writes an answer out: status, headers, body.
func responseText(r *engine.Response) string {
	body := r.Body
	if r.Truncated {
		body += "\n" + lang.L("… the rest of the answer was not kept")
	}
	return message(fmt.Sprintf("HTTP %d", r.Status), r.Headers, body)
}

func message(first string, headers map[string]string, body string) string {
	var b strings.Builder
	b.WriteString(first)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		b.WriteString("\n" + name + ": " + headers[name])
	}
	if body != "" {
		b.WriteString("\n\n" + pretty(body))
	}
	return b.String()
}
