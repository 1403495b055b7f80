package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheDocsNameTheCommandsThatThereAre: the README has every command, and no page has one that is none.
func TestTheDocsNameTheCommandsThatThereAre(t *testing.T) {
	t.Parallel()
	root := (&cli{out: &printer{Writer: io.Discard}}).root()
	there := []string{}
	for _, cmd := range root.Commands() {
		there = append(there, cmd.Name())
	}
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	require.Greater(t, len(pages), 5)
	told := regexp.MustCompile("`bellhop ([a-z-]+)((?:[\\\\|]+[a-z-]+)*)")
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		var names []string
		for _, found := range told.FindAllStringSubmatch(string(text), -1) {
			names = append(names, regexp.MustCompile("[a-z-]+").FindAllString(found[1]+found[2], -1)...)
		}
		for _, name := range names {
			require.Contains(t, there, name, "%s tells of a command that is none", page)
		}
		if page == "../README.md" {
			for _, cmd := range root.Commands() {
				hidden := cmd.Hidden || slices.Contains([]string{"help", "completion"}, cmd.Name())
				require.True(t, hidden || slices.Contains(names, cmd.Name()), "the README does not tell of: bellhop %s", cmd.Name())
			}
		}
	}
}
