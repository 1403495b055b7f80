package condition

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Operator is a way to compare, described for people.
type Operator struct {
	// Name is what a rule's `is` says; Label is for people.
	Name, Label string
	// NeedsThan is true if there must be something to compare with.
	NeedsThan bool
	// Types lists the kinds of value it is meant for: text, number, date, list, bool or any. It is
	// advice for an editor.
	Types []string

	// yes and no tell the outcome, as in "49.00 is not over 100".
	yes, no string
	// missing is true if the operator decides about values that are not there.
	missing bool
	holds   func(r *rule, value, than any, env mapping.Env) (bool, error)
}

// Operators returns all operators, in the order in which an editor shows them. It is a copy.
func Operators() []Operator { return slices.Clone(operators) }

var (
	anyType   = []string{"any"}
	textTypes = []string{"text"}
	listTypes = []string{"text", "list"}
	numbers   = []string{"number"}
	dates     = []string{"date"}
	bools     = []string{"bool"}
)

var operators = []Operator{
	{Name: "equals", Label: "is", NeedsThan: true, Types: anyType, yes: "is", no: "is not", holds: equals},
	{Name: "not_equals", Label: "is not", NeedsThan: true, Types: anyType, yes: "is not", no: "is", holds: not(equals)},
	{Name: "contains", Label: "contains", NeedsThan: true, Types: listTypes, yes: "contains", no: "does not contain", holds: contains},
	{Name: "not_contains", Label: "does not contain", NeedsThan: true, Types: listTypes, yes: "does not contain", no: "contains", holds: not(contains)},
	{Name: "starts_with", Label: "starts with", NeedsThan: true, Types: textTypes, yes: "starts with", no: "does not start with", holds: texts(strings.HasPrefix)},
	{Name: "ends_with", Label: "ends with", NeedsThan: true, Types: textTypes, yes: "ends with", no: "does not end with", holds: texts(strings.HasSuffix)},
	{Name: "one_of", Label: "is one of", NeedsThan: true, Types: anyType, yes: "is one of", no: "is none of", holds: oneOf},
	{Name: "matches", Label: "matches the pattern", NeedsThan: true, Types: textTypes, yes: "matches", no: "does not match", holds: matches},
	{Name: "greater_than", Label: "is over", NeedsThan: true, Types: numbers, yes: "is over", no: "is not over", holds: ordered(func(c int) bool { return c > 0 })},
	{Name: "less_than", Label: "is under", NeedsThan: true, Types: numbers, yes: "is under", no: "is not under", holds: ordered(func(c int) bool { return c < 0 })},
	{Name: "at_least", Label: "is at least", NeedsThan: true, Types: numbers, yes: "is at least", no: "is under", holds: ordered(func(c int) bool { return c >= 0 })},
	{Name: "at_most", Label: "is at most", NeedsThan: true, Types: numbers, yes: "is at most", no: "is over", holds: ordered(func(c int) bool { return c <= 0 })},
	{Name: "before", Label: "is before", NeedsThan: true, Types: dates, yes: "is before", no: "is not before", holds: dated(time.Time.Before)},
	{Name: "after", Label: "is after", NeedsThan: true, Types: dates, yes: "is after", no: "is not after", holds: dated(time.Time.After)},
	{Name: "is_true", Label: "is yes", Types: bools, yes: "is yes", no: "is no", holds: isTrue},
	{Name: "is_false", Label: "is no", Types: bools, yes: "is no", no: "is yes", holds: not(isTrue)},
	{Name: "is_empty", Label: "is empty", Types: anyType, yes: "is empty", no: "is not empty", missing: true, holds: isEmpty},
	{Name: "is_not_empty", Label: "is not empty", Types: anyType, yes: "is not empty", no: "is empty", missing: true, holds: not(isEmpty)},
	{Name: "exists", Label: "is there", Types: anyType, yes: "is there", no: "is missing", missing: true, holds: exists},
	{Name: "not_exists", Label: "is missing", Types: anyType, yes: "is missing", no: "is there", missing: true, holds: not(exists)},
}

func operatorOf(name string) (*Operator, bool) {
	i := slices.IndexFunc(operators, func(o Operator) bool { return o.Name == name })
	if i < 0 {
		return nil, false
	}
	return &operators[i], true
}

func operatorNames() []string {
	names := make([]string, len(operators))
	for i, o := range operators {
		names[i] = o.Name
	}
	return names
}

type test = func(r *rule, value, than any, env mapping.Env) (bool, error)

func not(t test) test {
	return func(r *rule, value, than any, env mapping.Env) (bool, error) {
		holds, err := t(r, value, than, env)
		return !holds, err
	}
}

func equals(_ *rule, value, than any, _ mapping.Env) (bool, error) { return same(value, than), nil }

