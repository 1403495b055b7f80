package editor_test

import (
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func (k *kitchen) shortcut(s fyne.Shortcut) {
	// The test canvas hides that the one inside takes shortcuts.
	inside := reflect.ValueOf(k.window.Canvas()).Elem().FieldByName("WindowlessCanvas").Interface()
	inside.(fyne.Shortcutable).TypedShortcut(s)
	k.loop.Turn()
}

func (k *kitchen) ids() []string {
	ids := []string{}
	for _, step := range k.stored.Draft.Steps {
		ids = append(ids, step.ID)
	}
	return ids
}

// focused is what has the keyboard, by its name.
func (k *kitchen) focused() string {
	a, ok := k.window.Canvas().Focused().(fyne.Accessible)
	require.True(k.t, ok)
	return a.AccessibilityLabel()
}

// tapMenu presses the item of that text in the menu that is open.
func (k *kitchen) tapMenu(item string) {
	k.t.Helper()
	menu := k.window.Canvas().Overlays().Top()
	require.NotNil(k.t, menu)
	k.tapIn(menu, item)
}

// tapText presses what a text on the page is in, such as a row.
func (k *kitchen) tapText(text string) {
	k.t.Helper()
	k.tapIn(k.page.Content(), text)
}

func (k *kitchen) tapIn(object fyne.CanvasObject, words string) {
	k.t.Helper()
	var around fyne.Tappable // what the text is in
	for _, o := range test.LaidOutObjects(object) {
		if t, ok := o.(fyne.Tappable); ok {
			around = t
		}
		if text, ok := o.(*canvas.Text); ok && text.Text == words {
			test.Tap(around)
			k.loop.Turn()
			return
		}
	}
	require.Fail(k.t, "no such text", words)
}

func TestItOpensAtAStep(t *testing.T) {
	k := open(t, bigOrders, func(k *kitchen) { k.step = "post" })
	require.Contains(t, k.words(), "*Stars* make it bold")
}

func TestTheMenuOfAStep(t *testing.T) {
	k := open(t, bigOrders, nil)
	menu := func(item string) []string {
		k.tap("What can be done with step 2")
		k.tapMenu(item)
		k.wait()
		return k.ids()
	}
	require.Equal(t, []string{"big", "filter", "post"}, menu("Duplicate"))
	require.Equal(t, []string{"filter", "big", "post"}, menu("Move down"))
	require.Equal(t, []string{"big", "post"}, menu("Delete"))
	menu("Rename")
	dialog := k.window.Canvas().Overlays().Top()
	name := k.window.Canvas().Focused()
	test.Type(name, "Only big ones")
	uitest.Tap(t, dialog, "Rename")
	require.Contains(t, k.words(), "2 · Only big ones")
	require.Equal(t, "Only big ones", k.draft().Steps[0].Name)
}

func TestARecipeFromNothingToLive(t *testing.T) {
	k := open(t, empty, nil)
	require.Contains(t, k.words(), "Choose what starts this recipe")
	require.Contains(t, k.words(), "Draft")
	k.choose("new order")
	require.Contains(t, k.words(), "Order #1042, Ana Silva", "the connector's example")
	require.Equal(t, "My shop", k.draft().Trigger.Connection, "the only account is taken")

	k.tap("Add a step")
	k.choose("only go on")
	k.write("Value to look at", "{{trigger.total_price}}")
	k.pick("How to compare, is", "is over")
	k.write("Compare with", "100")
	require.Contains(t, k.words(), "Goes on: 189.00 is over 100")

	k.tap("Add a step")
	k.choose("send message")
	require.NotContains(t, k.words(), "is missing", "nobody is blamed for what they have not come to yet")
	require.Contains(t, k.words(), "2 fields")
	k.write("Channel", "#orders")
	k.write("Message", "New order {{trigger.name}}")
	require.Contains(t, k.words(), "→ New order #1042")
	require.NotContains(t, k.words(), "to put right")
	k.write("Name of the recipe", "Orders to Slack")

	k.tap("Publish")
	require.Equal(t, "Orders to Slack", k.versions[0].Name, "what was typed last is published")
	require.Len(t, k.versions[0].Steps, 2)
	require.Contains(t, k.words(), "Published")
	k.tap("The recipe, off")
	require.True(t, k.stored.On)
	require.Contains(t, k.words(), "Live")
	require.Equal(t, "Orders to Slack", k.page.Title())

	k.write("Channel", "#big-orders")
	require.Contains(t, k.words(), "Live · 1 change not published")
}

// draft is the draft as it is stored after all waiting.
func (k *kitchen) draft() engine.Definition {
	k.wait()
	return k.stored.Draft
}

// pick chooses an option of a select by their names.
func (k *kitchen) pick(name, option string) {
	k.t.Helper()
	s := uitest.Find(k.t, k.page.Content(), func(s *widget.Select) bool { return s.AccessibilityLabel() == name })
	s.SetSelected(option)
	k.loop.Turn()
}

func TestSavingWaitsForAPauseAndForNobodyElse(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("3 · Send a message, ready")
	k.write("Channel", "#a")
	k.write("Channel", "#ab")
	require.Zero(t, k.saves)
	require.Contains(t, k.words(), "Saving…")
	k.wait()
	require.Equal(t, 1, k.saves)
	require.Equal(t, "#ab", k.stored.Draft.Steps[1].With["channel"])

	k.write("Channel", "#abc")
	left := false
	require.False(t, k.page.Leave(func() { left = true }), "it is being saved")
	k.page.Hide()
	k.loop.Turn()
	require.Equal(t, 2, k.saves, "leaving saves")
	require.True(t, left)
	require.True(t, k.page.Leave(nil), "there is nothing to save")
	require.Equal(t, "#abc", k.stored.Draft.Steps[1].With["channel"])
	k.page.Show()
	k.loop.Turn()
	k.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyS, Modifier: fyne.KeyModifierShortcutDefault})
	require.Equal(t, 2, k.saves, "there was nothing to save")
	require.Contains(t, k.words(), "Saved just now")
	k.now = k.now.Add(time.Hour)
	k.wait()
	require.Contains(t, k.words(), "Saved 09:14")
}

