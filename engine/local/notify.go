package local

import (
	"context"
	"strings"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
)

// What a notification shows at most, in characters; systems cut earlier.
const (
	longestTitle = 200
	longestText  = 1000
)

// notification is a notification that is ready to be shown.
type notification struct {
	to          Notifier
	title, text string
}

func (c *Client) notification(_ action.Call, fields map[string]any) (task, error) {
	return notification{
		to:    c.Notifier,
		title: shortened(strings.Join(strings.Fields(mapping.Text(fields["title"])), " "), longestTitle),
		text:  shortened(strings.TrimSpace(mapping.Text(fields["text"])), longestText),
	}, nil
}

func (n notification) request() *engine.SentRequest {
	return &engine.SentRequest{Method: "NOTIFY", URL: n.title, Body: n.text}
}

func (n notification) do(ctx context.Context) (any, *engine.Response, error) {
	if n.to == nil {
		return nil, nil, action.NotBegun(engine.Errorf(engine.Invalid,
			"Bellhop runs without its window here, and only the window can show notifications. Start it with its window, or send an e-mail or a message instead."))
	}
	if err := n.to.Notify(ctx, n.title, n.text); err != nil {
		return nil, nil, action.NotBegun(engine.Wrap(err, engine.Unavailable, "The notification could not be shown: %s.", engine.Cause(err)))
	}
	return map[string]any{"title": n.title, "text": n.text}, nil, nil
}

// shortened cuts a text for people to so many characters, without signs that cannot be seen.
func shortened(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
