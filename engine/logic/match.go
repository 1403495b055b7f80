package logic

import (
	"errors"
	"strings"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
)

// matcher says which entries fit rules. A rule's value is the name of a field of the entries.
type matcher struct {
	any   bool
	rules []*condition.Condition
	paths []mapping.Path
	// than are what the rules compare with: data, in which braces are no pills.
	than []any
	// asksWhether is true if a rule is about whether there is something at all.
	asksWhether bool
}

// matcher reads the fields `match` and `rules`.
func (c Call) matcher() (*matcher, error) {
	rules, _ := c.With["rules"].([]any)
	if len(rules) == 0 {
		return nil, mistake("There are no rules yet. Add one that says which to take.")
	}
	m := &matcher{any: c.text("match") == "any", than: make([]any, len(rules))}
	for i, one := range rules {
		rule, _ := one.(map[string]any)
		name := mapping.Text(rule["value"])
		path, err := mapping.ParsePath(name)
		if err != nil {
			return nil, mistake("Rule %d looks at %s, which names no field. Write the name of a field of the entries, such as quantity.", i+1, show(name))
		}
		compiled := map[string]any{"value": "{{" + append(mapping.Path{{Name: "entry"}}, path...).String() + "}}", "is": rule["is"]}
		m.than[i] = rule["than"]
		compiled["than"] = rule["than"]
		if strings.Contains(mapping.Text(rule["than"]), "{{") { // it came as data
			compiled["than"] = "{{" + mapping.Path{{Name: "than"}, {Item: true, Index: i}}.String() + "}}"
		}
		one, err := condition.Compile(map[string]any{"rules": []any{compiled}})
		if err != nil {
			return nil, mistake("Rule %d on %s: %s", i+1, show(name), problem(err))
		}
		switch rule["is"] {
		case "exists", "not_exists", "is_empty", "is_not_empty":
			m.asksWhether = true
		}
		m.rules, m.paths = append(m.rules, one), append(m.paths, path)
	}
	return m, nil
}

// problem returns what is wrong with a rule, without its place, which is another one here.
func problem(err error) string {
	problems, ok := errors.AsType[engine.Problems](err)
	if !ok || len(problems) == 0 {
		return err.Error()
	}
	if p := problems[0]; p.Suggestion != "" {
		return p.Message + " Did you mean " + show(p.Suggestion) + "?"
	}
	return problems[0].Message
}

// fits says whether an entry fits. A rule about a field that the entry does not have does not fit, unless
// that is what it asks.
func (m *matcher) fits(entry any, env mapping.Env) (bool, error) {
	data := map[string]any{"entry": entry, "than": m.than}
	for _, rule := range m.rules {
		fits, _, err := rule.Eval(data, env)
		if _, missing := errors.AsType[*mapping.MissingError](err); err != nil && !missing {
			if place, ok := errors.AsType[*mapping.PlaceError](err); ok {
				err = place.Err
			}
			return false, err
		}
		if fits == m.any {
			return fits, nil
		}
	}
	return !m.any, nil
}
