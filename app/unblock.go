package main

import (
	"context"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
)

func (c *cli) unblockCommand() *cobra.Command {
	return &cobra.Command{
		Use: "unblock ID", Short: "Let the runs go on that wait behind one that failed", Args: positional(cobra.ExactArgs(1)),
		Long: "Let the runs go on that wait behind one that failed, or is held or unsure, in a recipe whose runs go one after\n" +
			"the other. The run itself stays as it is: to do it again, use retry.",
		RunE: c.withRun(func(ctx context.Context, d *boot.Data, id int64) error {
			if err := d.Unblock(ctx, id); err != nil {
				return err
			}
			return c.say(map[string]any{"id": id}, "nobody waits for run %d any more\n", id)
		}),
	}
}
