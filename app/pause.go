package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

// longestPause is how long a pause with an end may be: for more there is the one without.
const longestPause = 366 * 24 * time.Hour

func (c *cli) pauseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "pause [tomorrow|DURATION]", Short: "Let all recipes rest for a while", Args: positional(cobra.MaximumNArgs(1)),
		ValidArgs: []string{"1h", "tomorrow"},
		Long: "Let all recipes rest: for a time such as 1h or 90m, until tomorrow (six in the morning), or without either until\n" +
			"`bellhop resume`. Deliveries are taken and queued meanwhile, and schedules note what is due: nothing is lost. A run\n" +
			"under way ends the step that it is in. The pause outlasts a restart of Bellhop.",
		Example: "  bellhop pause 1h",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			settings, err := d.Settings(ctx)
			if err != nil {
				return err
			}
			until, err := pauseUntil(args, time.Now(), settings.Location())
			if err != nil {
				return err
			}
			if err := d.Pause(ctx, until); err != nil {
				return err
			}
			return c.say(map[string]any{"paused_until": until}, "all recipes are paused %s\n", c.untilWords(until))
		}),
	}
}

func (c *cli) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "resume", Short: "End a pause", Args: positional(cobra.NoArgs),
		Long: "End a pause that `bellhop pause` or the tray began. What was queued meanwhile is done now.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			was, err := engine.ReadPause(ctx, d.Store, time.Now())
			if err != nil {
				return err
			}
			if err := d.Resume(ctx); err != nil {
				return err
			}
			if was.IsZero() {
				return c.say(map[string]any{"was_paused": false}, "nothing was paused\n")
			}
			return c.say(map[string]any{"was_paused": true}, "the recipes go on\n")
		}),
	}
}

// pauseUntil returns when a pause ends that is asked for in words.
func pauseUntil(args []string, now time.Time, zone *time.Location) (time.Time, error) {
	switch {
	case len(args) == 0:
		return engine.Never, nil
	case args[0] == "tomorrow":
		return engine.Morning(now, zone), nil
	}
	d, err := time.ParseDuration(args[0])
	if err != nil || d <= 0 || d > longestPause {
		return time.Time{}, usageError{fmt.Errorf("a pause is \"tomorrow\" or a time such as 1h or 90m, not %q", args[0])}
	}
	return now.Add(d), nil
}

// untilWords says up to when a pause lasts.
func (c *cli) untilWords(until time.Time) string {
	if !until.Before(engine.Never) {
		return "until you say: bellhop resume"
	}
	return "until " + c.clock(until)
}

// examinePause says that all recipes are paused, if they are: that nothing runs has a reason then.
func (c *cli) examinePause(ctx context.Context, d *boot.Data) []finding {
	until, err := engine.ReadPause(ctx, d.Store, time.Now())
	switch {
	case err != nil:
		return []finding{{"pause", false, c.sentence(err)}}
	case until.IsZero():
		return nil
	}
	return []finding{{"pause", true, "all recipes are paused " + c.untilWords(until)}}
}
