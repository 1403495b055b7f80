package editor_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bellhop/engine"
	"bellhop/ui/uitest"
)

const empty = `{"recipe": 1, "name": "New recipe", "trigger": {"use": ""}, "steps": []}`

// live makes the recipe published and on.
func live(k *kitchen) {
	k.versions = []engine.Definition{definition(k.t, bigOrders)}
	k.stored.Published, k.stored.On = 1, true
}

// nested is a recipe with steps within steps.
const nested = `{"recipe": 1, "name": "Orders from abroad",
	"trigger": {"use": "shopify.order_created", "connection": "My shop"},
	"steps": [
		{"id": "which", "use": "logic.paths", "paths": [
			{"name": "Big ones", "when": {"match": "any", "rules": [{"value": "{{trigger.total_price}}", "is": "greater_than", "than": "100"}, {"value": "{{trigger.note}}", "is": "is_not_empty"}]}, "steps": [
				{"id": "each", "use": "logic.loop", "with": {"items": "{{trigger.line_items}}"}, "steps": [
					{"id": "pack", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#packing", "text": "Pack {{each.item.title}}, number {{each.number}}"}}]}]},
			{"name": "Otherwise", "steps": []}]},
		{"id": "done", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#orders", "text": "Done: {{each.count}}"}}],
	"if_failed": [
		{"id": "alarm", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#alarm", "text": "{{failure.name}}: {{failure.message}}"}}]}`

// looks are the states of the page that are worth a picture.
var looks = []struct {
	name, draft string
	change      func(k *kitchen)
	act         func(k *kitchen)
}{
	{name: "new", draft: empty},
	{name: "webhook", draft: `{"recipe": 1, "name": "New recipe", "trigger": {"use": "webhook.received"}, "steps": []}`},
	{name: "trigger", draft: bigOrders, change: live},
	{name: "unreached", draft: bigOrders, change: func(k *kitchen) {
		live(k)
		asking(k)
		k.reach = func() engine.Reach { return engine.Reach{} }
	}},
	{name: "message", draft: bigOrders, change: live, act: func(k *kitchen) {
		k.tap("3 · Send a message, ready")
		k.tap("Insert data into Message")
	}},
	{name: "filter", draft: bigOrders, change: live, act: func(k *kitchen) { k.tap("2 · Only if the total price is over 100, ready") }},
	{name: "adding", draft: bigOrders, change: live, act: func(k *kitchen) { k.tap("Add a step") }},
	{name: "problems", draft: bigOrders, change: live, act: func(k *kitchen) {
		k.tap("Add a step")
		k.choose("send message")
		k.write("Channel", "{{big.total}}")
		k.tap("Add a step")
		k.choose("filter")
		k.tap("3 to put right")
		k.wait()
	}},
	{name: "options", draft: bigOrders, change: live, act: func(k *kitchen) {
		k.tap("3 · Send a message, ready")
		k.tap("Options")
	}},
	{name: "unsaved", draft: bigOrders, change: live, act: func(k *kitchen) {
		k.tap("3 · Send a message, ready")
		k.write("Channel", "{{trigger.custmer.email}}")
		k.refuse = engine.Errorf(engine.Unavailable, "The disk is full. Make room and try again.")
		k.wait()
	}},
	{name: "paths", draft: nested, act: func(k *kitchen) { k.tap("2 · Choose a path, ready") }},
	{name: "loop", draft: nested, act: func(k *kitchen) {
		k.tap("4 · Send a message, ready")
		k.tap("Insert data into Message")
	}},
	{name: "settings", draft: nested, act: func(k *kitchen) {
		k.tap("Settings of the recipe")
		k.tap("One after the other, in the order in which the events came, off")
	}},
	{name: "error", draft: bigOrders, change: func(k *kitchen) {
		k.unread = engine.Errorf(engine.Unavailable, "The disk cannot be read. Try again.")
	}},
}

// TestLooks compares the structure of the main states with what was looked at and found right.
func TestLooks(t *testing.T) {
	for _, look := range looks {
		t.Run(look.name, func(t *testing.T) {
			k := open(t, look.draft, look.change)
			if look.act != nil {
				look.act(k)
			}
			uitest.HideUnseen(k.page.Content())
			test.AssertRendersToMarkup(t, look.name+".xml", k.window.Canvas())
		})
	}
}

func TestPictures(t *testing.T) {
	uitest.Render(t, "editor-deepest", 1000, 640, func(fyne.App) fyne.CanvasObject {
		k := newKitchen(t, deepest(), func(k *kitchen) { k.step = "post" })
		k.show()
		return k.page.Content()
	})
	for _, look := range looks {
		uitest.Render(t, "editor-"+look.name, 1280, 800, func(fyne.App) fyne.CanvasObject {
			k := newKitchen(t, look.draft, look.change)
			k.show()
			if look.act != nil {
				look.act(k)
			}
			return k.page.Content()
		})
	}
}
