package activity

import (
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// mostLetters is how much of a value is shown among others; Raw and the whole messages have all of it.
const mostLetters = 300

// titleOf names a run: as its recipe does, or else by its event's id, unless Bellhop made that up.
func titleOf(r engine.Run) string {
	switch {
	case r.Title != "":
		return r.Title
	case r.EventKey != "" && !strings.HasPrefix(r.EventKey, "evt_"):
		return r.EventKey
	}
	return lang.L("Event {{.N}}", map[string]any{"N": r.EventID})
}

// humanise makes words of a name: `total_price` is "Total price".
func humanise(name string) string {
	words := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }), " ")
	if words == "" {
		return name
	}
	letters := []rune(words)
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters)
}

// labelOf makes words of a path: `line_items[0].title` is "Line items 1 · Title".
func labelOf(path mapping.Path) string {
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.Item && s.Index < 0:
			b.WriteString(" " + strconv.Itoa(s.Index))
		case s.Item:
			b.WriteString(" " + strconv.Itoa(s.Index+1))
		case i > 0:
			b.WriteString(" · " + humanise(s.Name))
		default:
			b.WriteString(humanise(s.Name))
		}
	}
	return strings.TrimSpace(b.String())
}

// clip cuts a value to what can be read among others, on as few lines.
func clip(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= mostLetters {
		return text
	}
	if r := []rune(text); len(r) > mostLetters {
		return string(r[:mostLetters]) + "…"
	}
	return text
}

// valueText is how a JSON value reads; nothing is said to be so.
func valueText(v any) string {
	if text := clip(mapping.Text(v)); text != "" {
		return text
	}
	return lang.L("(empty)")
}

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
