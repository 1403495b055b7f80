package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) settleCommand() *cobra.Command {
	var check, went, again, without bool
	var step, round string
	var gave []string
	cmd := &cobra.Command{
		Use: "settle ID", Short: "Decide about a run whose request may or may not have arrived", Args: positional(cobra.ExactArgs(1)),
		Long: "Decide about a run that is unsure: its request was sent, and the answer was lost. Where the app can be asked,\n" +
			"--check says whether the request arrived; it changes nothing. Then say that it went through, and the run goes on\n" +
			"without it, or send it again.\n\n" +
			"What came back is lost, too. Where later steps use something of it, say what it was with --gave, as often as there\n" +
			"is something (you find it at the app), or go on without it: then those steps find nothing there.\n\n" +
			"Of several rounds of a loop that are in doubt, --step and --round decide about one, as `bellhop run ID` names them;\n" +
			"the run goes on once none is.",
		Example: "  bellhop settle 12 --went-through --gave message.ts=1503435956.000247",
	}
	flags := cmd.Flags()
	flags.BoolVar(&check, "check", false, "ask the app whether it arrived")
	flags.BoolVar(&went, "went-through", false, "it arrived: the run goes on")
	flags.StringArrayVar(&gave, "gave", nil, "what came back: `name=value`, with --went-through")
	flags.BoolVar(&without, "without-result", false, "go on although later steps find nothing of what came back")
	flags.BoolVar(&again, "send-again", false, "it did not: the run sends it again")
	flags.StringVar(&step, "step", "", "decide about this `step` only")
	flags.StringVar(&round, "round", "", "and this `round` of it, such as 3")
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
		if (len(gave) > 0 || without) && !went || len(gave) > 0 && without {
			return usageError{errors.New("--gave and --without-result say of one that --went-through what came back, or that nothing is known of it")}
		}
		if went {
			given, err := pairs("--gave", gave)
			if err != nil {
				return err
			}
			lacking, err := arrivedAt(ctx, d, id, &step, &round, given)
			if err != nil {
				return err
			}
			if lacking != "" && !without {
				return engine.Errorf(engine.Invalid, "%s", lacking)
			}
			if len(given) > 0 {
				if err := d.Arrived(ctx, id, step, round, given); err != nil {
					return err
				}
				return c.saySettled(ctx, d, id)
			}
		}
		if check {
			found, err := d.CheckSent(ctx, id)
			if err != nil {
				return err
			}
			return c.say(map[string]any{"id": id, "sent": found.Sent, "says": found.Says}, "%s\n", printable(found.Says))
		}
		if step != "" {
			if err := d.Settle(ctx, id, step, round, went); err != nil {
				return err
			}
			return c.saySettled(ctx, d, id)
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
