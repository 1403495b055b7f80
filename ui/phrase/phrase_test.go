package phrase_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/assets/translations"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/recipe"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/when"
)

// german makes the texts of a test German.
func german(t *testing.T) {
	require.NoError(t, ui.LoadTranslations())
	ui.UseLanguage("de")
	t.Cleanup(func() { ui.UseLanguage("en") })
}

func TestEnglishStaysAsItIs(t *testing.T) {
	require.NoError(t, ui.LoadTranslations())
	ui.UseLanguage("en")
	for _, text := range []string{"", "Nothing answers at x.example.", "“A” has failed", "Order #1042, Ana Silva"} {
		require.Equal(t, text, phrase.Of(text))
		require.Equal(t, text, phrase.Label(text))
	}
	require.Equal(t, "1,234.5", phrase.Number(1234.5, 1))
}

func TestOf(t *testing.T) {
	german(t)
	for name, c := range map[string]struct{ english, want string }{
		"a whole text":            {"Deliveries cannot arrive", "Zustellungen können nicht ankommen"},
		"a name stays":            {"“Is over 100” has failed", "„Is over 100“ ist fehlgeschlagen"},
		"a name that is a phrase": {"The connection “New order” needs you", "Die Verbindung „New order“ braucht Sie"},
		"a name in code's quotes": {`There is no connection named "My \"shop\"". Add it under Connections.`, `Es gibt keine Verbindung mit dem Namen „My "shop"“. Fügen Sie sie unter Verbindungen hinzu.`},
		"a phrase within one":     {"2 orders were missed and have been fetched. It needs you: see Activity.", "2 Bestellungen wurden versäumt und nachgeholt. Sehen Sie in der Aktivität nach: Hier sind Sie gefragt."},
		"names in a list":         {"2 recipes get nothing: “A and B” and “C”.", "2 Rezepte bekommen nichts: „A and B“ und „C“."},
		"what it is about":        {"Bestellung #1042: Nothing answers at x.example.", "Bestellung #1042: Unter x.example antwortet nichts."},
		"what leads to sentences": {
			"The last of them: Slack has no channel #orders that your app can see. Check the name, and if the channel is private, invite your app to it.",
			"Der letzte davon: Slack hat keinen Kanal #orders, den Ihre App sehen kann. Prüfen Sie den Namen, und laden Sie Ihre App ein, wenn der Kanal privat ist.",
		},
		"data that is a phrase": {"In Message only replies are allowed. Choose another channel, or fill in Reply to.", "In Message sind nur Antworten erlaubt. Wählen Sie einen anderen Kanal oder füllen Sie „Antwort auf“ aus."},
		"sentences one by one":  {"This is no phrase at all. Nothing answers at x.example. Bellhop calls again soon. If it stays so, ngrok may have an outage.", "This is no phrase at all. Unter x.example antwortet nichts. Bellhop ruft bald wieder an. Bleibt es so, hat ngrok vielleicht eine Störung."},
		"what a filter says":    {"189.00 is not over 200", "189.00 ist nicht größer als 200"},
		"days":                  {"Every Monday, Tuesday and Friday at 07:00", "Jeden Montag, Dienstag und Freitag um 07:00"},
		"a number":              {"Write a whole number from 0 to 100.", "Schreiben Sie eine ganze Zahl von 0 bis 100."},
		"unknown":               {"When it rains, the shop is closed.", "When it rains, the shop is closed."},
		"two lines":             {"“A” has failed.\n2 orders were missed and have been fetched.", "„A“ ist fehlgeschlagen.\n2 Bestellungen wurden versäumt und nachgeholt."},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, phrase.Of(c.english)) })
	}
}

func TestError(t *testing.T) {
	german(t)
	require.Empty(t, phrase.Error(nil))
	require.Equal(t, "In Bellhop ist etwas schiefgegangen. Näheres steht im Protokoll.", phrase.Error(errors.New("sql: no rows")))
	require.Equal(t, "Geben Sie dem Rezept einen Namen.", phrase.Error(engine.Errorf(engine.Invalid, "Give the recipe a name.")))
}

func TestLabel(t *testing.T) {
	german(t)
	require.Equal(t, "Bestellung #1042, Ana Silva", phrase.Label("Order #1042, Ana Silva"))
	require.Equal(t, "The shop is closed", phrase.Label("The shop is closed"))
	require.Equal(t, "Nothing found", phrase.Label("Nothing found"))
}

// What a recipe says itself is for those whom it is made for.
func TestNotice(t *testing.T) {
	german(t)
	own := engine.Notice{Kind: engine.NoticeStep, Title: "New order", Text: "Deliveries cannot arrive"}
	require.Equal(t, own, phrase.Notice(own))
	reach := phrase.Notice(engine.Notice{Kind: engine.NoticeReach, Title: "Deliveries cannot arrive", RecipeID: 7})
	require.Equal(t, engine.Notice{Kind: engine.NoticeReach, Title: "Zustellungen können nicht ankommen", RecipeID: 7}, reach)
}

func TestNumbersAndDates(t *testing.T) {
	german(t)
	now := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
	require.Equal(t, "1.234,5", phrase.Number(1234.5, 1))
	require.Equal(t, "1,4 s", when.Took(1400*time.Millisecond))
	require.Equal(t, "3. März 09:05", when.Day(time.Date(2026, 3, 3, 9, 5, 0, 0, time.UTC), now))
	require.Equal(t, "3. Dez. 2025 09:05", when.Day(time.Date(2025, 12, 3, 9, 5, 0, 0, time.UTC), now))
	require.Equal(t, "Sa.", when.Weekday(now))
}

