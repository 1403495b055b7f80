package form_test

import (
	"encoding/json"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/form"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

var webhook = []engine.Field{
	{Name: "scheme", Type: engine.FieldChoice, Label: "How the sender proves who it is", Default: "none",
		Help: "Choose what the other app offers.",
		Options: []engine.Option{{Value: "none", Label: "Not at all"}, {Value: "hmac", Label: "A signature"},
			{Value: "basic", Label: "A user name and password"}}},
	{Name: "secret", Type: engine.FieldSecret, Label: "Secret", Required: true, When: engine.When{"scheme": "hmac"}},
	{Name: "username", Type: engine.FieldText, Label: "User name", Required: true, When: engine.When{"scheme": "basic"}},
	{Name: "password", Type: engine.FieldSecret, Label: "Password", When: engine.When{"scheme": "basic"}},
	{Name: "prefix", Type: engine.FieldText, Label: "What stands before it", Advanced: true, When: engine.When{"scheme": "hmac"}},
}

var request = []engine.Field{
	{Name: "method", Type: engine.FieldChoice, Label: "Method", Required: true, Default: "GET",
		Options: []engine.Option{{Value: "GET", Label: "GET"}, {Value: "POST", Label: "POST"}}},
	{Name: "url", Type: engine.FieldURL, Label: "Address", Required: true, Placeholder: "https://…"},
	{Name: "headers", Type: engine.FieldMap, Label: "Headers", Help: "Names and values sent along."},
	{Name: "json", Type: engine.FieldJSON, Label: "Structured", Group: "body"},
	{Name: "text", Type: engine.FieldLong, Label: "Plain text", Group: "body"},
	{Name: "timeout", Type: engine.FieldNumber, Label: "Seconds to wait", Default: json.Number("30")},
	{Name: "follow", Type: engine.FieldBool, Label: "Follow redirects", Default: true},
}

func find[T fyne.CanvasObject](t *testing.T, f *form.Form, name string) T {
	t.Helper()
	return uitest.Find(t, fyne.CanvasObject(f), func(o T) bool {
		a, ok := any(o).(fyne.Accessible)
		return ok && a.AccessibilityLabel() == name
	})
}

func typeInto(t *testing.T, f *form.Form, name, text string) {
	t.Helper()
	find[*widget.Entry](t, f, name).SetText(text)
}

func choose(t *testing.T, f *form.Form, label string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(f) {
		if s, ok := o.(interface {
			SetSelected(string)
			SelectedIndex() int
		}); ok && o.Visible() {
			s.SetSelected(label)
			return
		}
	}
	require.Fail(t, "nothing to choose from")
}

func TestWhenDecidesWhatIsShownAndSaved(t *testing.T) {
	uitest.NewApp(t)
	var told []string
	f := form.New(webhook, nil, form.Options{OnChanged: func(field string) { told = append(told, field) }})
	uitest.Window(t, f, 600, 800)
	require.Equal(t, []string{"scheme"}, f.Fields())
	require.Empty(t, f.Values(), "a default left alone is no value")

	choose(t, f, "A user name and password")
	require.Equal(t, []string{"scheme", "username", "password"}, f.Fields())
	typeInto(t, f, "User name", "ana")
	typeInto(t, f, "Password", "s3cret")
	require.Equal(t, map[string]any{"scheme": "basic", "username": "ana"}, f.Values())
	require.Equal(t, map[string]string{"password": "s3cret"}, f.Secrets())
	require.Equal(t, []string{"scheme", "username", "password"}, told)

	choose(t, f, "A signature")
	require.Equal(t, []string{"scheme", "secret"}, f.Fields(), "what is advanced is folded away")
	require.Equal(t, map[string]any{"scheme": "hmac"}, f.Values())
	require.Empty(t, f.Secrets())
	uitest.Tap(t, f, "More settings")
	require.Equal(t, []string{"scheme", "secret", "prefix"}, f.Fields())

	choose(t, f, "A user name and password")
	require.Equal(t, "ana", f.Values()["username"], "what was typed is not forgotten")
}

func TestCheckMarksWhatIsMissing(t *testing.T) {
	uitest.NewApp(t)
	f := form.New(webhook, map[string]any{"scheme": "hmac"}, form.Options{})
	uitest.Window(t, f, 600, 800)
	require.False(t, f.Check())
	require.Contains(t, uitest.Words(f), "This is needed.")
	typeInto(t, f, "Secret", "x")
	require.NotContains(t, uitest.Words(f), "This is needed.")
	require.True(t, f.Check())

	f.SetProblem("secret", "Too short.")
	require.Contains(t, uitest.Words(f), "Too short.")
	f.ClearProblems()
	require.NotContains(t, uitest.Words(f), "Too short.")
}

func TestSavedSecrets(t *testing.T) {
	fields := []engine.Field{{Name: "token", Type: engine.FieldSecret, Label: "Token"}}
	newForm := func(t *testing.T) *form.Form {
		uitest.NewApp(t)
		f := form.New(fields, nil, form.Options{Saved: []string{"token"}})
		uitest.Window(t, f, 600, 300)
		return f
	}
	t.Run("left alone", func(t *testing.T) {
		f := newForm(t)
		require.Empty(t, f.Secrets())
		require.True(t, f.Check())
	})
	t.Run("replaced", func(t *testing.T) {
		f := newForm(t)
		uitest.Tap(t, f, "Replace Token")
		require.Empty(t, f.Secrets(), "nothing typed yet")
		typeInto(t, f, "Token", "new")
		require.Equal(t, map[string]string{"token": "new"}, f.Secrets())
		uitest.Tap(t, f, "Keep the saved Token")
		require.Empty(t, f.Secrets())
	})
	t.Run("removed", func(t *testing.T) {
		f := newForm(t)
		uitest.Tap(t, f, "Remove Token")
		require.Equal(t, map[string]string{"token": ""}, f.Secrets())
		uitest.Tap(t, f, "Keep the saved Token")
		require.Empty(t, f.Secrets())
	})
}

func TestValuesKeepTheirTypes(t *testing.T) {
	uitest.NewApp(t)
	big := json.Number("12345678901234567890")
	given := map[string]any{
		"method": "POST", "url": "https://example.com", "headers": map[string]any{"X-Id": big, "X-Name": "{{trigger.name}}"},
		"json": map[string]any{"id": big, "list": []any{true, nil}}, "timeout": json.Number("5"), "follow": false,
	}
	f := form.New(request, given, form.Options{})
	uitest.Window(t, f, 600, 900)
	require.Equal(t, given, f.Values(), "nothing was touched")

	// Touched, and typed back as it was.
	entry := find[*widget.Entry](t, f, "Structured")
	entry.SetText(entry.Text + " ")
	for _, o := range test.LaidOutObjects(f) {
		if e, ok := o.(*widget.Entry); ok && e.Name == "Value" {
			text := e.Text
			e.SetText(text + "!")
			e.SetText(text)
		}
	}
	typeInto(t, f, "Seconds to wait", "5.0")
	typeInto(t, f, "Seconds to wait", "5")
	require.Equal(t, given, f.Values())

	typeInto(t, f, "Seconds to wait", "soon")
	require.Equal(t, "soon", f.Values()["timeout"])
	require.False(t, f.Check())
	typeInto(t, f, "Seconds to wait", "{{trigger.wait}}")
	require.True(t, f.Check(), "a pill may give the number")
	typeInto(t, f, "Seconds to wait", "")
	require.Empty(t, f.Values()["timeout"], "a default that was emptied on purpose")
	require.Contains(t, f.Values(), "timeout")
	typeInto(t, f, "Address", "example.com")
	require.False(t, f.Check())
	typeInto(t, f, "Structured", `{"a": `)
	require.Contains(t, uitest.Words(f), "cannot be read yet")
	typeInto(t, f, "Structured", `{{trigger}}`)
	require.Equal(t, "{{trigger}}", f.Values()["json"])
}

func TestRows(t *testing.T) {
	uitest.NewApp(t)
	f := form.New(request[2:3], nil, form.Options{})
	uitest.Window(t, f, 600, 400)
	require.Empty(t, f.Values())
	uitest.Tap(t, f, "Add a line to Headers")
	typeInto(t, f, "Value", "1")
	require.Contains(t, uitest.Words(f), "no name")
	typeInto(t, f, "Name", "X-A")
	require.Equal(t, map[string]any{"headers": map[string]any{"X-A": "1"}}, f.Values())
	uitest.Tap(t, f, "Remove this line")
	require.Empty(t, f.Values())

	f.SetValue("headers", "{{trigger.headers}}")
	require.Equal(t, map[string]any{"headers": "{{trigger.headers}}"}, f.Values(), "a pill for the whole map stays")
	require.Contains(t, uitest.Words(f), "{{trigger.headers}}")
}

func TestGroupGivesOneAtMost(t *testing.T) {
	uitest.NewApp(t)
	f := form.New(request, map[string]any{"text": "hello"}, form.Options{})
	uitest.Window(t, f, 600, 900)
	require.Contains(t, f.Fields(), "text")
	require.NotContains(t, f.Fields(), "json")
	uitest.Tap(t, f, "Structured")
	require.NotContains(t, f.Values(), "text")
	typeInto(t, f, "Structured", "[1]")
	require.Equal(t, []any{json.Number("1")}, f.Values()["json"])
	uitest.Tap(t, f, "Plain text")
	require.Equal(t, "hello", f.Values()["text"])
	require.NotContains(t, f.Values(), "json")
}

func TestFoldingKeepsTheGroupsChoice(t *testing.T) {
	uitest.NewApp(t)
	fields := []engine.Field{
		{Name: "json", Type: engine.FieldJSON, Label: "Structured", Group: "body"},
		{Name: "text", Type: engine.FieldLong, Label: "Plain text", Group: "body", Advanced: true},
		{Name: "other", Type: engine.FieldText, Label: "Other", Advanced: true},
	}
	f := form.New(fields, map[string]any{"text": "hello"}, form.Options{})
	uitest.Window(t, f, 600, 900)
	require.Equal(t, []string{"text", "other"}, f.Fields(), "what has a value is not folded away")
	uitest.Tap(t, f, "Fewer settings")
	require.Equal(t, []string{"text"}, f.Fields())
	uitest.Tap(t, f, "Structured")
	require.Equal(t, []string{"json"}, f.Fields())
	require.Empty(t, f.Values())
}

// shout is a control of the user's own.
type shout struct {
	*fynewidget.Label
	value any
}

func (s *shout) Object() fyne.CanvasObject { return s.Label }
func (s *shout) Value() any                { return s.value }
func (s *shout) SetValue(value any)        { s.value = value }

func TestControlsOfTheUsersOwn(t *testing.T) {
	uitest.NewApp(t)
	var asked []string
	var change func()
	own := &shout{Label: fynewidget.NewLabel("")}
	f := form.New(request, map[string]any{"url": "{{trigger.url}}"}, form.Options{
		Control: func(field engine.Field, onChanged func()) form.Control {
			asked = append(asked, field.Name)
			if field.Name != "url" {
				return nil
			}
			change = onChanged
			return own
		},
	})
	require.Equal(t, []string{"method", "url", "headers", "json", "text", "timeout", "follow"}, asked)
	require.Equal(t, "{{trigger.url}}", own.value)
	own.value = "https://a"
	change()
	require.Equal(t, "https://a", f.Values()["url"])
}

func TestMarkup(t *testing.T) {
	uitest.NewApp(t)
	f := form.New(webhook, map[string]any{"scheme": "hmac", "prefix": "sha256="}, form.Options{Saved: []string{"secret"}})
	f.SetProblem("prefix", "Too long.")
	uitest.Markup(t, "webhook", f, 480, 420)
}

func TestLook(t *testing.T) {
	uitest.Render(t, "form", 560, 1100, func(fyne.App) fyne.CanvasObject {
		all := append(append([]engine.Field{}, webhook...), request...)
		f := form.New(all, map[string]any{"scheme": "hmac", "prefix": "sha256=", "headers": map[string]any{"X-Shop": "a", "X-Id": "{{trigger.id}}"}},
			form.Options{Saved: []string{"secret"}})
		f.SetProblem("url", "This is needed.")
		return widget.NewSurface(theme.ColorBackground, container.NewPadded(f))
	})
}
