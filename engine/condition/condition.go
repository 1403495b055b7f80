// Package condition decides whether data fits rules, as a filter or a path of a recipe asks:
//
//	match: all                      # or any
//	rules:
//	  - {value: "{{trigger.total_price}}", is: greater_than, than: "100"}
//
// A rule's value and than are texts with pills, or values. Rules are tried in order, until the outcome
// is certain. Text is compared as it is, capitals count (use the filter lower where they should not);
// but where both sides look like numbers they are compared as numbers: "100.00" equals 100. Text with
// leading zeros, as a postcode's, does not look like a number. A value that is missing is an error that
// names its pill, except for the operators that ask for it (exists, is_empty and their opposites).
package condition

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Condition is a set of rules, compiled once. It never changes and may be used from many goroutines.
type Condition struct {
	any   bool
	rules []*rule
}

type rule struct {
	operator    *Operator
	value, than *mapping.Value
	// subject names the value where it cannot be shown, such as trigger.note.
	subject string
	// number and pattern are than, where it is the same each time.
	number  *mapping.Decimal
	pattern *regexp.Regexp
}

// Keys are the fields that a condition consists of.
var Keys = []string{"match", "rules"}

// Of returns those of a step's fields that are a condition; some operations have others besides.
func Of(with map[string]any) map[string]any {
	own := map[string]any{}
	for _, key := range Keys {
		if value, given := with[key]; given {
			own[key] = value
		}
	}
	return own
}

