package fact

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine/mapping"
)

// mostTitle is how many letters of an entry's name are shown.
const mostTitle = 40

// naming are the fields that people would call an entry by, the best first.
var naming = []string{"title", "name", "subject", "email", "sku", "id"}

// Name is what people would call an entry of a list; "" if nothing in it looks like a name.
func Name(entry any) string {
	text := ""
	switch v := entry.(type) {
	case nil, []any:
	case map[string]any:
		for _, field := range naming {
			if text == "" && plain(v[field]) {
				text = mapping.Text(v[field])
			}
		}
	default:
		text = mapping.Text(v)
	}
	if letters := []rune(text); len(letters) > mostTitle {
		return string(letters[:mostTitle]) + "…"
	}
	return text
}

// Value is how a JSON value reads; nothing is said to be so. Of what has entries their names are told.
func Value(v any) string {
	text := ""
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if value := v[name]; plain(value) {
				parts = append(parts, humanise(name)+": "+mapping.Text(value))
			}
		}
		if text = strings.Join(parts, ", "); text == "" && len(v) > 0 {
			text = lang.N("{{.Count}} fields", len(v), map[string]any{"Count": len(v)})
		}
	case []any:
		names := make([]string, len(v))
		for i, entry := range v {
			names[i] = Name(entry)
		}
		if text = strings.Join(names, ", "); slices.Contains(names, "") && len(v) > 0 {
			text = lang.N("{{.Count}} entries", len(v), map[string]any{"Count": len(v)})
		}
	default:
		text = mapping.Text(v)
	}
	if text = Clip(text); text != "" {
		return text
	}
	return lang.L("(empty)")
}

// plain says whether a value is neither empty nor made of others.
func plain(v any) bool {
	switch v.(type) {
	case nil, map[string]any, []any:
		return false
	}
	return true
}