// same compares as numbers what looks like numbers, and everything else as it reads. A list or a
// group compares by its text, too.
func same(a, b any) bool {
	if s, ok := a.(string); ok && s == b {
		return true
	}
	if x, ok := mapping.ParseDecimal(a); ok {
		if y, ok := mapping.ParseDecimal(b); ok {
			return x.Cmp(y) == 0
		}
	}
	return mapping.Text(a) == mapping.Text(b)
}

func contains(_ *rule, value, than any, _ mapping.Env) (bool, error) {
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return same(one, than) }), nil
	}
	part, err := something(than)
	return strings.Contains(mapping.Text(value), part), err
}

func texts(holds func(text, part string) bool) test {
	return func(_ *rule, value, than any, _ mapping.Env) (bool, error) {
		part, err := something(than)
		return holds(mapping.Text(value), part), err
	}
}

// something refuses to look for nothing: every text contains the empty text, which nobody means.
func something(than any) (string, error) {
	text := mapping.Text(than)
	if text == "" {
		return "", engine.Errorf(engine.Invalid, "There is nothing to compare with: the text is empty.")
	}
	return text, nil
}

func oneOf(_ *rule, value, than any, _ mapping.Env) (bool, error) {
	if list, ok := than.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return same(value, one) }), nil
	}
	for one := range strings.SplitSeq(mapping.Text(than), ",") {
		if same(value, strings.TrimSpace(one)) {
			return true, nil
		}
	}
	return false, nil
}

func ordered(holds func(cmp int) bool) test {
	return func(r *rule, value, than any, env mapping.Env) (bool, error) {
		a, err := numberOf(value, env)
		if err != nil {
			return false, err
		}
		b := r.number
		if b == nil {
			n, err := numberOf(than, env)
			if err != nil {
				return false, err
			}
			b = &n
		}
		return holds(a.Cmp(*b)), nil
	}
}

func numberOf(v any, env mapping.Env) (mapping.Decimal, error) {
	n, ok := mapping.ParseDecimal(v)
	if ok {
		return n, nil
	}
	if _, ok := mapping.ParseTime(v, env); ok {
		return n, engine.Errorf(engine.Invalid, "%s is a date, not a number. Compare dates with before or after.", show(v))
	}
	return n, engine.Errorf(engine.Invalid, "%s is not a number, so it cannot be compared by size.", show(v))
}

func dated(holds func(a, b time.Time) bool) test {
	return func(_ *rule, value, than any, env mapping.Env) (bool, error) {
		a, err := timeOf(value, env)
		if err != nil {
			return false, err
		}
		b, err := timeOf(than, env)
		return holds(a, b), err
	}
}

func timeOf(v any, env mapping.Env) (time.Time, error) {
	t, ok := mapping.ParseTime(v, env)
	if !ok {
		return t, engine.Errorf(engine.Invalid, "%s is not a date that Bellhop can read. Write it like 2026-03-05 or 2026-03-05T14:07:00Z.", show(v))
	}
	return t, nil
}

func isTrue(_ *rule, value, _ any, _ mapping.Env) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(mapping.Text(value))) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, engine.Errorf(engine.Invalid, "%s is neither yes nor no.", show(value))
}

// isEmpty sees a missing value as nil.
func isEmpty(_ *rule, value, _ any, _ mapping.Env) (bool, error) {
	switch v := value.(type) {
	case nil:
		return true, nil
	case string:
		return strings.TrimSpace(v) == "", nil
	case []any:
		return len(v) == 0, nil
	case map[string]any:
		return len(v) == 0, nil
	}
	return false, nil
}

func exists(_ *rule, value, _ any, _ mapping.Env) (bool, error) { return value != nil, nil }

// Limits that keep a pattern's time in bounds: it takes text × size of the pattern.
const (
	maxPattern = 1000
	maxMatched = 64 << 10
)

func matches(r *rule, value, than any, _ mapping.Env) (bool, error) {
	pattern := r.pattern
	if pattern == nil {
		var err error
		if pattern, err = patternOf(mapping.Text(than)); err != nil {
			return false, err
		}
	}
	text := mapping.Text(value)
	if len(text) > maxMatched {
		return false, engine.Errorf(engine.Invalid, "The text is longer than the %d characters a pattern is tried on.", maxMatched)
	}
	return pattern.MatchString(text), nil
}

func patternOf(text string) (*regexp.Regexp, error) {
	if text == "" || len(text) > maxPattern {
		return nil, engine.Errorf(engine.Invalid, "A pattern is one to %d characters long.", maxPattern)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "%s is not a pattern that Bellhop can read: it uses regular expressions as in Go (RE2).", show(text))
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > maxPattern {
		return nil, engine.Errorf(engine.Invalid, "The pattern %s is too large. Repeat less in it.", show(text))
	}
	return regexp.Compile(text)
}
