package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine/catchup"
)

// subscriptionRow is a webhook that Bellhop made at an app, as the command line prints it; scripts rely on its keys.
type subscriptionRow struct {
	Recipe     string `json:"recipe"`
	RecipeID   int64  `json:"recipe_id"`
	App        string `json:"app"`
	Connection string `json:"connection"`
	Address    string `json:"address"`
	ID         string `json:"id,omitempty"`
	// State is in_use, not_needed, stuck (it cannot be removed, and is tried again) or given_up.
	State   string     `json:"state"`
	Since   *time.Time `json:"since,omitempty"`
	TriedAt *time.Time `json:"tried_again,omitempty"`
	Tries   int        `json:"tries,omitempty"`
	LastWhy string     `json:"why,omitempty"`
	says    string
}

func newSubscriptionRow(d *boot.Data, m catchup.Made) subscriptionRow {
	connector, _, ok := d.Catalog.Operation(m.Use)
	app := connector.Title
	if !ok {
		app = m.Use
	}
	row := subscriptionRow{
		Recipe: m.Recipe, RecipeID: m.RecipeID, App: app, Connection: m.Connection, Address: m.Address, ID: m.ID, State: "in_use",
		Since: timeOrNil(m.Idle), TriedAt: timeOrNil(m.Next), Tries: m.Tries, LastWhy: m.Why, says: "in use",
	}
	switch {
	case m.GivenUp:
		row.State, row.TriedAt, row.says = "given_up", nil, "remove it there by hand: "+m.Why
	case m.Tries > 0:
		row.State, row.says = "stuck", "cannot be removed yet: "+m.Why
	case !m.Idle.IsZero():
		row.State, row.says = "not_needed", "not needed any more, is removed within hours"
	}
	return row
}

func (c *cli) subscriptionsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "subscriptions", Short: "List the webhooks that Bellhop made at apps", Args: positional(cobra.NoArgs),
		Long: "List the webhooks that Bellhop made at apps by itself, so that they deliver to recipes. Bellhop removes them there\n" +
			"when the address is another, when the recipe is deleted or off for three hours, and when the connection is\n" +
			"deleted. What people or other programs made is not listed, and never touched.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			all, err := d.Subscriptions(ctx)
			if err != nil {
				return err
			}
			rows := make([]subscriptionRow, len(all))
			for i, m := range all {
				rows[i] = newSubscriptionRow(d, m)
			}
			if len(rows) == 0 && !c.json && c.terminal() {
				fmt.Fprintln(c.out, "Bellhop has made none. It does so when a recipe is on whose app can be told, and Bellhop can be reached.")
				return nil
			}
			return printList(c, rows, false, "recipe app address state", func(r subscriptionRow) []string {
				return []string{r.Recipe, r.App, r.Address, r.says}
			})
		}),
	}
}

// examineSubscriptions tells of webhooks at apps that nobody needs and that cannot be removed; nothing if there is none.
func (c *cli) examineSubscriptions(ctx context.Context, d *boot.Data) []finding {
	all, err := d.Subscriptions(ctx)
	if err != nil {
		return []finding{{"webhooks", false, c.sentence(err)}}
	}
	var says []string
	for _, m := range all {
		if m.Why == "" {
			continue
		}
		row := newSubscriptionRow(d, m)
		what := fmt.Sprintf("%s still sends what %q needed to %s, which nobody needs any more, and the webhook", row.App, m.Recipe, m.Shown())
		if m.GivenUp {
			says = append(says, fmt.Sprintf("%s could not be removed for days; remove it there by hand: %s", what, m.Why))
		} else {
			says = append(says, fmt.Sprintf("%s could not be removed yet; it is tried again: %s", what, m.Why))
		}
	}
	if len(says) == 0 {
		return nil
	}
	return []finding{{"webhooks", false, strings.Join(says, " ")}}
}
