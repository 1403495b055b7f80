package architecture

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rule forbids imports to some packages.
type rule struct {
	name string
	// of are the packages it holds for, and except those it does not: an import path, or one with
	// `/...` for all from there down.
	of     string
	except []string
	// forbidden are import paths in the same form; "third party" is everything outside the
	// standard library.
	forbidden []string
	// tests says that their tests may not either.
	tests bool
	// direct lets the packages that these import have what these may not.
	direct bool
}

// thirdParty is every package that is not of the standard library, ours included.
const thirdParty = "third party"

// rules are the star: ui → engine ← store, assets imports nothing of ours, app imports all.
var rules = []rule{
	{name: "the engine's root needs only the standard library", of: "bellhop/engine", forbidden: []string{thirdParty}},
	{name: "engine knows no store, window or program", of: "bellhop/engine/...", tests: true,
		forbidden: []string{"bellhop/store/...", "bellhop/ui/...", "bellhop/app/...", "fyne.io/..."}},
	// Its tests may: they prove the files that Bellhop comes with.
	{name: "engine takes its data from whoever starts it", of: "bellhop/engine/...", forbidden: []string{"bellhop/assets/..."}},
	{name: "store knows no window and no program", of: "bellhop/store/...", tests: true,
		forbidden: []string{"bellhop/ui/...", "bellhop/app/...", "fyne.io/..."}},
	{name: "SQLite is in store/sqlite", of: "bellhop/...", except: []string{"bellhop/store/sqlite"}, direct: true,
		forbidden: []string{"github.com/mattn/go-sqlite3/..."}},
	{name: "ui knows no store and no program, and builds without OpenGL", of: "bellhop/ui/...", tests: true,
		forbidden: []string{"bellhop/store/...", "bellhop/app/...", "database/sql/...", "github.com/mattn/go-sqlite3/...",
			"fyne.io/fyne/v2/app/...", "fyne.io/systray/...", "github.com/go-gl/..."}},
	// Fyne itself imports it, to load pictures.
	{name: "ui makes no requests", of: "bellhop/ui/...", direct: true, forbidden: []string{"net/http/..."}},
	{name: "assets are data only", of: "bellhop/assets/...", direct: true, forbidden: []string{"bellhop/..."}},
	{name: "only app starts the desktop", of: "bellhop/...", except: []string{"bellhop/app"}, direct: true,
		forbidden: []string{"fyne.io/fyne/v2/app/..."}},
	{name: "ngrok is in engine/tunnel/ngrok", of: "bellhop/...", except: []string{"bellhop/engine/tunnel/ngrok/..."}, direct: true,
		forbidden: []string{"golang.ngrok.com/..."}},
	{name: "the pretend ngrok is for tests", of: "bellhop/...", except: []string{"bellhop/engine/tunnel/ngrok/edge"}, direct: true,
		forbidden: []string{"bellhop/engine/tunnel/ngrok/edge/..."}},
}

// headless is the rule for the build with the tag of that name.
var headless = rule{name: "the build without a window needs nothing of one", of: "bellhop/app/...",
	forbidden: []string{"fyne.io/...", "bellhop/ui/...", "github.com/go-gl/..."}}

// graph is what every package imports, by import path. The tests of a package are a node of their
// own, whose path ends in testsOf.
type graph map[string]node

const testsOf = "/_test"

type node struct {
	imports  []string
	standard bool
}

// check returns a sentence per breach, with the way by which a package comes to what it must not have.
func check(g graph, rules ...rule) []string {
	var breaches []string
	for _, path := range slices.Sorted(maps.Keys(g)) {
		for _, r := range rules {
			if strings.HasSuffix(path, testsOf) && !r.tests {
				continue
			}
			if !matches(r.of, path) || slices.ContainsFunc(r.except, func(e string) bool { return matches(e, path) }) {
				continue
			}
			if way := g.way(path, r); way != nil {
				breaches = append(breaches, fmt.Sprintf("%s: %s", r.name, strings.Join(way, " → ")))
			}
		}
	}
	return breaches
}

// way returns a shortest chain of imports from a package to one that the rule forbids it, or nil.
func (g graph) way(from string, r rule) []string {
	came := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		for _, next := range g[here].imports {
			if _, seen := came[next]; seen {
				continue
			}
			came[next] = here
			if g.forbids(r, next) {
				way := []string{next}
				for at := here; at != ""; at = came[at] {
					way = append([]string{at}, way...)
				}
				return way
			}
			if !r.direct && !g[next].standard { // the standard library has nothing of ours, but cgo's "C"
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func (g graph) forbids(r rule, path string) bool {
	return slices.ContainsFunc(r.forbidden, func(f string) bool {
		if f == thirdParty {
			return !g[path].standard
		}
		return matches(f, path)
	})
}

func matches(pattern, path string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == root || strings.HasPrefix(path, root+"/")
	}
	return path == pattern
}
