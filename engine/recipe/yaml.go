package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bellhop/engine"
)

// YAML writes a recipe as a file that people can read and change: fields in the order of their
// operation, texts of several lines as blocks, quotes only where they are needed. Reading the file
// gives exactly the same definition again. catalog may lack operations that the recipe uses. The
// error is about values that are not JSON's.
func YAML(d engine.Definition, catalog engine.Catalog) ([]byte, error) {
	w := &yamlWriter{catalog: catalog}
	w.out.WriteString("# A recipe for Bellhop. Change it as you like, then: bellhop import FILE\n")
	w.pair(0, "recipe", number(d.Format))
	w.pair(0, "name", d.Name)
	w.optional(0, "note", d.Note)
	w.out.WriteString("trigger:\n")
	w.trigger(1, d.Trigger)
	w.steps(0, "steps", d.Steps)
	if len(d.IfFailed) > 0 {
		w.steps(0, "if_failed", d.IfFailed)
	}
	if d.Runs != nil {
		w.runs(0, *d.Runs)
	}
	if len(d.Personal) > 0 {
		w.pair(0, "personal", texts(d.Personal))
	}
	return w.out.Bytes(), w.err
}

// yamlWriter writes values, two spaces for each level.
type yamlWriter struct {
	out bytes.Buffer
	// item is true if the next key is the first of a list's entry, which gets the dash.
	item    bool
	err     error
	catalog engine.Catalog
}

func (w *yamlWriter) indent(level int) {
	if w.item {
		w.out.WriteString(strings.Repeat("  ", level-1) + "- ")
		w.item = false
		return
	}
	w.out.WriteString(strings.Repeat("  ", level))
}

// ruleOrder is how people say a rule.
var ruleOrder = []string{"value", "is", "than"}

// object writes a map's entries: the keys of order first, the others by name.
func (w *yamlWriter) object(level int, m map[string]any, order []string) {
	for _, key := range keys(m, order) {
		w.pair(level, key, m[key])
	}
}

func keys(m map[string]any, order []string) []string {
	all := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(all, func(a, b string) int { return place(a, order) - place(b, order) })
	return all
}

func place(key string, order []string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

func (w *yamlWriter) pair(level int, key string, value any) {
	w.indent(level)
	w.out.WriteString(scalar(key, false) + ":")
	switch v := value.(type) {
	case map[string]any:
		if line, ok := w.oneLine(v); ok {
			w.out.WriteString(" " + line + "\n")
			return
		}
		w.out.WriteByte('\n')
		w.object(level+1, v, ruleOrder)
	case []any:
		w.list(level, v)
	case string:
		w.text(level, v)
	default:
		w.out.WriteString(" " + w.plain(v) + "\n")
	}
}

// list writes a list behind its key, in one line if it is short.
func (w *yamlWriter) list(level int, items []any) {
	if line, ok := w.oneLine(items); ok {
		w.out.WriteString(" " + line + "\n")
		return
	}
	w.out.WriteByte('\n')
	for _, item := range items {
		switch v := item.(type) {
		case map[string]any:
			if _, short := w.oneLine(v); !short {
				w.item = true
				w.object(level+2, v, ruleOrder)
				continue
			}
		case []any:
			if _, short := w.oneLine(v); !short {
				// Lists in lists that are too long for a line are rare; one line each all the same.
				w.out.WriteString(strings.Repeat("  ", level+1) + "- " + w.flow(v) + "\n")
				continue
			}
		case string:
			w.out.WriteString(strings.Repeat("  ", level+1) + "-")
			w.text(level+1, v)
			continue
		}
		w.out.WriteString(strings.Repeat("  ", level+1) + "- " + w.flow(item) + "\n")
	}
}

// longestLine is how long a map or list in one line may be.
const longestLine = 100

// oneLine writes a map or list in one line, if it is short and holds only plain values. So a rule
// stays together, and what is nested is easier to read in lines of its own.
func (w *yamlWriter) oneLine(value any) (string, bool) {
	var values []any
	switch v := value.(type) {
	case map[string]any:
		for _, one := range v {
			values = append(values, one)
		}
	case []any:
		values = v
	}
	for _, one := range values {
		switch v := one.(type) {
		case map[string]any:
			if len(v) > 0 {
				return "", false
			}
		case []any:
			if len(v) > 0 {
				return "", false
			}
		case string:
			if strings.Contains(v, "\n") {
				return "", false
			}
		}
	}
	line := w.flow(value)
	return line, len(line) <= longestLine || len(values) == 0
}

func (w *yamlWriter) flow(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for _, key := range keys(v, ruleOrder) {
			parts = append(parts, scalar(key, true)+": "+w.flow(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = w.flow(one)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return scalar(v, true)
	}
	return w.plain(value)
}

func (w *yamlWriter) plain(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	w.err = engine.Errorf(engine.Internal, "a recipe holds a %T, which is no JSON value", value)
	return "null"
}

// text writes a text behind its key or dash.
func (w *yamlWriter) text(level int, s string) {
	if !blockable(s) {
		w.out.WriteString(" " + scalar(s, false) + "\n")
		return
	}
	header := " |-\n"
	if strings.HasSuffix(s, "\n") {
		header = " |\n"
	}
	w.out.WriteString(header)
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if line != "" {
			w.out.WriteString(strings.Repeat("  ", level+1) + line)
		}
		w.out.WriteByte('\n')
	}
}

// blockable says whether a text can be written as a block and read again as it was: several lines,
// of which the first is neither indented nor empty, and none ends in spaces that nobody sees.
func blockable(s string) bool {
	lines := strings.Split(s, "\n")
	if len(lines) < 2 || s[0] == ' ' || s[0] == '\n' || strings.HasSuffix(s, "\n\n") || !printable(strings.ReplaceAll(s, "\n", "")) {
		return false
	}
	return !slices.ContainsFunc(lines, func(line string) bool { return strings.HasSuffix(line, " ") || strings.HasPrefix(line, "\t") })
}

// printable says whether a text has nothing that a file should not hold as it is.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsPrint(r) || r == '\ufeff' || r == utf8.RuneError
	})
}

var (
	// plainForm is what surely is a text as it stands; everything else gets quotes.
	plainForm = regexp.MustCompile(`^[\pL_][\pL\pN _./@+()!?*%&=;$€'-]*$`)
	// flowForm is the same between braces and brackets, without what people could take for more.
	flowForm = regexp.MustCompile(`^[\pL_][\pL\pN _./@-]*$`)
)

// misread are words that this or another reader of YAML takes for something else than a text.
var misread = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

// scalar writes a text or a key in one line.
func scalar(s string, flow bool) string {
	form := plainForm
	if flow {
		form = flowForm
	}
	switch {
	case form.MatchString(s) && !slices.Contains(misread, strings.ToLower(s)) && s == strings.TrimSpace(s) && printable(s):
		return s
	case strings.Contains(s, `"`) && !strings.Contains(s, "'") && printable(s):
		return "'" + s + "'"
	case printable(s):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
