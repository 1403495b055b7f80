package action

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestRest bounds what is believed of an answer.
const longestRest = 24 * time.Hour

// rest says how long the app wants to be left alone after an answer, as its headers tell; 0 if they do
// not. The headers are those of the APIs that are used most; each says so in its own way.
func rest(status int, h http.Header, now time.Time) time.Duration {
	if len(h) == 0 {
		return 0
	}
	var d time.Duration
	// Of a success or a redirect Retry-After tells something else (RFC 9110, 10.2.3).
	if status >= http.StatusBadRequest {
		d = retryAfter(h.Get("Retry-After"), now)
	}
	// GitHub, Discord, Twitter, HubSpot and many others: how many are left, and until when.
	if none(h.Get("X-Ratelimit-Remaining")) {
		d = max(d, retryAfter(h.Get("X-Ratelimit-Reset-After"), now), resetAt(h.Get("X-Ratelimit-Reset"), now))
	}
	// The drafts of an IETF standard, in their older form and in the one since draft 7
	// (draft-ietf-httpapi-ratelimit-headers): `RateLimit: "default";r=0;t=30`.
	if none(h.Get("Ratelimit-Remaining")) {
		d = max(d, resetAt(h.Get("Ratelimit-Reset"), now))
	}
	if limits := h.Get("Ratelimit"); limits != "" {
		for policy := range strings.SplitSeq(limits, ",") {
			if parts := parameters(policy); none(parts["r"]) {
				d = max(d, resetAt(parts["t"], now))
			}
		}
		if parts := parameters(strings.ReplaceAll(limits, ",", ";")); none(parts["remaining"]) {
			d = max(d, resetAt(parts["reset"], now))
		}
	}
	return min(max(d, shopify(h.Get("X-Shopify-Shop-Api-Call-Limit"))), longestRest)
}

// parameters reads `name=value` parted by semicolons.
func parameters(text string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(text, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			out[strings.ToLower(name)] = value
		}
	}
	return out
}

func none(remaining string) bool {
	if remaining == "" {
		return false // as mostly: an error that nobody reads need not be made
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(remaining), 64)
	return err == nil && n <= 0
}

// resetAt reads when a limit begins anew: a number of seconds from now, or since 1970, in seconds or
// milliseconds, which its size tells apart; or a date.
func resetAt(value string, now time.Time) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	switch {
	case err != nil || n < 1e9 || math.IsInf(n, 0):
		return retryAfter(value, now)
	case n > 1e12:
		n /= 1000
	}
	whole, part := math.Modf(min(n, 1e11))
	return max(0, time.Unix(int64(whole), int64(part*1e9)).Sub(now))
}

// shopify reads `39/40`: so many of a bucket are used, and it leaks two in a second. One more may go
// when there is room for two, since others use the bucket as well.
// Source: https://shopify.dev/docs/api/admin-rest/usage/rate-limits
func shopify(value string) time.Duration {
	if value == "" {
		return 0
	}
	used, size, ok := strings.Cut(value, "/")
	u, err := strconv.Atoi(strings.TrimSpace(used))
	n, err2 := strconv.Atoi(strings.TrimSpace(size))
	if !ok || err != nil || err2 != nil || u < n-1 || n < 1 {
		return 0
	}
	return time.Duration(min(u-n+2, 100)) * time.Second / 2
}

// retryAfter reads a Retry-After header: seconds, which Shopify writes with a fraction, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
		// Written so that a NaN is 0 too.
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, 1e6) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}
