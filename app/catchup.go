package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) catchUpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "catchup [RECIPE]", Short: "Ask the apps now for what was missed", Args: positional(cobra.MaximumNArgs(1)),
		ValidArgsFunction: c.completeRecipe,
		Long: "Ask the apps now whether anything happened that no webhook told of, and run it; and whether they still deliver to\n" +
			"the recipe. Bellhop does so by itself when it starts, when the computer wakes or is online again, and every hour.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			recipe := engine.Recipe{}
			if len(args) > 0 {
				var err error
				if recipe, err = d.FindRecipe(ctx, args[0]); err != nil {
					return err
				}
			}
			_, running, err := boot.Running(ctx, d.Dir)
			if err != nil {
				return err
			}
			if !running {
				return engine.Errorf(engine.Unavailable, "Bellhop does not run, so nothing is asked now. It asks by itself when it starts.")
			}
			last := int64(0)
			newest, err := d.Runs(ctx, engine.RunFilter{Limit: 1})
			if err != nil {
				return err
			}
			if len(newest) > 0 {
				last = newest[0].ID
			}
			if err := d.CatchUp(ctx, recipe.ID); err != nil {
				return err
			}
			n, err := recovered(ctx, d, recipe.ID, last)
			if err != nil {
				return err
			}
			what := "nothing was missed"
			if n > 0 {
				what = fmt.Sprintf("%d missed and run now", n)
			}
			return c.say(map[string]any{"recovered": n}, "%s\n", what)
		}),
	}
}

// recovered counts the runs after one whose events were fetched.
func recovered(ctx context.Context, d *boot.Data, recipeID, after int64) (n int, err error) {
	runs, err := d.Runs(ctx, engine.RunFilter{RecipeID: recipeID, After: after, Limit: 1_000_000})
	for _, r := range runs {
		if r.Recovered {
			n++
		}
	}
	return n, err
}
