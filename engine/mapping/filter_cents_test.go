package mapping_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"bellhop/engine/mapping"
)

func TestAmountsInCents(t *testing.T) {
	t.Parallel()
	data := map[string]any{"t": map[string]any{"amount": json.Number("1234"), "currency": "eur", "yen": "jpy", "none": "xyz1"}}
	for text, want := range map[string]any{
		`{{ t.amount | cents: t.currency }}`:                "€12.34",
		`{{ t.amount | cents: t.yen }}`:                     "¥1,234",
		`{{ t.amount | cents: "KWD" }}`:                     "KWD\u00a01.234",
		`{{ -50 | cents: "usd" }}`:                          "-$0.50",
		`{{ 100 | cents: "ISK" }}`:                          "ISK\u00a01",
		`{{ 0 | cents: "EUR" }}`:                            "€0.00",
		`{{ t.amount | from_cents: t.currency }}`:           json.Number("12.34"),
		`{{ 1200 | from_cents: "EUR" }}`:                    json.Number("12.00"),
		`{{ t.amount | from_cents: t.yen }}`:                json.Number("1234"),
		`{{ "12.34" | to_cents: "EUR" }}`:                   json.Number("1234"),
		`{{ "12" | to_cents: t.currency }}`:                 json.Number("1200"),
		`{{ "0.005" | to_cents: "EUR" }}`:                   json.Number("1"),
		`{{ "1234" | to_cents: "JPY" }}`:                    json.Number("1234"),
		`{{ 1.5 | to_cents: "BHD" }}`:                       json.Number("1500"),
		`{{ 12.34 | to_cents: "EUR" | from_cents: "EUR" }}`: json.Number("12.34"),
	} {
		template, err := mapping.Parse(text)
		require.NoError(t, err, text)
		got, err := template.Eval(data, mapping.Env{Locale: language.English})
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, bad := range []string{`{{ t.amount | cents: t.none }}`, `{{ "x" | cents: "EUR" }}`} {
		template, err := mapping.Parse(bad)
		require.NoError(t, err, bad)
		_, err = template.Eval(data, mapping.Env{})
		require.Error(t, err, bad)
	}
	_, err := mapping.Parse(`{{ 1 | cents: "EURO" }}`)
	require.ErrorContains(t, err, "no currency")
	_, err = mapping.Parse(`{{ 1 | cents }}`)
	require.ErrorContains(t, err, "needs to know: currency")
}
