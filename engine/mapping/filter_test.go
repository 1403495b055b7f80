package mapping_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	data := map[string]any{"d": decode(t, `{
		"list": ["a", "b", 3], "one": "alone", "items": [{"q": 2, "p": "0.1", "v": {"id": 7}}, {"q": 3, "p": "0.2"}, {"p": null}],
		"nested": [["a", "b"], ["c"]], "id": 820982911946154508, "map": {"x": 1}, "rtl": "שלום עולם", "e": "e\u0301\u0301te\u0301", "family": "👨‍👩‍👧 x", "sep": " / ", "none": []
	}`)}
	tests := []struct {
		text string
		want any
		err  string
	}{
		{text: `{{ "Straße ﬁn" | upper }}`, want: "STRASSE FIN"},
		{text: `{{ "ÀÉ Ab" | lower }}`, want: "àé ab"},
		{text: `{{ "élan vital" | capitalize }}`, want: "Élan vital"},
		{text: `{{ "iPhone case" | capitalize }}`, want: "IPhone case"},
		{text: `{{ "" | capitalize }}`, want: ""},
		{text: `{{ d.rtl | upper }}`, want: "שלום עולם"},
		{text: `{{ d.id | upper }}`, want: "820982911946154508"},
		{text: "{{ ' \u00a0 x\n' | trim }}", want: "x"},
		{text: `{{ "a-b-c" | replace: "-", "+" }}`, want: "a+b+c"},
		{text: `{{ "a-b-c" | replace: "-" }}`, want: "abc"},
		{text: `{{ "a1b1" | replace: 1, 22 }}`, want: "a22b22"},
		{text: `{{ "1234567890" | truncate: 10 }}`, want: "1234567890"},
		{text: `{{ "12345678901" | truncate: 10 }}`, want: "123456789…"},
		{text: `{{ "Brass bell, polished" | truncate: 12, "..." }}`, want: "Brass bel..."},
		{text: `{{ "Brass bell" | truncate: 7 }}`, want: "Brass…"},
		{text: `{{ "abcdef" | truncate: 2, "..." }}`, want: ".."},
		{text: `{{ "abc" | truncate: 0 }}`, want: ""},
		{text: `{{ d.e | truncate: 3 }}`, want: "…"},
		{text: `{{ d.e | truncate: 4 }}`, want: "e\u0301\u0301…"},
		{text: `{{ d.family | truncate: 4 }}`, want: "…"},
		{text: `{{ "a, b,c" | split: "," }}`, want: []any{"a", " b", "c"}},
		{text: `{{ "" | split: "," }}`, want: []any{}},
		{text: `{{ "a/b" | split: "/" | last }}`, want: "b"},
		{text: `{{ "Crème Brûlée & Co. – Größe №5" | slug }}`, want: "creme-brulee-co-grosse-5"},
		{text: `{{ "한국어 텍스트" | slug }}`, want: "한국어-텍스트"},
		{text: `{{ "--- ../etc" | slug }}`, want: "etc"},

		{text: `{{ d.list | join }}`, want: "a, b, 3"},
		{text: `{{ d.list | join: "\n" }}`, want: "a\nb\n3"},
		{text: `{{ d.list | join: d.sep }}`, want: "a / b / 3"},
		{text: `{{ d.one | join: "; " }}`, want: "alone"},
		{text: `{{ d.nested | join: "; " }}`, want: "a, b; c"},
		{text: `{{ d.nested | first | last }}`, want: "b"},
		{text: `{{ d.list | last }}`, want: json.Number("3")},
		{text: `{{ d.one | first }}`, err: `The filter "first" needs a list, and "alone" is none.`},
		{text: `{{ d.list | count }}`, want: json.Number("3")},
		{text: `{{ d.none | count }}`, want: json.Number("0")},
		{text: `{{ d.map | count }}`, want: json.Number("1")},
		{text: `{{ d.rtl | count }}`, want: json.Number("9")},
		{text: `{{ d.items | map: "q" }}`, want: []any{json.Number("2"), json.Number("3")}},
		{text: `{{ d.items | map: "v.id" | first }}`, want: json.Number("7")},
		{text: `{{ d.items | sum: "p" }}`, want: json.Number("0.3")},
		{text: `{{ d.items | map: "q" | sum }}`, want: json.Number("5")},
		{text: `{{ d.none | sum }}`, want: json.Number("0")},
		{text: `{{ d.list | sum }}`, err: `The filter "sum" needs a number, and "a" is none.`},
		{text: `{{ d.items[0] | json }}`, want: `{"p":"0.1","q":2,"v":{"id":7}}`},
		{text: `{{ "<a href=\"x\">" | json }}`, want: `"<a href=\"x\">"`},

		// Exact: no float is near.
		{text: `{{ "0.1" | plus: "0.2" }}`, want: json.Number("0.3")},
		{text: `{{ d.id | plus: 1 }}`, want: json.Number("820982911946154509")},
		{text: `{{ "189.00" | plus: 1 }}`, want: json.Number("190.00")},
		{text: `{{ 1 | minus: "1.005" }}`, want: json.Number("-0.005")},
		{text: `{{ "189.00" | times: 2 }}`, want: json.Number("378.00")},
		{text: `{{ "189.00" | times: "0.23" }}`, want: json.Number("43.47")},
		{text: `{{ 10 | divided_by: 4 }}`, want: json.Number("2.5")},
		{text: `{{ "189.00" | divided_by: 2 }}`, want: json.Number("94.50")},
		{text: `{{ 2 | divided_by: 3 }}`, want: json.Number("0.6666666667")},
		{text: `{{ -2 | divided_by: 3 | round: 2 }}`, want: json.Number("-0.67")},
		{text: `{{ 1 | divided_by: "0.00" }}`, err: "Nothing can be divided by 0."},
		{text: `{{ 1 | divided_by: d.list }}`, err: "and a list is none"},
		{text: `{{ "2.5" | round }}`, want: json.Number("3")},
		{text: `{{ "-2.5" | round }}`, want: json.Number("-3")},
		{text: `{{ "-0.4" | round }}`, want: json.Number("0")},
		{text: `{{ "1.005" | round: 2 }}`, want: json.Number("1.01")},
		{text: `{{ 3 | round: 2 }}`, want: json.Number("3.00")},
		{text: `{{ "1,234.50" | round }}`, err: `"1,234.50" is none`},
		{text: `{{ true | round }}`, err: "true is none"},
		{text: `{{ "x" | truncate: d.one }}`, err: `"alone" is none`},
		{text: `{{ "x" | replace: "a" | money: d.one }}`, err: `needs a number, and "x" is none`},
		{text: `{{ 1 | money: d.one }}`, err: `There is no currency "alone"`},
		{text: `{{ 1 | map: "a" }}`, err: "needs a list, and 1 is none"},
		{text: `{{ d.items | map: d.sep }}`, err: "names no field"},
	}
	for _, test := range tests {
		got, err := eval(t, test.text, data, mapping.Env{})
		if test.err != "" {
			var filter *mapping.FilterError
			require.ErrorAs(t, err, &filter, test.text)
			require.Equal(t, test.text, filter.Pill)
			require.ErrorContains(t, err, test.err)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			require.Equal(t, err.Error(), engine.ErrorMessage(err))
			continue
		}
		require.NoError(t, err, test.text)
		require.Equal(t, test.want, got, test.text)
	}
}

