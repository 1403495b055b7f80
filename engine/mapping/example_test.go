package mapping_test

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/text/language"

	"bellhop/engine/mapping"
)

var order, _ = mapping.Decode([]byte(`{"trigger": {
	"id": 820982911946154508, "name": "#1042", "total_price": "1189.00", "currency": "EUR", "note": null, "created_at": "2026-03-05T14:07:31Z",
	"customer": {"first_name": "Ana"}, "line_items": [{"title": "Desk bell", "quantity": 2}, {"title": "Luggage tag", "quantity": 1}]
}}`))

func Example() {
	template, err := mapping.Parse(`New order {{trigger.name}} for {{trigger.total_price | money: trigger.currency}}: {{trigger.line_items | map: "title" | join}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, locale := range []language.Tag{language.English, language.German} {
		text, err := template.Eval(order, mapping.Env{Locale: locale})
		fmt.Printf("%q %v\n", text, err)
	}
	// Output:
	// "New order #1042 for €1,189.00: Desk bell, Luggage tag" <nil>
	// "New order #1042 for 1.189,00\u00a0€: Desk bell, Luggage tag" <nil>
}

// A text that is one pill keeps the value's type; a missing value is an error unless default decides.
func ExampleTemplate_Eval() {
	for _, text := range []string{"{{trigger.id}}", "id {{trigger.id}}", "{{trigger.customer.frist_name}}", `{{trigger.note | default: "no note"}}`} {
		template, err := mapping.Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		v, err := template.Eval(order, mapping.Env{})
		if missing, ok := errors.AsType[*mapping.MissingError](err); ok {
			fmt.Println(missing)
			continue
		}
		fmt.Printf("%T %v\n", v, v)
	}
	// Output:
	// json.Number 820982911946154508
	// string id 820982911946154508
	// {{trigger.customer.frist_name}} finds nothing: trigger.customer has no "frist_name". Did you mean "first_name"?
	// string no note
}

func ExampleParse_syntaxError() {
	const text = "Hello {{ trigger.name | uper }}"
	_, err := mapping.Parse(text)
	if syntax, ok := errors.AsType[*mapping.SyntaxError](err); ok {
		fmt.Println(syntax)
		fmt.Println(text[syntax.Offset : syntax.Offset+syntax.Length])
	}
	// Output:
	// There is no filter "uper". Did you mean "upper"?
	// uper
}

func ExampleTemplate_Explain() {
	template, _ := mapping.Parse(`{{ trigger.created_at | date: "long" | upper }}`)
	for _, trace := range template.Explain(order, mapping.Env{Locale: language.Portuguese, Zone: time.UTC}) {
		fmt.Println(trace.Path, "→", trace.Raw)
		for _, step := range trace.Steps {
			fmt.Println(step.Filter, "→", step.Value)
		}
	}
	// Output:
	// trigger.created_at → 2026-03-05T14:07:31Z
	// date → 5 de março de 2026
	// upper → 5 DE MARÇO DE 2026
}

func ExampleCompile() {
	v, err := mapping.Compile(map[string]any{"channel": "#orders", "fields": []any{"{{trigger.customer.first_name}}", "{{trigger.line_items | sum: 'quantity'}}"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := v.Eval(order, mapping.Env{})
	fmt.Println(out, err)
	// Output:
	// map[channel:#orders fields:[Ana 3]] <nil>
}
