package translations_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets/translations"
)

// placeholder is what a text is filled in with: {{.Name}}.
var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// TestEveryLanguageHasAllTexts compares the files of the other languages with en.json: the keys, the plural forms and
// the placeholders.
func TestEveryLanguageHasAllTexts(t *testing.T) {
	english := texts(t, "en.json")
	files, err := fs.Glob(translations.FS, "*.json")
	require.NoError(t, err)
	require.Contains(t, files, "de.json")
	for _, file := range files {
		other := texts(t, file)
		for key, forms := range english {
			require.Contains(t, other, key, "%s: translate it, in the order of en.json", file)
			require.Len(t, other[key], len(forms), "%s: %q has the plural forms of en.json", file, key)
			for form, text := range forms {
				said := other[key][form]
				require.NotEmpty(t, said, "%s: %q, form %q", file, key, form)
				if form == "one" { // which may say "1" or "one" instead of the number
					require.Subset(t, placeholders(forms["other"]), placeholders(said), "%s: %q, form %q", file, key, form)
					continue
				}
				require.Equal(t, placeholders(text), placeholders(said), "%s: %q, form %q", file, key, form)
			}
		}
		for key := range other {
			require.Contains(t, english, key, "%s: no code uses it", file)
		}
	}
}

// Germans quote „so“, and are addressed in one way throughout.
func TestGermanIsWrittenOneWay(t *testing.T) {
	wrong := regexp.MustCompile(`“[^“„]*”|"|\b(?:[Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b`)
	for key, forms := range texts(t, "de.json") {
		for _, text := range forms {
			require.NotRegexp(t, wrong, text, key)
		}
	}
}

// texts returns the texts of a file by key and plural form; "" is the form of those without plurals.
func texts(t *testing.T, file string) map[string]map[string]string {
	data, err := translations.FS.ReadFile(file)
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(data, &read))
	all := map[string]map[string]string{}
	for key, value := range read {
		switch value := value.(type) {
		case string:
			all[key] = map[string]string{"": value}
		case map[string]any:
			all[key] = map[string]string{}
			for form, text := range value {
				all[key][form], _ = text.(string)
			}
		default:
			t.Fatalf("%s: %q is neither a text nor plural forms", file, key)
		}
	}
	return all
}

// placeholders returns those of a text, each once.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
