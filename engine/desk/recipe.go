package desk

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/engine/webhook"
)

// RecipeCard is a recipe as the list shows it.
type RecipeCard struct {
	engine.Recipe
	// Summary says in one sentence what the recipe does.
	Summary string
	// Uses are the operations of trigger and steps, in order.
	Uses  []string
	Stats engine.RecipeStats
	// Problems counts what keeps the draft from being published.
	Problems int
}

// Recipes returns all recipes by name, each with its runs of today.
func (d *Desk) Recipes(ctx context.Context) ([]RecipeCard, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Now()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	stats, err := d.Store.RecipeStats(ctx, midnight)
	if err != nil {
		return nil, err
	}
	connections, err := d.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	cards := make([]RecipeCard, len(recipes))
	for i, r := range recipes {
		card := RecipeCard{
			Recipe: r, Summary: recipe.Summary(r.Draft, d.Catalog), Stats: stats[r.ID],
			Uses:     []string{r.Draft.Trigger.Use},
			Problems: len(d.problems(r.Draft, connections)),
		}
		for _, s := range r.Draft.Walk() {
			card.Uses = append(card.Uses, s.Use)
		}
		cards[i] = card
	}
	return cards, nil
}

// Recipe returns a recipe by its id.
func (d *Desk) Recipe(ctx context.Context, id int64) (engine.Recipe, error) {
	return d.Store.Recipe(ctx, id)
}

// FindRecipe returns a recipe by name or id.
func (d *Desk) FindRecipe(ctx context.Context, given string) (engine.Recipe, error) {
	all, err := d.Store.Recipes(ctx)
	if err != nil {
		return engine.Recipe{}, err
	}
	return find(all, given, "recipe",
		func(r engine.Recipe) int64 { return r.ID }, func(r engine.Recipe) string { return r.Name })
}

// Problems returns what keeps a definition from being published; places are Paths.
func (d *Desk) Problems(ctx context.Context, definition engine.Definition) (engine.Problems, error) {
	connections, err := d.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	return d.problems(definition, connections), nil
}

// AddRecipe stores a new recipe that is off, with the definition as its draft; the draft may be
// incomplete. If the name is taken, a number is added to it.
func (d *Desk) AddRecipe(ctx context.Context, definition engine.Definition) (engine.Recipe, error) {
	definition.Format = engine.RecipeFormat
	definition.Name = strings.TrimSpace(definition.Name)
	if definition.Name == "" {
		definition.Name = "New recipe"
	}
	r := engine.Recipe{Token: newToken(), CreatedAt: d.Now(), UpdatedAt: d.Now()}
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		taken, err := tx.Recipes(ctx)
		if err != nil {
			return err
		}
		definition.Name = freeName(definition.Name, taken)
		r.Name, r.Draft = definition.Name, definition
		return tx.AddRecipe(&r)
	})
	if err != nil {
		return engine.Recipe{}, err
	}
	return r, d.Changed(ctx, engine.Change{Kind: engine.RecipesChanged, RecipeID: r.ID})
}

// SaveDraft replaces a recipe's draft, and its name with it. What runs stays as it is.
func (d *Desk) SaveDraft(ctx context.Context, id int64, definition engine.Definition) error {
	definition.Format = engine.RecipeFormat
	definition.Name = strings.TrimSpace(definition.Name)
	if definition.Name == "" {
		return engine.Errorf(engine.Invalid, "Give the recipe a name.")
	}
	return d.changeRecipe(ctx, id, func(_ engine.Tx, r *engine.Recipe) error {
		r.Name, r.Draft = definition.Name, definition
		return nil
	})
}

// Publish makes the draft the version that runs. Its error is engine.Problems if the draft is not
// ready.
func (d *Desk) Publish(ctx context.Context, id int64) error {
	return d.changeRecipe(ctx, id, func(tx engine.Tx, r *engine.Recipe) error {
		return d.publish(ctx, tx, r)
	})
}

