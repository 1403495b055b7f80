// Package feed looks at RSS, Atom and JSON feeds, for triggers that start a run for each new entry.
package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
	"bellhop/engine/poll"
)

// The fields of a trigger with the watch engine.WatchFeed.
const (
	FieldURL = "url"
	// FieldChanged is true if an entry whose content has changed is a new one.
	FieldChanged = "changed"
)

// New returns the factory of feeds. The address is what the field FieldURL says.
func New(asker poll.Asker) poll.Factory {
	return func(t poll.Trigger) (poll.Source, error) {
		asks := t.Operation
		asks.Request = request
		changed := t.With[FieldChanged]
		return &source{Trigger: t, asker: asker, asks: asks, changed: changed == true || changed == "true"}, nil
	}
}

// request asks for any feed. JSON is not among what it accepts by name: few servers have two feeds at
// one address, and those mean the other one to be read.
var request = &engine.RequestSpec{
	Method: http.MethodGet, URL: "{{" + FieldURL + "}}",
	Headers: map[string]any{"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"},
}

type source struct {
	poll.Trigger
	asker   poll.Asker
	asks    engine.Operation
	changed bool
}

// seen is what is known of the last look: the source's State, as JSON.
type seen struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Body     string `json:"body,omitempty"`
	// Whole is when the feed was read last. Now and then it is read although it seems unchanged, so that
	// the keys that it still lists stay known.
	Whole time.Time `json:"whole,omitzero"`
}

const wholeEvery = 24 * time.Hour

// Look asks for the feed, and reads it if it has changed.
func (s *source) Look(ctx context.Context, look poll.Look) (poll.Found, error) {
	account, err := s.Account(ctx)
	if err != nil {
		return poll.Found{}, err
	}
	var last seen
	if look.State != "" && json.Unmarshal([]byte(look.State), &last) != nil {
		last = seen{} // read it anew: what was seen does not run again
	}
	if look.Now.Sub(last.Whole).Abs() > wholeEvery {
		last = seen{}
	}
	headers := map[string]string{}
	if last.ETag != "" {
		headers["If-None-Match"] = last.ETag
	}
	if last.Modified != "" {
		headers["If-Modified-Since"] = last.Modified
	}
	call := action.Call{Connector: s.Connector, Operation: s.asks, With: s.With, Account: account, Headers: headers}
	answer, err := s.asker.Ask(ctx, call, "")
	if err != nil {
		return poll.Found{}, err
	}
	sum := sha256.Sum256(answer.Body)
	body := hex.EncodeToString(sum[:12])
	if last.Body != "" && (answer.Status == http.StatusNotModified || body == last.Body) {
		return poll.Found{State: look.State}, nil
	}
	entries, err := parse(answer.Body, answer.Header.Get("Content-Type"), mapping.Text(s.With[FieldURL]))
	if err != nil {
		return poll.Found{}, err
	}
	found := poll.Found{}
	for _, e := range entries {
		item, err := e.item(s.changed)
		if err != nil {
			return poll.Found{}, err
		}
		found.Items = append(found.Items, item)
	}
	state, err := json.Marshal(seen{
		ETag: answer.Header.Get("ETag"), Modified: answer.Header.Get("Last-Modified"), Body: body,
		Whole: look.Now.UTC().Truncate(time.Second),
	})
	found.State = string(state)
	return found, err
}
