package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryFaultHasItsTest keeps docs/faults.md true: each fault names tests, and all of them exist.
func TestEveryFaultHasItsTest(t *testing.T) {
	there := map[string]bool{}
	walk(t, func(path string) error {
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
			there[string(found[1])] = true
		}
		return nil
	})
	require.Greater(t, len(there), 300)

	document, err := os.ReadFile(filepath.Join(root, "docs", "faults.md"))
	require.NoError(t, err)
	faults := 0
	for line := range strings.Lines(string(document)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| what goes wrong") {
			continue
		}
		faults++
		named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(line, -1)
		require.NotEmpty(t, named, "a fault without a test: %s", line)
		for _, name := range named {
			require.True(t, there[name[1]], "docs/faults.md names %s, which does not exist", name[1])
		}
	}
	require.Greater(t, faults, 40)
}
