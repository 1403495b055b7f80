// Package connector reads connector files: what Bellhop knows of an app, as data. It checks them,
// and keeps those that are right in a catalog. A new operation is an entry in a file, and no code.
package connector

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bellhop/engine"
)

// Catalog holds the connectors that are installed. It never changes and may be used from many
// goroutines.
type Catalog struct {
	connectors []engine.Connector // by title
	byName     map[string]int
	problems   engine.Problems
}

var _ engine.Catalog = (*Catalog)(nil)

// Load reads all files named *.yaml, *.yml or *.json at the top of each file system. A connector in
// a later one replaces that of the same name in an earlier one, so that people can add and change
// some of their own. A file that is wrong is left out and told of by Problems; the error is only
// about a file system that cannot be read.
func Load(systems ...fs.FS) (*Catalog, error) {
	c := &Catalog{byName: map[string]int{}}
	found := map[string]engine.Connector{}
	for _, system := range systems {
		entries, err := fs.ReadDir(system, ".")
		if err != nil {
			return nil, engine.Wrap(err, engine.Unavailable, "The folder with the connector files cannot be read: %s.", err)
		}
		for _, entry := range entries {
			if entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(entry.Name())) {
				continue
			}
			data, err := fs.ReadFile(system, entry.Name())
			if err != nil {
				c.problems = append(c.problems, engine.Problem{File: entry.Name(), Message: "This file cannot be read: " + err.Error() + "."})
				continue
			}
			connector, problems := Lint(entry.Name(), data)
			if len(problems) > 0 {
				c.problems = append(c.problems, problems...)
				continue
			}
			found[connector.Name] = connector
		}
	}
	for _, connector := range found {
		c.connectors = append(c.connectors, connector)
	}
	slices.SortFunc(c.connectors, func(a, b engine.Connector) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), strings.Compare(a.Name, b.Name))
	})
	for i, connector := range c.connectors {
		c.byName[connector.Name] = i
	}
	return c, nil
}

// Problems tells what is wrong with the files that were left out, file by file.
func (c *Catalog) Problems() engine.Problems { return slices.Clone(c.problems) }

// Connectors returns all connectors, by title.
func (c *Catalog) Connectors() []engine.Connector { return slices.Clone(c.connectors) }

// Connector returns the connector of that name.
func (c *Catalog) Connector(name string) (engine.Connector, bool) {
	i, ok := c.byName[name]
	if !ok {
		return engine.Connector{}, false
	}
	return c.connectors[i], true
}

// Operation finds an operation by its full name, such as `slack.send_message`.
func (c *Catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	name, operation, _ := engine.SplitUse(use)
	connector, ok := c.Connector(name)
	if !ok {
		return engine.Connector{}, engine.Operation{}, false
	}
	o, ok := connector.Operation(operation)
	return connector, o, ok
}
