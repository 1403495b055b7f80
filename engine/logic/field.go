package logic

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// mistake is an error in what the step was given, which a person can correct.
func mistake(format string, args ...any) error { return engine.Errorf(engine.Invalid, format, args...) }

// text returns a field as text, without spaces around it; empty if it was left empty.
func (c Call) text(field string) string { return strings.TrimSpace(mapping.Text(c.With[field])) }

// yes says whether a field is switched on.
func (c Call) yes(field string) bool { return c.text(field) == "true" }

// whole returns a field as a whole number between least and most, or another value if it was left empty.
func (c Call) whole(field string, or, least, most int) (int, error) {
	text := c.text(field)
	if text == "" {
		return or, nil
	}
	if d, ok := mapping.ParseDecimal(text); ok {
		// A number of a form may be written 10.0.
		whole, fraction, _ := strings.Cut(d.String(), ".")
		if n, err := strconv.Atoi(whole); err == nil && strings.Trim(fraction, "0") == "" && n >= least && n <= most {
			return n, nil
		}
	}
	return 0, mistake("%s is not a whole number from %d to %d.", show(c.With[field]), least, most)
}

// list returns a field as a list. Senders write a list of one as the one alone, and none as nothing.
func (c Call) list(field string) ([]any, error) {
	switch v := c.With[field].(type) {
	case []any:
		return v, nil
	case nil:
		return nil, nil
	case map[string]any:
		return []any{v}, nil
	case string:
		if strings.TrimSpace(v) == "" {
			return nil, nil
		}
		return nil, mistake("A list is needed, and %s is a text. Insert the data of a list, or split the text into one first.", show(v))
	default:
		return nil, mistake("A list is needed, and %s is none.", show(v))
	}
}

// path returns a field that names a part of each entry, such as `variant.id`; nil if it was left empty.
func (c Call) path(field string) (mapping.Path, error) {
	name := c.text(field)
	if name == "" {
		return nil, nil
	}
	path, err := mapping.ParsePath(name)
	if err != nil {
		return nil, mistake("%s names no field of the entries. Write its name, such as title or variant.id.", show(name))
	}
	return path, nil
}

const longestShown = 40

// show writes a value into a sentence, short.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(shorten(v))
	case map[string]any, []any, nil:
		return mapping.Kind(v)
	default:
		return shorten(mapping.Text(v))
	}
}

func shorten(s string) string {
	n := 0
	for i := range s {
		if n++; n > longestShown {
			return s[:i] + "…"
		}
	}
	return s
}

// counted writes a number of things: "1 entry", "3 entries".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// units are the values of fields that give a unit of time.
var units = map[string]time.Duration{
	"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

// duration returns the time that a number and a unit give, at most `most`; 0 if the number was left empty.
func (c Call) duration(field, unit string, most time.Duration) (time.Duration, error) {
	if c.text(field) == "" {
		return 0, nil
	}
	each, known := units[c.text(unit)]
	if !known {
		return 0, mistake("%s is no unit of time. Choose one of seconds, minutes, hours, days and weeks.", show(c.With[unit]))
	}
	n, err := c.whole(field, 0, 1, int(most/each))
	return time.Duration(n) * each, err
}
