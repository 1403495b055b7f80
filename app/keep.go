package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
)

func (c *cli) keepCommand() *cobra.Command {
	return &cobra.Command{
		Use: "keep [SETTING=NUMBER …]", Short: "Say how much Bellhop keeps, and for how long, or list it",
		Long: "keep_done_days and keep_trouble_days say for how many days runs are kept that are done, and that failed or wait for\n" +
			"you; size_budget_mb how large the data may become before the oldest go sooner; backups how many daily backups are\n" +
			"kept, and backups_mb how large they may be together. Bellhop goes by it within an hour, also while it runs.",
		Example: "  bellhop keep keep_done_days=60 size_budget_mb=4096",
		Args:    positional(cobra.ArbitraryArgs),
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			written := map[string]string{}
			for _, arg := range args {
				name, value, ok := strings.Cut(arg, "=")
				if !ok {
					return usageError{errors.New("write a setting and its number, such as keep_done_days=60")}
				}
				written[name] = value
			}
			if len(args) > 0 {
				if err := d.Keep(ctx, written); err != nil {
					return err
				}
			}
			all, err := d.Keeping(ctx)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(all)
			}
			for _, s := range all {
				fmt.Fprintf(c.out, "%s=%d\n", s.Name, s.Value)
			}
			return nil
		}),
	}
}
