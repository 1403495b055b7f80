package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Env is what formatting depends on besides the data.
type Env struct {
	// Locale decides how numbers, money and dates are written; the zero value is English.
	Locale language.Tag
	// Zone is where dates are shown, and where a date without a zone is from; nil is UTC.
	Zone *time.Location
	// Now is the time that "now" means in a date.
	Now time.Time
}

func (e Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

// Template is a parsed text with pills. It never changes and may be used from many goroutines.
type Template struct {
	source string
	parts  []Part
	// address is true for a text that is a web address: see Value.Addresses.
	address bool
}

// Part is a piece of a template: a pill, or the text between pills where Pill is nil.
type Part struct {
	Text string
	Pill *Pill
}

// Pill is one pill of a template.
type Pill struct {
	// Source is the pill as written, with its braces; Offset is where it begins, in bytes.
	Source string
	Offset int
	head   term
	calls  []call
}

// term is a value in a pill: a literal, or a path with the way it is written.
type term struct {
	literal any
	path    Path
	written string
}

// call is one filter in a pill with its arguments.
type call struct {
	filter *Filter
	args   []term
}

// String returns the text that was parsed.
func (t *Template) String() string { return t.source }

// Static says whether the template has no pills: its value is its text.
func (t *Template) Static() bool {
	return len(t.parts) == 0 || len(t.parts) == 1 && t.parts[0].Pill == nil
}

// Parts returns the template's pieces in order, for an editor. They must not be changed.
func (t *Template) Parts() []Part { return t.parts }

// Pills returns the template's pills in order.
func (t *Template) Pills() []*Pill {
	var pills []*Pill
	for _, part := range t.parts {
		if part.Pill != nil {
			pills = append(pills, part.Pill)
		}
	}
	return pills
}

// single returns the pill that is the whole template, or nil.
func (t *Template) single() *Pill {
	if len(t.parts) == 1 {
		return t.parts[0].Pill
	}
	return nil
}

// Path returns where the pill's value comes from; nil if it is a literal.
func (p *Pill) Path() Path { return p.head.path }

// Paths returns every path the pill reads: its own first, then those in arguments.
func (p *Pill) Paths() []Path {
	var paths []Path
	if p.head.path != nil {
		paths = append(paths, p.head.path)
	}
	for _, c := range p.calls {
		for _, a := range c.args {
			if a.path != nil {
				paths = append(paths, a.path)
			}
		}
	}
	return paths
}

// Filters returns the names of the pill's filters in order.
func (p *Pill) Filters() []string {
	names := make([]string, len(p.calls))
	for i, c := range p.calls {
		names[i] = c.filter.Name
	}
	return names
}

// Eval fills the pills with data, usually a map[string]any. A template that is exactly one pill
// returns that pill's value as it is; any other returns text. Errors are a *MissingError or a
// *FilterError.
func (t *Template) Eval(data any, env Env) (any, error) {
	e := evaluation{data: data, env: env, budget: maxWork}
	return e.template(t)
}

// Limits that keep an evaluation small.
const (
	// MaxText is the most bytes a text can grow to.
	MaxText = 1 << 20
	// maxWork is the most bytes that one evaluation may move through filters.
	maxWork = 32 << 20
)

// evaluation is one walk through templates.
type evaluation struct {
	data   any
	env    Env
	budget int
	// trace, if not nil, is told each value on the way.
	trace *Trace
}

func (e *evaluation) template(t *Template) (any, error) {
	if pill := t.single(); pill != nil {
		return e.pill(pill)
	}
	if t.Static() {
		return t.source, nil
	}
	if t.address {
		return e.addressText(t)
	}
	var b strings.Builder
	for _, part := range t.parts {
		text := part.Text
		if part.Pill != nil {
			v, err := e.pill(part.Pill)
			if err != nil {
				return nil, err
			}
			if text, err = e.text(v); err != nil {
				return nil, &FilterError{Pill: part.Pill.Source, Message: err.Error()}
			}
		}
		if b.Len()+len(text) > MaxText {
			return nil, &FilterError{Pill: t.pillBefore(part).Source, Message: errTooLong.Error()}
		}
		if b.Cap() == 0 {
			b.Grow(len(t.source) + 64)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

var errTooLong = mistakef("The text becomes longer than the %d characters a field can have.", MaxText)

// pillBefore returns the part's pill or the one before it, to name it in an error.
func (t *Template) pillBefore(part Part) *Pill {
	last := t.Pills()[0]
	for _, p := range t.parts {
		if p.Pill != nil {
			last = p.Pill
		}
		if p == part {
			break
		}
	}
	return last
}

// text is Text within the limits.
func (e *evaluation) text(v any) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	if n, ok := v.(json.Number); ok {
		return numberText(string(n)), nil
	}
	if err := e.charge(sizeUpTo(v, e.budget)); err != nil {
		return "", err
	}
	s := Text(v)
	if len(s) > MaxText {
		return "", errTooLong
	}
	return s, nil
}

// charge takes work that is about to be done from the budget.
func (e *evaluation) charge(work int) error {
	if e.budget -= work; e.budget <= 0 {
		return mistakef("There is too much data for one field. Use fewer or smaller values.")
	}
	return nil
}

// sizeUpTo estimates the bytes of a value's text, and stops counting at a limit.
func sizeUpTo(v any, limit int) int {
	size := 1
	switch v := v.(type) {
	case string:
		size += len(v)
	case json.Number:
		size += len(v)
	case []any:
		for _, one := range v {
			if size += sizeUpTo(one, limit-size); size >= limit {
				break
			}
		}
	case map[string]any:
		for name, one := range v {
			if size += len(name) + sizeUpTo(one, limit-size); size >= limit {
				break
			}
		}
	}
	return size
}

// pill works out one pill. While nothing was found, filters are passed over up to a `default`.
func (e *evaluation) pill(p *Pill) (any, error) {
	source := &p.head
	v, found := e.term(source)
	e.trace.begin(p, v)
	var missing *MissingError
	for i := range p.calls {
		c := &p.calls[i]
		switch {
		case c.filter.Name == defaultFilter:
			if !found || isEmpty(v) {
				source, missing = &c.args[0], nil
				v, found = e.term(source)
			}
		case found:
			var err error
			if v, err = e.apply(c, v); err != nil {
				err = p.locate(c, err)
				e.trace.filtered(c.filter.Name, nil, err)
				return nil, err
			}
			if found = v != nil; !found {
				missing = &MissingError{Path: source.written, Found: source.written,
					Reason: fmt.Sprintf("the list is empty, so %q has nothing to give", c.filter.Name)}
			}
		}
		e.trace.filtered(c.filter.Name, v, nil)
	}
	if found {
		return v, nil
	}
	if missing == nil {
		missing = e.missing(source)
	}
	missing.Pill = p.Source
	return nil, missing
}

// term returns a literal, or what is found at a path; nil and false if nothing is.
func (e *evaluation) term(t *term) (v any, found bool) {
	if t.path == nil {
		return t.literal, true
	}
	if v, _, found = t.path.find(e.data); found {
		return v, true
	}
	return nil, false
}

func (e *evaluation) missing(t *term) *MissingError {
	v, lost, _ := t.path.find(e.data)
	return t.path.missing(v, lost)
}

func (e *evaluation) apply(c *call, in any) (any, error) {
	var room [3]any
	args := room[:0]
	for i := range c.args {
		v, found := e.term(&c.args[i])
		if !found {
			return nil, e.missing(&c.args[i])
		}
		args = append(args, v)
	}
	// Filters that go deeper than a text or a list of entries charge for it themselves.
	work := 1
	switch in := in.(type) {
	case string:
		work += len(in)
	case []any:
		work += len(in)
	}
	if err := e.charge(work); err != nil {
		return nil, err
	}
	out, err := c.filter.apply(e, in, args)
	if err != nil {
		return nil, err
	}
	if s, ok := out.(string); ok && len(s) > MaxText {
		return nil, errTooLong
	}
	return out, nil
}

// locate turns what went wrong in a filter into an error that names the pill.
func (p *Pill) locate(c *call, err error) error {
	if missing, ok := errors.AsType[*MissingError](err); ok {
		missing.Pill = p.Source
		return missing
	}
	out := &FilterError{Filter: c.filter.Name, Pill: p.Source, Message: err.Error()}
	if m, ok := errors.AsType[*mistake](err); ok {
		out.Message, out.Suggestion = m.message, m.suggestion
	}
	return out
}

// isEmpty says whether `default` steps in for a value that was found: empty text, an empty list.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}