// Compile reads a condition: a group with `match` ("all" or "any"; all if it is absent) and `rules`,
// a list of groups with `value`, `is` and, where the operator needs it, `than`. The error is
// engine.Problems with all that is wrong; a Problem's Path is the place within the condition, such as
// `rules[1].than`.
func Compile(with map[string]any) (*Condition, error) {
	c := &Condition{}
	var problems engine.Problems
	report := func(place mapping.Path, suggestion, format string, args ...any) {
		problems = append(problems, engine.Problem{Path: place.String(), Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
	}
	root := mapping.Path{}
	known(with, root, Keys, report)
	switch match := with["match"]; match {
	case nil, "all":
	case "any":
		c.any = true
	default:
		text, _ := match.(string)
		report(root.Field("match"), engine.Suggest(text, []string{"all", "any"}), "match is all or any: whether every rule has to fit, or one of them.")
	}
	list, ok := with["rules"].([]any)
	if with["rules"] != nil && !ok {
		report(root.Field("rules"), "", "rules is a list, each entry with value, is and than.")
	} else if len(list) == 0 {
		report(root.Field("rules"), "", "There are no rules yet. Add one that says what to let through.")
	}
	for i, one := range list {
		place := root.Field("rules").At(i)
		fields, ok := one.(map[string]any)
		if !ok {
			report(place, "", "A rule is a group with value, is and than.")
			continue
		}
		c.rules = append(c.rules, compileRule(fields, place, report))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

type reporter = func(place mapping.Path, suggestion, format string, args ...any)

func known(fields map[string]any, place mapping.Path, names []string, report reporter) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(names, name) {
			report(place.Field(name), engine.Suggest(name, names), "There is no %q here.", name)
		}
	}
}

func compileRule(fields map[string]any, place mapping.Path, report reporter) *rule {
	r := &rule{}
	known(fields, place, []string{"value", "is", "than"}, report)
	side := func(name string) *mapping.Value {
		v, err := mapping.Compile(fields[name])
		if problems, ok := errors.AsType[engine.Problems](err); ok {
			for _, p := range problems {
				inner, _ := mapping.ParsePath(p.Path) // nothing for the value itself
				report(slices.Concat(place.Field(name), inner), p.Suggestion, "%s", p.Message)
			}
		}
		return v
	}
	if fields["value"] == nil {
		report(place.Field("value"), "", "The rule has no value to look at.")
	}
	r.value, r.than = side("value"), side("than")
	if r.value != nil {
		r.value.Walk(func(_ string, t *mapping.Template) {
			if r.subject == "" {
				r.subject = strings.Trim(t.Pills()[0].Source, "{} ")
			}
		})
	}
	name, isText := fields["is"].(string)
	if !isText || name == "" {
		report(place.Field("is"), "", "The rule does not say how to compare. Write one of: %s.", strings.Join(operatorNames(), ", "))
		return r
	}
	operator, ok := operatorOf(name)
	if !ok {
		report(place.Field("is"), engine.Suggest(name, operatorNames()), "There is no operator %q.", name)
		return r
	}
	r.operator = operator
	if operator.NeedsThan {
		r.prepare(fields["than"], place.Field("than"), report)
	}
	return r
}

// prepare looks at what is compared with, as far as it is known without data.
func (r *rule) prepare(than any, place mapping.Path, report reporter) {
	if than == nil || than == "" && r.operator.Name != "equals" && r.operator.Name != "not_equals" {
		report(place, "", "The rule needs something to compare with.")
		return
	}
	if r.than == nil || !r.than.Static() {
		return
	}
	switch {
	case slices.Equal(r.operator.Types, numbers):
		n, err := numberOf(than, mapping.Env{})
		if err != nil {
			report(place, "", "%s", err)
		}
		r.number = &n
	case slices.Equal(r.operator.Types, dates):
		if _, err := timeOf(than, mapping.Env{}); err != nil {
			report(place, "", "%s", err)
		}
	case r.operator.Name == "matches":
		var err error
		if r.pattern, err = patternOf(mapping.Text(than)); err != nil {
			report(place, "", "%s", err)
		}
	}
}

// Eval says whether data fits, with a short sentence on why: "49.00 is not over 100". The sentence
// is about the rule that decided. Errors name the pill or the value that could not be compared; their
// code is Invalid.
func (c *Condition) Eval(data any, env mapping.Env) (pass bool, note string, err error) {
	for i, r := range c.rules {
		pass, note, err = r.eval(data, env)
		if err != nil {
			return false, "", &mapping.PlaceError{Place: fmt.Sprintf("rules[%d]", i), Err: err}
		}
		if pass == c.any {
			return pass, note, nil
		}
	}
	switch {
	case len(c.rules) == 1:
		return pass, note, nil
	case c.any:
		return false, fmt.Sprintf("none of %d rules fits; %s", len(c.rules), note), nil
	default:
		return true, fmt.Sprintf("all %d rules fit", len(c.rules)), nil
	}
}

func (r *rule) eval(data any, env mapping.Env) (bool, string, error) {
	value, err := r.value.Eval(data, env)
	if err != nil {
		_, missing := errors.AsType[*mapping.MissingError](err)
		if !missing || !r.operator.missing {
			return false, "", cause(err)
		}
	}
	var than any
	if r.operator.NeedsThan {
		if than, err = r.than.Eval(data, env); err != nil {
			return false, "", cause(err)
		}
	}
	pass, err := r.operator.holds(r, value, than, env)
	if err != nil {
		if r.subject != "" {
			err = engine.Wrap(err, engine.Invalid, "The rule on {{%s}} cannot be decided: %s", r.subject, err)
		}
		return false, "", err
	}
	return pass, r.note(pass, value, than), nil
}

// cause leaves out the place within the value: the rule's place is enough.
func cause(err error) error {
	if e, ok := errors.AsType[*mapping.PlaceError](err); ok {
		return e.Err
	}
	return err
}

func (r *rule) note(pass bool, value, than any) string {
	verb := r.operator.no
	if pass {
		verb = r.operator.yes
	}
	subject := show(value)
	if r.subject != "" && !r.operator.NeedsThan {
		subject = r.subject
	}
	if !r.operator.NeedsThan {
		return subject + " " + verb
	}
	return subject + " " + verb + " " + show(than)
}

// show writes a value into a sentence: numbers as they are, other text in quotes, and all of it short.
func show(v any) string {
	switch v := v.(type) {
	case string:
		if _, ok := mapping.ParseDecimal(v); ok {
			return shortened(v)
		}
		return `"` + shortened(v) + `"`
	case json.Number, bool:
		return shortened(mapping.Text(v))
	case []any:
		if len(v) > 0 && len(v) <= 10 {
			return shortened(mapping.Text(v))
		}
		return fmt.Sprintf("a list of %d", len(v))
	default:
		return mapping.Kind(v)
	}
}

const longestShown = 40

func shortened(s string) string {
	length := 0
	for i := range s {
		if length++; length > longestShown {
			return s[:i] + "…"
		}
	}
	return s
}
