// Package connector reads connector files: what Bellhop knows of an app, as data. It checks them,
// and keeps those that are right in a catalog. A new operation is an entry in a file, and no code.
package connector

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"bellhop/engine"
)

// Catalog holds the connectors that are installed. What it holds never changes, and it may be used from many
// goroutines.
type Catalog struct {
	entries  map[string]*entry // by name
	problems engine.Problems
	sorted   func() []engine.Connector // all, by title
}

var _ engine.Catalog = (*Catalog)(nil)

// entry is one connector, which may be read when it is asked for first.
type entry struct {
	read func() (engine.Connector, bool) // false if its file is wrong
}

func newCatalog(entries map[string]*entry, problems engine.Problems) *Catalog {
	c := &Catalog{entries: entries, problems: problems}
	c.sorted = sync.OnceValue(func() []engine.Connector {
		var all []engine.Connector
		for _, e := range entries {
			if connector, ok := e.read(); ok {
				all = append(all, connector)
			}
		}
		slices.SortFunc(all, func(a, b engine.Connector) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), strings.Compare(a.Name, b.Name))
		})
		return all
	})
	return c
}

// Ready makes a catalog of files that are known to be right, as a test has found of those that ship with
// Bellhop. Each is read when it is asked for first: reading all takes longer than most commands. One that is
// wrong all the same is not there.
func Ready(system fs.FS) (*Catalog, error) {
	files, err := filesOf(system)
	if err != nil {
		return nil, err
	}
	entries := make(map[string]*entry, len(files))
	for _, file := range files {
		entries[strings.TrimSuffix(file, path.Ext(file))] = &entry{sync.OnceValues(func() (engine.Connector, bool) {
			data, err := fs.ReadFile(system, file)
			if err != nil {
				return engine.Connector{}, false
			}
			connector, problems := Lint(file, data)
			return connector, len(problems) == 0
		})}
	}
	return newCatalog(entries, nil), nil
}

// Load reads all files named *.yaml, *.yml or *.json at the top of each file system. A connector in
// a later one replaces that of the same name in an earlier one, so that people can add and change
// some of their own. A file that is wrong is left out and told of by Problems; the error is only
// about a file system that cannot be read.
func Load(systems ...fs.FS) (*Catalog, error) { return newCatalog(nil, nil).With(systems...) }

// With returns a catalog of these connectors and, over them, what Load reads of the systems.
func (c *Catalog) With(systems ...fs.FS) (*Catalog, error) {
	entries, problems := maps.Clone(c.entries), slices.Clone(c.problems)
	if entries == nil {
		entries = map[string]*entry{}
	}
	for _, system := range systems {
		files, err := filesOf(system)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := fs.ReadFile(system, file)
			if err != nil {
				problems = append(problems, engine.Problem{File: file, Message: "This file cannot be read: " + err.Error() + "."})
				continue
			}
			connector, wrong := Lint(file, data)
			if len(wrong) > 0 {
				problems = append(problems, wrong...)
				continue
			}
			entries[connector.Name] = &entry{func() (engine.Connector, bool) { return connector, true }}
		}
	}
	return newCatalog(entries, problems), nil
}

// filesOf lists the connector files at the top of a file system.
func filesOf(system fs.FS) (files []string, err error) {
	all, err := fs.ReadDir(system, ".")
	if err != nil {
		return nil, engine.Wrap(err, engine.Unavailable, "The folder with the connector files cannot be read: %s.", err)
	}
	for _, one := range all {
		if !one.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(one.Name())) {
			files = append(files, one.Name())
		}
	}
	return files, nil
}

// Problems tells what is wrong with the files that were left out, file by file.
func (c *Catalog) Problems() engine.Problems { return slices.Clone(c.problems) }

// Connectors returns all connectors, by title.
func (c *Catalog) Connectors() []engine.Connector { return slices.Clone(c.sorted()) }

// Connector returns the connector of that name.
func (c *Catalog) Connector(name string) (engine.Connector, bool) {
	e, ok := c.entries[name]
	if !ok {
		return engine.Connector{}, false
	}
	return e.read()
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
