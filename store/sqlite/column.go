package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"bellhop/engine"
)

// micros is how a time is kept: microseconds since 1970 in UTC, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros is what micros was made from.
func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// timeColumn reads what micros wrote.
type timeColumn struct{ to *time.Time }

var _ sql.Scanner = timeColumn{}

func (c timeColumn) Scan(value any) error {
	us, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a time is kept as %T", value)
	}
	*c.to = fromMicros(us)
	return nil
}

// text is how a value is kept as JSON. What JSON calls null is kept as NULL.
func text(value any) (any, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	if string(b) == "null" {
		return nil, nil
	}
	return string(b), nil
}

// jsonColumn reads what text wrote; NULL leaves the value as it is.
type jsonColumn struct{ to any }

var _ sql.Scanner = jsonColumn{}

func (c jsonColumn) Scan(value any) error {
	var b []byte
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		return fmt.Errorf("JSON is kept as %T", value)
	}
	if err := c.decode(b); err != nil {
		return fmt.Errorf("decode %T: %w", c.to, err)
	}
	return nil
}

func (c jsonColumn) decode(b []byte) error {
	if _, ok := c.to.(*engine.Definition); !ok {
		return json.Unmarshal(b, c.to) // texts throughout: this is half the price
	}
	// Numbers stay as they were written: ids of other apps do not fit a float64.
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(c.to)
}

// raw is how JSON that is encoded already is kept; nil is kept as NULL.
func raw(m json.RawMessage) any {
	if m == nil {
		return nil
	}
	return string(m)
}

// kept is a time as it comes back from the database.
func kept(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// stamp is the time now, as it is kept.
func (r reads) stamp() time.Time { return kept(r.now()) }

// scanTime scans rows of one time.
func scanTime(rows *sql.Rows) (t time.Time, err error) { return t, rows.Scan(timeColumn{&t}) }
