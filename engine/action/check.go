package action

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/request"
)

// clocks is how far this computer's clock may be ahead of the app's: what the app has from that long
// before the request was sent counts too.
const clocks = 5 * time.Second

// Check asks an app whether a call whose answer was lost has arrived: since is when it was sent, or a
// little before. It must be sure to say that it has not, as it may then be sent again: what looks like
// it, or a list that does not end, is an error that says so. The error is always a *Failure.
func (c *Client) Check(ctx context.Context, call Call, since time.Time) (found bool, err error) {
	spec := call.Operation.Check
	if spec == nil {
		return false, before(engine.Errorf(engine.Invalid, "%s cannot be asked whether it arrived. Look there yourself.", call.Connector.Title))
	}
	with := maps.Clone(call.With)
	if with == nil {
		with = map[string]any{}
	}
	if !spec.When.Fits(func(field string) string { return mapping.Text(with[field]) }) {
		return false, unsure(call, "it cannot be asked for one like this")
	}
	since = since.Add(-clocks).UTC()
	with["since"], with["since_unix"] = since.Format(time.RFC3339Nano), json.Number(strconv.FormatInt(since.Unix(), 10))
	question := call
	question.With = with
	question.Operation = engine.Operation{
		Name: call.Operation.Name + ".check", Connection: call.Operation.Connection, Needs: call.Operation.Needs,
		Fields: append(slices.Clone(call.Operation.Fields), engine.Field{Name: "since", Type: engine.FieldText},
			engine.Field{Name: "since_unix", Type: engine.FieldNumber}),
		Request: &spec.Request, Judge: spec.Judge,
	}
	answer, err := c.Ask(ctx, question, "")
	if err != nil {
		return false, err
	}
	given, err := fields(question.Operation, with)
	if err != nil {
		return false, before(err)
	}
	wanted, err := wantedOf(spec.Match, scope(given, call.Account))
	if err != nil {
		return false, before(err)
	}
	items, err := itemsOf(spec.Items, answer.Value)
	if err != nil {
		return false, unsure(call, "its answer could not be read")
	}
	likely := false
	for _, item := range items {
		switch wanted.like(item) {
		case same:
			return true, nil
		case similar:
			likely = true
		}
	}
	switch {
	case likely:
		return false, unsure(call, "it has something like it")
	case answer.Next != "" || more(answer.Value):
		return false, unsure(call, "it has too much to look through")
	}
	return false, nil
}

func unsure(call Call, why string) *Failure {
	return &Failure{Phase: Answered, Err: engine.Errorf(engine.Refused,
		"%s cannot tell for sure whether it arrived: %s. Look there yourself: if it is there, say so; if not, send it again.", call.Connector.Title, why)}
}

// itemsOf returns the list in an answer.
func itemsOf(path string, body any) ([]any, error) {
	if path != "" {
		p, err := mapping.ParsePath(path)
		if err != nil {
			return nil, err
		}
		body = at(p, body)
	}
	items, ok := body.([]any)
	if !ok {
		return nil, fmt.Errorf("there is no list at %q", path)
	}
	return items, nil
}

// more says whether a list goes on, in the way that Slack and Stripe tell it.
func more(body any) bool {
	group, _ := body.(map[string]any)
	return group["has_more"] == true
}

// wanted is what an item must have, by its place in it.
type wanted []struct {
	path mapping.Path
	text string
}

func wantedOf(match map[string]string, data map[string]any) (wanted, error) {
	var out wanted
	for _, place := range slices.Sorted(maps.Keys(match)) {
		path, err := mapping.ParsePath(place)
		if err != nil {
			return nil, err
		}
		t, err := request.CompileText(match[place])
		if err != nil {
			return nil, err
		}
		text, err := t.String(data)
		if err != nil {
			return nil, err
		}
		out = append(out, struct {
			path mapping.Path
			text string
		}{path, text})
	}
	return out, nil
}

// likeness is how much an item is what was sent.
type likeness int

const (
	different likeness = iota
	similar
	same
)

func (w wanted) like(item any) likeness {
	least := same
	for _, one := range w {
		least = min(least, likeTexts(mapping.Text(at(one.path, item)), one.text))
	}
	return least
}

// likeTexts compares texts by their words: apps write what they are given in ways of their own, such as
// links in angle brackets, or signs as names. What shares half of its words may be the same.
func likeTexts(got, sent string) likeness {
	if got == sent {
		return same
	}
	a, b := words(got), words(sent)
	if slices.Equal(a, b) && len(a) > 0 {
		return same
	}
	if len(b) == 0 {
		return similar // signs only, which the app may have written otherwise
	}
	common := 0
	for _, word := range b {
		if slices.Contains(a, word) {
			common++
		}
	}
	if 2*common >= len(b) {
		return similar
	}
	return different
}

func words(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(html.UnescapeString(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return all[:min(len(all), 2000)]
}
