package mapping

import (
	"net/url"
	"strings"
)

// Addresses returns v with the texts of these fields taken as web addresses, so that data stay in their
// place: in a path a value is one segment or a part of one, in a query a value, each encoded; no value becomes
// part of the host. An address that begins with a pill is as the data say, up to where that pill ends.
func (v *Value) Addresses(names ...string) *Value {
	if v == nil || len(v.fields) == 0 || len(names) == 0 {
		return v
	}
	out := *v
	out.fields = make([]field, len(v.fields))
	for i, f := range v.fields {
		for _, name := range names {
			if f.name == name && f.value.template != nil {
				t := *f.value.template
				t.address = true
				f.value = &Value{template: &t}
			}
		}
		out.fields[i] = f
	}
	return &out
}

// OpenHost says whether a text that is to be a web address leaves a part of its host to a pill, which is
// refused when it is filled in: whoever sends the data would choose where the request goes.
func (t *Template) OpenHost() bool {
	for i, part := range t.parts {
		if part.Pill == nil {
			continue
		}
		if i == 0 {
			return false
		}
		before := t.parts[i-1].Text
		after := ""
		if i+1 < len(t.parts) {
			after = t.parts[i+1].Text
		}
		return i == 1 && placeIn(before) == inHost &&
			(strings.HasSuffix(before, "/") || strings.HasSuffix(before, ".") || strings.HasPrefix(after, ".") || strings.HasPrefix(after, ":"))
	}
	return false
}

// The parts of a web address.
type addressPart int

const (
	inHost addressPart = iota
	inPath
	inQuery
)

// placeIn says in which part of an address what follows a text stands.
func placeIn(text string) addressPart {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return inHost
	}
	switch i := strings.IndexAny(rest, "/?#"); {
	case i < 0:
		return inHost
	case strings.ContainsAny(rest, "?#"):
		return inQuery
	default:
		return inPath
	}
}

// addressText fills in an address that is more than one pill.
func (e *evaluation) addressText(t *Template) (any, error) {
	var filled, bare strings.Builder // bare has a letter where the data are
	for i, part := range t.parts {
		if part.Pill == nil {
			filled.WriteString(part.Text)
			bare.WriteString(part.Text)
			continue
		}
		v, err := e.pill(part.Pill)
		if err != nil {
			return nil, err
		}
		text, err := e.text(v)
		if err != nil {
			return nil, &FilterError{Pill: part.Pill.Source, Message: err.Error()}
		}
		switch place := placeIn(filled.String()); {
		case i == 0:
			text = strings.TrimSpace(text)
			bare.WriteString(text)
		case place == inHost && text != "" && text[0] != '/' && text[0] != '?':
			return nil, &FilterError{Pill: part.Pill.Source, Message: errOpenHost.Error()}
		case place == inPath && climbs(strings.ReplaceAll(text, `\`, "/")):
			// Encoded, too: some servers decode a path before they walk it.
			return nil, &FilterError{Pill: part.Pill.Source, Message: errClimbs.Error()}
		case place == inPath:
			text = url.PathEscape(text)
		case place == inQuery:
			text = url.QueryEscape(text)
		}
		if i > 0 {
			bare.WriteByte('x')
		}
		if filled.Len()+len(text) > MaxText {
			return nil, &FilterError{Pill: part.Pill.Source, Message: errTooLong.Error()}
		}
		filled.WriteString(text)
		// What comes behind an address out of the data must not make its host another.
		if i == 0 && placeIn(text) == inHost && !strings.HasPrefix(t.parts[1].Text, "/") && !strings.HasPrefix(t.parts[1].Text, "?") {
			return nil, &FilterError{Pill: part.Pill.Source, Message: errOpenHost.Error()}
		}
	}
	if climbs(filled.String()) && !climbs(bare.String()) {
		return nil, &FilterError{Pill: t.Pills()[0].Source, Message: errClimbs.Error()}
	}
	return filled.String(), nil
}

var (
	errOpenHost = mistakef("Data cannot decide which host an address leads to. Write the host down, with a / behind it, and insert the data after that.")
	errClimbs   = mistakef("The data would make another address of this one: they hold . or .. where a name is expected.")
)

// climbs says whether the path of an address has a segment that means another one.
func climbs(address string) bool {
	path, _, _ := strings.Cut(address, "?")
	path, _, _ = strings.Cut(path, "#")
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