func TestCatalog(t *testing.T) {
	shipped, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	german(t)
	said := phrase.Catalog(shipped)
	_, o, ok := said.Operation("shopify.order_created")
	require.True(t, ok)
	require.Equal(t, "Neue Bestellung", o.Title)
	_, english, _ := shipped.Operation("shopify.order_created")
	require.NotEqual(t, english.Title, o.Title, "the catalogue that it is made of stays as it is")
	require.Len(t, said.Connectors(), len(shipped.Connectors()))
	data, err := fs.ReadFile(assets.Templates(), "shopify-to-slack.yaml")
	require.NoError(t, err)
	d, problems := recipe.Parse(data)
	require.NoError(t, problems.Err())
	require.Equal(t, "Eine neue Bestellung geht in Shopify ein: Nur wenn gilt: total price ist größer als 100, Nachricht an #orders in Slack senden.",
		recipe.Summary(d, said))
}

func TestDefinition(t *testing.T) {
	german(t)
	data, err := fs.ReadFile(assets.Templates(), "shopify-to-slack.yaml")
	require.NoError(t, err)
	english, problems := recipe.Parse(data)
	require.NoError(t, problems.Err())
	d := phrase.Definition(english)
	require.Equal(t, "Große Bestellungen melden", d.Name)
	require.Equal(t, "Nur große Bestellungen", d.Steps[0].Name)
	require.Equal(t, "Neue Bestellung {{trigger.name}} über {{trigger.total_price | money: trigger.currency}}", d.Steps[1].With["text"])
	require.Equal(t, "#orders", d.Steps[1].With["channel"])
	require.Equal(t, "Only big orders", english.Steps[0].Name, "the one it is made of stays as it is")
}

// composed are phrases that the code puts together from parts that are not theirs alone.
var composed = []string{
	"Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays", "on %s",
	"More than %s", "On %s of every month at %s",
}

// TestPhrasesAreSaid finds each phrase in the code or the connector files: a phrase that was worded anew there is
// worded anew here too. It compares what the phrases are filled with.
func TestPhrasesAreSaid(t *testing.T) {
	said := literals(t)
	files, err := fs.Glob(translations.Phrases, "phrase/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := translations.Phrases.ReadFile(file)
		require.NoError(t, err)
		var phrases map[string]string
		require.NoError(t, json.Unmarshal(data, &phrases))
		require.Contains(t, ui.Languages(), strings.TrimSuffix(filepath.Base(file), ".json"))
		for english, other := range phrases {
			verb := strings.TrimSuffix(strings.TrimPrefix(english, "%s "), " %s")
			require.True(t, said[english] || said[verb] || slices.Contains(composed, english), "%s: nothing says %q any more: say what is said now, or take it out", file, english)
			require.NotEmpty(t, other, "%s: %q", file, english)
			require.Equal(t, holes(t, english), holes(t, other), "%s: %q", file, english)
		}
	}
}

var hole = regexp.MustCompile(`%(?:\[(\d+)\])?[sdqv]|\{\{[^{}]*\}\}`)

// holes returns what a phrase is filled with: the numbers of values, or the pills, without the texts in them.
func holes(t *testing.T, text string) []string {
	var found []string
	for i, h := range hole.FindAllStringSubmatch(text, -1) {
		switch {
		case strings.HasPrefix(h[0], "{{"):
			found = append(found, regexp.MustCompile(`'[^']*'|"[^"]*"`).ReplaceAllString(h[0], "''"))
		case h[1] != "":
			found = append(found, h[1])
		default:
			found = append(found, strconv.Itoa(i+1))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// literals returns all texts that stand in the code below the window and in the connector files, also those that are
// parts of a list of sentences and so have a space before them.
func literals(t *testing.T) map[string]bool {
	said := map[string]bool{}
	for _, root := range []string{"../../engine", "../../store", "../../app", "../../assets/templates", "../../assets/connectors"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || d.IsDir() && d.Name() == "testdata":
				return cmp.Or(err, fs.SkipDir)
			case d.IsDir() || strings.HasSuffix(path, "_test.go"):
				return nil
			case strings.HasSuffix(path, ".go"):
				tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
				if err != nil {
					return err
				}
				ast.Inspect(tree, func(n ast.Node) bool {
					if e, ok := n.(ast.Expr); ok {
						if text, ok := constant(e); ok {
							said[text], said[strings.TrimSpace(text)] = true, true
							return false
						}
					}
					return true
				})
			case strings.HasSuffix(path, ".yaml"):
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				var all any
				require.NoError(t, yaml.Unmarshal(data, &all), path)
				texts(all, said)
			}
			return nil
		}))
	}
	return said
}

// constant returns the text of a literal, or of several with + between them.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		x, ok := constant(e.X)
		y, also := constant(e.Y)
		return x + y, ok && also
	}
	return "", false
}

func texts(of any, said map[string]bool) {
	switch of := of.(type) {
	case string:
		said[of] = true
	case map[string]any:
		for _, v := range of {
			texts(v, said)
		}
	case []any:
		for _, v := range of {
			texts(v, said)
		}
	}
}
