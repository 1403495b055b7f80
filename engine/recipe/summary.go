package recipe

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
	"bellhop/engine/schedule"
)

// Speaker is a catalogue in another language than English. It says in that language also what stands between the words
// of its connectors: an English text, or a format with the same verbs.
type Speaker interface {
	engine.Catalog
	Say(english string) string
}

// say says a text or a format in the catalogue's language.
func say(catalog engine.Catalog, english string) string {
	if s, ok := catalog.(Speaker); ok {
		return s.Say(english)
	}
	return english
}

// Summary says in one sentence what a recipe does: "When a new order arrives in Shopify, only if the
// total price is over 100, send a message to #orders in Slack."
func Summary(d engine.Definition, catalog engine.Catalog) string {
	start := say(catalog, "Nothing starts this recipe yet")
	if times := timesInWords(d.Trigger, catalog); times != "" {
		start = times
	} else if d.Trigger.Use != "" {
		start = fmt.Sprintf(say(catalog, "When %s"), lowerFirst(summary(d.Trigger.Use, d.Trigger.With, say(catalog, "something happens"), catalog), catalog))
	}
	var b strings.Builder
	b.WriteString(start)
	if len(d.Steps) > 0 {
		b.WriteString(say(catalog, ", ") + stepsInWords(d.Steps, catalog))
	} else if d.Trigger.Use != "" {
		b.WriteString(say(catalog, ", nothing is done yet"))
	}
	b.WriteString(".")
	if len(d.IfFailed) > 0 {
		b.WriteString(" " + fmt.Sprintf(say(catalog, "If it fails, %s."), stepsInWords(d.IfFailed, catalog)))
	}
	return b.String()
}

// stepsInWords says what the steps of a list do, and in brackets those within them: "only if the total
// price is over 100, send a message to #orders in Slack, then stop here".
func stepsInWords(steps []engine.Step, catalog engine.Catalog) string {
	var b strings.Builder
	acted := false
	for i, s := range steps {
		if i > 0 {
			b.WriteString(", ")
		}
		if acted {
			b.WriteString(say(catalog, "then") + " ")
		}
		b.WriteString(lowerFirst(summary(s.Use, s.With, Title(s, catalog), catalog), catalog))
		var within []string
		for _, path := range s.Paths {
			said := say(catalog, "nothing")
			if len(path.Steps) > 0 {
				said = stepsInWords(path.Steps, catalog)
			}
			within = append(within, short(path.Name)+": "+said)
		}
		if len(s.Steps) > 0 {
			within = append(within, stepsInWords(s.Steps, catalog))
		}
		if len(within) > 0 {
			b.WriteString(" (" + strings.Join(within, "; ") + ")")
		}
		acted = acted || !isLogic(s.Use, catalog) || len(within) > 0
	}
	return b.String()
}

// StepSummary says in one line what a step does, with its fields' values: "Send a message to
// #orders in Slack".
func StepSummary(s engine.Step, catalog engine.Catalog) string {
	return summary(s.Use, s.With, Title(s, catalog), catalog)
}

// TriggerSummary says in one line what starts a recipe: "A new order arrives in Shopify", "Every
// weekday at 07:00".
func TriggerSummary(t engine.Trigger, catalog engine.Catalog) string {
	if t.Use == "" {
		return say(catalog, "Choose what starts this recipe")
	}
	if times := timesInWords(t, catalog); times != "" {
		return times
	}
	return summary(t.Use, t.With, t.Use, catalog)
}

// timesInWords says when a schedule starts a recipe; "" of other triggers, and while its fields do not
// make sense.
func timesInWords(t engine.Trigger, catalog engine.Catalog) string {
	_, o, ok := catalog.Operation(t.Use)
	if !ok || o.Schedule == nil {
		return ""
	}
	times, err := schedule.Parse(o, t.With, time.UTC)
	if err != nil {
		return ""
	}
	return say(catalog, times.Describe())
}

func isLogic(use string, catalog engine.Catalog) bool {
	_, o, ok := catalog.Operation(use)
	return ok && o.Kind() == engine.KindLogic
}