func TestAFailedSaveIsToldAndTriedAgain(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.refuse = engine.Errorf(engine.Unavailable, "The disk is full. Make room and try again.")
	k.write("Name of the recipe", "Other")
	k.wait()
	require.Contains(t, k.words(), "Not saved. The disk is full.")
	left := false
	require.False(t, k.page.Leave(func() { left = true }))
	k.loop.Turn()
	require.False(t, left)
	require.NotNil(t, k.window.Canvas().Overlays().Top())
	uitest.Tap(t, k.window.Canvas().Overlays().Top(), "Stay here")
	k.refuse = nil
	k.tap("Try again")
	require.Equal(t, "Other", k.stored.Draft.Name)
	require.NotContains(t, k.words(), "Not saved.")
	require.Contains(t, k.words(), "Saved just now")
}

func TestAnImportIsTakenOverUnlessSomethingIsTyped(t *testing.T) {
	imported := func(k *kitchen) {
		k.stored.Draft.Name = "Imported"
		k.page.Apply([]engine.Change{{Kind: engine.RecipesChanged, RecipeID: 7}})
	}
	k := open(t, bigOrders, nil)
	imported(k)
	k.loop.Turn()
	require.Equal(t, "Imported", k.page.Title())

	k.write("Name of the recipe", "Typed ")
	imported(k)
	k.loop.Turn()
	require.Equal(t, "Typed ", k.page.Title())
	k.wait()
	require.Equal(t, "Typed", k.stored.Draft.Name)
	k.page.Apply([]engine.Change{{Kind: engine.RecipesChanged, RecipeID: 7}})
	k.loop.Turn()
	require.Equal(t, "Typed ", k.page.Title(), "its own save is no import")

	// A reading that began before a save must not bring the old draft back.
	k.page.Apply([]engine.Change{{Kind: engine.RecipesChanged, RecipeID: 7}})
	k.entry("Name of the recipe").SetText("Newer")
	k.wait()
	require.Equal(t, "Newer", k.page.Title())
}

