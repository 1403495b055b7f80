package recipe

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bellhop/engine"
)

// Title is what people call a step: its name, or else what its operation is called.
func Title(s engine.Step, catalog engine.Catalog) string {
	if s.Name != "" {
		return s.Name
	}
	if _, o, ok := catalog.Operation(s.Use); ok {
		return o.Title
	}
	if s.Use != "" {
		return s.Use
	}
	return "New step"
}

var notInID = regexp.MustCompile(`[^a-z0-9_]+`)

// NextStepID returns an id for a new step of a recipe that uses an operation, such as `send_message`,
// or `send_message_2` if that is taken.
func NextStepID(d engine.Definition, use string) string {
	_, name, _ := engine.SplitUse(use)
	base := strings.Trim(notInID.ReplaceAllString(strings.ToLower(name), "_"), "_0123456789")
	if base == "" || slices.Contains(reserved, base) {
		base = "step"
	}
	base = strings.TrimRight(base[:min(len(base), 32)], "_")
	taken := d.Walk()
	for n, id := 2, base; ; n++ {
		if !slices.ContainsFunc(taken, func(s engine.Placed) bool { return s.ID == id }) {
			return id
		}
		id = fmt.Sprintf("%s_%d", base, n)
	}
}