// Switch turns a recipe on or off. A recipe that was never published is published first.
func (d *Desk) Switch(ctx context.Context, id int64, on bool) error {
	return d.changeRecipe(ctx, id, func(tx engine.Tx, r *engine.Recipe) error {
		begins := on && !r.On
		r.On = on
		if !on {
			return nil
		}
		if begins {
			if err := d.startNow(tx, r.ID); err != nil {
				return err
			}
		}
		if r.Published == 0 {
			return d.publish(ctx, tx, r)
		}
		live, err := tx.Version(ctx, id, r.Published)
		if err != nil {
			return err
		}
		return d.ready(ctx, tx, live)
	})
}

// DeleteRecipe removes a recipe with its history. Conflict if it is on, or a run of it is not over.
func (d *Desk) DeleteRecipe(ctx context.Context, id int64) error {
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		r, err := tx.Recipe(ctx, id)
		if err != nil {
			return err
		}
		if r.On {
			return engine.Errorf(engine.Conflict, "The recipe %q is on. Switch it off before you delete it.", r.Name)
		}
		// What was accepted is done, or a person says that it is not to be.
		under, err := tx.Runs(ctx, engine.RunFilter{RecipeID: id, States: []engine.State{engine.Queued, engine.Running, engine.Waiting}, Limit: 1})
		if err != nil {
			return err
		}
		if len(under) > 0 {
			return engine.Errorf(engine.Conflict, "The recipe %q still has runs under way, and they would be lost with it. Wait until they are over, or cancel them in Activity, and delete it then.", r.Name)
		}
		return tx.DeleteRecipe(id)
	})
	if err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.RecipesChanged, RecipeID: id})
}

// Import adds the recipe of a file, or updates the one of the same name, and publishes it. Its
// error is engine.Problems, with places in the file, if the file is not right. added tells which it
// was.
func (d *Desk) Import(ctx context.Context, file string, data []byte) (r engine.Recipe, added bool, err error) {
	connections, err := d.Store.Connections(ctx)
	if err != nil {
		return r, false, err
	}
	definition, problems := recipe.Check(data, recipe.Params{Catalog: d.Catalog, Connections: connections})
	if problems = recipe.Blocking(problems); len(problems) > 0 {
		return r, false, problems.In(file)
	}
	err = d.Store.Update(ctx, func(tx engine.Tx) error {
		all, err := tx.Recipes(ctx)
		if err != nil {
			return err
		}
		r, added = engine.Recipe{}, true
		for _, one := range all {
			if strings.EqualFold(one.Name, definition.Name) {
				r, added = one, false
			}
		}
		r.Name, r.Draft, r.UpdatedAt = definition.Name, definition, d.Now()
		if added {
			r.Token, r.CreatedAt = newToken(), d.Now()
			if err := tx.AddRecipe(&r); err != nil {
				return err
			}
		}
		if err := d.addVersion(tx, &r); err != nil {
			return err
		}
		if r.On { // what runs must be ready to run
			if err := d.ready(ctx, tx, definition); err != nil {
				return err
			}
		}
		return tx.SaveRecipe(r)
	})
	if err != nil {
		return r, false, err
	}
	return r, added, d.Changed(ctx, engine.Change{Kind: engine.RecipesChanged, RecipeID: r.ID})
}

// Export returns a recipe's draft as a YAML file.
func (d *Desk) Export(ctx context.Context, id int64) ([]byte, error) {
	r, err := d.Store.Recipe(ctx, id)
	if err != nil {
		return nil, err
	}
	return recipe.YAML(r.Draft, d.Catalog)
}

// Addresses returns where a recipe's deliveries go; Invalid if its trigger is not a webhook.
func (d *Desk) Addresses(ctx context.Context, r engine.Recipe) ([]string, error) {
	_, operation, ok := d.Catalog.Operation(r.Draft.Trigger.Use)
	if !ok || operation.Webhook == nil {
		return nil, engine.Errorf(engine.Invalid, "The recipe %q has no address: it does not start with a webhook.", r.Name)
	}
	base := d.BaseURL
	if d.LocalURL != nil && d.Practises(ctx, r.Draft.Trigger.Connection) {
		base = d.LocalURL
	}
	return []string{strings.TrimSuffix(base(ctx), "/") + webhook.PathPrefix + r.Token}, nil
}

