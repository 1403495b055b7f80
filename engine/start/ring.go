package start

import (
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Node is a recipe as Ring looks at it.
type Node struct {
	Name string
	// Token is the last part of its webhook address; empty if it has none.
	Token      string
	Definition engine.Definition
}

// Ring returns the names of the recipes by which one starts itself, from it to it again by the shortest
// way; nil if it does not. A recipe starts another if a step calls it by name or sends to its webhook
// address, where prefix stands before the token, and if the other one waits for the first to fail by
// name. What depends on data is not seen here, but stopped at run time.
func Ring(catalog engine.Catalog, prefix string, nodes []Node, name string) []string {
	from := slices.IndexFunc(nodes, func(n Node) bool { return strings.EqualFold(n.Name, name) })
	if from < 0 {
		return nil
	}
	starts := starts(catalog, prefix, nodes)
	came := map[int]int{} // by which recipe each was first reached
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, to := range starts[queue[0]] {
			if to == from {
				way := []string{nodes[from].Name}
				for at := queue[0]; at != from; at = came[at] {
					way = append(way, nodes[at].Name)
				}
				way = append(way, nodes[from].Name)
				slices.Reverse(way)
				return way
			}
			if _, known := came[to]; !known {
				came[to] = queue[0]
				queue = append(queue, to)
			}
		}
	}
	return nil
}

// starts returns for each recipe which others it starts.
func starts(catalog engine.Catalog, prefix string, nodes []Node) [][]int {
	byName, byToken := map[string]int{}, map[string]int{}
	for i, n := range nodes {
		byName[strings.ToLower(n.Name)] = i
		if _, o, _ := catalog.Operation(n.Definition.Trigger.Use); o.Webhook != nil && n.Token != "" {
			byToken[n.Token] = i
		}
	}
	all := make([][]int, len(nodes))
	add := func(from, to int, known bool) {
		if known && !slices.Contains(all[from], to) {
			all[from] = append(all[from], to)
		}
	}
	for i, n := range nodes {
		for _, name := range recipe.Calls(n.Definition, catalog) {
			to, known := byName[strings.ToLower(name)]
			_, o, _ := catalog.Operation(nodes[to].Definition.Trigger.Use)
			add(i, to, known && o.Start == engine.StartCalled)
		}
		for _, s := range n.Definition.Walk() {
			texts(s.With, func(text string) {
				for rest := text; ; {
					_, after, found := strings.Cut(rest, prefix)
					if !found {
						return
					}
					token, _, _ := strings.Cut(strings.TrimRight(after, "/"), "?")
					to, known := byToken[strings.TrimSpace(token)]
					add(i, to, known)
					rest = after
				}
			})
		}
		if _, o, _ := catalog.Operation(n.Definition.Trigger.Use); o.Start == engine.StartFailed {
			of := strings.ToLower(strings.TrimSpace(mapping.Text(n.Definition.Trigger.With["recipe"])))
			from, known := byName[of]
			add(from, i, known && of != "" && from != i) // never for its own runs
		}
	}
	return all
}

// texts calls fn with every text within a value.
func texts(value any, fn func(string)) {
	switch v := value.(type) {
	case string:
		fn(v)
	case []any:
		for _, one := range v {
			texts(one, fn)
		}
	case map[string]any:
		for _, one := range v {
			texts(one, fn)
		}
	}
}
