package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

func TestImports(t *testing.T) {
	require.Empty(t, check(load(t, "migrated_fynedo"), rules...))
}

func TestHeadlessBuildNeedsNoWindow(t *testing.T) {
	g := load(t, "headless")
	require.NotEmpty(t, g["bellhop/app"].imports)
	require.Empty(t, check(g, headless))
}

// TestRulesCanFail feeds every rule a house in which somebody broke it.
func TestRulesCanFail(t *testing.T) {
	cases := map[string]struct {
		breach string // "from to" per import
		want   string
	}{
		"engine root":     {"bellhop/engine golang.org/x/text/language", rules[0].name + ": bellhop/engine → golang.org/x/text/language"},
		"engine package":  {"bellhop/engine/runtime bellhop/store/sqlite", rules[1].name + ": bellhop/engine/runtime → bellhop/store/sqlite"},
		"engine by a way": {"bellhop/engine/poll x x y y fyne.io/fyne/v2", rules[1].name + ": bellhop/engine/poll → x → y → fyne.io/fyne/v2"},
		"engine data":     {"bellhop/engine/recipe bellhop/assets", rules[2].name + ": bellhop/engine/recipe → bellhop/assets"},
		"store":           {"bellhop/store/secret bellhop/app/internal/boot", rules[3].name + ": bellhop/store/secret → bellhop/app/internal/boot"},
		"sqlite":          {"bellhop/app github.com/mattn/go-sqlite3", rules[4].name + ": bellhop/app → github.com/mattn/go-sqlite3"},
		"ui":              {"bellhop/ui/page/editor database/sql", rules[5].name + ": bellhop/ui/page/editor → database/sql"},
		"ui by a way":     {"bellhop/ui/widget z z github.com/go-gl/gl/v2.1/gl", rules[5].name + ": bellhop/ui/widget → z → github.com/go-gl/gl/v2.1/gl"},
		"ui's tests":      {"bellhop/ui/page/editor/_test fyne.io/fyne/v2/app", rules[5].name + ": bellhop/ui/page/editor/_test → fyne.io/fyne/v2/app"},
		"ui requests":     {"bellhop/ui net/http", rules[6].name + ": bellhop/ui → net/http"},
		"assets":          {"bellhop/assets bellhop/engine", rules[7].name + ": bellhop/assets → bellhop/engine"},
		"desktop":         {"bellhop/app/internal/boot fyne.io/fyne/v2/app", rules[8].name + ": bellhop/app/internal/boot → fyne.io/fyne/v2/app"},
		"ngrok":           {"bellhop/app/boot golang.ngrok.com/ngrok/v2", rules[9].name + ": bellhop/app/boot → golang.ngrok.com/ngrok/v2"},
		"pretend ngrok":   {"bellhop/app/boot bellhop/engine/tunnel/ngrok/edge", rules[10].name + ": bellhop/app/boot → bellhop/engine/tunnel/ngrok/edge"},
		"headless":        {"bellhop/app bellhop/ui", headless.name + ": bellhop/app → bellhop/ui"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := graph{"net/http": {standard: true}, "database/sql": {standard: true}}
			words := strings.Fields(tc.breach)
			for i := 0; i < len(words); i += 2 {
				g[words[i]] = node{imports: []string{words[i+1]}}
			}
			broken := rules
			if name == "headless" {
				broken = []rule{headless}
			}
			require.Equal(t, []string{tc.want}, check(g, broken...))
		})
	}
	require.GreaterOrEqual(t, len(cases), len(rules)+1, "every rule has a case")
}

func TestRulesLetTheHouseStand(t *testing.T) {
	require.Empty(t, check(graph{
		"bellhop/engine":         {imports: []string{"net/http"}},
		"bellhop/engine/webhook": {imports: []string{"bellhop/engine", "golang.org/x/time/rate"}},
		"bellhop/store/sqlite":   {imports: []string{"bellhop/engine", "github.com/mattn/go-sqlite3"}},
		"bellhop/ui":             {imports: []string{"bellhop/engine", "fyne.io/fyne/v2"}},
		"bellhop/assets":         {imports: []string{"embed"}},
		"bellhop/engine/_test":   {imports: []string{"bellhop/assets", "github.com/stretchr/testify/require"}},
		"bellhop/assets/_test":   {imports: []string{"bellhop/engine/connector"}},
		"bellhop/app":            {imports: []string{"bellhop/engine", "bellhop/store/sqlite", "fyne.io/fyne/v2/app", "bellhop/ui"}},
		"fyne.io/fyne/v2":        {imports: []string{"net/http"}},
		"net/http":               {standard: true},
		"embed":                  {standard: true},
	}, rules...))
}

// load asks Go for every package of the module and all they import, as built with the tag. What
// does not compile is another test's business (-e).
func load(t *testing.T, tag string) graph {
	t.Helper()
	watch(t)
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-deps", "-tags", tag, "-json=ImportPath,Imports,TestImports,XTestImports,Standard", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())

	g := graph{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath   string
			Imports      []string
			TestImports  []string
			XTestImports []string
			Standard     bool
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		g[p.ImportPath] = node{imports: p.Imports, standard: p.Standard}
		if tests := slices.Concat(p.TestImports, p.XTestImports); len(tests) > 0 {
			g[p.ImportPath+testsOf] = node{imports: tests}
		}
	}
	require.NotEmpty(t, g["bellhop/engine"].imports)
	return g
}

// watch looks at every folder of Go code, so that Go's cache of test results knows what these
// tests depend on: what a child process reads it does not see.
func watch(t *testing.T) {
	t.Helper()
	walk(t, func(string) error { return nil })
}

// walk calls visit for every file and folder of the house.
func walk(t *testing.T, visit func(path string) error) {
	t.Helper()
	for _, top := range []string{"app", "assets", "engine", "store", "ui"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, top), func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return visit(path)
		}))
	}
}
