package desk_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
)

// stockroom is a store with two recipes and one table.
type stockroom struct{ engine.Store }

func (stockroom) Recipes(context.Context) ([]engine.Recipe, error) {
	return []engine.Recipe{{ID: 1, Name: "Orders"}, {ID: 2, Name: "Pack it"}}, nil
}

func (stockroom) Tables(context.Context) ([]engine.Table, error) {
	return []engine.Table{{Name: "Customers"}}, nil
}

// parts is a catalog of what warnings look at.
type parts struct{ chat }

func (parts) Operation(use string) (engine.Connector, engine.Operation, bool) {
	o, ok := map[string]engine.Operation{
		"hook": {Webhook: &engine.WebhookSpec{}}, "clock": {Schedule: &engine.ScheduleSpec{}}, "call": {Logic: engine.LogicCall},
		"find": {Logic: engine.LogicTableFind}, "answer": {Title: "Answer the sender", Logic: engine.LogicRespond},
	}[use]
	return engine.Connector{}, o, ok
}

func TestWhatIsProbablyNotMeantIsTold(t *testing.T) {
	step := func(use, field, value string) engine.Step {
		return engine.Step{ID: "a", Use: use, With: map[string]any{field: value}}
	}
	for name, c := range map[string]struct {
		trigger engine.Trigger
		step    engine.Step
		want    string
	}{
		"a recipe":                 {engine.Trigger{Use: "hook"}, step("call", "recipe", "pack IT"), ""},
		"itself":                   {engine.Trigger{Use: "hook"}, step("call", "recipe", "Orders"), ""},
		"no such recipe":           {engine.Trigger{Use: "hook"}, step("call", "recipe", "Pack ti"), `There is no recipe "Pack ti". Did you mean "Pack it"? The step that runs it fails until there is one.`},
		"a recipe out of the data": {engine.Trigger{Use: "hook"}, step("call", "recipe", "{{trigger.name}}"), ""},
		"a table":                  {engine.Trigger{Use: "hook"}, step("find", "table", "customers"), ""},
		"no such table":            {engine.Trigger{Use: "hook"}, step("find", "table", "Costumers"), `There is no table "Costumers". Did you mean "Customers"? The steps that use it fail until there is one.`},
		"a sender who waits": {
			engine.Trigger{Use: "hook", Answer: &engine.Answer{When: engine.AnswerResult}}, step("answer", "status", "201"), "",
		},
		"a sender who does not": {
			engine.Trigger{Use: "hook"}, step("answer", "status", "201"),
			`"Answer the sender" answers nobody, since the sender is answered at once. Let the sender wait for the result in the trigger's options, or take the step out.`,
		},
		"no sender": {engine.Trigger{Use: "clock"}, step("answer", "status", "201"), `"Answer the sender" answers nobody: only a webhook has a sender who waits. Take the step out.`},
	} {
		t.Run(name, func(t *testing.T) {
			d := desk.New(desk.Params{Store: stockroom{}, Catalog: parts{}})
			says, err := d.Warnings(t.Context(), 1, engine.Definition{Name: "Orders", Trigger: c.trigger, Steps: []engine.Step{c.step}})
			require.NoError(t, err)
			if c.want == "" {
				require.Empty(t, says)
			} else {
				require.Equal(t, []string{c.want}, says)
			}
		})
	}
}
