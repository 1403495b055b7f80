package desk

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/catchup"
	"bellhop/engine/webhook"
)

// longestName is how many characters a connection's name may have.
const longestName = 200

// oneLine says whether text is what people can read and write in one line.
func oneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// Connections returns all connections by name, without secrets.
func (d *Desk) Connections(ctx context.Context) ([]engine.Connection, error) {
	return d.Store.Connections(ctx)
}

// FindConnection returns a connection by name or id.
func (d *Desk) FindConnection(ctx context.Context, given string) (engine.Connection, error) {
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return engine.Connection{}, err
	}
	return find(all, given, "connection",
		func(c engine.Connection) int64 { return c.ID }, func(c engine.Connection) string { return c.Name })
}

// SaveConnection adds a connection, or changes the one with its ID; it sets the ID. Secrets not
// named stay as they are, and those whose value is "" are removed.
func (d *Desk) SaveConnection(ctx context.Context, c *engine.Connection, secrets map[string]string) error {
	c.Name = strings.TrimSpace(c.Name)
	if err := d.checkConnection(*c, secrets); err != nil {
		return err
	}
	if err := d.checkRename(ctx, *c); err != nil {
		return err
	}
	if err := d.leaveAccount(ctx, *c); err != nil {
		return err
	}
	if err := d.Book.Save(ctx, c, secrets); err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.ConnectionsChanged})
}

// leaveAccount has the app deliver no more to where a connection is about to be changed from, such as another shop.
func (d *Desk) leaveAccount(ctx context.Context, c engine.Connection) error {
	if c.ID == 0 || d.Leave == nil {
		return nil
	}
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.ID == c.ID && !catchup.SameAccount(old, c) {
			d.Leave(ctx, old)
		}
	}
	return nil
}

// checkRename refuses to rename a connection that recipes refer to, since they do so by its name.
func (d *Desk) checkRename(ctx context.Context, c engine.Connection) error {
	all, err := d.Store.Connections(ctx)
	if err != nil || c.ID == 0 {
		return err
	}
	i := slices.IndexFunc(all, func(other engine.Connection) bool { return other.ID == c.ID })
	if i < 0 || strings.EqualFold(all[i].Name, c.Name) {
		return nil
	}
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return err
	}
	for _, r := range recipes {
		uses := usesConnection(r.Draft, all[i].Name)
		if !uses && r.Published != 0 {
			live, err := d.Store.Version(ctx, r.ID, r.Published)
			if err != nil {
				return err
			}
			uses = usesConnection(live, all[i].Name)
		}
		if uses {
			return engine.Errorf(engine.Conflict,
				"The recipe %q uses this connection by its name %q, so the name must stay.", r.Name, all[i].Name)
		}
	}
	return nil
}

// Lost returns the names of the connections whose secrets were not restored with the data, and have not been entered
// since.
func (d *Desk) Lost(ctx context.Context) ([]string, error) { return d.Book.Lost(ctx) }

// DeleteConnection removes a connection with its secrets. Conflict if a recipe that is on uses it.
func (d *Desk) DeleteConnection(ctx context.Context, c engine.Connection) error {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return err
	}
	for _, r := range recipes {
		if !r.On {
			continue
		}
		live, err := d.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return err
		}
		if usesConnection(live, c.Name) {
			return engine.Errorf(engine.Conflict,
				"The recipe %q uses this connection. Switch it off or choose another connection for it first.", r.Name)
		}
	}
	if d.Leave != nil {
		d.Leave(ctx, c)
	}
	if err := d.Book.Delete(ctx, c); err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.ConnectionsChanged})
}

// TestConnection tries whether a connection works and says what was found.
func (d *Desk) TestConnection(ctx context.Context, name string) (says string, err error) {
	a, err := d.Book.Try(ctx, name)
	if err != nil {
		return "", err
	}
	c, ok := d.Catalog.Connector(a.Connector)
	if !ok {
		return "", unknownConnector(a.Connector, d.Catalog)
	}
	return d.Tester.TestConnection(ctx, c, a)
}

