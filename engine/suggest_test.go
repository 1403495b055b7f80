package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	filters := []string{"upper", "lower", "trim", "money", "number", "date", "default"}
	tests := []struct {
		word string
		from []string
		want string
	}{
		{"uper", filters, "upper"},
		{"moeny", filters, "money"}, // swapped neighbours are one slip
		{"Upper", filters, "upper"},
		{"defualt", filters, "default"},
		{"numbre", filters, "number"},
		{"dat", filters, "date"},
		{"xyz", filters, ""},
		{"translate", filters, ""},
		{"", filters, ""},
		{"a", []string{"b"}, ""},
		{"a", []string{"ab"}, "ab"},
		{"titel", []string{"tile", "title"}, "title"}, // the nearest, not the first
		{"cat", []string{"bat", "hat"}, "bat"},        // the first of equals
		{"straße", []string{"strasse", "straẞe"}, "straẞe"},
		{"total_prise", []string{"subtotal_price", "total_price", "total_tax"}, "total_price"},
		{strings.Repeat("x", 1000), []string{strings.Repeat("x", 999)}, ""},
		{"upper", []string{""}, ""},
	}
	for _, test := range tests {
		require.Equal(t, test.want, engine.Suggest(test.word, test.from), "word %q", test.word)
	}
}
