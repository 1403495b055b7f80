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
		"find": {Logic: engine.LogicTableFind}, "add": {Title: "Add a row", Logic: engine.LogicTableAdd}, "batch": {Title: "Collect", Logic: engine.LogicBatch},
		"text": {Title: "Make a text", Logic: "compose"}, "send": {Title: "Send"}, "answer": {Title: "Answer the sender", Logic: engine.LogicRespond},
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

func TestPersonalDataThatIsKeptIsTold(t *testing.T) {
	add := func(text string) engine.Step {
		return engine.Step{ID: "add", Use: "add", With: map[string]any{"table": "Customers", "row": map[string]any{"Who": text}}}
	}
	const told = `"Add a row" keeps personal data (customer.email) in a table. There it is not masked, and neither is it where a step reads it again.`
	for name, c := range map[string]struct {
		steps []engine.Step
		want  []string
	}{
		"something else":      {[]engine.Step{add("{{trigger.customer.id}}")}, nil},
		"a field":             {[]engine.Step{add("{{trigger.customer.email | lower}}")}, []string{told}},
		"the group it is in":  {[]engine.Step{add("{{trigger.customer}}")}, []string{told}},
		"by way of a text":    {[]engine.Step{{ID: "made", Use: "text", With: map[string]any{"text": "To {{trigger.customer.email}}"}}, add("{{made.text}}")}, []string{told}},
		"of another name":     {[]engine.Step{add("{{triggers.customer.email}}")}, nil},
		"collected":           {[]engine.Step{{ID: "b", Use: "batch", With: map[string]any{"value": "{{trigger.customer.email}}"}}}, []string{`"Collect" keeps personal data (customer.email) in what it collects. There it is not masked, and neither is it where a step reads it again.`}},
		"sent, which is what": {[]engine.Step{{ID: "s", Use: "send", With: map[string]any{"to": "{{trigger.customer.email}}"}}}, nil},
	} {
		d := desk.New(desk.Params{Store: stockroom{}, Catalog: parts{}})
		says, err := d.Warnings(t.Context(), 1, engine.Definition{Name: "Orders", Trigger: engine.Trigger{Use: "hook"}, Personal: []string{"customer.email"}, Steps: c.steps})
		require.NoError(t, err, name)
		require.Equal(t, c.want, says, name)
	}
}

func TestCollectingFromRunsThatWaitIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		rules *engine.RunRules
		want  string
	}{
		"at the same time":  {nil, ""},
		"one after another": {&engine.RunRules{InOrder: true}, `"Collect" collects one event at a time`},
		"by customer":       {&engine.RunRules{InOrder: true, OrderBy: "{{trigger.customer.id}}"}, `"Collect" collects at most one event for each value of {{trigger.customer.id}}`},
	} {
		d := desk.New(desk.Params{Store: stockroom{}, Catalog: parts{}})
		says, err := d.Warnings(t.Context(), 1, engine.Definition{Name: "Orders", Trigger: engine.Trigger{Use: "hook"}, Runs: c.rules, Steps: []engine.Step{{ID: "b", Use: "batch"}}})
		require.NoError(t, err, name)
		if c.want == "" {
			require.Empty(t, says, name)
			continue
		}
		require.Len(t, says, 1, name)
		require.Contains(t, says[0], c.want, name)
	}
}
