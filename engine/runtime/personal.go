package runtime

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// personalMask stands where a personal value was. Behind it come word joiners, which nobody sees, as
// many as the value's number: so a run that goes on from what is kept gets back what the trigger holds,
// and sends no mask to anybody.
const (
	personalMask = "•••"
	joiner       = "\u2060"
)

// shortestPersonal is the length in bytes below which a value is not masked: without every "1" or "PT"
// nothing kept would make sense.
const shortestPersonal = 4

// personal takes personal values out of what is kept, and puts them back where a run goes on from it.
// Nil masks nothing.
type personal struct {
	values []personalValue // longest first, so that no part of one stays
}

type personalValue struct {
	value any // text or json.Number
	text  string
	forms []string // how the text looks within JSON and addresses, itself first
	mask  string
}

// newPersonal collects the values at the paths within the trigger's data; nil if there are none.
func newPersonal(paths []mapping.Path, trigger any) *personal {
	p := &personal{}
	for _, path := range paths {
		if value, err := path.Lookup(trigger); err == nil {
			p.add(value)
		}
	}
	if len(p.values) == 0 {
		return nil
	}
	slices.SortFunc(p.values, func(a, b personalValue) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.text, b.text))
	})
	for i := range p.values {
		p.values[i].mask = personalMask + strings.Repeat(joiner, i+1)
	}
	return p
}

// add takes a value, or all those within it.
func (p *personal) add(value any) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			p.add(one)
		}
	case map[string]any:
		for _, one := range v {
			p.add(one)
		}
	case string, json.Number:
		text := mapping.Text(v)
		p.note(v, text)
		// What filters make of it is a value of its own, so that a run that goes on gets back just that.
		for _, spelling := range mapping.Spellings(text) {
			p.note(spelling, spelling)
		}
	}
}

// note takes one value that is a text or a number.
func (p *personal) note(value any, text string) {
	if len(text) < shortestPersonal || slices.ContainsFunc(p.values, func(known personalValue) bool { return known.text == text }) {
		return
	}
	forms := []string{text}
	quoted, _ := json.Marshal(text)
	for _, form := range []string{strings.Trim(string(quoted), `"`), url.QueryEscape(text), url.PathEscape(text)} {
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	p.values = append(p.values, personalValue{value: value, text: text, forms: forms})
}

// text returns a text without personal values.
func (p *personal) text(s string) string {
	if p == nil {
		return s
	}
	for _, v := range p.values {
		for _, form := range v.forms {
			s = strings.ReplaceAll(s, form, v.mask)
		}
	}
	return s
}

// tree returns a JSON value whose texts and numbers went through change; v itself stays as it is.
func tree(v any, change func(any) any) any {
	switch v := v.(type) {
	case string, json.Number:
		return change(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = tree(v[i], change)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, one := range v {
			out[mapping.Text(change(name))] = tree(one, change)
		}
		return out
	}
	return v
}

// masked returns a JSON value without personal values.
func (p *personal) masked(v any) any {
	return tree(v, func(v any) any {
		if number, ok := v.(json.Number); ok {
			if masked := p.text(string(number)); masked != string(number) {
				return masked
			}
			return number
		}
		return p.text(v.(string))
	})
}

// restored returns a JSON value with the personal values that were masked in it.
func (p *personal) restored(v any) any {
	return tree(v, func(v any) any {
		text, ok := v.(string)
		if !ok || !strings.Contains(text, personalMask) {
			return v
		}
		// The mask with the most joiners first: it begins like all others.
		for i := len(p.values) - 1; i >= 0; i-- {
			known := p.values[i]
			if text == known.mask {
				return known.value
			}
			text = strings.ReplaceAll(text, known.mask, known.text)
		}
		return text
	})
}

// mask takes personal values out of what people wrote nowhere: notes, failures, requests, answers. What
// went in and came out was masked as it was encoded.
func (p *personal) mask(s *engine.StepRun) {
	s.Note, s.Failure = p.text(s.Note), p.failure(s.Failure)
	s.Attempts = slices.Clone(s.Attempts)
	for i := range s.Attempts {
		a := &s.Attempts[i]
		a.Failure = p.failure(a.Failure)
		if a.Request != nil {
			sent := *a.Request
			sent.URL, sent.Headers, sent.Body = p.text(sent.URL), p.headers(sent.Headers), p.text(sent.Body)
			a.Request = &sent
		}
		if a.Response != nil {
			got := *a.Response
			got.Headers, got.Body = p.headers(got.Headers), p.text(got.Body)
			a.Response = &got
		}
	}
}

func (p *personal) headers(in map[string]string) map[string]string {
	if in == nil {
		return nil
	}
	out := make(map[string]string, len(in))
	for name, value := range in {
		out[name] = p.text(value)
	}
	return out
}

// failure returns a failure without personal values.
func (p *personal) failure(f *engine.Failure) *engine.Failure {
	if p == nil || f == nil {
		return f
	}
	masked := *f
	masked.Message, masked.Detail = p.text(f.Message), p.text(f.Detail)
	return &masked
}

// masked returns a step's record as it is kept.
func (x *execution) masked(s engine.StepRun) engine.StepRun {
	if x.personal != nil {
		x.personal.mask(&s)
	}
	return s
}

// encode writes a JSON value as it is kept.
func (x *execution) encode(v any) (json.RawMessage, error) {
	if x.personal != nil {
		v = x.personal.masked(v)
	}
	return json.Marshal(v)
}

// decode reads a JSON value that was kept.
func (x *execution) decode(kept json.RawMessage) (any, error) {
	v, err := mapping.Decode(kept)
	if err == nil && x.personal != nil {
		v = x.personal.restored(v)
	}
	return v, err
}