func (d *Desk) checkConnection(c engine.Connection, secrets map[string]string) error {
	connector, ok := d.Catalog.Connector(c.Connector)
	if !ok {
		return unknownConnector(c.Connector, d.Catalog)
	}
	if c.Name == "" {
		return engine.Errorf(engine.Invalid, "Give the connection a name, such as %q.", "My "+connector.Title)
	}
	if !oneLine(c.Name) || utf8.RuneCountInString(c.Name) > longestName {
		return engine.Errorf(engine.Invalid, "A connection's name is one line of at most %d characters.", longestName)
	}
	if connector.Connection == nil {
		return engine.Errorf(engine.Invalid, "%s needs no connection.", connector.Title)
	}
	if err := checkFields(connector, c.Fields, secrets); err != nil {
		return err
	}
	has := map[string]bool{}
	for name, value := range c.Fields {
		has[name] = strings.TrimSpace(value) != ""
	}
	for _, name := range c.SecretFields {
		has[name] = true
	}
	for name, value := range secrets {
		has[name] = value != ""
	}
	if err := checkComplete(connector, c.Fields, has); err != nil {
		return err
	}
	return webhook.CheckAccount(connector, engine.Account{Connection: c, Secrets: secrets})
}

// checkFields refuses names that the connector does not know, secrets given openly, and values that
// are no choice.
func checkFields(connector engine.Connector, fields, secrets map[string]string) error {
	spec := connector.Connection
	var names []string
	for _, f := range spec.Fields {
		names = append(names, f.Name)
	}
	known := func(name string, secret bool) error {
		f, ok := spec.Field(name)
		switch {
		case !ok:
			problem := engine.Problem{
				Message:    connector.Title + " connections have no field \"" + name + "\".",
				Suggestion: engine.Suggest(name, names),
			}
			return engine.Errorf(engine.Invalid, "%s", problem)
		case secret != (f.Type == engine.FieldSecret) && !secret:
			return engine.Errorf(engine.Invalid,
				"%q is a secret. Give it from a file or standard input, so that it does not stay in your command history.", name)
		case secret != (f.Type == engine.FieldSecret):
			return engine.Errorf(engine.Invalid, "%q is not a secret; give it with --set.", name)
		}
		return nil
	}
	for name, value := range fields {
		if err := known(name, false); err != nil {
			return err
		}
		f, _ := spec.Field(name)
		if !oneLine(value) {
			return engine.Errorf(engine.Invalid, "%s is one line of text.", f.Label)
		}
		if err := checkChoice(f, value); err != nil {
			return err
		}
	}
	for name := range secrets {
		if err := known(name, true); err != nil {
			return err
		}
	}
	return nil
}

func checkChoice(f engine.Field, value string) error {
	if f.Type != engine.FieldChoice || value == "" {
		return nil
	}
	var values []string
	for _, o := range f.Options {
		if o.Value == value {
			return nil
		}
		values = append(values, o.Value)
	}
	return engine.Errorf(engine.Invalid, "%s cannot be %q. It is one of: %s.", f.Label, value, strings.Join(values, ", "))
}

// checkComplete refuses an account that lacks what it needs.
func checkComplete(connector engine.Connector, fields map[string]string, has map[string]bool) error {
	spec := connector.Connection
	for _, f := range spec.Fields {
		if f.Required && !has[f.Name] && applies(f, spec, fields) {
			return engine.Errorf(engine.Invalid, "%s is missing.", f.Label)
		}
	}
	if len(spec.AnyOf) == 0 {
		return nil
	}
	var ways []string
	for _, set := range spec.AnyOf {
		complete := true
		var labels []string
		for _, name := range set {
			f, _ := spec.Field(name)
			labels = append(labels, f.Label)
			complete = complete && has[name]
		}
		if complete {
			return nil
		}
		ways = append(ways, strings.Join(labels, " and "))
	}
	return engine.Errorf(engine.Invalid, "A %s connection needs %s.", connector.Title, strings.Join(ways, ", or "))
}

// applies says whether a field matters, given the values of the others or their defaults.
func applies(f engine.Field, spec *engine.ConnectionSpec, fields map[string]string) bool {
	return f.When.Fits(func(name string) string {
		if value := fields[name]; value != "" {
			return value
		}
		other, _ := spec.Field(name)
		value, _ := other.Default.(string)
		return value
	})
}

func usesConnection(d engine.Definition, name string) bool {
	if strings.EqualFold(d.Trigger.Connection, name) {
		return true
	}
	for _, s := range d.Walk() {
		if strings.EqualFold(s.Connection, name) {
			return true
		}
	}
	return false
}

func unknownConnector(name string, catalog engine.Catalog) error {
	var names []string
	for _, c := range catalog.Connectors() {
		names = append(names, c.Name)
	}
	problem := engine.Problem{
		Message:    "Bellhop knows no app \"" + name + "\". It knows: " + strings.Join(names, ", ") + ".",
		Suggestion: engine.Suggest(name, names),
	}
	return engine.Errorf(engine.NotFound, "%s", problem)
}
