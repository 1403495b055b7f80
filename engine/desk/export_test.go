package desk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARecipesNameBecomesAFilesName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Big orders":             "Big orders",
		"Über 100 €, ja?":        "Über 100 -, ja",
		"../../etc/passwd":       "etc-passwd",
		`C:\Windows`:             "C--Windows",
		"a/b":                    "a-b",
		"...":                    "Recipe",
		"con":                    "Recipe con",
		"COM1":                   "Recipe COM1",
		"console":                "console",
		"two\nlines":             "two-lines",
		strings.Repeat("ß", 300): strings.Repeat("ß", 50),
	} {
		require.Equal(t, want, fileName(name))
	}
}
