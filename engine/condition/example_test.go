package condition_test

import (
	"errors"
	"fmt"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
)

func Example() {
	c, err := condition.Compile(map[string]any{"match": "all", "rules": []any{
		map[string]any{"value": "{{trigger.country}}", "is": "one_of", "than": "PT, ES"},
		map[string]any{"value": "{{trigger.total_price}}", "is": "greater_than", "than": "100"},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{`{"trigger": {"country": "PT", "total_price": "49.00"}}`, `{"trigger": {"country": "PT", "total_price": "189.00"}}`, `{"trigger": {"country": "PT"}}`} {
		data, _ := mapping.Decode([]byte(text))
		pass, note, err := c.Eval(data, mapping.Env{})
		fmt.Println(pass, note, err)
	}
	// Output:
	// false 49.00 is not over 100 <nil>
	// true all 2 rules fit <nil>
	// false  rules[1]: {{trigger.total_price}} finds nothing: trigger has no "total_price". Choose another value, or say with the filter default what to use instead.
}

func ExampleCompile_problems() {
	_, err := condition.Compile(map[string]any{"rules": []any{
		map[string]any{"value": "{{trigger.total}}", "is": "greater_then", "than": "100"},
	}})
	if problems, ok := errors.AsType[engine.Problems](err); ok {
		for _, p := range problems.Under("steps[0].with") {
			fmt.Println(p)
		}
	}
	// Output:
	// steps[0].with.rules[0].is: There is no operator "greater_then". Did you mean "greater_than"?
}
