package editor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestDataAreInsertedAtTheCaret(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("3 · Send a message, ready")
	k.write("Message", "Order , thanks")
	message := k.entry("Message")
	k.window.Canvas().Focus(message)
	for range "Order " {
		k.press(message, fyne.KeyRight)
	}
	k.tap("Insert data into Message")
	k.write("Find “189.00” or “email”", "#1042")
	require.Contains(t, k.words(), "Name")
	k.press(k.entry("Find “189.00” or “email”"), fyne.KeyReturn)
	require.Equal(t, "Order {{trigger.name}}, thanks", k.draft().Steps[1].With["text"])
	require.Contains(t, k.words(), "→ Order #1042, thanks")
	require.Equal(t, "Message", k.focused())

	k.write("Find “189.00” or “email”", "nowhere")
	require.Contains(t, k.words(), "Nothing in this sample")
	k.write("Find “189.00” or “email”", "")
	tree := uitest.Find(t, k.page.Content(), func(*widget.Tree) bool { return true })
	tree.Select("trigger.customer")
	require.True(t, tree.IsBranchOpen("trigger.customer"), "a group opens")
	tree.Select("trigger.customer.first_name")
	require.Equal(t, "Order {{trigger.name}}{{trigger.customer.first_name}}, thanks", k.draft().Steps[1].With["text"])
	k.tap("Close the data")
	require.NotContains(t, k.words(), "How it arrived")
}

// A tree takes the keyboard after it has told of a tap; who taps a value wants to type on.
func TestTheKeyboardIsWhereOneTypes(t *testing.T) {
	require.Equal(t, "Search, such as “send message”", open(t, empty, nil).focused())

	k := open(t, empty, nil)
	k.choose("webhook")
	require.Contains(t, k.words(), "Webhook received", "what is called so comes before what is only told to have one")
	require.Equal(t, "1 · Webhook received, ready", k.focused(), "there is no field")

	k = open(t, bigOrders, nil)
	k.tap("Add a step")
	require.Equal(t, "Search, such as “send message”", k.focused())
	k.choose("send message")
	require.Equal(t, "Channel", k.focused())

	k.tap("3 · Send a message, ready")
	k.tap("Insert data into Message")
	require.Equal(t, "Find “189.00” or “email”", k.focused())
	k.tapText("Email")
	require.Equal(t, "Message", k.focused())
	text := k.draft().Steps[1].With["text"].(string)
	require.True(t, strings.HasSuffix(text, "{{trigger.email}}"), "who did not put the caret anywhere goes on at the end: %s", text)
}

func TestAnotherSample(t *testing.T) {
	k := open(t, bigOrders, func(k *kitchen) {
		order := map[string]any{"name": "#1043", "total_price": "12.00", "currency": "EUR", "customer": map[string]any{"first_name": "Rui"}}
		k.samples = []desk.Sample{{Title: "Order #1043, Rui", RunID: 9, Data: map[string]any{"trigger": order}}, {}}
	})
	require.Contains(t, k.words(), "Ends here: 12.00 is not over 100")
	k.tap("3 · Send a message, ready")
	require.Contains(t, k.words(), "→ New order #1043 from Rui for €12.00")
	k.tap("Insert data into Message")
	k.tap("Sample: Order #1043, Rui")
	k.tapMenu("an example")
	require.Contains(t, k.words(), "Goes on: 189.00 is over 100")
	require.Contains(t, k.words(), "→ New order #1042 from Ana for €189.00")

	k.page.Apply([]engine.Change{{Kind: engine.RunChanged, RecipeID: 7, State: engine.Succeeded}})
	k.loop.Turn()
	require.Contains(t, k.words(), "Sample: an example", "a new event does not change what one looks at")
}

func TestFieldsOfAllTypesReachTheDraft(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("Add a step")
	k.choose("request")
	k.write("Address", " https://api.example/{{trigger.id}} ")
	require.Contains(t, k.words(), "→ https://api.example/6094853177622")
	k.write("Data to send", `{"total": {{trigger.total_price}}}`)
	k.write("Data to send", `{"total": "{{trigger.total_price}}", "big": 9007199254740993}`)
	require.Contains(t, k.words(), `→ {"big":9007199254740993,"total":"189.00"}`)
	k.write("Seconds to wait", "2.50")
	k.tap("Add a line to Headers")
	k.write("Name", "X-Order")
	k.write("Value", "{{trigger.name}}")
	require.Equal(t, map[string]any{
		"url": "https://api.example/{{trigger.id}}", "wait": json.Number("2.50"), "headers": map[string]any{"X-Order": "{{trigger.name}}"},
		"json": map[string]any{"total": "{{trigger.total_price}}", "big": json.Number("9007199254740993")},
	}, k.draft().Steps[2].With)

	k.tap("Text to send")
	k.write("Text to send", "plain")
	with := k.draft().Steps[2].With
	require.NotContains(t, with, "json", "only one of a group")
	require.Equal(t, "plain", with["text"])
}

func TestRulesKeepWhatIsLeftAlone(t *testing.T) {
	k := open(t, `{"recipe": 1, "name": "R", "trigger": {"use": "shopify.order_created", "connection": "My shop"}, "steps": [
		{"id": "big", "use": "logic.filter", "with": {"rules": [
			{"value": "{{trigger.total_price}}", "is": "greater_than", "than": 100}, {"value": "{{trigger.note}}", "is": "is_empty"}]}}]}`, nil)
	k.tap("2 · Only if the total price is over 100 and the note is empty, ready")
	require.Contains(t, k.words(), "✓ 189.00 is over 100")
	k.pick("How to compare, is over", "is under")
	require.Contains(t, k.words(), "✗ 189.00 is not under 100")
	k.pick("How many of the rules must fit, All of them", "At least one")
	require.Equal(t, map[string]any{"match": "any", "rules": []any{
		map[string]any{"value": "{{trigger.total_price}}", "is": "less_than", "than": json.Number("100")},
		map[string]any{"value": "{{trigger.note}}", "is": "is_empty"},
	}}, k.draft().Steps[0].With)
	k.tap("Add a rule")
	k.tap("Remove this rule")
	require.Len(t, k.draft().Steps[0].With["rules"], 2)
	k.shortcut(&fyne.ShortcutUndo{})
	require.Len(t, k.draft().Steps[0].With["rules"], 3)
}
