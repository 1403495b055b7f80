package recipe_test

import (
	"fmt"
	"testing"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// A recipe is checked with each letter typed, so the largest must be quick too.
func BenchmarkValidateTheLargest(b *testing.B) {
	d := engine.Definition{Format: 1, Name: "Large", Trigger: engine.Trigger{Use: "webhook.received"}}
	for i := range 10 {
		loop := engine.Step{ID: fmt.Sprintf("each_%d", i), Use: "logic.loop", With: map[string]any{"items": "{{trigger.lines}}"}}
		for k := range recipe.MaxSteps/10 - 1 {
			text := fmt.Sprintf("{{each_%d.item.title}} for {{trigger.customer.first_name | upper}}", i)
			loop.Steps = append(loop.Steps, engine.Step{
				ID: fmt.Sprintf("call_%d_%d", i, k), Use: "http.request", With: map[string]any{"url": "https://example.com/{{trigger.id}}", "text": text},
			})
		}
		d.Steps = append(d.Steps, loop)
	}
	params := recipe.Params{Catalog: catalog(b)}
	for b.Loop() {
		if problems := recipe.Validate(d, params); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
