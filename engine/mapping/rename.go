package mapping

import "strings"

// Rename changes what the pills of a text refer to: a path that begins with a name of names begins with
// its value afterwards. All else stays as it was written; so does a text that is no template.
func Rename(text string, names map[string]string) string {
	_, roots, err := parse(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	done := 0
	for _, at := range roots {
		p := parser{text: text, at: at}
		to, ok := names[p.name()]
		if !ok {
			continue
		}
		b.WriteString(text[done:at] + to)
		done = p.at
	}
	return b.String() + text[done:]
}

// RenameIn does it to all texts within a JSON value, which stays as it is.
func RenameIn(value any, names map[string]string) any {
	switch v := value.(type) {
	case string:
		return Rename(v, names)
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = RenameIn(one, names)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, one := range v {
			out[name] = RenameIn(one, names)
		}
		return out
	}
	return value
}