// Practises says whether a connection is one of the pretend apps on this computer.
func (d *Desk) Practises(ctx context.Context, connection string) bool {
	if connection == "" {
		return false
	}
	all, err := d.Store.Connections(ctx)
	return err == nil && slices.ContainsFunc(all, func(c engine.Connection) bool {
		return c.Practice && strings.EqualFold(c.Name, connection)
	})
}

func (d *Desk) problems(definition engine.Definition, connections []engine.Connection) engine.Problems {
	return recipe.Validate(definition, recipe.Params{Catalog: d.Catalog, Connections: connections})
}

// ready refuses a definition that cannot run.
func (d *Desk) ready(ctx context.Context, tx engine.Tx, definition engine.Definition) error {
	connections, err := tx.Connections(ctx)
	if err != nil {
		return err
	}
	return d.problems(definition, connections).Err()
}

// publish makes r's draft its newest version, unless it is that already.
func (d *Desk) publish(ctx context.Context, tx engine.Tx, r *engine.Recipe) error {
	if err := d.ready(ctx, tx, r.Draft); err != nil {
		return err
	}
	return d.addVersion(tx, r)
}

func (d *Desk) addVersion(tx engine.Tx, r *engine.Recipe) error {
	if r.Published > 0 {
		live, err := tx.Version(context.Background(), r.ID, r.Published)
		if err != nil {
			return err
		}
		if same, err := equal(live, r.Draft); err != nil || same && !r.Changed {
			return err
		}
		if same, err := equal(onlyTrigger(live), onlyTrigger(r.Draft)); err != nil {
			return err
		} else if !same && !d.looks(r.Draft) {
			if err := d.startNow(tx, r.ID); err != nil {
				return err
			}
		}
	}
	number, err := tx.AddVersion(r.ID, r.Draft)
	r.Published, r.Changed = number, false
	return err
}

// startNow lets a recipe's trigger begin with what happens from now on: what happened while the recipe
// was off, or waited for something else, starts no run.
func (d *Desk) startNow(tx engine.Tx, id int64) error {
	if err := tx.SetTriggerState(id, engine.TriggerCaughtUp, engine.CatchUpAnew); err != nil {
		return err
	}
	return tx.SetTriggerState(id, engine.TriggerThrough, d.Now().UTC().Format(time.RFC3339Nano))
}

// looks says whether a definition's trigger looks at something by itself: that notices by itself when it
// is to look elsewhere, and goes on where it was when it is to look more often.
func (d *Desk) looks(definition engine.Definition) bool {
	_, operation, _ := d.Catalog.Operation(definition.Trigger.Use)
	return operation.Looks()
}

// onlyTrigger is a definition with nothing but what its trigger waits for, to compare it: what is answered,
// and how much is accepted, makes no difference.
func onlyTrigger(definition engine.Definition) engine.Definition {
	t := definition.Trigger
	return engine.Definition{Trigger: engine.Trigger{Use: t.Use, Connection: t.Connection, With: t.With}}
}

func equal(a, b engine.Definition) (bool, error) {
	left, err := a.Canonical()
	if err != nil {
		return false, err
	}
	right, err := b.Canonical()
	return string(left) == string(right), err
}

func (d *Desk) changeRecipe(ctx context.Context, id int64, change func(engine.Tx, *engine.Recipe) error) error {
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		r, err := tx.Recipe(ctx, id)
		if err != nil {
			return err
		}
		if err := change(tx, &r); err != nil {
			return err
		}
		r.UpdatedAt = d.Now()
		return tx.SaveRecipe(r)
	})
	if err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.RecipesChanged, RecipeID: id})
}

// newToken returns 128 random bits as 26 lower-case letters and digits.
func newToken() string {
	var bits [16]byte
	_, _ = rand.Read(bits[:]) // never fails: it would end the program instead
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(bits[:]))
}

// freeName returns name, with a number behind it if it is taken.
func freeName(name string, taken []engine.Recipe) string {
	is := map[string]bool{}
	for _, r := range taken {
		is[strings.ToLower(r.Name)] = true
	}
	free := name
	for n := 2; is[strings.ToLower(free)]; n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}
