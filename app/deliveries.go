package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine/desk"
)

// deliveryRow is a delivery as the command line prints it; scripts rely on its keys.
type deliveryRow struct {
	At       *time.Time `json:"at"`
	Recipe   string     `json:"recipe,omitempty"` // empty if the address is nobody's
	RecipeID int64      `json:"recipe_id,omitempty"`
	Accepted bool       `json:"accepted"`
	Status   int        `json:"status"`
	Reason   string     `json:"reason,omitempty"`
	Method   string     `json:"method,omitempty"`
	Sender   string     `json:"sender,omitempty"`
	Times    int        `json:"times"`
	RunID    int64      `json:"run_id,omitempty"`
	EventID  string     `json:"event_id,omitempty"`
}

func newDeliveryRow(d desk.Delivery) deliveryRow {
	return deliveryRow{
		At: timeOrNil(d.At), Recipe: d.Recipe, RecipeID: d.RecipeID, Accepted: d.Accepted, Status: d.Status, Reason: d.Reason,
		Method: d.Method, Sender: d.Sender, Times: d.Times, RunID: d.RunID, EventID: d.EventKey,
	}
}

func (c *cli) deliveriesCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "deliveries [RECIPE]", Short: "List what came to the addresses of recipes, and why it was not let in", Args: positional(cobra.MaximumNArgs(1)),
		Long: "List what came to the address of a recipe, or of all recipes, newest first, and why it was not let in.\n\n" +
			"If a webhook does not arrive: when nothing is listed, the other app sends nothing, or to another address\n" +
			"(see `bellhop address`); when something is listed that was not let in, the reason says what to change.\n" +
			"What is not let in several times in a row is listed once, and counted. A delivery that is not let in\n" +
			"shows up here within a second or two.",
	}
	cmd.Flags().IntVar(&limit, "limit", 100, "at most this many")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		if limit < 1 {
			return usageError{fmt.Errorf("--limit is 1 or more, not %d", limit)}
		}
		var recipeID int64
		if len(args) == 1 {
			r, err := d.FindRecipe(ctx, args[0])
			if err != nil {
				return err
			}
			recipeID = r.ID
		}
		all, err := d.Deliveries(ctx, recipeID, limit)
		if err != nil {
			return err
		}
		rows := make([]deliveryRow, len(all))
		for i, one := range all {
			rows[i] = newDeliveryRow(one)
		}
		if len(rows) == 0 && !c.json && c.terminal() {
			fmt.Fprintln(c.out, "Nothing has come yet. Check that the other app sends to the recipe's address (bellhop address), and that it can reach this computer.")
			return nil
		}
		return printList(c, rows, true, "at recipe status times run why sender", func(r deliveryRow) []string {
			run, why := "", r.Reason
			if r.Accepted {
				run, why = strconv.FormatInt(r.RunID, 10), "accepted"
			}
			return []string{c.clock(*r.At), r.Recipe, strconv.Itoa(r.Status), strconv.Itoa(r.Times), run, why, r.Sender}
		})
	})
	return cmd
}
