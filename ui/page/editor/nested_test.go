package editor_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// What a person does who sends big orders another way than small ones, and packs each line of them.
func TestStepsWithinSteps(t *testing.T) {
	k := open(t, `{"recipe": 1, "name": "R", "trigger": {"use": "shopify.order_created", "connection": "My shop"}, "steps": []}`, nil)
	k.tap("Add a step")
	k.choose("choose a path")
	require.Contains(t, k.words(), "Path 1")
	require.Contains(t, k.words(), "When no other path is taken")
	require.Contains(t, k.words(), "No rules yet")
	otherwise := uitest.Find(t, k.page.Content(), func(text *widget.Text) bool { return text.Words() == "Taken when no other path is." })
	require.Greater(t, otherwise.Size().Width, float32(200), "it is not cut")

	k.write("Name of the path", "Big ones")
	k.write("Value to look at", "{{trigger.total_price}}")
	k.pick("How to compare, is", "is over")
	k.write("Compare with", "100")
	require.Contains(t, k.words(), "Fits: 189.00 is over 100")
	k.tap("Add a path")
	require.Contains(t, k.words(), "Path 2")
	require.Equal(t, "Name of the path", k.focused(), "its name is what one writes next")
	k.tap("What can be done with the path “Path 2”")
	k.tapMenu("Delete")
	require.NotContains(t, k.words(), "Path 2")

	k.tap("Add a step to “Big ones”")
	require.Contains(t, k.words(), "on the path “Big ones”")
	k.choose("each entry")
	k.write("List", "{{trigger.line_items}}")
	require.Contains(t, k.words(), "For each of Linen shirt, Wool scarf")
	require.Contains(t, k.words(), "In this sample first: Linen shirt")
	k.tap("Add a step to “For each entry of a list”")
	require.Contains(t, k.words(), "within For each entry of a list")
	k.choose("send message")
	k.write("Channel", "#packing")
	k.tap("Insert data into Message")
	require.Contains(t, k.words(), "The entry\n\nTitle\nLinen shirt\nWhich one, from 0\n0\nWhich one, from 1\n1", "what the loop is at comes first, and is open")
	k.write("Find “189.00” or “email”", "linen shirt")
	k.press(k.entry("Find “189.00” or “email”"), fyne.KeyReturn)
	require.Contains(t, k.words(), "→ Linen shirt")
	k.tap("Add a step to “Otherwise”")
	k.choose("stop")
	k.tap("Do something if it fails")
	require.Contains(t, k.words(), "for when the recipe has failed")
	k.choose("send message")
	require.Contains(t, k.words(), "IF IT FAILS")
	k.write("Channel", "#alarm")
	k.write("Message", "{{failure.name}}: {{failure.message}}")
	require.Contains(t, k.words(), "→ Send a message: Slack cannot be reached.")
	require.NotContains(t, k.words(), "to put right")

	rules := []any{map[string]any{"value": "{{trigger.total_price}}", "is": "greater_than", "than": "100"}}
	message := func(channel, text string) map[string]any { return map[string]any{"channel": channel, "text": text} }
	require.Equal(t, []engine.Step{{ID: "paths", Use: "logic.paths", Paths: []engine.Path{
		{Name: "Big ones", When: map[string]any{"match": "all", "rules": rules}, Steps: []engine.Step{
			{ID: "loop", Use: "logic.loop", With: map[string]any{"items": "{{trigger.line_items}}"}, Steps: []engine.Step{
				{ID: "send_message", Use: "slack.send_message", Connection: "Shop Slack", With: message("#packing", "{{loop.item.title}}")},
			}},
		}},
		{Name: "Otherwise", Steps: []engine.Step{{ID: "stop", Use: "logic.stop"}}},
	}}}, k.draft().Steps)
	require.Equal(t, []engine.Step{
		{ID: "send_message_2", Use: "slack.send_message", Connection: "Shop Slack", With: message("#alarm", "{{failure.name}}: {{failure.message}}")},
	}, k.draft().IfFailed)

	k.tap("3 · For each entry of a list, ready")
	k.press(k.window.Canvas().Focused(), fyne.KeyDown)
	require.Equal(t, "4 · Send a message, ready", k.focused(), "the arrows go from card to card, in and out")
	k.press(k.window.Canvas().Focused(), fyne.KeyUp)
	k.press(k.window.Canvas().Focused(), fyne.KeyDelete)
	require.NotContains(t, k.words(), "#packing", "a loop goes with what it holds")
	k.shortcut(&fyne.ShortcutUndo{})
	require.Contains(t, k.words(), "#packing")
}

