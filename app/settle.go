package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) settleCommand() *cobra.Command {
	var check, went, again bool
	cmd := &cobra.Command{
		Use: "settle ID", Short: "Decide about a run whose request may or may not have arrived", Args: positional(cobra.ExactArgs(1)),
		Long: "Decide about a run that is unsure: its request was sent, and the answer was lost. Where the app can be asked,\n" +
			"--check says whether the request arrived; it changes nothing. Then say that it went through, and the run goes on\n" +
			"without it, or send it again.",
	}
	flags := cmd.Flags()
	flags.BoolVar(&check, "check", false, "ask the app whether it arrived")
	flags.BoolVar(&went, "went-through", false, "it arrived: the run goes on")
	flags.BoolVar(&again, "send-again", false, "it did not: the run sends it again")
	cmd.RunE = c.withRun(func(ctx context.Context, d *boot.Data, id int64) error {
		chosen := 0
		for _, flag := range []bool{check, went, again} {
			if flag {
				chosen++
			}
		}
		if chosen != 1 {
			return usageError{errors.New("say one of --check, --went-through and --send-again")}
		}
		if check {
			found, err := d.CheckSent(ctx, id)
			if err != nil {
				return err
			}
			return c.say(map[string]any{"id": id, "sent": found.Sent, "says": found.Says}, "%s\n", printable(found.Says))
		}
		if went {
			if err := d.WentThrough(ctx, id); err != nil {
				return err
			}
			return c.say(map[string]any{"id": id, "state": engine.Queued}, "run %d goes on\n", id)
		}
		run, err := d.Store.Run(ctx, id)
		if err != nil {
			return err
		}
		if run.State != engine.Unsure {
			return engine.Errorf(engine.Conflict, "Of run %d nothing is in doubt: it is %s.", id, run.State)
		}
		if err := d.Retry(ctx, id, ""); err != nil {
			return err
		}
		return c.say(map[string]any{"id": id, "state": engine.Queued}, "run %d sends it again\n", id)
	})
	return cmd
}
