package action

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bellhop/engine/mapping"
)

// said repeats what the app itself says about a failure, as a sentence to append; it names the
// field that is wrong where the app does. "" if it says nothing that can be found.
func (x *exchange) said(body any) string {
	text := mapping.Text(at(x.action.judge.message, body))
	if text == "" {
		text = complaint(body, 0)
	}
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return ""
	}
	return fmt.Sprintf(" It says: %q", shorten(text, 300))
}

// complaint finds the sentence in the ways that APIs are used to put it: {message}, {error},
// {error: {message, param}}, {errors: {field: [sentences]}}, {errors: [{field, message}]}, and
// problem+json's {title, detail}.
func complaint(v any, depth int) string {
	if depth > 3 {
		return ""
	}
	switch v := v.(type) {
	case string:
		// A page or a long text is not a sentence.
		if page([]byte(v)) || len(v) > 1000 {
			return ""
		}
		return v
	case []any:
		return join(v[:min(len(v), 3)], func(one any) string { return complaint(one, depth+1) })
	case map[string]any:
		field := first(v, "field", "param", "path", "attribute")
		text := first(v, "message", "error_description", "description", "detail", "title", "reason", "code")
		if nested := fieldErrors(v["errors"], depth); nested != "" {
			text = nested
		} else if nested := complaint(v["error"], depth+1); nested != "" && (depth == 0 || text == "") {
			text = nested
		}
		if field != "" && text != "" {
			return field + ": " + text
		}
		return text
	}
	return ""
}

// fieldErrors reads {field: sentences} and lists of complaints.
func fieldErrors(v any, depth int) string {
	group, ok := v.(map[string]any)
	if !ok {
		return complaint(v, depth+1)
	}
	names := slices.Sorted(maps.Keys(group))
	return join(names[:min(len(names), 3)], func(name string) string {
		if text := mapping.Text(group[name]); text != "" {
			return name + ": " + text
		}
		return ""
	})
}

func first(group map[string]any, names ...string) string {
	for _, name := range names {
		switch v := group[name].(type) {
		case string:
			if v != "" {
				return v
			}
		case []any:
			if len(v) > 0 {
				return mapping.Text(v)
			}
		}
	}
	return ""
}

func join[T any](list []T, text func(T) string) string {
	var out []string
	for _, one := range list {
		if s := text(one); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}

// shorten cuts a text to a number of characters.
func shorten(text string, length int) string {
	runes := []rune(text)
	if len(runes) <= length {
		return text
	}
	return string(runes[:length-1]) + "…"
}
