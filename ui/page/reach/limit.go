package reach

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
)

// What ngrok's free plan carries in a month, about: requests, and bytes sent out. ngrok may change it, so
// it is never said to be exact and nothing but a bar depends on it.
// Source: https://ngrok.com/docs/pricing-limits/free-plan-limits, August 2026.
const (
	freeRequests int64 = 20_000
	freeBytes    int64 = 1e9
)

// isFree says whether an account is on ngrok's free plan, as far as its name tells.
func isFree(link engine.Link) bool { return strings.EqualFold(strings.TrimSpace(link.Plan), "free") }

// part is how much of a limit is used, 0 to 1.
func part(used, limit int64) float64 { return min(float64(used)/float64(limit), 1) }

// number writes a count.
func number(n int64) string { return phrase.Number(n, 0) }

// amount writes an amount of data: "640 KB", "3.2 MB", "1.1 GB".
func amount(bytes int64) string {
	const kilo = 1000
	switch {
	case bytes < kilo*kilo:
		return lang.L("{{.N}} KB", map[string]any{"N": (bytes + kilo - 1) / kilo})
	case bytes < kilo*kilo*kilo:
		return lang.L("{{.N}} MB", map[string]any{"N": tenths(bytes, kilo*kilo)})
	}
	return lang.L("{{.N}} GB", map[string]any{"N": tenths(bytes, kilo*kilo*kilo)})
}

// tenths writes n in units, with one digit after the point unless that is 0.
func tenths(n, unit int64) string {
	return phrase.Number(float64(n)/float64(unit), 1)
}