func TestNumbersByLocale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		locale, text, want string
	}{
		{"und", `{{ "189.00" | money: "EUR" }}`, "€189.00"},
		{"en", `{{ "189.00" | money: "EUR" }}`, "€189.00"},
		{"en", `{{ 1234567.5 | money: "usd" }}`, "$1,234,567.50"},
		{"en", `{{ "-5" | money: "EUR" }}`, "-€5.00"},
		{"en", `{{ "-0.001" | money: "EUR" }}`, "€0.00"},
		{"en", `{{ "0.005" | money: "EUR" }}`, "€0.01"},
		{"en", `{{ 189 | money: "CHF" }}`, "CHF\u00a0189.00"},
		{"en", `{{ "1499.5" | money: "JPY" }}`, "¥1,500"},
		{"en", `{{ "1.2345" | money: "KWD" }}`, "KWD\u00a01.235"},
		{"en", `{{ "12345678901234567890.12" | money: "GBP" }}`, "£12,345,678,901,234,567,890.12"},
		{"de", `{{ "1189.00" | money: "EUR" }}`, "1.189,00\u00a0€"},
		{"de", `{{ "-1189.00" | money: "EUR" }}`, "-1.189,00\u00a0€"},
		{"de-AT", `{{ "189.00" | money: "EUR" }}`, "€\u00a0189,00"},
		{"de-CH", `{{ "1189.00" | money: "CHF" }}`, "CHF\u00a01’189.00"},
		{"pt", `{{ "189.00" | money: "EUR" }}`, "189,00\u00a0€"},
		{"pt-PT", `{{ "189.00" | money: "EUR" }}`, "189,00\u00a0€"},
		{"pt-BR", `{{ "1189.00" | money: "BRL" }}`, "R$\u00a01.189,00"},
		{"es-MX", `{{ "1189.00" | money: "USD" }}`, "USD\u00a01,189.00"},
		{"es", `{{ "189.00" | money: "EUR" }}`, "189,00\u00a0€"},
		{"fr", `{{ "1189.00" | money: "EUR" }}`, "1\u00a0189,00\u00a0€"},
		{"nl", `{{ "189.00" | money: "EUR" }}`, "€\u00a0189,00"},
		{"hi", `{{ "12345678" | money: "INR" }}`, "₹1,23,45,678.00"},
		{"ar", `{{ "1234.5" | money: "EUR" }}`, "١٬٢٣٤٫٥٠\u00a0€"},
		{"en", `{{ 1234567.50 | number }}`, "1,234,567.50"},
		{"en", `{{ 999 | number }}`, "999"},
		{"en", `{{ 1000 | number: 2 }}`, "1,000.00"},
		{"en", `{{ "0.005" | number: 2 }}`, "0.01"},
		{"en", `{{ 820982911946154508 | number }}`, "820,982,911,946,154,508"},
		{"de", `{{ -1234567.50 | number }}`, "-1.234.567,50"},
		{"pt-PT", `{{ 1234567.50 | number: 1 }}`, "1\u00a0234\u00a0567,5"},
		{"hi", `{{ 1234567 | number }}`, "12,34,567"},
		{"fa", `{{ 1234.5 | number }}`, "۱٬۲۳۴٫۵"},
		{"sv", `{{ -12 | number }}`, "\u221212"},
		{"tr", `{{ "istanbul İ I" | upper }}`, "İSTANBUL İ I"},
		{"tr", `{{ "IĞDIR" | lower }}`, "ığdır"},
		{"en", `{{ "istanbul" | upper }}`, "ISTANBUL"},
	}
	for _, test := range tests {
		got, err := eval(t, test.text, nil, mapping.Env{Locale: language.MustParse(test.locale)})
		require.NoError(t, err, test.text)
		require.Equal(t, test.want, got, "%s %s", test.locale, test.text)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	env := mapping.Env{Zone: lisbon, Now: time.Date(2026, 10, 24, 23, 30, 0, 0, time.UTC)}
	const when = `"2026-03-05T14:07:31.25-05:00"` // 19:07 UTC, a Thursday
	tests := []struct {
		locale, text, want string
	}{
		{"en", when + ` | date`, "Mar 5, 2026"},
		{"en", when + ` | date: "short"`, "3/5/26"},
		{"en", when + ` | date: "long"`, "March 5, 2026"},
		{"en", when + ` | date: "time"`, "7:07 PM"},
		{"en", when + ` | date: "datetime"`, "Mar 5, 2026, 7:07 PM"},
		{"en", when + ` | date: "iso"`, "2026-03-05T19:07:31Z"},
		{"en-GB", when + ` | date: "short"`, "05/03/2026"},
		{"en-GB", when + ` | date: "datetime"`, "5 Mar 2026, 19:07"},
		{"en-AU", when + ` | date: "medium"`, "5 Mar 2026"},
		{"de", when + ` | date: "long"`, "5. März 2026"},
		{"de-AT", when + ` | date: "datetime"`, "05.03.2026, 19:07"},
		{"pt", when + ` | date: "long"`, "5 de março de 2026"},
		{"pt-PT", when + ` | date: "short"`, "05/03/26"},
		{"pt-BR", when + ` | date: "short"`, "05/03/2026"},
		{"es", when + ` | date: "long"`, "5 de marzo de 2026"},
		{"es-MX", when + ` | date: "medium"`, "5 mar 2026"},
		{"fr", when + ` | date: "EEEE d MMMM"`, "jeudi 5 mars"},
		{"it", when + ` | date: "EEEE d MMM"`, "giovedì 5 mar"},
		{"nl", when + ` | date: "medium"`, "5 mrt. 2026"},
		{"ja", when + ` | date: "medium"`, "Mar 5, 2026"}, // not a language Bellhop writes dates in
		{"en", when + ` | date: "yyyy-MM-dd HH:mm:ss.SSS XXX"`, "2026-03-05 19:07:31.250 Z"},
		{"en", when + ` | date: "yy M d h a 'o''clock' EEE, ''HH"`, "26 3 5 7 PM o'clock Thu, '19"},
		{"en", when + ` | date: "d.M.yyyy", "Asia/Kolkata"`, "6.3.2026"},
		{"en", when + ` | date: "iso", "Asia/Kolkata"`, "2026-03-06T00:37:31+05:30"},
		{"en", `"2026-03-05" | date: "iso", "America/New_York"`, "2026-03-05T00:00:00-05:00"},
		{"en", `"2026-03-05" | date`, "Mar 5, 2026"},
		{"en", `"2026-07-01 10:00:00" | date: "iso"`, "2026-07-01T10:00:00+01:00"},
		{"en", `"2026-07-01T10:00" | date: "iso"`, "2026-07-01T10:00:00+01:00"},
		{"en", `"2026-07-01 10:00:00 +0200" | date: "iso"`, "2026-07-01T09:00:00+01:00"},
		{"en", `"2026-07-01T10:00:00+0200" | date: "iso"`, "2026-07-01T09:00:00+01:00"},
		{"en", `"Wed, 01 Jul 2026 10:00:00 +0200" | date: "iso"`, "2026-07-01T09:00:00+01:00"},
		{"en", `1772737651 | date: "iso"`, "2026-03-05T19:07:31Z"},
		{"en", `1772737651250 | date: "ss.SSS"`, "31.250"},
		{"en", `"1772737651.000200" | date: "iso"`, "2026-03-05T19:07:31Z"}, // a Slack ts
		{"en", `0 | date: "iso", "UTC"`, "1970-01-01T00:00:00Z"},
		{"en", `-86400 | date: "iso", "UTC"`, "1969-12-31T00:00:00Z"},
		// Clocks go forward at 01:00 UTC on 29 March and back at 01:00 UTC on 25 October.
		{"en", `"2026-03-29T00:59:59Z" | date: "HH:mm XXX"`, "00:59 Z"},
		{"en", `"2026-03-29T01:00:00Z" | date: "HH:mm XXX"`, "02:00 +01:00"},
		{"en", `"2026-10-25T00:30:00Z" | date: "HH:mm XXX"`, "01:30 +01:00"},
		{"en", `"2026-10-25T01:30:00Z" | date: "HH:mm XXX"`, "01:30 Z"},
		{"en", `"now" | date: "yyyy-MM-dd HH:mm"`, "2026-10-25 00:30"},
		{"en", `"today" | date: "iso"`, "2026-10-25T00:00:00+01:00"},
	}
	for _, test := range tests {
		env.Locale = language.MustParse(test.locale)
		got, err := eval(t, "{{ "+test.text+" }}", nil, env)
		require.NoError(t, err, test.text)
		require.Equal(t, test.want, got, "%s %s", test.locale, test.text)
	}
	for _, text := range []string{`"soon"`, `"2026-02-30"`, `"05/03/2026"`, `"20260305"`, `"2026"`, `true`, `""`, `1` + "0000000000000000000000", `"0000-01-01"`} {
		_, err := eval(t, "{{ "+text+" | date }}", nil, env)
		require.ErrorContains(t, err, "needs a date", text)
	}
	data := map[string]any{"format": "qq", "zone": "Mars/Base"}
	_, err = eval(t, `{{ "now" | date: format }}`, data, env)
	require.ErrorContains(t, err, `"qq" has no meaning`)
	_, err = eval(t, `{{ "now" | date: "short", zone }}`, data, env)
	require.ErrorContains(t, err, `no time zone "Mars/Base"`)
}

func TestFiltersAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range mapping.Filters() {
		require.False(t, seen[f.Name], f.Name)
		seen[f.Name] = true
		require.NotEmpty(t, f.Label, f.Name)
		require.Regexp(t, `\.$`, f.Help, f.Name)
		require.NotEmpty(t, f.In, f.Name)
		optional := false
		for _, a := range f.Args {
			require.NotEmpty(t, a.Name, f.Name)
			require.NotEmpty(t, a.Label, f.Name)
			require.NotEmpty(t, a.Type, f.Name)
			require.False(t, a.Required && optional, "%s: required arguments come first", f.Name)
			require.NotEqual(t, a.Required, a.Default != "", "%s: an argument is required or has a default", f.Name)
			optional = optional || !a.Required
		}
	}
	for _, name := range []string{"upper", "lower", "trim", "default", "money", "number", "date", "join", "first", "count"} {
		require.True(t, seen[name], name)
	}
}
