package activity

import (
	"strings"
)

// sentences parts the first sentence from the others.
func sentences(text string) (first, rest string) {
	for _, end := range []string{". ", "? ", "! "} {
		if i := strings.Index(text, end); i >= 0 && (first == "" || i < len(first)) {
			first, rest = text[:i+1], text[i+2:]
		}
	}
	if first == "" {
		return text, ""
	}
	return first, strings.TrimSpace(rest)
}