// summary fills an operation's summary with the fields' values, or returns otherwise.
func summary(use string, with map[string]any, otherwise string, catalog engine.Catalog) string {
	_, o, ok := catalog.Operation(use)
	if !ok || o.Summary == "" {
		return otherwise
	}
	template, err := mapping.Parse(o.Summary)
	if err != nil {
		return otherwise
	}
	var b strings.Builder
	for _, part := range template.Parts() {
		if part.Pill == nil {
			b.WriteString(part.Text)
			continue
		}
		name := part.Pill.Path()[0].Name
		field, _ := o.Field(name)
		b.WriteString(fieldInWords(field, with, catalog))
	}
	return b.String()
}

func fieldInWords(f engine.Field, with map[string]any, catalog engine.Catalog) string {
	if f.Type == engine.FieldRules {
		return rulesInWords(with, catalog)
	}
	value := with[f.Name]
	if empty(value) {
		value = f.Default
	}
	switch list, _ := value.([]any); {
	case f.Type == engine.FieldChoice:
		// A number in a file is a choice too.
		if label, ok := optionInWords(f, value); ok {
			return label
		}
	case f.Type == engine.FieldChoices && len(list) > 0:
		var labels []string
		for _, one := range list {
			label, _ := optionInWords(f, one)
			labels = append(labels, label)
		}
		if last := len(labels) - 1; last > 0 {
			return strings.Join(labels[:last], ", ") + " " + say(catalog, "and") + " " + labels[last]
		}
		return labels[0]
	}
	if empty(value) {
		return "…"
	}
	return inWords(value, catalog)
}

// optionInWords returns the label of an option; ok is false, and the value itself returned, if there
// is none.
func optionInWords(f engine.Field, value any) (label string, ok bool) {
	text := mapping.Text(value)
	if i := slices.IndexFunc(f.Options, func(o engine.Option) bool { return o.Value == text }); i >= 0 {
		return f.Options[i].Label, true
	}
	return text, false
}

// rulesInWords says a condition: "the total price is over 100 and the country code is PT".
func rulesInWords(with map[string]any, catalog engine.Catalog) string {
	list, _ := with["rules"].([]any)
	var said []string
	for _, one := range list {
		rule, _ := one.(map[string]any)
		is, _ := rule["is"].(string)
		operators := condition.Operators()
		i := slices.IndexFunc(operators, func(o condition.Operator) bool { return o.Name == is })
		if i < 0 {
			continue
		}
		words := inWords(rule["value"], catalog) + " " + say(catalog, operators[i].Label)
		if operators[i].NeedsThan {
			words += " " + inWords(rule["than"], catalog)
		}
		said = append(said, words)
	}
	if len(said) == 0 {
		return "…"
	}
	glue := "and"
	if with["match"] == "any" {
		glue = "or"
	}
	return strings.Join(said, " "+say(catalog, glue)+" ")
}

// inWords says a value; what a pill stands for goes by its name.
func inWords(value any, catalog engine.Catalog) string {
	text, ok := value.(string)
	if !ok {
		text = mapping.Text(value)
	}
	template, err := mapping.Parse(text)
	if err != nil || template.Static() {
		return short(text)
	}
	parts := template.Parts()
	if len(parts) == 1 {
		return fmt.Sprintf(say(catalog, "the %s"), pillInWords(parts[0].Pill))
	}
	var b strings.Builder
	for _, part := range parts {
		if part.Pill != nil {
			b.WriteString("[" + pillInWords(part.Pill) + "]")
		} else {
			b.WriteString(part.Text)
		}
	}
	return short(b.String())
}

// pillInWords makes `trigger.customer.first_name` "first name".
func pillInWords(p *mapping.Pill) string {
	path := p.Path()
	for i := len(path) - 1; i > 0; i-- {
		if !path[i].Item {
			return strings.Join(strings.FieldsFunc(path[i].Name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }), " ")
		}
	}
	if len(path) == 0 {
		return "text"
	}
	return "whole result"
}

const longestInWords = 60

// short is the first line of a text, and not all of a long one.
func short(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > longestInWords {
		return string(runes[:longestInWords]) + "…"
	}
	if more {
		return line + "…"
	}
	return line
}

// lowerFirst makes a sentence's beginning part of another; names in capitals stay, and so do other languages.
func lowerFirst(s string, catalog engine.Catalog) string {
	if _, other := catalog.(Speaker); other {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	if unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}