func TestKeysOfTheCards(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("1 · New order, ready")
	require.Equal(t, "1 · New order, ready", k.focused())
	k.press(k.window.Canvas().Focused(), fyne.KeyUp)
	require.Equal(t, "1 · New order, ready", k.focused())
	k.press(k.window.Canvas().Focused(), fyne.KeyDelete)
	k.press(k.window.Canvas().Focused(), fyne.KeyDown)
	require.Equal(t, "2 · Only if the total price is over 100, ready", k.focused())
	k.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyDown, Modifier: fyne.KeyModifierAlt})
	require.Equal(t, "3 · Only if the total price is over 100, ready", k.focused())
	k.wait()
	require.Equal(t, []string{"post", "big"}, k.ids())
	k.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyD, Modifier: fyne.KeyModifierShortcutDefault})
	k.wait()
	require.Equal(t, []string{"post", "big", "filter"}, k.ids())
	require.Equal(t, "4 · Only if the total price is over 100, ready", k.focused())
	k.press(k.window.Canvas().Focused(), fyne.KeyDelete)
	k.shortcut(&fyne.ShortcutUndo{})
	k.shortcut(&fyne.ShortcutUndo{})
	k.shortcut(&fyne.ShortcutUndo{})
	k.wait()
	require.Equal(t, []string{"big", "post"}, k.ids())
	k.shortcut(&fyne.ShortcutRedo{})
	k.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift})
	k.wait()
	require.Equal(t, []string{"post", "big", "filter"}, k.ids())

	k.shortcut(&fyne.ShortcutCopy{})
	k.tap("2 · Send a message, ready")
	k.shortcut(&fyne.ShortcutPaste{})
	k.wait()
	require.Len(t, k.ids(), 4)
	fyne.CurrentApp().Clipboard().SetContent("something else")
	k.shortcut(&fyne.ShortcutPaste{})
	require.Len(t, k.ids(), 4)
	require.Contains(t, k.navigator.Toasts[len(k.navigator.Toasts)-1], "no step to paste")

	k.page.Hide()
	k.shortcut(&fyne.ShortcutUndo{})
	k.wait()
	require.Len(t, k.ids(), 4, "the keys belong to the page while it is shown")
}

func TestProblemsLeadToTheirField(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("Add a step at the beginning")
	k.choose("send message")
	k.tap("1 · New order, ready")
	k.tap("2 to put right")
	require.Contains(t, k.words(), "2 · Send a message: \"Message\" is missing.")
	k.tap(`Show: "Message" is missing. Fill it in.`)
	require.Equal(t, "Message", k.focused())
	require.Contains(t, k.words(), "Set up !")
	k.write("Message", "x")
	k.write("Channel", "x")
	require.NotContains(t, k.words(), "To put right before publishing")

	k.press(k.window.Canvas().Focused(), fyne.KeyEscape)
	k.tap("3 · Only if the total price is over 100, ready")
	k.tap("Remove this rule")
	k.tap("1 to put right")
	require.Contains(t, k.words(), "There are no rules yet")
}

func TestWhatTheDeskRefusesIsTold(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.refuse = engine.Errorf(engine.Unavailable, "The disk is full.")
	k.tap("Publish")
	k.tap("The recipe, off")
	require.Equal(t, []string{"The disk is full.", "The disk is full."}, k.navigator.Toasts)
	require.Contains(t, uitestNames(k), "The recipe, off", "the toggle shows what is")
}

func TestPublishingTellsWhatIsProbablyNotMeant(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("Add a step")
	k.choose("send message")
	k.write("Channel", "#orders")
	k.write("Message", "New order {{trigger.name}}")
	k.warnings = []string{"It starts itself.", "There is no recipe “Pack”."}
	k.tap("Publish")
	require.Len(t, k.versions, 1, "it is published all the same")
	says := uitest.Words(k.navigator.Dialogs().Canvas().Overlays().Top())
	require.Contains(t, says, "Published, but take care")
	require.Contains(t, says, "It starts itself.")
	require.Contains(t, says, "There is no recipe “Pack”.")
}

