package webhook

import (
	"cmp"
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/auth"
	"bellhop/engine/catchup"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
	"bellhop/engine/request"
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

// accountsTime is how long all accounts together may take: a keyring may ask for its password, and
// recipes that need none must not wait for that.
const accountsTime = time.Second

// NewTable makes the routes of all recipes that were ever published with a webhook as trigger.
// What is wrong with one recipe breaks its own route only; Unavailable if the store cannot be read.
func NewTable(ctx context.Context, recipes Recipes, catalog engine.Catalog, accounts Accounts) (Table, error) {
	all, err := recipes.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	soon, cancel := context.WithTimeout(ctx, accountsTime)
	defer cancel()
	table := Table{}
	for _, r := range all {
		if r.Published == 0 {
			continue
		}
		route := Route{RecipeID: r.ID, Version: r.Published, On: r.On}
		live, err := recipes.Version(ctx, r.ID, r.Published)
		switch {
		case engine.ErrorCode(err) == engine.Unavailable:
			return nil, err
		case err != nil:
			route.Broken = err
		default:
			connector, operation, ok := catalog.Operation(live.Trigger.Use)
			if ok && operation.Webhook == nil {
				continue
			}
			route.PerMinute, route.Answer = live.Trigger.PerMinute, live.Trigger.Answer
			order, err := recipe.NewOrder(live)
			if order != nil {
				route.Order = order
			}
			route.MaxBytes = cmp.Or(live.Trigger.MaxBytes, engine.DefaultMaxBytes)
			switch {
			case !ok:
				// Its connector file is gone or wrong for now: senders shall come again.
				route.Broken = engine.Errorf(engine.Invalid, "Bellhop does not know %q any more.", live.Trigger.Use)
			case err != nil:
				route.Broken = err
			case r.On:
				route.Broken = route.bind(soon, connector, operation, live.Trigger, accounts)
			}
		}
		table[r.Token] = route
	}
	return table, nil
}

// bind fills in what depends on the account: how the sender is proved.
func (r *Route) bind(ctx context.Context, connector engine.Connector, operation engine.Operation, trigger engine.Trigger, accounts Accounts) error {
	account := engine.Account{}
	if trigger.Connection != "" {
		var err error
		if account, err = accounts.Account(ctx, trigger.Connection); err != nil {
			return err
		}
		account = account.For(r.RecipeID)
	}
	data := auth.Data(account)
	for name, value := range trigger.With {
		if name != "connection" {
			data[name] = value
		}
	}
	spec := operation.Webhook
	r.Match = spec.Match
	var err error
	if r.MatchIn, err = content.NewMatch(spec.MatchIn); err != nil {
		return err
	}
	for _, text := range spec.EventID {
		name, err := fill(text, data)
		if err != nil {
			return err
		}
		if name != "" {
			r.EventID = append(r.EventID, name)
		}
	}
	where, err := fill(spec.EventIDIn, data)
	if err != nil {
		return err
	}
	if where != "" {
		if r.EventIDIn, err = mapping.ParsePath(where); err != nil {
			return engine.Wrap(err, engine.Invalid, "The place of the event's id in the body, %q, cannot be read. Write it as id or data.id.", where)
		}
	}
	if operation.CatchUp != nil {
		if r.Missed, err = catchup.NewKey(trigger, connector, operation, account); err != nil {
			return err
		}
	}
	for _, one := range spec.Handshakes {
		h, err := newHandshake(one, data)
		if err != nil {
			return err
		}
		r.handshakes = append(r.handshakes, h)
	}
	if spec.Signature == nil || trigger.Connection == "" && operation.Connection != engine.Required {
		r.Verifier, _ = signature.New(engine.SignatureSpec{Scheme: signature.SchemeNone})
		return nil
	}
	resolved, err := resolve(*spec.Signature, data)
	if err != nil {
		return err
	}
	if resolved = signature.Complete(resolved); resolved.Header != "" {
		r.Private = []string{resolved.Header}
	}
	r.CoversAddress = signature.CoversAddress(resolved)
	r.Verifier, err = signature.New(resolved)
	return err
}

func resolve(spec engine.SignatureSpec, data map[string]any) (engine.SignatureSpec, error) {
	for _, text := range []*string{
		&spec.Scheme, &spec.Header, &spec.Secret, &spec.PublicKey, &spec.Algorithm, &spec.Encoding, &spec.Prefix, &spec.Username, &spec.Password,
		&spec.Key, &spec.Signed, &spec.Timestamp, &spec.ID, &spec.Separator,
	} {
		filled, err := fill(*text, data)
		if err != nil {
			return spec, err
		}
		*text = filled
	}
	return spec, nil
}

// fill evaluates a text of a connector file; a pill that finds nothing makes it empty.
func fill(text string, data map[string]any) (string, error) {
	compiled, err := request.CompileText(text)
	if err != nil {
		return "", err
	}
	return compiled.String(data)
}
