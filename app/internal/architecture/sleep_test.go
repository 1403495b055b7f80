package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoTestSleeps lets time.Sleep stand in tests only within synctest.Test, where nobody waits
// and the clock is the test's own.
func TestNoTestSleeps(t *testing.T) {
	var found []string
	walk(t, func(path string) error {
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, sleeps(files, file)...)
		return nil
	})
	require.Empty(t, found, "use a fake clock or testing/synctest")
}

func TestSleepsAreFound(t *testing.T) {
	const source = `package p
func TestWaits(t *testing.T) { time.Sleep(time.Second) }
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { go func() { time.Sleep(time.Hour) }() })
	time.Sleep(1)
}
`
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p_test.go", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	require.Equal(t, []string{"p_test.go:2:32", "p_test.go:5:2"}, sleeps(files, file))
}

// sleeps returns the places of time.Sleep outside synctest.Test.
func sleeps(files *token.FileSet, file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch {
		case isCall(call, "synctest", "Test"):
			return false
		case isCall(call, "time", "Sleep"):
			found = append(found, files.Position(call.Pos()).String())
		}
		return true
	})
	return found
}

func isCall(call *ast.CallExpr, pkg, name string) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	x, ok := selector.X.(*ast.Ident)
	return ok && x.Name == pkg
}
