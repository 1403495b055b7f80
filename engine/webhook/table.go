package webhook

import (
	"context"
	"errors"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/signature"
)

// Accounts finds a connection with its secrets by name.
type Accounts interface {
	Account(ctx context.Context, name string) (engine.Account, error)
}

// Recipes is what the table is made of.
type Recipes interface {
	Recipes(ctx context.Context) ([]engine.Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
}

// NewTable makes the routes of all recipes that were ever published with a webhook as trigger.
// What is wrong with one recipe breaks its own route only.
func NewTable(ctx context.Context, recipes Recipes, catalog engine.Catalog, accounts Accounts) (Table, error) {
	all, err := recipes.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	table := Table{}
	for _, r := range all {
		if r.Published == 0 {
			continue
		}
		live, err := recipes.Version(ctx, r.ID, r.Published)
		if err != nil {
			return nil, err
		}
		_, operation, ok := catalog.Operation(live.Trigger.Use)
		if !ok || operation.Webhook == nil {
			continue
		}
		route := Route{RecipeID: r.ID, Version: r.Published, On: r.On, MaxBytes: live.Trigger.MaxBytes}
		if route.MaxBytes == 0 {
			route.MaxBytes = engine.DefaultMaxBytes
		}
		if r.On {
			route.Broken = route.bind(ctx, operation, live.Trigger, accounts)
		}
		table[r.Token] = route
	}
	return table, nil
}

// bind fills in what depends on the account: how the sender is proved.
func (r *Route) bind(ctx context.Context, operation engine.Operation, trigger engine.Trigger, accounts Accounts) error {
	account := engine.Account{}
	if trigger.Connection != "" {
		var err error
		if account, err = accounts.Account(ctx, trigger.Connection); err != nil {
			return err
		}
	}
	data := map[string]any{"connection": connectionData(account)}
	for name, value := range trigger.With {
		data[name] = value
	}
	spec := operation.Webhook
	r.Match = spec.Match
	for _, name := range spec.EventID {
		if name, err := fill(name, data); err == nil && name != "" {
			r.EventID = append(r.EventID, name)
		}
	}
	if spec.Signature == nil || trigger.Connection == "" && operation.Connection != engine.Required {
		r.Verifier, _ = signature.New(engine.SignatureSpec{Scheme: signature.SchemeNone})
		return nil
	}
	resolved, err := resolve(*spec.Signature, data)
	if err != nil {
		return err
	}
	if resolved.Header != "" {
		r.Private = []string{resolved.Header}
	}
	r.Verifier, err = signature.New(resolved)
	return err
}

// connectionData is what `connection` means in a connector file: all fields, those not set empty.
func connectionData(a engine.Account) map[string]any {
	data := map[string]any{}
	for name, value := range a.Fields {
		data[name] = value
	}
	for name, value := range a.Secrets {
		data[name] = value
	}
	return data
}

func resolve(spec engine.SignatureSpec, data map[string]any) (engine.SignatureSpec, error) {
	for _, text := range []*string{
		&spec.Scheme, &spec.Header, &spec.Secret, &spec.Algorithm, &spec.Encoding, &spec.Prefix, &spec.Username, &spec.Password,
	} {
		filled, err := fill(*text, data)
		if err != nil {
			return spec, err
		}
		*text = filled
	}
	return spec, nil
}

// fill evaluates a text of a connector file; a pill that finds nothing is empty.
func fill(text string, data map[string]any) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	template, err := mapping.Parse(text)
	if err != nil {
		return "", err
	}
	value, err := template.Eval(data, mapping.Env{})
	if _, missing := errors.AsType[*mapping.MissingError](err); missing {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return mapping.Text(value), nil
}