// A step is brought into another list by copying it there, also into one that is empty.
func TestAStepIsPastedIntoAnotherList(t *testing.T) {
	k := open(t, nested, nil)
	k.tap("Add a step to “Otherwise”")
	require.NotContains(t, k.words(), "Paste the copied step", "there is none")
	k.tap("What can be done with step 3")
	k.tapMenu("Copy")
	k.tap("Add a step to “Otherwise”")
	k.tap("Paste the copied step")
	loops := k.draft().Steps[0].Paths
	require.Equal(t, "loop", loops[1].Steps[0].ID)
	require.Equal(t, "Pack {{loop.item.title}}, number {{loop.number}}", loops[1].Steps[0].Steps[0].With["text"], "it goes over its own entries")
	require.NotContains(t, k.words(), "to put right")
	require.Equal(t, "5 · For each entry of a list, ready", k.focused())
}

func TestRulesOfPaths(t *testing.T) {
	k := open(t, nested, nil)
	k.tap("2 · Choose a path, ready")
	require.Contains(t, k.words(), "✓ 189.00 is over 100")
	require.Contains(t, k.words(), "✗ trigger.note is empty")
	k.pick("How many of the rules must fit, At least one rule fits", "All of the rules fit")
	require.Contains(t, k.words(), "Does not fit: trigger.note is empty")
	require.Equal(t, "all", k.draft().Steps[0].Paths[0].When["match"])
	require.Len(t, k.draft().Steps[0].Paths[0].Steps, 1, "its steps stay")

	k.tap("Give it rules")
	require.NotNil(t, k.draft().Steps[0].Paths[1].When)
	require.Contains(t, k.words(), "1 to put right")
	k.tap("1 to put right")
	k.tap("Show: There are no rules yet. Add one that says what to let through.")
	require.Equal(t, "Name of the path", k.focused())
	require.Contains(t, k.words(), "no rules yet")
	k.tap("Take this path when no other is")
	require.Nil(t, k.draft().Steps[0].Paths[1].When)
	k.write("Name of the path", "Otherwise")
	require.Contains(t, k.words(), "another path called")
	k.tap("What can be done with the path “Otherwise”")
	k.tapMenu("Name and rules")
	require.Equal(t, "Name of the path", k.focused())
}

