package catchup

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
)

// settingSubscriptions is where the subscriptions that Bellhop made are remembered: not with their recipes, since
// what is left at an app when a recipe is deleted must be known still.
const settingSubscriptions = "subscriptions"

// Made is a subscription that Bellhop made at an app, so that Bellhop may remove it there. Those that people or
// other programs made are not among them.
type Made struct {
	// RecipeID is whose events it delivers, and Recipe what that recipe was called; it may be deleted by now.
	RecipeID int64  `json:"recipe"`
	Recipe   string `json:"recipe_name"`
	// Connection is the name of the connection that it was made with, and Account a hash of whom that connected
	// to: another connection to the same account can remove it, the same connection to another cannot.
	Connection string `json:"connection"`
	Account    string `json:"account"`
	Practice   bool   `json:"practice,omitempty"`
	// Use and With are those of the recipe's trigger.
	Use  string         `json:"use"`
	With map[string]any `json:"with,omitempty"`
	// Address is where it delivers to, and ID what the app calls it; "" until the app has listed it.
	Address string `json:"address"`
	ID      string `json:"id,omitempty"`
	// Others are what the app called those to the same address that were there before: they are not Bellhop's.
	Others []string `json:"others,omitempty"`
	// Replaced is true once another was made to the same address.
	Replaced bool `json:"replaced,omitempty"`

	// Idle is since when nobody needs it; zero while somebody does.
	Idle time.Time `json:"idle,omitzero"`
	// Tries counts how often it could not be removed, Why is the sentence that tells of the last time, and Next
	// when it is tried again.
	Tries int       `json:"tries,omitempty"`
	Why   string    `json:"why,omitempty"`
	Next  time.Time `json:"next,omitzero"`
	// GivenUp is true once it is left to a person.
	GivenUp bool `json:"given_up,omitempty"`
}

// same says whether m is what o is; one to which the app has given no id yet is none that has one.
func (m Made) same(o Made) bool {
	return m.RecipeID == o.RecipeID && m.Account == o.Account && m.Use == o.Use && m.Address == o.Address && m.ID == o.ID
}

// Shown is the address without most of what makes it unguessable: whoever knows that can send to the recipe.
func (m Made) Shown() string {
	const left = 4
	i := strings.LastIndexByte(m.Address, '/') + 1
	if len(m.Address)-i <= left {
		return m.Address
	}
	return m.Address[:i+left] + "…"
}

// settingReader reads what is remembered apart from recipes; engine.Reader does.
type settingReader interface {
	Setting(ctx context.Context, key string) (string, error)
}

// AllMade returns the subscriptions that Bellhop made and that are not known to be gone, by recipe.
func AllMade(ctx context.Context, store settingReader) ([]Made, error) {
	text, err := store.Setting(ctx, settingSubscriptions)
	if err != nil || text == "" {
		return nil, err
	}
	var all []Made
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&all); err != nil {
		return nil, engine.Wrap(err, engine.Internal, "What Bellhop told apps cannot be read.")
	}
	return all, nil
}

// remember changes what is remembered. change returns what is to be kept of all.
func (f *Fetcher) remember(ctx context.Context, change func(all []Made) []Made) error {
	return f.Store.Update(ctx, func(tx engine.Tx) error {
		was, err := tx.Setting(ctx, settingSubscriptions)
		if err != nil {
			return err
		}
		all, err := AllMade(ctx, tx)
		if err != nil {
			f.Log.Error("what apps were told is forgotten, since it cannot be read", "error", err)
			all = nil
		}
		all = change(all)
		slices.SortStableFunc(all, func(a, b Made) int { return cmp.Compare(a.RecipeID, b.RecipeID) })
		text := ""
		if len(all) > 0 {
			data, err := json.Marshal(all)
			if err != nil {
				return err
			}
			text = string(data)
		}
		if text == was {
			return nil
		}
		return tx.SetSetting(settingSubscriptions, text)
	})
}

// SameAccount says whether two connections connect to the same account, as far as what is not secret tells.
func SameAccount(a, b engine.Connection) bool { return accountOf(a) == accountOf(b) }

// accountOf is a hash of whom a connection connects to. A new key of the same account is no other account.
func accountOf(c engine.Connection) string {
	fields := map[string]string{}
	for name, value := range c.Fields {
		if value != "" {
			fields[name] = value
		}
	}
	return hashOf([]any{c.Connector, c.BaseURL, fields})
}

func hashOf(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return "" // texts, numbers and maps of them can always be written
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// madeBy is what a subscription that is made now for a line is remembered as.
func (l *line) madeBy(account engine.Connection, address string) Made {
	return Made{
		RecipeID: l.recipe.ID, Recipe: l.recipe.Name, Connection: account.Name, Account: accountOf(account), Practice: account.Practice,
		Use: l.trigger.Use, With: withOf(l.trigger), Address: address,
	}
}

// withOf returns a trigger's fields as they come back from what is remembered.
func withOf(t engine.Trigger) map[string]any {
	if len(t.With) == 0 {
		return nil
	}
	return t.With
}

// begin remembers a subscription that is about to be made: if Bellhop ends before the app has answered, it knows
// the next time that the subscription is its own. listed is what there is. What can never be removed is not remembered.
func (f *Fetcher) begin(ctx context.Context, l *line, account engine.Connection, address string, listed []Listing) (Made, error) {
	if l.operation.Webhook.Subscription.Unsubscribe == nil {
		return Made{}, nil
	}
	mine := l.madeBy(account, address)
	for _, one := range listed {
		if one.Address == address {
			mine.Others = append(mine.Others, one.ID)
		}
	}
	return mine, f.remember(ctx, func(all []Made) []Made {
		all = slices.DeleteFunc(all, mine.same) // an earlier attempt of which nothing came
		for i, m := range all {
			if m.ID != "" && withID(mine, m.ID).same(m) {
				all[i].Replaced = true
			}
		}
		return append(all, mine)
	})
}

func withID(m Made, id string) Made {
	m.ID = id
	return m
}

// made remembers one that was made, should it have been looked for and forgotten while it was being made: its
// recipe may have been deleted then.
func (f *Fetcher) made(ctx context.Context, mine Made) error {
	if mine.Address == "" {
		return nil
	}
	defer f.tidySoon()
	return f.remember(ctx, func(all []Made) []Made {
		if !slices.ContainsFunc(all, mine.same) {
			all = append(all, mine)
		}
		return all
	})
}

// seen takes up what an app calls the subscription that Bellhop has begun to make, once the app lists it.
func (f *Fetcher) seen(ctx context.Context, mine Made, listed []Listing) error {
	all, err := AllMade(ctx, f.Store)
	if err != nil || !slices.ContainsFunc(all, mine.same) {
		return err // all that is Bellhop's is known
	}
	defer f.tidySoon() // what it takes the place of can go
	return f.remember(ctx, func(all []Made) []Made {
		i := slices.IndexFunc(all, mine.same)
		if i < 0 {
			return all
		}
		for _, one := range listed {
			known := slices.ContainsFunc(all, withID(mine, one.ID).same)
			if one.Address == mine.Address && one.ID != "" && !known && !slices.Contains(all[i].Others, one.ID) {
				all[i].ID, all[i].Others = one.ID, nil
				break
			}
		}
		return all
	})
}
