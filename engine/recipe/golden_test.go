package recipe_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/recipe"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestProblems holds what people are told about a wrong file against testdata/problems/*.golden.
func TestProblems(t *testing.T) {
	for _, pattern := range []string{"*.yaml", "*.json"} {
		files, err := filepath.Glob(filepath.Join("testdata", "problems", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			name := filepath.Base(file)
			t.Run(name, func(t *testing.T) {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				_, problems := recipe.Check(data, recipe.Params{Catalog: catalog(t), Connections: connections})
				got := problems.In(name).Error() + "\n"
				golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
				if *update {
					require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				require.Equal(t, string(want), got)
			})
		}
	}
}
