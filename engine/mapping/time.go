package mapping

import (
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// zones keeps what LoadLocation found, for it reads files.
var zones sync.Map // string → *time.Location

// Names for a suggestion.
var usualZones = []string{
	"UTC", "Europe/London", "Europe/Lisbon", "Europe/Dublin", "Europe/Madrid", "Europe/Paris", "Europe/Berlin", "Europe/Vienna", "Europe/Zurich",
	"Europe/Rome", "Europe/Amsterdam", "Europe/Brussels", "Europe/Stockholm", "Europe/Warsaw", "Europe/Prague", "Europe/Athens", "Europe/Istanbul",
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Mexico_City", "America/Sao_Paulo",
	"Asia/Tokyo", "Asia/Shanghai", "Asia/Kolkata", "Asia/Singapore", "Asia/Dubai", "Australia/Sydney", "Pacific/Auckland",
}

// Ways in which apps write times. Those without a zone are from Env.Zone.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	time.RFC1123Z,
	time.RFC1123,
}

// Seconds and milliseconds since 1970 are told apart by size: this many seconds is the year 5138,
// this many milliseconds is 1973.
const firstMilliseconds = 100_000_000_000

// ParseTime returns the time that v is: RFC 3339 and its near relatives, a date alone (its midnight),
// seconds or milliseconds since 1970 (a text needs 9 digits for that), "now" or "today". The result
// is in env's zone. Years are from 1 to 9999.
func ParseTime(v any, env Env) (t time.Time, ok bool) {
	switch v := v.(type) {
	case json.Number:
		t, ok = unixTime(string(v))
	case string:
		t, ok = parseTime(strings.TrimSpace(v), env)
	}
	if !ok {
		return time.Time{}, false
	}
	t = t.In(env.zone())
	return t, t.Year() >= 1 && t.Year() <= 9999
}

func parseTime(s string, env Env) (time.Time, bool) {
	switch s {
	case "now":
		return env.Now, true
	case "today":
		now := env.Now.In(env.zone())
		return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, env.zone()), true
	}
	if len(s) > 40 {
		return time.Time{}, false
	}
	if whole, _, _ := strings.Cut(s, "."); len(whole) >= 9 && digits(whole) {
		return unixTime(s)
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, env.zone()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func unixTime(s string) (time.Time, bool) {
	d, ok := parseDecimal(s, true)
	if !ok || d.length() > 40 {
		return time.Time{}, false
	}
	// Seconds with 9 decimals, or milliseconds with 6, are nanoseconds without their point.
	n := d.round(9).unscaled
	if d.round(0).unscaled.IsInt64() {
		if whole := d.round(0).unscaled.Int64(); whole >= firstMilliseconds || whole <= -firstMilliseconds {
			n = d.round(6).unscaled
		}
	}
	if !n.IsInt64() {
		return time.Time{}, false
	}
	return time.Unix(0, n.Int64()), true
}
