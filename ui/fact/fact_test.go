package fact_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/ui/fact"
	"bellhop/ui/uitest"
)

func TestValuesReadAsWords(t *testing.T) {
	uitest.NewApp(t)
	for data, want := range map[string]string{
		`null`: "(empty)", `""`: "(empty)", `"  two\nlines "`: "two\nlines", `12.50`: "12.50", `true`: "true", `[]`: "(empty)", `{}`: "(empty)",
		`[{"title":"Mug","id":1},{"name":"Tea"}]`: "Mug, Tea", `["a","b"]`: "a, b", `[{"x":1},{"x":2}]`: "2 entries", `[[1],[2]]`: "2 entries",
		`{"order":3,"first_name":"Ana","lines":[1]}`: "First name: Ana, Order: 3", `{"a":{},"b":[]}`: "2 fields",
	} {
		v, err := mapping.Decode([]byte(data))
		require.NoError(t, err)
		require.Equal(t, want, fact.Value(v), data)
	}
	require.Len(t, []rune(fact.Value(strings.Repeat("é", 1000))), 301)
}

func TestInputIsToldByTheFormsWords(t *testing.T) {
	uitest.NewApp(t)
	o := engine.Operation{Fields: []engine.Field{
		{Name: "match", Type: engine.FieldChoice, Label: "Which", Options: []engine.Option{{Value: "first", Label: "The first that fits"}}}, {Name: "text", Label: "Message"}}}
	require.Equal(t, []fact.Fact{{"Which", "The first that fits"}, {"Message", "Hi"}, {"Other", "1"}},
		fact.OfInput(json.RawMessage(`{"text":"Hi","other":1,"match":"first"}`), o))
	require.Empty(t, fact.OfInput(json.RawMessage(`broken`), o))
}

func TestWhatLogicDecidedIsSaid(t *testing.T) {
	uitest.NewApp(t)
	logic, action := engine.Operation{Logic: engine.LogicFilter}, engine.Operation{}
	require.Equal(t, "Goes on", fact.Decided(engine.StepRun{State: engine.Succeeded}, logic))
	require.Equal(t, "Ends the run", fact.Decided(engine.StepRun{State: engine.Filtered}, logic))
	require.Equal(t, "Ends the run", fact.Decided(engine.StepRun{State: engine.Succeeded, Ended: true}, logic))
	require.Equal(t, "Ends the run", fact.Decided(engine.StepRun{State: engine.Succeeded}, engine.Operation{Logic: engine.LogicStop}))
	require.Equal(t, "Ends this round", fact.Decided(engine.StepRun{State: engine.Filtered, Round: "3"}, logic))
	require.Empty(t, fact.Decided(engine.StepRun{State: engine.Succeeded}, action))
	require.Empty(t, fact.Decided(engine.StepRun{State: engine.Waiting}, logic))
}
