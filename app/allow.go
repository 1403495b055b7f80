package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) allowCommand() *cobra.Command {
	var remove bool
	cmd := &cobra.Command{
		Use: "allow [ADDRESS …]", Short: "Let steps send requests to addresses of your own network, or list those",
		Long: "Steps send nothing to this computer or its own network, so that nobody outside can make them: an order that holds an\n" +
			"address must not reach your router. Allow what you want reached: an address, a network such as 192.168.1.0/24, a\n" +
			"name, or a name with a port. A connection can be allowed all of it: bellhop connect … --allow-private.",
		Example: "  bellhop allow nas.local:8080\n  bellhop allow --remove nas.local:8080",
		Args:    positional(cobra.ArbitraryArgs),
	}
	cmd.Flags().BoolVar(&remove, "remove", false, "allow them no longer")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		allowed, err := d.PrivateAddresses(ctx)
		if err != nil {
			return err
		}
		for _, address := range args {
			at := slices.Index(allowed, address)
			switch {
			case remove && at < 0:
				problem := engine.Problem{Message: fmt.Sprintf("%q is not allowed as it is.", address), Suggestion: engine.Suggest(address, allowed)}
				return engine.Errorf(engine.NotFound, "%s", problem)
			case remove:
				allowed = slices.Delete(allowed, at, at+1)
			case at < 0:
				allowed = append(allowed, address)
			}
		}
		if len(args) > 0 {
			if err := d.AllowPrivate(ctx, allowed); err != nil {
				return err
			}
		}
		if c.json {
			return c.printJSON(append([]string{}, allowed...))
		}
		for _, address := range allowed {
			fmt.Fprintln(c.out, printable(address))
		}
		return nil
	})
	return cmd
}
