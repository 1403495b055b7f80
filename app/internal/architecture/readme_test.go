package architecture

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadmeNamesEveryDependency keeps the README's table equal to what go.mod asks for directly.
func TestReadmeNamesEveryDependency(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	var named []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z.]+\.[a-z]+/\S+) \| .+ \|$`).FindAllSubmatch(readme, -1) {
		named = append(named, string(row[1]))
	}

	cmd := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	_, err = os.Stat(filepath.Join(root, "go.mod")) // for Go's cache of test results, see watch
	require.NoError(t, err)
	var module struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	require.NoError(t, json.Unmarshal(out, &module))
	var required []string
	for _, m := range module.Require {
		if !m.Indirect {
			required = append(required, m.Path)
		}
	}

	require.Equal(t, required, named, "the README's table of dependencies, in the order of go.mod")
}
