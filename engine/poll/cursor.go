package poll

import (
	"strconv"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/request"
)

// cursor says up to where a list was looked at. Its values are texts: a time is RFC 3339 in UTC.
type cursor struct {
	engine.CursorSpec
	value request.Text
}

var utc = mapping.Env{Zone: time.UTC}

// of returns the value of an item, or of an answer; "" if it has none.
func (c *cursor) of(data map[string]any) string {
	v, err := c.value.Value(data)
	if err != nil || v == nil {
		return ""
	}
	if c.Kind != engine.CursorTime {
		return mapping.Text(v)
	}
	if t, ok := mapping.ParseTime(v, utc); ok {
		return t.Format(time.RFC3339Nano)
	}
	return ""
}

// compare says whether a is before b, the same, or after it; "" is before all.
func (c *cursor) compare(a, b string) int {
	if a == "" || b == "" {
		return len(a) - len(b)
	}
	if c.Kind == engine.CursorTime {
		return parseCursor(a).Compare(parseCursor(b))
	}
	if x, ok := mapping.ParseDecimal(a); ok {
		if y, ok := mapping.ParseDecimal(b); ok {
			return x.Cmp(y)
		}
	}
	switch { // ids that count up get longer
	case len(a) != len(b):
		return len(a) - len(b)
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func parseCursor(value string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return time.Time{} // of wrote it
	}
	return t
}

// begin is where a look begins that goes on from a value: the overlap before it.
func (c *cursor) begin(since string) string {
	if since == "" || c.Kind != engine.CursorTime || c.Overlap == 0 {
		return since
	}
	return parseCursor(since).Add(-time.Duration(c.Overlap) * time.Second).Format(time.RFC3339Nano)
}

// written is a value as the request has it; nil if there is none, so that what it is part of is left out.
func (c *cursor) written(value string) any {
	switch {
	case value == "":
		return nil
	case c.Format == engine.CursorSeconds:
		return strconv.FormatInt(parseCursor(value).Unix(), 10)
	}
	return value
}
