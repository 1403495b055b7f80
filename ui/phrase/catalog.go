package phrase

import (
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// Catalog returns a catalogue whose titles, labels and help are in the window's language; in English it is the one
// that is given. Nothing but what people read differs, so that it finds and checks the same as the one it is made of.
func Catalog(of engine.Catalog) engine.Catalog {
	if len(books().exact) == 0 {
		return of // a recipe.Speaker is never English: its sentences keep their capital letters
	}
	return &catalog{of}
}

type catalog struct{ of engine.Catalog }

var _ recipe.Speaker = (*catalog)(nil)

func (c *catalog) Say(english string) string { return Of(english) }

func (c *catalog) Connectors() []engine.Connector {
	b, all := books(), c.of.Connectors()
	if len(b.exact) == 0 {
		return all
	}
	said := make([]engine.Connector, len(all))
	for i, one := range all {
		said[i] = b.connector(one)
	}
	slices.SortFunc(said, func(x, y engine.Connector) int {
		return strings.Compare(strings.ToLower(x.Title), strings.ToLower(y.Title))
	})
	return said
}

func (c *catalog) Connector(name string) (engine.Connector, bool) {
	one, ok := c.of.Connector(name)
	return books().connector(one), ok
}

func (c *catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	one, o, ok := c.of.Operation(use)
	b := books()
	return b.connector(one), b.operation(o), ok
}

// text says what a file has as it is: with its pills, which are filled in later.
func (b *book) text(english string) string {
	if said, ok := b.exact[english]; ok {
		return said
	}
	return english
}

func (b *book) connector(c engine.Connector) engine.Connector {
	if len(b.exact) == 0 {
		return c
	}
	c.Title, c.Help = b.text(c.Title), b.text(c.Help)
	if c.Connection != nil {
		account := *c.Connection
		account.Fields = b.fields(account.Fields)
		c.Connection = &account
	}
	c.Triggers, c.Actions = b.operations(c.Triggers), b.operations(c.Actions)
	return c
}

func (b *book) operations(all []engine.Operation) []engine.Operation {
	said := slices.Clone(all)
	for i, o := range said {
		said[i] = b.operation(o)
	}
	return said
}

func (b *book) operation(o engine.Operation) engine.Operation {
	if len(b.exact) == 0 {
		return o
	}
	o.Title, o.Help, o.Summary, o.Label = b.text(o.Title), b.text(o.Help), b.text(o.Summary), b.text(o.Label)
	o.Fields = b.fields(o.Fields)
	return o
}

func (b *book) fields(all []engine.Field) []engine.Field {
	said := slices.Clone(all)
	for i, f := range said {
		f.Label, f.Help, f.Placeholder = b.text(f.Label), b.text(f.Help), b.text(f.Placeholder)
		f.Options = slices.Clone(f.Options)
		for j, o := range f.Options {
			f.Options[j].Label = b.text(o.Label)
		}
		said[i] = f
	}
	return said
}