// uitestNames are the names of all that can be pressed.
func uitestNames(k *kitchen) []string {
	var names []string
	for o := range uitest.Visible(k.page.Content()) {
		if a, ok := o.(fyne.Accessible); ok {
			names = append(names, a.AccessibilityLabel())
		}
	}
	return names
}

func TestEverythingThatCanBePressedHasAName(t *testing.T) {
	for _, look := range looks {
		k := open(t, look.draft, look.change)
		if look.act != nil {
			look.act(k)
		}
		for o := range uitest.Visible(k.page.Content()) {
			if _, ok := o.(interface {
				fyne.Focusable
				fyne.Tappable
			}); !ok {
				continue
			}
			a, ok := o.(fyne.Accessible)
			if ok {
				require.NotEmpty(t, a.AccessibilityLabel(), "%s: %T", look.name, o)
			}
		}
	}
}

func TestANewConnectionIsTaken(t *testing.T) {
	k := open(t, bigOrders, func(k *kitchen) { k.accounts = accounts[:1] })
	k.tap("Add a step")
	k.choose("send message")
	k.tap("Add connection…")
	require.Equal(t, []string{"slack"}, k.added)
	k.accounts = accounts
	k.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	k.loop.Turn()
	require.Equal(t, "Shop Slack", k.draft().Steps[2].Connection)
	require.Contains(t, uitestNames(k), "Connection, Shop Slack")
}

func TestTheAddressIsCopied(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("Copy the address")
	require.Equal(t, "http://127.0.0.1:8420/hooks/k5d3vqw7h2mxa4ztnrb6yjc8fe", fyne.CurrentApp().Clipboard().Content())
	require.Zero(t, k.saves)
}

func TestOptions(t *testing.T) {
	k := open(t, bigOrders, nil)
	k.tap("3 · Send a message, ready")
	k.tap("Options")
	k.write("Name of the step", "Tell Slack")
	require.Contains(t, k.words(), "3 · Tell Slack")
	k.write("Try again", "many")
	require.Contains(t, k.words(), "whole number from 0 to")
	k.write("Try again", "0")
	require.NotContains(t, k.words(), "whole number from 0 to")
	radio := uitest.Find(t, k.page.Content(), func(*fynewidget.RadioGroup) bool { return true })
	radio.SetSelected(radio.Options[1])
	step := k.draft().Steps[1]
	require.Equal(t, engine.Step{
		ID: "post", Use: "slack.send_message", Name: "Tell Slack", Connection: "Shop Slack", With: step.With,
		Retry: &engine.Retry{}, OnFailure: engine.OnFailureContinue,
	}, step)

	k.tap("1 · New order, ready")
	k.tap("Options")
	k.write("Largest delivery", "2048")
	require.Equal(t, int64(2<<20), k.draft().Trigger.MaxBytes)
}

func TestReadingAgainAfterAnError(t *testing.T) {
	k := open(t, bigOrders, func(k *kitchen) { k.unread = engine.Errorf(engine.NotFound, "There is no such recipe.") })
	require.Contains(t, k.words(), "There is no such recipe.")
	k.tap("Back to the recipes")
	require.Equal(t, 1, k.navigator.Backs)
	k.page.Hide()
	k.loop.Turn()
	require.Zero(t, k.saves)
	k.unread = nil
	k.tap("Try again")
	require.Contains(t, k.words(), "Only if the total price")
}

func TestItFitsIntoASmallWindow(t *testing.T) {
	k := open(t, bigOrders, live)
	k.write("Name of the recipe", "A recipe whose name says a good deal more than its owner will ever want to read again")
	k.tap("3 · Send a message, ready")
	k.write("Message", "")
	k.refuse = engine.Errorf(engine.Unavailable, "The disk is full, or so the system says. Make some room on it and try again, then all is well.")
	k.wait()
	least := k.page.Content().MinSize()
	require.LessOrEqual(t, least.Width, float32(1000))
	require.LessOrEqual(t, least.Height, float32(640))
}