func TestSettingsOfTheRecipe(t *testing.T) {
	k := open(t, nested, nil)
	k.tap("Settings of the recipe")
	k.write("Runs at the same time", "3")
	require.NotContains(t, k.words(), "Only those with the same")
	k.tap("One after the other, in the order in which the events came, off")
	k.tap("Insert data into Only those with the same …")
	k.write("Find “189.00” or “email”", "#1042")
	k.press(k.entry("Find “189.00” or “email”"), fyne.KeyReturn)
	require.Contains(t, k.words(), "→ #1042")
	k.pick("If a run needs you, the ones behind it wait, Not at all: they go on", "For a day")
	require.Equal(t, &engine.RunRules{AtOnce: 3, InOrder: true, OrderBy: "{{trigger.name}}", Block: engine.BlockDay}, k.draft().Runs)
	k.write("Runs at the same time", "many")
	require.Contains(t, k.words(), "1 to 64")
	k.write("Runs at the same time", "")

	k.tap("Insert data into Personal data")
	k.write("Find “189.00” or “email”", "ana.silva")
	k.press(k.entry("Find “189.00” or “email”"), fyne.KeyReturn)
	require.Equal(t, []string{"email"}, k.draft().Personal)
	k.write("Personal data", "{{trigger.email}}{{trigger.customer.first_name}}\ncustomer.last_name")
	require.Equal(t, []string{"email", "customer.first_name", "customer.last_name"}, k.draft().Personal)

	k.tap("More settings")
	k.write("Most deliveries in a minute", "60")
	k.write("Status of the answer", "7")
	require.Contains(t, k.words(), "A status is a number from 200 to 599")
	k.write("Status of the answer", "202")
	k.write("Text of the answer", "Thanks")
	require.Equal(t, &engine.Answer{Status: 202, Body: "Thanks"}, k.draft().Trigger.Answer)
	k.pick("What the sender is told, At once that the event has arrived", "What came of the run")
	k.write("Seconds the sender waits", "60")
	require.Contains(t, k.words(), "The sender waits for 1 to 25 seconds")
	k.write("Seconds the sender waits", "20")
	require.Equal(t, &engine.Answer{When: engine.AnswerResult, Within: 20}, k.draft().Trigger.Answer, "what does not matter is not written")
	require.Equal(t, 60, k.draft().Trigger.PerMinute)

	k.tap("Close")
	require.Contains(t, k.words(), "Starts the moment a customer places an order")
	k.tap("Settings of the recipe")
	require.NotContains(t, k.words(), "Starts the moment a customer places an order")
	require.True(t, k.page.Escape(), "the settings are closed, and not the editor")
	require.Contains(t, k.words(), "Starts the moment a customer places an order")
	require.False(t, k.page.Escape())
	k.tap("Settings of the recipe")
	require.Contains(t, k.words(), "→ ana.silva@example.com Ana Silva", "kept fields are shown as they were")
	k.tap("2 · Choose a path, ready")
	require.Contains(t, k.words(), "Which path is taken", "a card is gone to from there too")
}

// deepest is a recipe as deep as can be.
func deepest() string {
	step := `{"id": "post", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#orders", "text": "A rather long message that says a lot"}}`
	for i := range recipe.MaxDepth - 1 {
		step = fmt.Sprintf(`{"id": "each_%d", "use": "logic.loop", "with": {"items": "{{trigger.line_items}}"}, "steps": [%s]}`, i, step)
	}
	return `{"recipe": 1, "name": "Deep", "trigger": {"use": "shopify.order_created", "connection": "My shop"}, "steps": [` + step + `]}`
}

func TestTheDeepestRecipeFitsIntoASmallWindow(t *testing.T) {
	k := open(t, deepest(), func(k *kitchen) { k.step = "post" })
	k.loop.Turn()
	require.NotContains(t, k.words(), "to put right")
	least := k.page.Content().MinSize()
	require.LessOrEqual(t, least.Width, float32(1000))
	require.LessOrEqual(t, least.Height, float32(640))
	card := uitest.Find(t, k.page.Content(), func(c *widget.TapCard) bool { return c.Name == "6 · Send a message, ready" })
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(card).Y
	require.Greater(t, top, float32(60))
	require.Less(t, top+card.Size().Height, k.window.Canvas().Size().Height, "it is in view though it is far down")
}

func TestARecipeIsOpenedAtAStepDeepInside(t *testing.T) {
	k := open(t, nested, func(k *kitchen) { k.step = "pack" })
	require.Contains(t, k.words(), "→ Pack Linen shirt, number 1")
	k.page.Hide()
	require.Zero(t, k.saves)
	data, err := json.Marshal(k.stored.Draft)
	require.NoError(t, err)
	require.Contains(t, string(data), "number {{each.number}}")
}
