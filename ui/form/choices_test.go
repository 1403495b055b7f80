package form_test

import (
	"encoding/json"
	"testing"

	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/form"
	"bellhop/ui/uitest"
)

func tick(t *testing.T, f *form.Form, label string) {
	t.Helper()
	box := uitest.Find(t, f, func(c *fynewidget.Check) bool { return c.Text == label })
	box.SetChecked(!box.Checked)
}

func TestSeveralChoices(t *testing.T) {
	uitest.NewApp(t)
	fields := []engine.Field{{Name: "days", Type: engine.FieldChoices, Label: "Days", Required: true, Options: []engine.Option{
		{Value: "mon", Label: "Monday"}, {Value: "tue", Label: "Tuesday"}, {Value: "3", Label: "Wednesday"},
	}}}
	var told []string
	f := form.New(fields, map[string]any{"days": []any{"tue"}}, form.Options{OnChanged: func(field string) { told = append(told, field) }})
	uitest.Window(t, f, 600, 300)
	require.Equal(t, map[string]any{"days": []any{"tue"}}, f.Values())
	require.Empty(t, told)

	tick(t, f, "Monday")
	require.Equal(t, []any{"mon", "tue"}, f.Values()["days"], "in the order of the options")
	tick(t, f, "Monday")
	tick(t, f, "Tuesday")
	require.NotContains(t, f.Values(), "days")
	require.Len(t, told, 3)
	require.False(t, f.Check(), "it is required")

	f.SetValue("days", []any{json.Number("3"), "someday"})
	require.Equal(t, []any{json.Number("3"), "someday"}, f.Values()["days"], "what was given stays until it is changed")
	tick(t, f, "Monday")
	require.Equal(t, []any{"mon", "3"}, f.Values()["days"])
	f.SetValue("days", "mon")
	tick(t, f, "Tuesday")
	require.Equal(t, []any{"mon", "tue"}, f.Values()["days"])
	require.Len(t, told, 5)
}
