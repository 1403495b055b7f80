package ui_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEnglishHasAllTexts compares the texts in the code below ui with en.json.
// BELLHOP_WRITE_TEXTS=1 writes en.json anew.
func TestEnglishHasAllTexts(t *testing.T) {
	const file = "../assets/translations/en.json"
	used := texts(t, ".")
	require.NotEmpty(t, used)
	if os.Getenv("BELLHOP_WRITE_TEXTS") != "" {
		if data, err := os.ReadFile(file); err == nil {
			var before map[string]any
			require.NoError(t, json.Unmarshal(data, &before))
			for text := range used {
				if written, ok := before[text]; ok {
					used[text] = written // plurals are written by hand
				}
			}
		}
		data, err := json.MarshalIndent(used, "", "  ")
		require.NoError(t, err)
		unescaped := strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(string(data))
		require.NoError(t, os.WriteFile(file, []byte(unescaped+"\n"), 0o644))
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var english map[string]any
	require.NoError(t, json.Unmarshal(data, &english))
	for text := range used {
		require.Contains(t, english, text, "BELLHOP_WRITE_TEXTS=1 go test ./ui adds it")
	}
	for text := range english {
		require.Contains(t, used, text, "no code uses it; BELLHOP_WRITE_TEXTS=1 go test ./ui removes it")
	}
}

// texts returns what the Go files below dir give to lang.L and lang.N, as en.json should have it.
func texts(t *testing.T, dir string) map[string]any {
	found := map[string]any{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := f.X.(*ast.Ident)
			if !ok || pkg.Name != "lang" || (f.Sel.Name != "L" && f.Sel.Name != "N") {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			require.True(t, ok, "%s: lang.%s needs a literal, so that it can be found", path, f.Sel.Name)
			text, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			if f.Sel.Name == "N" {
				found[text] = map[string]any{"one": text, "other": text}
			} else {
				found[text] = text
			}
			return true
		})
		return nil
	}))
	return found
}
