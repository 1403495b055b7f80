package main

import (
	"context"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) startCommand() *cobra.Command {
	var sets []string
	cmd := &cobra.Command{
		Use: "start RECIPE", Short: "Run a recipe that starts by hand", Args: positional(cobra.ExactArgs(1)),
		ValidArgsFunction: c.completeRecipe,
		Long: "Run a recipe that starts by hand: one whose trigger is \"When I press Run\". What it asks for is given with\n" +
			"--set. The run begins as soon as the engine runs.",
		Example: "  bellhop start \"Monthly report\" --set month=November --set copies=2",
	}
	cmd.Flags().StringArrayVar(&sets, "set", nil, "`name=value` of what the recipe asks for")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		given, err := pairs("--set", sets)
		if err != nil {
			return err
		}
		r, err := d.FindRecipe(ctx, args[0])
		if err != nil {
			return err
		}
		values := map[string]any{}
		for name, value := range given {
			values[name] = value
		}
		id, err := d.Start(ctx, r.ID, values)
		if err != nil {
			return err
		}
		return c.say(map[string]any{"id": id, "recipe": r.Name, "state": engine.Queued}, "run %d of %q begins\n", id, r.Name)
	})
	return cmd
}
